"""Journals in a database of maintien's own: an SQLite file, or PostgreSQL where machines share one."""
