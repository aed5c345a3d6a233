"""Keeps one account from asking for too much long work at once."""

from typing import Final

from django.core.cache import cache

from maintien.errors.web import TooManyRequests
from maintien.web.requests import PageRequest, account_of
from maintien.web.surroundings import now

PER_MINUTE: Final = 20


def throttle(request: PageRequest, what: str) -> None:
    """Count a request of an account.

    Each server process counts for itself, so the bound is that times their number.

    Raises TooManyRequests.
    """
    key = f"throttle-{what}-{account_of(request).pk}-{now() // 60}"
    cache.add(key, 0, timeout=120)
    if cache.incr(key) > PER_MINUTE:
        raise TooManyRequests
