"""The list of participants on a terminal."""

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from maintien.enrolments.participant_filter import ParticipantStatus
from maintien.enrolments.participants import Participant
from maintien.enrolments.state import Course
from maintien.reports.language import Texts
from maintien.reports.participant_wording import access_text, enrolment_text, last_access_text
from maintien.reports.safe_text import Prose, plain, printable
from maintien.reports.screen import add_name_column, course_name, new_table

ROWS_SHOWN: Final = 1_000
"""Of each course: more than anybody reads, and what a terminal draws in a moment."""

_STYLES: Final = {
    ParticipantStatus.ACTIVE: "",
    ParticipantStatus.SUSPENDED: "yellow",
    ParticipantStatus.NOT_CURRENT: "dim",
    ParticipantStatus.INACTIVE: "dim",
}

_WIDE: Final = 120
"""Columns from which on the table has ID numbers and groups too."""
_VERY_WIDE: Final = 160
"""Columns from which on the table shows everything."""


def participants_table(
    texts: Texts, course: Course, participants: Sequence[Participant], zone: tzinfo, width: int
) -> RenderableType:
    """Give the list, and how many there are, for a terminal of ``width`` columns."""
    table = _new_table(texts, course, width)
    for participant in participants[:ROWS_SHOWN]:
        cells = _cells(texts, participant, zone, width)
        table.add_row(*cells, style=_STYLES[participant.status])
    return Group(table, *(plain(line) for line in _lines_below(texts, len(participants))))


def _new_table(texts: Texts, course: Course, width: int) -> Table:
    table = new_table(course_name(course))
    add_name_column(table, texts.gettext("Name"), at_most=(width - 24) // 4)
    add_name_column(table, texts.gettext("User name"), at_most=width // 8)
    if width >= _WIDE:
        add_name_column(table, texts.gettext("ID number"), at_most=width // 8)
    if width >= _VERY_WIDE:
        add_name_column(table, texts.gettext("Email"), at_most=width // 6)
    table.add_column(plain(texts.gettext("Roles")), overflow="fold")
    if width >= _WIDE:
        table.add_column(plain(texts.gettext("Groups")), overflow="fold")
    table.add_column(plain(texts.gettext("Methods")), overflow="fold")
    if width >= _VERY_WIDE:
        table.add_column(plain(texts.gettext("Last access")), overflow="fold")
    table.add_column(plain(texts.gettext("Access until")), overflow="fold")
    return table


def _cells(texts: Texts, participant: Participant, zone: tzinfo, width: int) -> Iterator[Text]:
    person = participant.person
    yield plain(person.fullname)
    yield plain(person.username)
    if width >= _WIDE:
        yield plain(person.idnumber)
    if width >= _VERY_WIDE:
        yield plain(person.email)
    yield _list(participant.roles)
    if width >= _WIDE:
        yield _list(participant.groups)
    yield Prose("\n".join(enrolment_text(texts, each, zone) for each in participant.enrolments))
    if width >= _VERY_WIDE:
        yield Prose(last_access_text(texts, participant, zone))
    yield Prose(access_text(texts, participant, zone))


def _list(names: Sequence[str]) -> Text:
    return Prose("\n".join(map(printable, names)))


def _lines_below(texts: Texts, number: int) -> Iterator[str]:
    if more := max(0, number - ROWS_SHOWN):
        said = texts.ngettext(
            "and {n} more, whom --format csv, xlsx or json shows",
            "and {n} more, whom --format csv, xlsx or json shows",
            more,
        )
        yield said.format(n=texts.number(more))
    count = texts.ngettext("{n} participant", "{n} participants", number)
    yield count.format(n=texts.number(number))
