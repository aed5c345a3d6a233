"""Lists of participants and of courses: tables, documents, CSV."""

import csv
import io
from dataclasses import dataclass
from typing import Final

import pytest

from maintien.enrolments.participant_filter import ParticipantStatus
from maintien.enrolments.participants import EnrolledBy, Participant
from maintien.enrolments.risk import CourseRisk
from maintien.moodle.ids import InstanceId, UserId
from maintien.reports.courses import courses_document, courses_table
from maintien.reports.language import Texts, load_texts
from maintien.reports.participants import (
    access_text,
    participants_document,
    participants_table,
    write_participants_csv,
)
from tests.reports.plans import EARLIER, PARIS, UNTIL, course, drawn, shown

ENGLISH, FRENCH = load_texts("en"), load_texts("fr")
ACTIVE, SUSPENDED, NOT_CURRENT, INACTIVE = ParticipantStatus
EVIL: Final = "\x1b[2J[red]x[/red]\u202e\nfake"


ZOE = Participant(
    id=UserId(11),
    fullname="Zoé Martin",
    username="zmartin",
    idnumber="21001",
    email="zoe@example.fr",
    roles=("Étudiant",),
    groups=("TD A", "TD B"),
    enrolments=(
        EnrolledBy("manual", InstanceId(31), SUSPENDED, EARLIER, 0),
        EnrolledBy("cohort", InstanceId(32), ACTIVE, 0, UNTIL),
    ),
    status=ACTIVE,
    access_until=UNTIL,
)


def test_a_participant_is_told_whole_in_json() -> None:
    nobody = ZOE._replace(enrolments=(), groups=(), access_until=None, status=NOT_CURRENT)
    zoe: dict[str, object] = {
        "id": 11,
        "fullname": "Zoé Martin",
        "username": "zmartin",
        "idnumber": "21001",
        "email": "zoe@example.fr",
        "roles": ["Étudiant"],
        "groups": ["TD A", "TD B"],
        "status": "active",
        "access_until": {"unix": UNTIL, "iso": "2027-08-31T23:59:59+02:00"},
        "enrolments": [
            {
                "method": "manual",
                "instance": 31,
                "status": "suspended",
                "starts_at": {"unix": EARLIER, "iso": "2026-08-31T23:59:59+02:00"},
                "ends_at": {"unix": 0, "iso": None},
            },
            {
                "method": "cohort",
                "instance": 32,
                "status": "active",
                "starts_at": {"unix": 0, "iso": None},
                "ends_at": {"unix": UNTIL, "iso": "2027-08-31T23:59:59+02:00"},
            },
        ],
    }
    changes: dict[str, object] = {
        "enrolments": [],
        "groups": [],
        "access_until": None,
        "status": "not-current",
    }
    assert participants_document(course(), [ZOE, nobody], PARIS) == {
        "course": {"id": 7, "shortname": "BIO101", "fullname": "Biologie", "idnumber": "N-7"},
        "participants": [zoe, zoe | changes],
    }


@dataclass(frozen=True)
class Access:
    status: ParticipantStatus
    until: int | None
    english: str
    french: str


ACCESS = [
    Access(ACTIVE, UNTIL, "2027-08-31 23:59", "31/08/2027 23:59"),
    Access(ACTIVE, 0, "unlimited", "illimité"),
    Access(SUSPENDED, None, "suspended", "suspendue"),
    Access(NOT_CURRENT, UNTIL, "not current", "pas à jour"),
]


@pytest.mark.parametrize("access", ACCESS)
def test_access_is_told_as_its_end_or_as_what_prevents_it(access: Access) -> None:
    zoe = ZOE._replace(status=access.status, access_until=access.until)
    assert access_text(ENGLISH, zoe, PARIS) == access.english
    assert access_text(FRENCH, zoe, PARIS) == access.french


def test_a_wide_table_shows_everything() -> None:
    table = participants_table(FRENCH, course(), [ZOE], PARIS, 160)
    lines = shown(table, 160).splitlines()
    headings = "Nom Nom d\u2019utilisateur N° d\u2019identification Rôles Groupes Méthodes"
    assert f"{headings} Accès jusqu\u2019à" in lines
    first = "Zoé Martin zmartin 21001 Étudiant TD A Inscriptions manuelles (suspendue) 31/08/2027 23:59"
    assert first in lines
    assert "TD B Synchronisation des cohortes" in lines
    assert lines[-1] == "1 participant"


