"""Lists of courses: tables and documents."""

from typing import Final

import pytest

from maintien.enrolments.risk import CourseRisk
from maintien.reports.courses import courses_document, courses_table
from maintien.reports.language import Texts, load_texts
from tests.reports.plans import PARIS, course, drawn, shown

ENGLISH, FRENCH = load_texts("en"), load_texts("fr")
EVIL: Final = "\x1b[2J[red]x[/red]\u202e\nfake"
COURSES = [
    CourseRisk(course(7, "BIO101", "Biologie"), 1200, 1100, 1000, 3, 4),
    CourseRisk(course(8, "MAT2", "Maths"), 30, 20, 0),
]


def test_courses_are_told_with_their_totals_in_json() -> None:
    assert courses_document(COURSES, 1_788_000_000, PARIS) == {
        "since": {"unix": 1_788_000_000, "iso": "2026-08-29T12:40:00+02:00"},
        "courses": [
            {
                "id": 7,
                "shortname": "BIO101",
                "fullname": "Biologie",
                "idnumber": "N-7",
                "participants": 1200,
                "automatic_only": 1100,
                "at_risk": 1000,
                "already_cut": 3,
                "rescued": 4,
            },
            {
                "id": 8,
                "shortname": "MAT2",
                "fullname": "Maths",
                "idnumber": "N-8",
                "participants": 30,
                "automatic_only": 20,
                "at_risk": 0,
                "already_cut": 0,
                "rescued": 0,
            },
        ],
        "totals": {
            "courses": 2,
            "participants": 1230,
            "automatic_only": 1120,
            "at_risk": 1000,
            "already_cut": 3,
            "rescued": 4,
        },
    }


def test_courses_are_shown_with_their_totals() -> None:
    lines = shown(courses_table(ENGLISH, COURSES, 100), 100).splitlines()
    dash = "\N{EN DASH}"
    expected = [
        "Id Course Participants Automatic only At risk Already cut Rescued",
        f"7 BIO101 {dash} Biologie 1,200 1,100 1,000 3 4",
        f"8 MAT2 {dash} Maths 30 20 0 0 0",
        "Total 1,230 1,120 1,000 3 4",
    ]
    assert [line for line in expected if line not in lines] == []
    assert "N-7" in shown(courses_table(FRENCH, COURSES, 120), 120)


def test_one_course_needs_no_totals_and_none_gives_an_empty_list() -> None:
    lines = shown(courses_table(ENGLISH, COURSES[:1], 80), 80).splitlines()
    assert not any(line.startswith("Total") for line in lines)
    document = courses_document([], 1, PARIS)
    zeros = {"participants": 0, "automatic_only": 0, "at_risk": 0, "already_cut": 0, "rescued": 0}
    assert (document["courses"], document["totals"]) == ([], {"courses": 0} | zeros)


@pytest.mark.parametrize("width", [40, 60, 80, 100, 160])
@pytest.mark.parametrize("texts", [ENGLISH, FRENCH], ids=["en", "fr"])
def test_no_line_is_longer_than_the_terminal(width: int, texts: Texts) -> None:
    counted = [CourseRisk(course(fullname="C" * 300), 12_345, 12_345, 9)] * 2
    assert max(map(len, drawn(courses_table(texts, counted, width), width).splitlines())) <= width


def test_hostile_names_act_on_nothing() -> None:
    screen = drawn(courses_table(FRENCH, [CourseRisk(course(7, EVIL, EVIL), 1, 1, 1)], 400), 400)
    assert not any(control in screen for control in ("\x1b", "\u202e", "\nfake"))
    assert "[red]x[/red]" in screen
