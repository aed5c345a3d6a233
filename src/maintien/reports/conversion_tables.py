"""A conversion's courses, sums and failures, on a terminal."""

from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from maintien.reports.language import Texts
from maintien.reports.rescue_people import source_sums
from maintien.reports.safe_text import plain
from maintien.reports.screen import (
    WIDE,
    add_name_column,
    add_number_columns,
    course_name,
    new_table,
    numbers_table,
)
from maintien.reports.summary import CourseSummary, Totals
from maintien.reports.wording import error_text

COURSES_SHOWN: Final = 20
"""Courses in the table; the others are only counted."""


def courses_table(texts: Texts, courses: Sequence[CourseSummary], width: int) -> RenderableType:
    """Show the courses in which most people are converted, and say how many more there are."""
    table = new_table(texts.gettext("Courses"))
    add_name_column(table, texts.gettext("Course"), at_most=width * 2 // 5)
    add_number_columns(table, texts.gettext("New"), texts.gettext("Changed"))
    if width >= WIDE:
        add_number_columns(table, texts.gettext("Roles"), texts.gettext("Groups"))
    add_number_columns(table, texts.gettext("Left alone"))
    table.add_column(plain(texts.gettext("Remarks")), overflow="fold")
    for summary in shown_courses(courses):
        table.add_row(*_cells(texts, summary, width))
    more = more_courses(texts, courses)
    return table if more is None else Group(table, more)


def shown_courses(courses: Sequence[CourseSummary]) -> Sequence[CourseSummary]:
    """Choose the courses for a table: those that failed, then those with most people."""
    return sorted(courses, key=_biggest_first)[:COURSES_SHOWN]


def more_courses(texts: Texts, courses: Sequence[CourseSummary]) -> Text | None:
    """Say how many courses are not shown; None where all are."""
    more = len(courses) - COURSES_SHOWN
    if more <= 0:
        return None
    line = texts.ngettext("and {n} more course", "and {n} more courses", more)
    return plain(line.format(n=texts.number(more)), "dim")


def _biggest_first(summary: CourseSummary) -> tuple[bool, int, int, int]:
    counts = summary.counts
    return (
        summary.failure is None,
        -counts.people_converted,
        -counts.people_left_alone,
        summary.course.id,
    )


def _cells(texts: Texts, summary: CourseSummary, width: int) -> Iterator[Text]:
    counts = summary.counts
    yield Text(course_name(summary.course))
    numbers = [counts.enrolments_added, counts.enrolments_changed]
    if width >= WIDE:
        numbers += [counts.roles_assigned, counts.groups_kept + counts.groups_joined]
    for number in [*numbers, counts.people_left_alone]:
        yield Text(texts.number(number), style="" if number else "dim")
    yield remark_text(texts, summary)


def remark_text(texts: Texts, summary: CourseSummary) -> Text:
    """Say in a word or two what is special about a course."""
    if summary.failure is not None:
        return plain(texts.gettext("failed"), "red")
    if summary.obstacle is not None:
        return plain(texts.gettext("manual enrolments disabled"), "red")
    if summary.counts.instances_added:
        return plain(texts.gettext("method added"))
    if summary.counts.instances_enabled:
        return plain(texts.gettext("method enabled"))
    return Text()


def sums_table(texts: Texts, totals: Totals) -> Table:
    """Show the sums over all courses."""
    counts = totals.counts
    always = [
        *overall_sums(texts, totals),
        (texts.gettext("Manual enrolments added"), counts.enrolments_added),
        (texts.gettext("Manual enrolments changed"), counts.enrolments_changed),
        (texts.gettext("Roles given by hand"), counts.roles_assigned),
        (texts.gettext("Group memberships kept"), counts.groups_kept),
    ]
    seldom = [
        (texts.gettext("Automatic enrolments removed"), counts.enrolments_removed),
        (texts.gettext("Roles kept"), counts.roles_kept),
        (texts.gettext("Duplicate roles removed"), counts.roles_removed),
        (texts.gettext("Manual methods added to courses"), counts.instances_added),
        (texts.gettext("Manual methods enabled in courses"), counts.instances_enabled),
        (texts.gettext("Group memberships given back"), counts.groups_joined),
        (texts.gettext("Other changes"), counts.other_changes),
    ]
    rows = [*always, *(row for row in seldom if row[1]), *source_sums(texts, counts)]
    return numbers_table(texts, rows)


def overall_sums(texts: Texts, totals: Totals) -> list[tuple[str, int]]:
    """Give the sums of courses, whatever is done in them."""
    return [
        (texts.gettext("Courses"), totals.courses),
        (texts.gettext("Courses with changes"), totals.courses_changed),
        (texts.gettext("Courses left alone"), totals.courses_left_alone),
        (texts.gettext("Courses that failed"), totals.courses_failed),
    ]


def failures_table(texts: Texts, courses: Sequence[CourseSummary], width: int) -> Table:
    """Name every course that failed, and say why."""
    table = new_table(texts.gettext("Failed: nothing is written in these courses"))
    add_name_column(table, texts.gettext("Course"), at_most=width // 3)
    table.add_column(plain(texts.gettext("Reason")), overflow="fold")
    for summary in courses:
        if summary.failure is not None:
            reason = plain(error_text(texts, summary.failure))
            table.add_row(Text(course_name(summary.course)), reason)
    return table
