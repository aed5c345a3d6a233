"""Forecasts as typed tables: the courses, the people who depend on feeds, and access over time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from maintien.enrolments.forecast import CourseForecast
from maintien.enrolments.people import Person
from maintien.messages import N_
from maintien.moodle.ids import UserId
from maintien.reports.charts.access_chart import AccessChart
from maintien.reports.forecast_document import ForecastHeader
from maintien.reports.forecast_summary import OF_FEEDS, ForecastTotals, count_forecast
from maintien.reports.forecast_wording import effect_text, register_text, state_text
from maintien.reports.language import Texts
from maintien.reports.run_export import COURSE, COURSES, PERSON, person_cells, translated
from maintien.reports.tables import Cell, Column, Heading, Kind, Moment, Table, TableWriter
from maintien.reports.wording import method_names

PEOPLE: Final = "people"
ACCESS: Final = "access"
FORECAST_TABLES: Final = (COURSES, PEOPLE, ACCESS)

_COUNTS: Final[Mapping[str, str]] = {
    "participants": N_("participants"),
    "automatic_only": N_("automatic only"),
    "students": N_("automatic only: students"),
    "losing": N_("lose access"),
    "students_losing": N_("lose access: students"),
    "kept": N_("keep access"),
    "suspended": N_("suspended with their roles"),
    "suspended_and_roles_removed": N_("suspended without their roles"),
    "unenrolled": N_("people unenrolled"),
    "last_enrolment": N_("without any enrolment left"),
    "groups": N_("group memberships lost"),
    "grades": N_("grades lost"),
    "listed": N_("people still listed"),
    "dropped": N_("dropped already"),
    "spared": N_("spared by an empty register"),
    "unknown": N_("unknown to the feeds"),
    "losing_now": N_("lose access with the next sync"),
    "to_add": N_("listed, not enrolled yet"),
    "to_return": N_("listed, suspended now"),
}
"""The headings of the counts, by their names, in the order of the columns."""
_COURSE_NAMES: Final = (*COURSE, Column(N_("full name")), Column(N_("ID number")))
_PEOPLE_COLUMNS: Final = (
    *COURSE,
    *PERSON,
    Column(N_("methods")),
    Column(N_("student")),
    Column(N_("what happens")),
    Column(N_("last enrolment")),
    Column(N_("group memberships lost"), Kind.NUMBER),
    Column(N_("grades lost"), Kind.NUMBER),
)
_LISTED: Final = Column(N_("feeds"))
_ACCESS_COLUMNS: Final = (
    Column(N_("from this moment"), Kind.MOMENT),
    Column(N_("people with access"), Kind.NUMBER),
)
_CONVERTED: Final = Column(N_("people with access after the conversion"), Kind.NUMBER)


def forecast_tables(texts: Texts, header: ForecastHeader, *, has_conversion: bool) -> dict[str, Table]:
    """Describe the tables of a forecast, by their keys; columns without a meaning are left out."""
    counts = tuple(Column(_COUNTS[name], Kind.NUMBER) for name in _counted(header))
    people = (*_PEOPLE_COLUMNS, _LISTED) if header.reads_feeds else _PEOPLE_COLUMNS
    access = (*_ACCESS_COLUMNS, _CONVERTED) if has_conversion else _ACCESS_COLUMNS
    return {
        COURSES: translated(texts, N_("Courses"), (*_COURSE_NAMES, *counts)),
        PEOPLE: translated(texts, N_("People"), people),
        ACCESS: translated(texts, N_("Access over time"), access),
    }


def _counted(header: ForecastHeader) -> list[str]:
    return [name for name in _COUNTS if header.reads_feeds or name not in OF_FEEDS]


def forecast_heading(texts: Texts, header: ForecastHeader, totals: ForecastTotals | None = None) -> Heading:
    """Say what a forecast is, and what it comes to once its ``totals`` are known."""
    facts = [
        (texts.gettext("Site"), header.site),
        (texts.gettext("Access on"), texts.date_time(header.at, header.zone)),
    ]
    if header.register is not None:
        facts.append((texts.gettext("Feeds"), register_text(texts, header.register)))
    if totals is not None:
        people, counts = totals.people, totals.counts
        facts += [
            (texts.gettext("Courses"), texts.number(totals.courses)),
            (texts.gettext("Courses in which somebody loses access"), texts.number(totals.courses_losing)),
            (texts.gettext("People with automatic access only"), texts.number(people["automatic_only"])),
            (texts.gettext("People who lose access to a course"), texts.number(people["losing"])),
            (texts.gettext("Students among them"), texts.number(people["students_losing"])),
            (texts.gettext("Group memberships that go"), texts.number(counts.groups)),
            (texts.gettext("Recorded grades that go"), texts.number(counts.grades)),
        ]
    return Heading(texts.gettext("Forecast"), facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastExport:
    """Writes the courses of one forecast, a row a person too."""

    writer: TableWriter
    texts: Texts
    header: ForecastHeader

    def people_in(self, course: CourseForecast) -> frozenset[UserId]:
        """Tell whom the rows of a course name."""
        return course.people

    def add(self, course: CourseForecast, people: Mapping[UserId, Person]) -> None:
        """Write one course."""
        names, counts = course.course, count_forecast(course)
        numbers = [getattr(counts, name) for name in _counted(self.header)]
        self.writer.add(COURSES, [names.id, names.shortname, names.fullname, names.idnumber, *numbers])
        for userid in sorted(course.people):
            cells = self._person_cells(course, userid, people)
            self.writer.add(PEOPLE, [names.id, names.shortname, *cells])

    def add_access(self, chart: AccessChart) -> None:
        """Write from when on how many people have access."""
        for cells in _access_rows(chart):
            self.writer.add(ACCESS, cells)

    def _person_cells(
        self, course: CourseForecast, userid: UserId, people: Mapping[UserId, Person]
    ) -> Iterator[Cell]:
        texts, state = self.texts, course.listed_state_of(userid)
        yield from person_cells(userid, people)
        yield method_names(texts, course.methods_of(userid))
        yield texts.gettext("yes") if userid in course.students else None
        yield effect_text(texts, course.effect_on(userid))
        yield texts.gettext("yes") if userid in course.gone else None
        yield course.groups.get(userid, 0)
        yield course.grades.get(userid, 0)
        if state is not None:
            yield state_text(texts, state)


def _access_rows(chart: AccessChart) -> Iterator[Sequence[Cell]]:
    """Give the chart's steps, those of both lines where there are two."""
    lines = [dict(chart.shown(steps)) for steps in (chart.steps, chart.steps_converted) if steps is not None]
    people = [0 for _ in lines]
    for at in sorted({at for line in lines for at in line}):
        people = [line.get(at, before) for line, before in zip(lines, people, strict=True)]
        yield [Moment(at), *people]
