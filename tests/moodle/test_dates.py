"""Dates mean the site's time, a day means its last second, and nobody loses an hour."""

from datetime import UTC, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest

from maintien.errors.selection import DateInThePast, UnreadableDate
from maintien.moodle.dates import find_zone, parse_end_date, parse_first_moment, parse_moment
from maintien.moodle.values import NO_END

PARIS = ZoneInfo("Europe/Paris")
NEW_YORK = ZoneInfo("America/New_York")
HAVANA = ZoneInfo("America/Havana")
NOW = 1_788_000_000

MOMENTS = {
    "a day is its last second": ("2027-08-31", PARIS, 1819749599),
    "in the site's zone": ("2027-08-31", NEW_YORK, 1819771199),
    "a leap day": ("2028-02-29", UTC, 1835481599),
    "a date and time is exact": ("2027-08-31T18:00", PARIS, 1819728000),
    "with seconds": ("2027-08-31T18:00:01", PARIS, 1819728001),
    "with a space": ("2027-08-31 18:00", PARIS, 1819728000),
    "with an offset, in no zone's time": ("2027-08-31T18:00+00:00", PARIS, 1819735200),
    "with a short offset": ("2027-08-31T18:00+02", NEW_YORK, 1819728000),
    "in UTC": ("2027-08-31T18:00Z", NEW_YORK, 1819735200),
    "in small letters": ("2027-08-31t18:00z", NEW_YORK, 1819735200),
    "Unix time": ("@1819749599", NEW_YORK, 1819749599),
    "Unix time beyond 32 bits": ("@4102444800", PARIS, 4102444800),
    "the last day of all": ("9999-12-31", UTC, 253402300799),
    "spaces around it": (" 2027-08-31 ", PARIS, 1819749599),
    "an hour that is skipped counts from before": ("2027-03-28T02:30", PARIS, 1806197400),
    "an hour that comes twice is the second": ("2027-10-31T02:30", PARIS, 1824946200),
    "a day whose last hour comes twice ends with the second": ("2027-10-30", HAVANA, 1824955199),
}


@pytest.mark.parametrize("case", MOMENTS)
def test_moments_are_read_in_the_zone(case: str) -> None:
    text, zone, expected = MOMENTS[case]
    assert parse_moment(text, zone) == expected


BEGINNINGS = {
    "a day is its first second": ("2027-08-31", PARIS, 1819663200),
    "a date and time is exact": ("2027-08-31T18:00", PARIS, 1819728000),
    "Unix time": ("@1819749599", PARIS, 1819749599),
    "a day that begins twice begins with the first": ("2027-11-07", HAVANA, 1825560000),
    "spaces around it": (" 2027-08-31 ", PARIS, 1819663200),
}


@pytest.mark.parametrize("case", BEGINNINGS)
def test_what_begins_with_a_day_begins_with_its_first_second(case: str) -> None:
    text, zone, expected = BEGINNINGS[case]
    assert parse_first_moment(text, zone) == expected


UNREADABLE = {
    "nothing": "",
    "a word": "tomorrow",
    "never, which is no moment": "never",
    "a day that February has not": "2027-02-30",
    "a leap day of another year": "2027-02-29",
    "a thirteenth month": "2027-13-01",
    "a French date": "31/08/2027",
    "a year of two digits": "27-08-31",
    "a week": "2027-W35-2",
    "no dashes": "20270831",
    "an hour alone": "2027-08-31T18",
    "hour 24": "2027-08-31T24:00",
    "a sixtieth second": "2027-08-31T18:00:60",
    "fractions of a second": "2027-08-31T18:00:00.5",
    "an offset that no place has": "2027-08-31T18:00+99:00",
    "digits of another script": "٢٠٢٧-08-31",
    "a bare number": "1819749599",
    "negative Unix time": "@-1",
    "Unix time past every calendar": "@999999999999",
    "year nought": "0000-01-01",
    "a line break inside": "2027-08-31\n2027-09-01",
    "a day and more": "2027-08-31x",
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_what_is_no_date_is_refused_and_named(case: str) -> None:
    with pytest.raises(UnreadableDate) as refused:
        parse_moment(UNREADABLE[case], PARIS)
    with pytest.raises(UnreadableDate):
        parse_first_moment(UNREADABLE[case], PARIS)
    assert refused.value.fields == {"text": UNREADABLE[case]}


def test_an_end_date_to_come_is_taken() -> None:
    assert parse_end_date("2027-08-31", PARIS, NOW) == 1819749599


@pytest.mark.parametrize("text", ["never", "Never", " NEVER ", "@2147483647", "2038-01-19T03:14:07Z"])
def test_what_means_never_is_unlimited(text: str) -> None:
    assert parse_end_date(text, PARIS, NOW) == NO_END


@pytest.mark.parametrize("text", ["2020-01-01", f"@{NOW}", "@0", "1969-01-01"])
def test_a_past_end_date_is_refused(text: str) -> None:
    with pytest.raises(DateInThePast):
        parse_end_date(text, PARIS, NOW)


def test_a_past_end_date_is_taken_where_it_may_be() -> None:
    assert parse_end_date("2020-01-01", PARIS, NOW, may_be_past=True) == 1577919599


@pytest.mark.parametrize("text", ["@0", "1970-01-01T00:00Z", "1969-01-01"])
def test_a_date_that_moodle_reads_as_never_is_refused_all_the_same(text: str) -> None:
    with pytest.raises(DateInThePast):
        parse_end_date(text, PARIS, NOW, may_be_past=True)


ZONES: dict[str | None, tzinfo] = {
    "Europe/Paris": PARIS,
    None: UTC,
    "5.5": timezone(timedelta(hours=5.5)),
    "-3": timezone(timedelta(hours=-3)),
    "99": UTC,
    "nan": UTC,
    "Nowhere/Town": UTC,
    "Europe": UTC,
    "../../etc/passwd": UTC,
    "": UTC,
}


@pytest.mark.parametrize("name", ZONES)
def test_zones_are_found_and_the_servers_taken_for_others(name: str | None) -> None:
    assert find_zone(name, UTC) == ZONES[name]
