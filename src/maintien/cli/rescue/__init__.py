"""``maintien rescue``."""
