"""Writes backup archives as Moodle does: documents from plain streams of rows, in a gzip tar."""
