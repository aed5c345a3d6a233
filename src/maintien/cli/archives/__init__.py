"""``maintien backup``, ``restore`` and ``mbz``."""
