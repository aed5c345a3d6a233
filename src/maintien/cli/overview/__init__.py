"""``maintien check``, ``courses`` and ``forecast``: what there is, and what is to come."""
