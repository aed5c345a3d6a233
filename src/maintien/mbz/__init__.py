"""Moodle's backup archives (.mbz): what is in them, and how it is read as a stream."""
