"""``maintien runs``, ``undo`` and ``resume``."""
