"""Lists of participants: on the screen, as JSON, as typed tables."""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pytest

from maintien.enrolments.participant_filter import ParticipantStatus
from maintien.enrolments.participants import EnrolledBy, Participant
from maintien.enrolments.people import Person
from maintien.moodle.ids import InstanceId, UserId
from maintien.reports.language import Texts, load_texts
from maintien.reports.participant_wording import access_text, enrolment_text, last_access_text
from maintien.reports.participants import participants_table
from maintien.reports.participants_document import write_participants_json
from maintien.reports.participants_export import (
    ENROLMENTS,
    PARTICIPANTS,
    ParticipantsExport,
    participant_tables,
)
from maintien.reports.tables import Cell, Moment, Personal
from tests.reports.plans import EARLIER, PARIS, UNTIL, course, drawn, shown

ENGLISH, FRENCH = load_texts("en"), load_texts("fr")
ACTIVE, SUSPENDED, NOT_CURRENT, INACTIVE = ParticipantStatus
EVIL: Final = "\x1b[2J[red]x[/red]\u202e\nfake"

PERSON = Person(UserId(11), "zmartin", "Zoé", "Martin", "zoe@example.fr", "21001")
ZOE = Participant(
    person=PERSON,
    roles=("Étudiant",),
    groups=("TD A", "TD B"),
    enrolments=(
        EnrolledBy("manual", InstanceId(31), SUSPENDED, EARLIER, 0),
        EnrolledBy("cohort", InstanceId(32), ACTIVE, 0, UNTIL),
    ),
    status=ACTIVE,
    access_until=UNTIL,
    last_access=EARLIER,
)
NOBODY = ZOE._replace(
    enrolments=(), groups=(), roles=(), access_until=None, status=NOT_CURRENT, last_access=0
)


def document(*lists: tuple[Any, Sequence[Participant]]) -> Any:  # noqa: ANN401 -- JSON
    stream = io.StringIO()
    write_participants_json(stream, lists, PARIS)
    assert stream.getvalue().isascii()
    assert stream.getvalue().endswith("}\n")
    return json.loads(stream.getvalue())


def test_a_participant_is_told_whole_in_json() -> None:
    zoe: dict[str, object] = {
        "id": 11,
        "course": {"id": 7, "shortname": "BIO101", "fullname": "Biologie", "idnumber": "N-7"},
        "fullname": "Zoé Martin",
        "username": "zmartin",
        "idnumber": "21001",
        "email": "zoe@example.fr",
        "roles": ["Étudiant"],
        "groups": ["TD A", "TD B"],
        "status": "active",
        "last_access": {"unix": EARLIER, "iso": "2026-08-31T23:59:59+02:00"},
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
        "roles": [],
        "status": "not-current",
        "access_until": None,
        "last_access": None,
    }
    assert document((course(), [ZOE, NOBODY])) == {"participants": [zoe, zoe | changes]}


def test_participants_of_several_courses_say_their_course() -> None:
    told = document((course(7), [ZOE]), (course(8), []), (course(9), [ZOE, NOBODY]))["participants"]
    assert [(each["course"]["id"], each["id"]) for each in told] == [(7, 11), (9, 11), (9, 11)]


def test_nobody_is_an_empty_list() -> None:
    assert document((course(), [])) == {"participants": []}


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


def test_whoever_was_never_there_is_told_so() -> None:
    assert last_access_text(ENGLISH, ZOE, PARIS) == "2026-08-31 23:59"
    assert last_access_text(FRENCH, NOBODY, PARIS) == "jamais"


ENROLMENT_TEXTS = {
    "active, without dates": (EnrolledBy("manual", InstanceId(1), ACTIVE, 0, 0), "Manual enrolments"),
    "suspended": (
        EnrolledBy("manual", InstanceId(1), SUSPENDED, EARLIER, 0),
        "Manual enrolments (suspended, from 2026-08-31 23:59)",
    ),
    "with an end": (
        EnrolledBy("cohort", InstanceId(1), ACTIVE, 0, UNTIL),
        "Cohort sync (until 2027-08-31 23:59)",
    ),
    "of a method that nobody knows": (EnrolledBy("a\x1bb", InstanceId(1), ACTIVE, 0, 0), "a\\x1bb"),
}


@pytest.mark.parametrize("case", ENROLMENT_TEXTS)
def test_an_enrolment_is_named_with_what_is_not_as_it_mostly_is(case: str) -> None:
    enrolment, said = ENROLMENT_TEXTS[case]
    assert enrolment_text(ENGLISH, enrolment, PARIS) == said


