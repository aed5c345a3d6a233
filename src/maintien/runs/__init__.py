"""Carrying plans out, batch by batch."""
