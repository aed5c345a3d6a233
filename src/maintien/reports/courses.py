"""The list of courses with their counts: on a terminal, and as a JSON document."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import Final

from rich.console import RenderableType
from rich.text import Text

from maintien.enrolments.risk import CourseRisk
from maintien.reports.documents import Document, course_document, moment_document
from maintien.reports.language import Texts
from maintien.reports.safe_text import plain
from maintien.reports.screen import (
    WIDE,
    add_name_column,
    add_number_columns,
    course_name,
    new_table,
)

_VERY_WIDE: Final = 120
"""Columns from which on the table has the ID numbers too."""

_LEAST_NUMBER: Final = 6
"""Cells that a number gets, however narrow the terminal."""

_COUNTS: Final = ("participants", "automatic_only", "at_risk", "already_cut", "rescued")


def courses_table(texts: Texts, courses: Sequence[CourseRisk], width: int) -> RenderableType:
    """Give the list, in the order given, with its sums, for a terminal of ``width`` columns."""
    table = new_table()
    table.show_footer = len(courses) > 1
    add_number_columns(table, texts.gettext("Id"))
    add_name_column(table, texts.gettext("Course"), at_most=width // (3 if width >= WIDE else 5))
    if width >= _VERY_WIDE:
        add_name_column(table, texts.gettext("ID number"), at_most=width // 8)
    for heading in _headings(texts):
        # In a narrow terminal the words of a heading stand one below the other.
        table.add_column(
            plain(heading), justify="right", no_wrap=width >= WIDE, min_width=_LEAST_NUMBER, overflow="fold"
        )
    for row in courses:
        names = [Text(course_name(row.course)), plain(row.course.idnumber)]
        risk = Text(texts.number(row.at_risk), style="bold yellow" if row.at_risk else "")
        cut = Text(texts.number(row.already_cut), style="bold red" if row.already_cut else "dim")
        table.add_row(
            str(row.course.id),
            *(names if width >= _VERY_WIDE else names[:1]),
            texts.number(row.participants),
            texts.number(row.automatic_only),
            risk,
            cut,
            Text(texts.number(row.rescued), style="" if row.rescued else "dim"),
        )
    table.columns[1].footer = texts.gettext("Total")
    for column, total in zip(table.columns[-len(_COUNTS) :], _sums(courses).values(), strict=True):
        column.footer = texts.number(total)
    return table


def _headings(texts: Texts) -> tuple[str, ...]:
    return (
        texts.gettext("Participants"),
        texts.gettext("Automatic only"),
        texts.gettext("At risk"),
        texts.gettext("Already cut"),
        texts.gettext("Rescued"),
    )


def _sums(courses: Sequence[CourseRisk]) -> dict[str, int]:
    return {name: sum(getattr(row, name) for row in courses) for name in _COUNTS}


def courses_document(courses: Sequence[CourseRisk], since: int, zone: tzinfo) -> Document:
    """Give the list as a JSON document; the totals count a person once a course.

    ``since`` in Unix seconds: who was withdrawn before is not counted as already cut.
    """
    return {
        "since": moment_document(since, zone),
        "courses": [
            course_document(row.course) | {name: getattr(row, name) for name in _COUNTS} for row in courses
        ],
        "totals": {"courses": len(courses), **_sums(courses)},
    }
