"""Converts an archive into a small one that holds manual enrolments with their end dates."""
