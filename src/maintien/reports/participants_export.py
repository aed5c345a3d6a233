"""The list of participants as typed tables: people, and their enrolments."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from maintien.enrolments.participant_filter import ParticipantStatus
from maintien.enrolments.participants import EnrolledBy, Participant
from maintien.enrolments.state import Course
from maintien.messages import N_
from maintien.reports.language import Texts
from maintien.reports.participant_wording import STATUSES, enrolment_text
from maintien.reports.run_export import COURSE, PERSON, end_cell, translated
from maintien.reports.tables import Cell, Column, Heading, Kind, Moment, Personal, Table, TableWriter
from maintien.reports.wording import method_name

PARTICIPANTS: Final = "participants"
ENROLMENTS: Final = "enrolments"
PARTICIPANT_TABLES: Final = (PARTICIPANTS, ENROLMENTS)

_PARTICIPANT_COLUMNS: Final = (
    *COURSE,
    *PERSON,
    Column(N_("user name"), personal=Personal.DETAIL),
    Column(N_("ID number"), personal=Personal.DETAIL),
    Column(N_("email"), personal=Personal.DETAIL),
    Column(N_("roles")),
    Column(N_("groups")),
    Column(N_("enrolment methods")),
    Column(N_("status")),
    Column(N_("last access"), Kind.MOMENT),
    Column(N_("access until"), Kind.MOMENT),
)
_ENROLMENT_COLUMNS: Final = (
    *COURSE,
    *PERSON,
    Column(N_("enrolment method")),
    Column(N_("instance id"), Kind.ID),
    Column(N_("status")),
    Column(N_("start"), Kind.MOMENT),
    Column(N_("end"), Kind.MOMENT),
)


def participant_tables(texts: Texts) -> dict[str, Table]:
    """Describe the tables, by their keys."""
    return {
        PARTICIPANTS: translated(texts, N_("Participants"), _PARTICIPANT_COLUMNS),
        ENROLMENTS: translated(texts, N_("Enrolments"), _ENROLMENT_COLUMNS),
    }


def participants_heading(texts: Texts, site: str, *, at: int, zone: tzinfo) -> Heading:
    """Say which site's list it is, and of when."""
    facts = [(texts.gettext("Site"), site), (texts.gettext("As of"), texts.date_time(at, zone))]
    return Heading(texts.gettext("Participants"), facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantsExport:
    """Writes participants, course by course."""

    writer: TableWriter
    texts: Texts
    zone: tzinfo

    def add(self, course: Course, participants: Iterable[Participant]) -> None:
        """Write the participants of a course, in the order given."""
        for participant in participants:
            person = participant.person
            begins = (course.id, course.shortname, person.id, person.fullname)
            self.writer.add(PARTICIPANTS, [*begins, *self._cells(participant)])
            for enrolment in participant.enrolments:
                self.writer.add(ENROLMENTS, [*begins, *self._enrolment_cells(enrolment)])

    def _cells(self, participant: Participant) -> Iterator[Cell]:
        person, until, last = participant.person, participant.access_until, participant.last_access
        methods = (enrolment_text(self.texts, each, self.zone) for each in participant.enrolments)
        yield from (person.username, person.idnumber, person.email)
        yield from (", ".join(participant.roles), ", ".join(participant.groups), "; ".join(methods))
        yield self._status(participant.status)
        yield Moment(last) if last else self.texts.gettext("never")
        yield None if until is None else end_cell(self.texts, until)

    def _enrolment_cells(self, enrolment: EnrolledBy) -> Iterator[Cell]:
        yield method_name(self.texts, enrolment.method)
        yield enrolment.instanceid
        yield self._status(enrolment.status)
        yield Moment(enrolment.starts_at) if enrolment.starts_at else self.texts.gettext("always")
        yield end_cell(self.texts, enrolment.ends_at)

    def _status(self, status: ParticipantStatus) -> str:
        return self.texts.gettext(STATUSES[status])
