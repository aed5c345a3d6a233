"""Reads what a backup archive of a course holds, as streams of rows in the order of its documents."""
