"""Dates as a person writes them, read in the site's time zone.

A day stands for its last second, so that access lasts through the day; everything else is exact. An
hour that the clocks skip or repeat is read as the later of its two moments: nobody loses an hour.
"""

import re
from datetime import datetime, time, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from maintien.errors.selection import DateInThePast, UnreadableDate
from maintien.moodle.values import NO_END, is_unlimited

NEVER: Final = "never"

_UNIX_TIME: Final = re.compile(r"@([0-9]{1,12})")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATE_TIME: Final = re.compile(
    _DAY.pattern + r"[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?", re.IGNORECASE
)
_LAST_SECOND: Final = time(23, 59, 59)
_WIDEST_OFFSET: Final = 14
"""Hours; the largest that any place has."""


def parse_end_date(text: str, zone: tzinfo, now: int, *, may_be_past: bool = False) -> int:
    """Read when access is to end: Unix seconds, or :data:`NO_END` for ``never``.

    2147483647, which the site reads as unlimited, is unlimited here too.

    Raises UnreadableDate, and DateInThePast unless ``may_be_past``. A moment that Moodle would take for
    "never" because it is not after 1970 is refused all the same.
    """
    if text.strip().lower() == NEVER:
        return NO_END
    ends_at = parse_moment(text, zone)
    if ends_at <= (NO_END if may_be_past else now):
        raise DateInThePast(text=text)
    return NO_END if is_unlimited(ends_at) else ends_at


def parse_moment(text: str, zone: tzinfo) -> int:
    """Read a moment, in Unix seconds: a day (its last second), an ISO date and time, or ``@UNIXTIME``.

    Raises UnreadableDate, also for days that no calendar has and for years after 9999.
    """
    try:
        moment = _parse(text.strip(), zone)
        # Moodle's columns hold more than a calendar can show.
        datetime.fromtimestamp(moment, zone)
    except (ValueError, OverflowError, OSError):
        raise UnreadableDate(text=text) from None
    return moment


def parse_first_moment(text: str, zone: tzinfo) -> int:
    """Read when something begins, in Unix seconds: a day is its first second, the rest is exact.

    Raises UnreadableDate.
    """
    day = text.strip()
    if not _DAY.fullmatch(day):
        return parse_moment(text, zone)
    # Checks that there is such a day.
    parse_moment(text, zone)
    return _earlier(datetime.combine(datetime.fromisoformat(day), time.min), zone)


def find_zone(name: str | None, server: tzinfo) -> tzinfo:
    """Find the time zone that a site's setting names; the ``server``'s where it names none.

    Old sites name an offset in hours, such as ``5.5``. Source: core_date::normalise_timezone
    (lib/classes/date.php), Moodle 4.3.
    """
    if name is None:
        return server
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return _offset(name) or server


def _parse(written: str, zone: tzinfo) -> int:
    if unix := _UNIX_TIME.fullmatch(written):
        return int(unix[1])
    if _DAY.fullmatch(written):
        return _later(datetime.combine(datetime.fromisoformat(written), _LAST_SECOND), zone)
    if not _DATE_TIME.fullmatch(written):
        raise ValueError(written)
    moment = datetime.fromisoformat(written.upper())
    return _later(moment, zone) if moment.tzinfo is None else int(moment.timestamp())


def _later(wall: datetime, zone: tzinfo) -> int:
    """Read a clock on the wall, which may show a time twice or never when summer begins or ends."""
    return max(int(wall.replace(tzinfo=zone, fold=fold).timestamp()) for fold in (0, 1))


def _earlier(wall: datetime, zone: tzinfo) -> int:
    return min(int(wall.replace(tzinfo=zone, fold=fold).timestamp()) for fold in (0, 1))


def _offset(name: str) -> tzinfo | None:
    try:
        hours = float(name)
    except ValueError:
        return None
    if not -_WIDEST_OFFSET <= hours <= _WIDEST_OFFSET:
        return None
    return timezone(timedelta(hours=hours))
