"""The list of repeaters: on a terminal, as a JSON document, as a typed table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from rich.console import Group, RenderableType
from rich.text import Text

from maintien.enrolments.people import Person
from maintien.enrolments.repeaters import CourseRepeaters, Repeater
from maintien.enrolments.state import Course, UserEnrolment
from maintien.messages import N_
from maintien.moodle.ids import UserId
from maintien.moodle.values import is_unlimited
from maintien.reports.documents import Document, course_document, moment_document
from maintien.reports.language import Texts
from maintien.reports.run_export import COURSE, PERSON, end_cell, person_cells, translated
from maintien.reports.safe_text import Prose, plain
from maintien.reports.screen import add_name_column, course_name, new_table, person_name
from maintien.reports.tables import Cell, Column, Heading, Kind, Personal, Table, TableWriter
from maintien.reports.wording import method_name

REPEATERS: Final = "repeaters"

_ROWS_SHOWN: Final = 1_000
"""On a terminal, over all courses."""

_COLUMNS: Final = (
    *COURSE,
    *PERSON,
    Column(N_("user name"), personal=Personal.DETAIL),
    Column(N_("ID number"), personal=Personal.DETAIL),
    Column(N_("status of the manual enrolment")),
    Column(N_("end of the manual enrolment"), Kind.MOMENT),
    Column(N_("made by run"), Kind.ID),
    Column(N_("automatic methods")),
    Column(N_("end of the automatic enrolment"), Kind.MOMENT),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatersReport:
    """Courses with their repeaters, and who these are."""

    courses: Sequence[CourseRepeaters]
    people: Mapping[UserId, Person]
    zone: tzinfo
    at: int
    """Unix seconds of what counts as now."""

    @property
    def total(self) -> int:
        """How many there are, somebody in several courses once for each."""
        return sum(len(each.repeaters) for each in self.courses)

    def render(self, texts: Texts, width: int) -> RenderableType:
        """Draw the list for a terminal of ``width`` columns."""
        table = new_table(texts.gettext("Repeaters"))
        add_name_column(table, texts.gettext("Course"), at_most=width // 4)
        add_name_column(table, texts.gettext("Name"), at_most=width // 4)
        for heading in (texts.gettext("Manual until"), texts.gettext("Run"), texts.gettext("Automatic")):
            table.add_column(plain(heading), overflow="fold")
        for course, repeater in list(self._each())[:_ROWS_SHOWN]:
            table.add_row(*self._shown(texts, course, repeater))
        return Group(table, *map(plain, self._lines_below(texts)))

    def document(self) -> Document:
        """Describe them all in JSON."""
        return {
            "at": moment_document(self.at, self.zone),
            "repeaters": [self._described(course, repeater) for course, repeater in self._each()],
            "totals": {"courses": len(self.courses), "people": self.total},
        }

    def write(self, writer: TableWriter, texts: Texts) -> None:
        """Write the rows of the table."""
        for course, repeater in self._each():
            writer.add(REPEATERS, [course.id, course.shortname, *self._cells(texts, repeater)])

    def _each(self) -> Iterator[tuple[Course, Repeater]]:
        return ((each.course, repeater) for each in self.courses for repeater in each.repeaters)

    def _shown(self, texts: Texts, course: Course, repeater: Repeater) -> Iterator[Text | str]:
        yield Text(course_name(course))
        yield Prose(person_name(self.people, repeater.userid))
        yield plain(texts.end_date(_last_end(repeater.manual), self.zone))
        yield "" if repeater.run is None else str(repeater.run)
        yield plain(_methods(texts, repeater))

    def _lines_below(self, texts: Texts) -> Iterator[str]:
        if more := max(0, self.total - _ROWS_SHOWN):
            said = texts.ngettext(
                "and {n} more, whom --format csv, xlsx or --json shows",
                "and {n} more, whom --format csv, xlsx or --json shows",
                more,
            )
            yield said.format(n=texts.number(more))
        count = texts.ngettext("{n} repeater", "{n} repeaters", self.total)
        yield count.format(n=texts.number(self.total))

    def _described(self, course: Course, repeater: Repeater) -> Document:
        person = self.people.get(repeater.userid)
        return {
            "id": repeater.userid,
            "course": course_document(course),
            "fullname": None if person is None else person.fullname,
            "username": None if person is None else person.username,
            "idnumber": None if person is None else person.idnumber,
            "run": repeater.run,
            "manual": [self._enrolment("manual", row) for row in repeater.manual],
            "automatic": [self._enrolment(each.method, each.row) for each in repeater.automatic],
        }

    def _enrolment(self, method: str, row: UserEnrolment) -> Document:
        return {
            "method": method,
            "instance": row.instanceid,
            "status": "active" if row.is_active else "suspended",
            "starts_at": moment_document(row.starts_at, self.zone),
            "ends_at": moment_document(row.ends_at, self.zone),
        }

    def _cells(self, texts: Texts, repeater: Repeater) -> Iterator[Cell]:
        person = self.people.get(repeater.userid)
        yield from person_cells(repeater.userid, self.people)
        yield from (None, None) if person is None else (person.username, person.idnumber)
        active = any(row.is_active for row in repeater.manual)
        yield texts.gettext("active") if active else texts.gettext("suspended")
        yield end_cell(texts, _last_end(repeater.manual))
        yield repeater.run
        yield _methods(texts, repeater)
        yield end_cell(texts, _last_end([each.row for each in repeater.automatic]))


def repeaters_tables(texts: Texts) -> dict[str, Table]:
    """Describe the one table."""
    return {REPEATERS: translated(texts, N_("Repeaters"), _COLUMNS)}


def repeaters_heading(texts: Texts, site: str, *, at: int, zone: tzinfo) -> Heading:
    """Say which site's list it is, and of when."""
    facts = [(texts.gettext("Site"), site), (texts.gettext("As of"), texts.date_time(at, zone))]
    return Heading(texts.gettext("Repeaters"), facts)


def _methods(texts: Texts, repeater: Repeater) -> str:
    return ", ".join(dict.fromkeys(method_name(texts, each.method) for each in repeater.automatic))


def _last_end(rows: Sequence[UserEnrolment]) -> int:
    """Give the latest end of some enrolments, Unix seconds or 0 for never."""
    return 0 if any(is_unlimited(row.ends_at) for row in rows) else max(row.ends_at for row in rows)