def test_a_very_wide_table_shows_everything() -> None:
    lines = shown(participants_table(FRENCH, course(), [ZOE], PARIS, 220), 220).splitlines()
    headings = (
        "Nom Nom d\u2019utilisateur N° d\u2019identification Adresse de courriel Rôles Groupes Méthodes"
    )
    assert f"{headings} Dernier accès Accès jusqu\u2019à" in lines
    assert any("zoe@example.fr Étudiant TD A Inscriptions manuelles (suspendue" in line for line in lines)
    assert any("TD B Synchronisation des cohortes" in line for line in lines)
    assert lines[-1] == "1 participant"


def test_a_narrow_table_leaves_numbers_and_groups_out() -> None:
    lines = shown(participants_table(ENGLISH, course(), [ZOE] * 12, PARIS, 80), 80).splitlines()
    assert "Name User name Roles Methods Access until" in lines
    assert not any("21001" in line or "TD A" in line for line in lines)
    assert lines[-1] == "12 participants"


def test_a_terminal_gets_the_first_thousand_of_many() -> None:
    lines = shown(participants_table(ENGLISH, course(), [NOBODY] * 1203, PARIS, 80), 80).splitlines()
    assert sum("zmartin" in line for line in lines) == 1000
    assert lines[-2:] == ["and 203 more, whom --format csv, xlsx or json shows", "1,203 participants"]


@pytest.mark.parametrize("width", [40, 60, 80, 120, 160])
@pytest.mark.parametrize("texts", [ENGLISH, FRENCH], ids=["en", "fr"])
def test_no_line_is_longer_than_the_terminal(width: int, texts: Texts) -> None:
    long = ZOE._replace(person=PERSON._replace(lastname="M" * 300), groups=("G" * 200,))
    table = participants_table(texts, course(fullname="C" * 300), [long], PARIS, width)
    assert max(map(len, drawn(table, width).splitlines())) <= width


def test_hostile_names_act_on_nothing() -> None:
    person = Person(UserId(11), EVIL, EVIL, EVIL, EVIL, EVIL)
    evil = ZOE._replace(
        person=person,
        roles=(EVIL,),
        groups=(EVIL,),
        enrolments=(EnrolledBy(EVIL, InstanceId(1), ACTIVE, 0, 0),),
    )
    screen = drawn(participants_table(FRENCH, course(7, EVIL, EVIL), [evil], PARIS, 800), 800)
    assert not any(control in screen for control in ("\x1b", "\u202e", "\nfake"))
    assert "[red]x[/red]" in screen


@dataclass
class Rows:
    """A writer that keeps what it gets."""

    of: dict[str, list[list[Cell]]] = field(default_factory=dict)

    def add(self, table: str, row: Sequence[Cell]) -> None:
        self.of.setdefault(table, []).append(list(row))


def exported(*participants: Participant) -> dict[str, list[list[Cell]]]:
    rows = Rows()
    ParticipantsExport(writer=rows, texts=ENGLISH, zone=PARIS).add(course(), participants)
    return rows.of


def test_people_and_their_enrolments_are_tables_of_typed_cells() -> None:
    written = exported(ZOE)
    begins = [7, "BIO101", 11, "Zoé Martin"]
    methods = "Manual enrolments (suspended, from 2026-08-31 23:59); Cohort sync (until 2027-08-31 23:59)"
    assert written[PARTICIPANTS] == [
        [
            *begins,
            *("zmartin", "21001", "zoe@example.fr", "Étudiant", "TD A, TD B", methods, "active"),
            *(Moment(EARLIER), Moment(UNTIL)),
        ]
    ]
    assert written[ENROLMENTS] == [
        [*begins, "Manual enrolments", 31, "suspended", Moment(EARLIER), "unlimited"],
        [*begins, "Cohort sync", 32, "active", "always", Moment(UNTIL)],
    ]


def test_without_access_the_cells_say_so() -> None:
    ((*_, last_access, access_until),) = exported(NOBODY)[PARTICIPANTS]
    assert (last_access, access_until) == ("never", None)


def test_rows_have_a_cell_for_each_column() -> None:
    written = exported(ZOE)
    for key, table in participant_tables(FRENCH).items():
        assert {len(row) for row in written[key]} == {len(table.columns)}


def test_what_names_somebody_is_personal() -> None:
    tables = participant_tables(ENGLISH)
    personal = {c.heading: c.personal for table in tables.values() for c in table.columns}
    assert {heading for heading, kind in personal.items() if kind is Personal.DETAIL} == {
        *("person", "user name", "ID number", "email")
    }
    assert personal["person id"] is Personal.WHO
