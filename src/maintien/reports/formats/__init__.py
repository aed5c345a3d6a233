"""The formats that reports are written in, one file each; all take the rows of the same typed tables."""
