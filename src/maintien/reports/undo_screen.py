"""Taking a run back, on a terminal: what goes, what stays since somebody changed it, who loses access."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from maintien.enrolments.people import Person
from maintien.moodle.ids import UserId
from maintien.planning.left_alone import ChangedSince
from maintien.reports.changed_since import row_name, values_text
from maintien.reports.conversion_people import Example
from maintien.reports.conversion_tables import failures_table
from maintien.reports.language import Texts
from maintien.reports.result_title import title_panel
from maintien.reports.safe_text import Prose, plain, printable
from maintien.reports.screen import (
    add_name_column,
    add_number_columns,
    course_name,
    facts_table,
    names_and_others,
    new_table,
    numbers_table,
    person_name,
)
from maintien.reports.summary import Counts, CourseSummary, Totals
from maintien.reports.undo_counts import CourseUndone, UndoCounts

COURSES_SHOWN: Final = 20
"""Courses in the table; the others are only counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoHeader:
    """What is the same for every course."""

    site: str
    """The site's name, without a password."""
    written: bool
    """Whether it was written, or only shown."""
    zone: tzinfo
    undoes: int
    """The run that is taken back."""
    run: int | None = None
    """The run in the journal that takes it back."""
    remaining: int = 0
    """Courses that a run which was written has not reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoScreen:
    """Everything that the screen shows."""

    header: UndoHeader
    totals: UndoCounts
    courses: Sequence[CourseUndone]
    changed_since: Sequence[Example]
    """Some of the rows left alone."""
    losing: Sequence[UserId]
    """Some of the people who lose their only access to a course."""
    people: Mapping[UserId, Person]

    def render(self, texts: Texts, width: int) -> RenderableType:
        """Draw it for a terminal of ``width`` columns."""
        parts: list[RenderableType] = []
        for part in self._parts(texts, width):
            parts += [Text(), part] if parts else [part]
        return Group(*parts)

    def _parts(self, texts: Texts, width: int) -> Iterator[RenderableType]:
        header, summaries = self.header, [_summary_of(course) for course in self.courses]
        totals = Totals()
        for summary in summaries:
            totals.add(summary)
        title = title_panel(texts, totals, written=header.written, remaining=header.remaining)
        yield Group(title, facts_table(_facts(texts, header)))
        if self.totals.people_losing_access:
            yield Panel(self._warning(texts), border_style="red")
        yield _courses_table(texts, self.courses, width)
        yield _sums_table(texts, len(self.courses), self.totals)
        if self.totals.rows_left_alone:
            yield self._changed_since_table(texts, width)
        if totals.courses_failed:
            yield failures_table(texts, summaries, width)

    def _warning(self, texts: Texts) -> RenderableType:
        number = self.totals.people_losing_access
        sentence = texts.ngettext(
            "{n} person loses their only access to a course: {names}.",
            "{n} people lose their only access to a course: {names}.",
            number,
        )
        names = [person_name(self.people, userid) for userid in self.losing]
        return Prose(
            sentence.format(n=texts.number(number), names=names_and_others(texts, names, number)),
            style="bold",
        )

    def _changed_since_table(self, texts: Texts, width: int) -> RenderableType:
        table = new_table(texts.gettext("Left alone: somebody changed it since"))
        add_name_column(table, texts.gettext("Course"), at_most=width // 6)
        add_name_column(table, texts.gettext("Name"), at_most=width // 6)
        for heading in (texts.gettext("What"), texts.gettext("As the run left it"), texts.gettext("Now")):
            table.add_column(plain(heading), overflow="fold")
        for example in self.changed_since:
            table.add_row(*self._changed_since_cells(texts, example))
        more = self.totals.rows_left_alone - len(self.changed_since)
        if more <= 0:
            return table
        line = texts.ngettext("and {n} more", "and {n} more", more)
        return Group(table, plain(line.format(n=texts.number(more)), "dim"))

    def _changed_since_cells(self, texts: Texts, example: Example) -> Iterator[Text]:
        yield Text(printable(example.course.shortname))
        yield Text(person_name(self.people, example.userid) if example.userid else "")
        reason = example.reason
        if isinstance(reason, ChangedSince):
            zone = self.header.zone
            yield plain(row_name(texts, reason.row))
            ours = values_text(texts, reason, reason.ours, zone) if reason.ours else ""
            yield Prose(ours)
            yield Prose(values_text(texts, reason, reason.found, zone))


def _facts(texts: Texts, header: UndoHeader) -> Iterator[tuple[str, Text]]:
    yield texts.gettext("Site"), plain(header.site)
    yield texts.gettext("Takes back run"), plain(str(header.undoes))
    if header.run is not None:
        yield texts.gettext("Run"), plain(str(header.run))


def _summary_of(course: CourseUndone) -> CourseSummary:
    counts = course.counts
    changed = counts.rows_removed + counts.rows_changed_back + counts.rows_brought_back
    return CourseSummary(
        course=course.course, counts=Counts(), failure=course.failure, is_changed=bool(changed)
    )


def _courses_table(texts: Texts, courses: Sequence[CourseUndone], width: int) -> RenderableType:
    table = new_table(texts.gettext("Courses"))
    add_name_column(table, texts.gettext("Course"), at_most=width * 2 // 5)
    add_number_columns(
        table,
        texts.gettext("Removed"),
        texts.gettext("Changed back"),
        texts.gettext("Back again"),
        texts.gettext("Left alone"),
        texts.gettext("Lose access"),
    )
    for course in sorted(courses, key=_most_first)[:COURSES_SHOWN]:
        counts = course.counts
        numbers = (
            counts.rows_removed,
            counts.rows_changed_back,
            counts.rows_brought_back,
            counts.rows_left_alone,
            counts.people_losing_access,
        )
        cells = [Text(texts.number(number), style="" if number else "dim") for number in numbers]
        table.add_row(Text(course_name(course.course)), *cells)
    more = len(courses) - COURSES_SHOWN
    if more <= 0:
        return table
    line = texts.ngettext("and {n} more course", "and {n} more courses", more)
    return Group(table, plain(line.format(n=texts.number(more)), "dim"))


def _most_first(course: CourseUndone) -> tuple[bool, int, int, int]:
    counts = course.counts
    return (course.failure is None, -counts.people_losing_access, -counts.people, course.course.id)


def _sums_table(texts: Texts, courses: int, totals: UndoCounts) -> Table:
    return numbers_table(
        texts,
        [
            (texts.gettext("Courses"), courses),
            (texts.gettext("Rows removed"), totals.rows_removed),
            (texts.gettext("Rows changed back"), totals.rows_changed_back),
            (texts.gettext("Rows there again"), totals.rows_brought_back),
            (texts.gettext("Rows left alone, changed since"), totals.rows_left_alone),
            (texts.gettext("People who lose their only access"), totals.people_losing_access),
        ],
    )
