"""Finds people and roles of an archive again on a site, as Moodle's restore does."""
