"""The university year is the one that now is in, in the site's own time zone."""

import pytest

from maintien.sites.demo.calendar import UniversityCalendar, university_calendar
from tests.demo.moments import paris

CASES = {
    "in spring": ("2026-03-01T12:00:00", 2026),
    "at the end of the year": ("2026-12-31T23:59:59", 2027),
    "the second before the cut": ("2026-09-01T02:59:59", 2026),
    "the very moment of the cut": ("2026-09-01T03:00:00", 2027),
    "before a leap year": ("2027-09-02T00:00:00", 2028),
}


@pytest.mark.parametrize(("now", "year"), CASES.values(), ids=CASES)
def test_cut_is_the_next_first_of_september(now: str, year: int) -> None:
    assert university_calendar(paris(now)) == UniversityCalendar(
        began_at=paris(f"{year - 1}-09-01T03:00:00"),
        now=paris(now),
        cut_at=paris(f"{year}-09-01T03:00:00"),
        until=paris(f"{year + 1}-08-31T23:59:59"),
        new_year=paris(f"{year}-12-31T23:59:59"),
    )
