"""``maintien convert`` and ``maintien apply``."""
