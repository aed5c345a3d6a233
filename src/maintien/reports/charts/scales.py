"""Round numbers and dates for the axes of charts."""

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from typing import Final

from maintien.reports.language import moment_of

_DAY: Final = 24 * 60 * 60
_DAYS_BETWEEN: Final = (1, 2, 7, 14)
_MONTHS_BETWEEN: Final = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200)
_SHORTEST_MONTH: Final = 28 * _DAY
_MONTHS_IN_YEAR: Final = 12


def number_ticks(largest: int, at_most: int) -> list[int]:
    """Give whole round numbers from 0 to at least ``largest``, about ``at_most`` of them."""
    step = next(step for step in _round_numbers() if step * (at_most - 1) >= largest)
    return list(range(0, max(largest, 1) + step, step))


def _round_numbers() -> Iterator[int]:
    power = 1
    while True:
        yield from (power, 2 * power, 5 * power)
        power *= 10


def date_ticks(begins_at: int, ends_at: int, zone: tzinfo, at_most: int) -> list[int]:
    """Give midnights of round dates in ``zone`` between two moments, ``at_most`` of them."""
    first, last = moment_of(begins_at, zone), moment_of(ends_at, zone)
    if first is None or last is None or at_most < 1:
        return []
    length = ends_at - begins_at
    for days in _DAYS_BETWEEN:
        if length <= days * _DAY * at_most:
            return [int(day.timestamp()) for day in _days(first, last, days)][:at_most]
    fitting = (months for months in _MONTHS_BETWEEN if length <= months * _SHORTEST_MONTH * at_most)
    months = next(fitting, _MONTHS_BETWEEN[-1])
    return [int(day.timestamp()) for day in _first_days(first, last, months)][:at_most]


def _days(first: datetime, last: datetime, days: int) -> Iterator[datetime]:
    day = _midnight(first) + timedelta(days=1)
    while day <= last:
        yield day
        # Wall time: a day is a day, also when the clocks change.
        day += timedelta(days=days)


def _first_days(first: datetime, last: datetime, months: int) -> Iterator[datetime]:
    number = first.year * _MONTHS_IN_YEAR + first.month
    number += -number % months
    while number // _MONTHS_IN_YEAR <= last.year:
        year, month = divmod(number, _MONTHS_IN_YEAR)
        day = _midnight(first).replace(year=year, month=month + 1, day=1)
        if day > last:
            return
        yield day
        number += months


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
