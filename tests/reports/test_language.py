"""Choosing the language, and writing numbers, dates and lists in it."""

from zoneinfo import ZoneInfo

import pytest

from maintien.errors.command_line import UnknownLanguage
from maintien.moodle.values import FOREVER, NO_END
from maintien.reports.language import Texts, choose_language, load_texts, moment_of

PARIS = ZoneInfo("Europe/Paris")
LAST_OF_AUGUST = 1_819_749_599
"""2027-08-31 23:59:59 in Paris."""

ENGLISH, FRENCH = load_texts("en"), load_texts("fr")

ENVIRONMENTS: dict[str, tuple[dict[str, str], str]] = {
    "nothing set": ({}, "en"),
    "empty": ({"LANG": ""}, "en"),
    "French of France": ({"LANG": "fr_FR.UTF-8"}, "fr"),
    "French of Canada": ({"LANG": "fr_CA"}, "fr"),
    "French alone": ({"LANG": "fr"}, "fr"),
    "Frisian begins with fr too": ({"LANG": "frr_DE.UTF-8"}, "en"),
    "German": ({"LANG": "de_DE.UTF-8"}, "en"),
    "C": ({"LANG": "C.UTF-8"}, "en"),
    "LC_ALL goes before LC_MESSAGES": ({"LC_ALL": "en_GB", "LC_MESSAGES": "fr_FR"}, "en"),
    "LC_MESSAGES goes before LANG": ({"LC_MESSAGES": "fr_FR", "LANG": "en_US"}, "fr"),
    "an empty LC_ALL is not set": ({"LC_ALL": "", "LANG": "fr_FR"}, "fr"),
    "LANGUAGE alone": ({"LANGUAGE": "fr"}, "fr"),
    "LANGUAGE goes before LANG": ({"LANGUAGE": "en", "LANG": "fr_FR.UTF-8"}, "en"),
    "LANGUAGE is a list": ({"LANGUAGE": "de:fr_CH:en", "LANG": "de_DE"}, "fr"),
    "LANGUAGE of others leaves the locale": ({"LANGUAGE": "de", "LANG": "fr_FR"}, "fr"),
    "the C locale wants no translation": ({"LC_ALL": "C", "LANGUAGE": "fr"}, "en"),
    "nor does POSIX": ({"LC_ALL": "POSIX", "LANGUAGE": "fr"}, "en"),
}


@pytest.mark.parametrize("case", ENVIRONMENTS)
def test_the_environment_chooses_the_language(case: str) -> None:
    environ, code = ENVIRONMENTS[case]
    assert choose_language(None, environ) == code


@pytest.mark.parametrize("code", ["fr", "en"])
def test_the_option_goes_before_the_environment(code: str) -> None:
    assert choose_language(code, {"LC_ALL": "de_DE", "LANG": "fr_FR"}) == code


@pytest.mark.parametrize("option", ["de", "FR", "", "fr_FR", "../fr"])
def test_an_unknown_language_is_refused(option: str) -> None:
    with pytest.raises(UnknownLanguage) as refused:
        choose_language(option, {})
    assert refused.value.fields == {"language": option}
    with pytest.raises(UnknownLanguage):
        load_texts(option)


def test_english_needs_no_catalogue_and_french_has_one() -> None:
    assert ENGLISH.gettext("unlimited") == "unlimited"
    assert FRENCH.gettext("unlimited") == "illimité"


def test_an_empty_message_stays_empty() -> None:
    assert FRENCH.gettext("") == ""


NUMBERS = [(0, "0", "0"), (999, "999", "999"), (1000, "1,000", "1\u202f000")]
NUMBERS += [(1_234_567, "1,234,567", "1\u202f234\u202f567"), (-1000, "-1,000", "-1\u202f000")]


@pytest.mark.parametrize(("number", "english", "french"), NUMBERS)
def test_thousands_are_grouped(number: int, english: str, french: str) -> None:
    assert (ENGLISH.number(number), FRENCH.number(number)) == (english, french)


PERCENTS = [(0, 0, 0), (0, 7, 0), (7, 7, 100), (1, 3, 33), (999, 1000, 99)]


@pytest.mark.parametrize(("part", "whole", "percent"), PERCENTS)
def test_percents_are_rounded_down(part: int, whole: int, percent: int) -> None:
    assert ENGLISH.percent(part, whole) == f"{percent}%"
    assert FRENCH.percent(part, whole) == f"{percent}\u00a0%"


def test_dates_are_written_in_the_zone_and_the_language() -> None:
    assert ENGLISH.day(LAST_OF_AUGUST, PARIS) == "2027-08-31"
    assert FRENCH.day(LAST_OF_AUGUST, PARIS) == "31/08/2027"
    assert ENGLISH.date_time(LAST_OF_AUGUST, PARIS) == "2027-08-31 23:59"
    assert FRENCH.date_time(LAST_OF_AUGUST, ZoneInfo("UTC")) == "31/08/2027 21:59"


@pytest.mark.parametrize("end", [NO_END, FOREVER])
def test_an_end_that_never_comes_is_unlimited(end: int) -> None:
    assert ENGLISH.end_date(end, PARIS) == "unlimited"
    assert FRENCH.end_date(end, PARIS) == "illimité"


def test_an_end_that_comes_is_a_date() -> None:
    assert ENGLISH.end_date(LAST_OF_AUGUST, PARIS) == "2027-08-31 23:59"


def test_a_start_of_nought_is_always() -> None:
    assert (ENGLISH.start_date(0, PARIS), FRENCH.start_date(0, PARIS)) == ("always", "toujours")
    assert ENGLISH.start_date(LAST_OF_AUGUST, PARIS) == "2027-08-31 23:59"


@pytest.mark.parametrize("number", [10**15, -(10**15), 10**20])
def test_a_number_beyond_the_calendar_is_shown_as_it_is(number: int) -> None:
    assert moment_of(number, PARIS) is None
    assert FRENCH.date_time(number, PARIS) == f"@{number}"


DURATIONS = [
    (86_400, "1 day", "1 jour"),
    (10 * 86_400, "10 days", "10 jours"),
    (3600, "1 hour", "1 heure"),
    (3601, "2 hours", "2 heures"),
    (0, "0 hours", "0 heure"),
]


@pytest.mark.parametrize(("seconds", "english", "french"), DURATIONS)
def test_durations_are_whole_days_or_hours(seconds: int, english: str, french: str) -> None:
    assert (ENGLISH.duration(seconds), FRENCH.duration(seconds)) == (english, french)


LISTS = [
    ([], "", ""),
    (["a"], "a", "a"),
    (["a", "b"], "a and b", "a et b"),
    (["a", "b", "c"], "a, b and c", "a, b et c"),
    (["{x}", "%s"], "{x} and %s", "{x} et %s"),
]


@pytest.mark.parametrize(("items", "english", "french"), LISTS)
def test_lists_are_joined(items: list[str], english: str, french: str) -> None:
    assert (ENGLISH.join(items), FRENCH.join(items)) == (english, french)


def test_plurals_follow_each_language() -> None:
    def courses(texts: Texts, n: int) -> str:
        return texts.ngettext("{n} course", "{n} courses", n).format(n=n)

    assert [courses(ENGLISH, n) for n in (0, 1, 2)] == ["0 courses", "1 course", "2 courses"]
    # "cours" is invariable; "jour" is not, and nought is singular in French.
    assert [FRENCH.ngettext("{n} day", "{n} days", n) for n in (0, 1, 2)] == [
        "{n} jour",
        "{n} jour",
        "{n} jours",
    ]
