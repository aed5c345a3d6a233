"""``maintien demo``."""