def test_a_narrow_table_leaves_numbers_and_groups_out() -> None:
    table = participants_table(ENGLISH, course(), [ZOE] * 1200, PARIS, 80)
    lines = shown(table, 80).splitlines()
    assert "Name User name Roles Methods Access until" in lines
    assert not any("21001" in line or "TD A" in line for line in lines)
    assert lines[-1] == "1,200 participants"


@pytest.mark.parametrize("width", [40, 60, 80, 100, 160])
@pytest.mark.parametrize("texts", [ENGLISH, FRENCH], ids=["en", "fr"])
def test_no_line_is_longer_than_the_terminal(width: int, texts: Texts) -> None:
    long = ZOE._replace(fullname="M" * 300, groups=("G" * 200,))
    tables = [
        participants_table(texts, course(fullname="C" * 300), [long], PARIS, width),
        courses_table(texts, [CourseRisk(course(fullname="C" * 300), 12_345, 12_345, 9)] * 2, width),
    ]
    for table in tables:
        assert max(map(len, drawn(table, width).splitlines())) <= width


def test_hostile_names_act_on_nothing() -> None:
    evil = ZOE._replace(fullname=EVIL, username=EVIL, idnumber=EVIL, roles=(EVIL,), groups=(EVIL,))
    evil = evil._replace(enrolments=(EnrolledBy(EVIL, InstanceId(1), ACTIVE, 0, 0),))
    of = course(7, EVIL, EVIL)
    stream = io.StringIO(newline="")
    write_participants_csv(stream, ENGLISH, [evil], PARIS)
    screens = [
        drawn(participants_table(FRENCH, of, [evil], PARIS, 400), 400),
        drawn(courses_table(FRENCH, [CourseRisk(of, 1, 1, 1)], 400), 400),
        stream.getvalue(),
    ]
    for screen in screens:
        assert "\x1b" not in screen
        assert "\u202e" not in screen
        assert "\nfake" not in screen
        assert "[red]x[/red]" in screen


def rows_of(texts: Texts, *participants: Participant) -> list[list[str]]:
    stream = io.StringIO(newline="")
    write_participants_csv(stream, texts, participants, PARIS)
    return list(csv.reader(io.StringIO(stream.getvalue(), newline="")))


def test_csv_has_headings_and_a_line_for_each() -> None:
    assert rows_of(ENGLISH, ZOE, ZOE._replace(access_until=0)) == [
        [
            *("id", "name", "user name", "ID number", "email", "roles", "groups"),
            *("enrolment methods", "status", "access until"),
        ],
        [
            *("11", "Zoé Martin", "zmartin", "21001", "zoe@example.fr", "Étudiant", "TD A, TD B"),
            *("Manual enrolments (suspended), Cohort sync", "active", "2027-08-31T23:59:59+02:00"),
        ],
        [
            *("11", "Zoé Martin", "zmartin", "21001", "zoe@example.fr", "Étudiant", "TD A, TD B"),
            *("Manual enrolments (suspended), Cohort sync", "active", "unlimited"),
        ],
    ]


def test_csv_is_in_the_language() -> None:
    headings, row = rows_of(FRENCH, ZOE._replace(access_until=None, status=SUSPENDED))
    assert headings[2:5] == ["nom d\u2019utilisateur", "N° d\u2019identification", "adresse de courriel"]
    assert row[7:] == ["Inscriptions manuelles (suspendue), Synchronisation des cohortes", "suspendue", ""]


@pytest.mark.parametrize("formula", ["=1+1", "+33", "-1", "@a", "=cmd|' /C calc'!A0", "\t=1", '="a\nb"'])
def test_no_cell_of_the_csv_is_a_formula(formula: str) -> None:
    evil = ZOE._replace(
        fullname=formula,
        username=formula,
        idnumber=formula,
        email=formula,
        roles=(formula,),
        groups=(formula, "x"),
    )
    _, row = rows_of(ENGLISH, evil)
    for cell in row[1:7]:
        assert cell.startswith(("'", "\\t"))


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
