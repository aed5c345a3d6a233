"""``maintien campaign``."""
