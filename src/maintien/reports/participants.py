"""The list of participants: on a terminal, as a JSON document, as CSV."""

import csv
from collections.abc import Sequence
from datetime import tzinfo
from typing import Final, TextIO

from rich.console import Group, RenderableType
from rich.text import Text

from maintien.enrolments.participant_filter import ParticipantStatus
from maintien.enrolments.participants import EnrolledBy, Participant
from maintien.enrolments.state import Course
from maintien.messages import N_
from maintien.reports.documents import Document, course_document, moment_document
from maintien.reports.language import Texts, moment_of
from maintien.reports.safe_text import Prose, plain, printable, safe_cell
from maintien.reports.screen import add_name_column, course_name, new_table
from maintien.reports.wording import method_name

STATUSES: Final = {
    ParticipantStatus.ACTIVE: N_("active"),
    ParticipantStatus.SUSPENDED: N_("suspended"),
    ParticipantStatus.NOT_CURRENT: N_("not current"),
    ParticipantStatus.INACTIVE: N_("inactive"),
}
_STYLES: Final = {
    ParticipantStatus.ACTIVE: "",
    ParticipantStatus.SUSPENDED: "yellow",
    ParticipantStatus.NOT_CURRENT: "dim",
    ParticipantStatus.INACTIVE: "dim",
}

_VERY_WIDE: Final = 120
"""Columns from which on the table shows everything."""


def participants_table(
    texts: Texts, course: Course, participants: Sequence[Participant], zone: tzinfo, width: int
) -> RenderableType:
    """Give the list, and how many there are, for a terminal of ``width`` columns."""
    is_wide = width >= _VERY_WIDE
    table = new_table(course_name(course))
    add_name_column(table, texts.gettext("Name"), at_most=(width - 24) // 4)
    add_name_column(table, texts.gettext("User name"), at_most=width // 8)
    if is_wide:
        add_name_column(table, texts.gettext("ID number"), at_most=width // 8)
    table.add_column(plain(texts.gettext("Roles")), overflow="fold")
    if is_wide:
        table.add_column(plain(texts.gettext("Groups")), overflow="fold")
    table.add_column(plain(texts.gettext("Methods")), overflow="fold")
    table.add_column(plain(texts.gettext("Access until")), overflow="fold")
    for person in participants:
        cells = [plain(person.fullname), plain(person.username), _list(person.roles)]
        if is_wide:
            cells[2:2] = [plain(person.idnumber)]
            cells.append(_list(person.groups))
        cells += [_methods(texts, person.enrolments), Prose(access_text(texts, person, zone))]
        table.add_row(*cells, style=_STYLES[person.status])
    count = texts.ngettext("{n} participant", "{n} participants", len(participants))
    return Group(table, plain(count.format(n=texts.number(len(participants)))))


def access_text(texts: Texts, person: Participant, zone: tzinfo) -> str:
    """Say until when a participant has access, or why there is none."""
    if person.status is ParticipantStatus.ACTIVE and person.access_until is not None:
        return texts.end_date(person.access_until, zone)
    return texts.gettext(STATUSES[person.status])


def _list(names: Sequence[str]) -> Text:
    return Prose("\n".join(map(printable, names)))


def _methods(texts: Texts, enrolments: Sequence[EnrolledBy]) -> Text:
    return Prose("\n".join(_enrolment_text(texts, enrolment) for enrolment in enrolments))


def _enrolment_text(texts: Texts, enrolment: EnrolledBy) -> str:
    name = method_name(texts, enrolment.method)
    if enrolment.status is ParticipantStatus.ACTIVE:
        return name
    return f"{name} ({texts.gettext(STATUSES[enrolment.status])})"


def participants_document(course: Course, participants: Sequence[Participant], zone: tzinfo) -> Document:
    """Give the list as a JSON document."""
    return {
        "course": course_document(course),
        "participants": [_participant_document(person, zone) for person in participants],
    }


def _participant_document(person: Participant, zone: tzinfo) -> Document:
    until = person.access_until
    return {
        "id": person.id,
        "fullname": person.fullname,
        "username": person.username,
        "idnumber": person.idnumber,
        "email": person.email,
        "roles": list(person.roles),
        "groups": list(person.groups),
        "status": person.status.value,
        "access_until": None if until is None else moment_document(until, zone),
        "enrolments": [
            {
                "method": enrolment.method,
                "instance": enrolment.instanceid,
                "status": enrolment.status.value,
                "starts_at": moment_document(enrolment.starts_at, zone),
                "ends_at": moment_document(enrolment.ends_at, zone),
            }
            for enrolment in person.enrolments
        ],
    }


def write_participants_csv(
    stream: TextIO, texts: Texts, participants: Sequence[Participant], zone: tzinfo
) -> None:
    """Write the list as CSV with a line of headings; cells can't turn into formulas.

    Dates are ISO date-times, empty for none. ``stream`` must leave line ends alone (``newline=""``).
    """
    writer = csv.writer(stream)
    headings = (
        texts.gettext("id"),
        texts.gettext("name"),
        texts.gettext("user name"),
        texts.gettext("ID number"),
        texts.gettext("email"),
        texts.gettext("roles"),
        texts.gettext("groups"),
        texts.gettext("enrolment methods"),
        texts.gettext("status"),
        texts.gettext("access until"),
    )
    writer.writerow(headings)
    writer.writerows(_cells(texts, person, zone) for person in participants)


def _cells(texts: Texts, person: Participant, zone: tzinfo) -> list[str]:
    cells = [
        person.fullname,
        person.username,
        person.idnumber,
        person.email,
        ", ".join(person.roles),
        ", ".join(person.groups),
        ", ".join(_enrolment_text(texts, enrolment) for enrolment in person.enrolments),
        texts.gettext(STATUSES[person.status]),
        _iso(texts, person.access_until, zone),
    ]
    return [str(person.id), *map(safe_cell, cells)]


def _iso(texts: Texts, unix: int | None, zone: tzinfo) -> str:
    if unix is None:
        return ""
    moment = moment_of(unix, zone) if unix else None
    return texts.end_date(unix, zone) if moment is None else moment.isoformat()
