"""Moments that the tests of the university share."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo


def paris(text: str) -> int:
    """A clock in Paris, as Unix seconds."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Paris")).timestamp())


NOW: Final = paris("2026-06-15T10:00:00")
