"""The dates of an invented university year: when it began, when the cut comes, until when access is kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from maintien.enrolments.withdrawals import Window

ZONE_NAME: Final = "Europe/Paris"

_SEPTEMBER: Final = 9
_HOUR: Final = 60 * 60
_NIGHT: Final = 3 * _HOUR
"""From midnight to the nightly sync."""
_MORNING: Final = 6 * _HOUR
"""From there to nine o'clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UniversityCalendar:
    """Moments in Unix seconds."""

    began_at: int
    """1 September, when the register listed this year's students."""
    now: int
    cut_at: int
    """The next 1 September, when the nightly sync runs."""
    until: int
    """31 August after that, its last second: until when the story keeps people's access."""
    new_year: int
    """31 December before that, its last second: until when resit students have been given access."""

    @property
    def cut_window(self) -> Window:
        """From midnight to the morning of the cut's day, when it is noticed."""
        return Window(self.cut_at - _NIGHT, self.cut_at + _MORNING)


def university_calendar(now: int) -> UniversityCalendar:
    """Place a university year so that ``now`` is in it, in Unix seconds."""
    zone = ZoneInfo(ZONE_NAME)
    year = datetime.fromtimestamp(now, zone).year
    cut = next(
        moment for moment in (_at(zone, y, _SEPTEMBER, 1, 3) for y in (year, year + 1)) if moment > now
    )
    cut_year = datetime.fromtimestamp(cut, zone).year
    return UniversityCalendar(
        began_at=_at(zone, cut_year - 1, _SEPTEMBER, 1, 3),
        now=now,
        cut_at=cut,
        until=_at(zone, cut_year + 1, _SEPTEMBER, 1, 0) - 1,
        new_year=_at(zone, cut_year + 1, 1, 1, 0) - 1,
    )


def _at(zone: ZoneInfo, year: int, month: int, day: int, hour: int) -> int:
    return int(datetime(year, month, day, hour, tzinfo=zone).timestamp())
