"""How fast maintien is, beside the bare database."""
