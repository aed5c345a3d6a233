"""A forecast on a terminal: what it is, the courses, the people of a single one, the sums, the chart."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from maintien.enrolments.forecast import ListedState, UnenrolEffect
from maintien.enrolments.people import Person
from maintien.moodle.ids import UserId
from maintien.reports.charts.access_chart import AccessChart
from maintien.reports.charts.blocks import draw_blocks
from maintien.reports.forecast_document import ForecastHeader
from maintien.reports.forecast_summary import ForecastCounts, ForecastSummary, ForecastTotals
from maintien.reports.forecast_wording import effect_text, register_text, state_text
from maintien.reports.language import Texts
from maintien.reports.safe_text import plain
from maintien.reports.screen import (
    WIDE,
    add_name_column,
    add_number_columns,
    course_name,
    facts_table,
    new_table,
    numbers_table,
    person_name,
)
from maintien.reports.wording import method_names

COURSES_SHOWN: Final = 20
"""Courses in the table; the others are only counted."""

_STYLES: Final = {
    UnenrolEffect.KEPT: "green",
    UnenrolEffect.SUSPENDED: "yellow",
    UnenrolEffect.SUSPENDED_WITHOUT_ROLES: "yellow",
    UnenrolEffect.UNENROLLED: "red",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastPerson:
    """Somebody of the one course that a forecast is about."""

    userid: UserId
    methods: tuple[str, ...]
    is_student: bool
    effect: UnenrolEffect
    groups: int
    grades: int
    state: ListedState | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastScreen:
    """What a forecast's screen shows."""

    header: ForecastHeader
    totals: ForecastTotals
    courses: Sequence[ForecastSummary]
    shown: Sequence[ForecastPerson]
    """Some of the people, where there is one course."""
    more_people: int
    people: Mapping[UserId, Person]
    chart: AccessChart | None

    def render(self, texts: Texts, width: int) -> RenderableType:
        """Draw it for a terminal of ``width`` columns."""
        return Group(*_spaced(self._parts(texts, width)))

    def _parts(self, texts: Texts, width: int) -> Iterator[RenderableType]:
        yield Group(self._title(texts), facts_table(self._facts(texts)))
        yield self._courses_table(texts, width)
        if self.shown:
            yield self._people_table(texts, width)
        yield numbers_table(texts, self._sums(texts))
        if self.chart is not None:
            yield draw_blocks(texts, self.chart, width)

    def _title(self, texts: Texts) -> Panel:
        people = self.totals.people["losing"]
        sentence = texts.ngettext(
            "{n} person loses access to a course when the feeds drop them.",
            "{n} people lose access to a course when the feeds drop them.",
            people,
        )
        text = sentence.format(n=texts.number(people))
        return Panel(plain(text, "bold"), border_style="yellow" if people else "green")

    def _facts(self, texts: Texts) -> Iterator[tuple[str, Text]]:
        header = self.header
        yield texts.gettext("Site"), plain(header.site)
        yield texts.gettext("Access on"), plain(texts.date_time(header.at, header.zone))
        if header.register is not None:
            yield texts.gettext("Feeds"), plain(register_text(texts, header.register))

    def _courses_table(self, texts: Texts, width: int) -> RenderableType:
        table = new_table(texts.gettext("Courses"))
        is_wide = width >= WIDE
        add_name_column(table, texts.gettext("Course"), at_most=width // 4 if is_wide else width // 3)
        columns = list(self._columns(texts, is_wide=is_wide))
        add_number_columns(table, *(heading for heading, _ in columns))
        for summary in sorted(self.courses, key=_worst_first)[:COURSES_SHOWN]:
            numbers = [getattr(summary.counts, name) for _, name in columns]
            cells = [Text(texts.number(number), style="" if number else "dim") for number in numbers]
            table.add_row(Text(course_name(summary.course)), *cells)
        return _with_others(texts, table, len(self.courses) - COURSES_SHOWN)

    def _columns(self, texts: Texts, *, is_wide: bool) -> Iterator[tuple[str, str]]:
        """Give the headings of the table of courses, with the counts below them."""
        yield texts.gettext("Automatic only"), "automatic_only"
        yield texts.gettext("Lose access"), "losing"
        yield texts.gettext("Students"), "students_losing"
        if self.header.reads_feeds:
            yield texts.gettext("Listed"), "listed"
            yield texts.gettext("Dropped"), "dropped"
            if is_wide:
                yield texts.gettext("To add"), "to_add"
                yield texts.gettext("To return"), "to_return"
        elif is_wide:
            yield texts.gettext("Unenrolled"), "unenrolled"
            yield texts.gettext("Groups"), "groups"
            yield texts.gettext("Grades"), "grades"

    def _people_table(self, texts: Texts, width: int) -> RenderableType:
        table = new_table(texts.gettext("People"))
        add_name_column(table, texts.gettext("Name"), at_most=width // 4)
        table.add_column(plain(texts.gettext("Methods")), overflow="fold")
        table.add_column(plain(texts.gettext("What happens")), overflow="fold")
        if width >= WIDE:
            table.add_column(plain(texts.gettext("Student")))
            add_number_columns(table, texts.gettext("Groups"), texts.gettext("Grades"))
        if self.header.reads_feeds:
            table.add_column(plain(texts.gettext("Feeds")), overflow="fold")
        for person in self.shown:
            table.add_row(*self._cells(texts, person, width))
        more = texts.ngettext("and {n} more person", "and {n} more people", self.more_people)
        if not self.more_people:
            return table
        return Group(table, plain(more.format(n=texts.number(self.more_people)), "dim"))

    def _cells(self, texts: Texts, person: ForecastPerson, width: int) -> Iterator[Text]:
        yield Text(person_name(self.people, person.userid))
        yield plain(method_names(texts, person.methods))
        yield plain(effect_text(texts, person.effect), _STYLES[person.effect])
        if width >= WIDE:
            yield plain(texts.gettext("yes") if person.is_student else "")
            yield Text(texts.number(person.groups), style="" if person.groups else "dim")
            yield Text(texts.number(person.grades), style="" if person.grades else "dim")
        if person.state is not None:
            yield plain(state_text(texts, person.state))

    def _sums(self, texts: Texts) -> Iterator[tuple[str, int]]:
        totals, counts = self.totals, self.totals.counts
        yield texts.gettext("Courses"), totals.courses
        yield texts.gettext("Courses in which somebody loses access"), totals.courses_losing
        yield texts.gettext("People with automatic access only"), totals.people["automatic_only"]
        yield texts.gettext("People who lose access to a course"), totals.people["losing"]
        yield texts.gettext("Students among them"), totals.people["students_losing"]
        yield texts.gettext("Accesses that go (a person counts once a course)"), counts.losing
        yield from self._effects(texts, counts)
        yield texts.gettext("Group memberships that go"), counts.groups
        yield texts.gettext("Recorded grades that go"), counts.grades
        if self.header.reads_feeds:
            yield from self._of_feeds(texts, counts)

    def _effects(self, texts: Texts, counts: ForecastCounts) -> Iterator[tuple[str, int]]:
        seldom = [
            (texts.gettext("… by unenrolment"), counts.unenrolled),
            (texts.gettext("… by suspension"), counts.suspended),
            (texts.gettext("… by suspension, with their roles"), counts.suspended_and_roles_removed),
            (texts.gettext("Accesses that the methods keep"), counts.kept),
        ]
        return (row for row in seldom if row[1])

    def _of_feeds(self, texts: Texts, counts: ForecastCounts) -> Iterator[tuple[str, int]]:
        yield texts.gettext("Still listed"), counts.listed
        yield texts.gettext("Dropped already, waiting for the next sync"), counts.dropped
        if counts.spared:
            yield texts.gettext("Spared, since the register is empty"), counts.spared
        if counts.unknown:
            yield texts.gettext("Unknown to the feeds that could be read"), counts.unknown
        yield texts.gettext("Accesses that go with the next sync"), counts.losing_now
        yield texts.gettext("Listed and not enrolled yet"), counts.to_add
        yield texts.gettext("Listed and suspended now, so they come back"), counts.to_return


def _with_others(texts: Texts, table: Table, more: int) -> RenderableType:
    if more <= 0:
        return table
    line = texts.ngettext("and {n} more course", "and {n} more courses", more)
    return Group(table, plain(line.format(n=texts.number(more)), "dim"))


def _worst_first(summary: ForecastSummary) -> tuple[int, int, int]:
    return (-summary.counts.losing, -summary.counts.automatic_only, summary.course.id)


def _spaced(parts: Iterable[RenderableType]) -> Iterator[RenderableType]:
    for number, part in enumerate(parts):
        if number:
            yield Text()
        yield part
