"""Where courses live."""
