"""The list of courses with their counts: on a terminal, and as a JSON document."""

from collections.abc import Sequence

from rich.console import RenderableType
from rich.text import Text

from maintien.enrolments.risk import CourseRisk
from maintien.reports.documents import Document, course_document
from maintien.reports.language import Texts
from maintien.reports.safe_text import plain
from maintien.reports.screen import (
    WIDE,
    add_name_column,
    add_number_columns,
    course_name,
    new_table,
)


def courses_table(texts: Texts, courses: Sequence[CourseRisk], width: int) -> RenderableType:
    """Give the list, in the order given, with its sums, for a terminal of ``width`` columns."""
    table = new_table()
    table.show_footer = len(courses) > 1
    add_number_columns(table, texts.gettext("Id"))
    add_name_column(table, texts.gettext("Course"), at_most=width * 2 // 5)
    if width >= WIDE:
        add_name_column(table, texts.gettext("ID number"), at_most=width // 6)
    add_number_columns(
        table,
        texts.gettext("Participants"),
        texts.gettext("Automatic only"),
        texts.gettext("At risk"),
    )
    for row in courses:
        names = [Text(course_name(row.course)), plain(row.course.idnumber)]
        risk = Text(texts.number(row.at_risk), style="bold yellow" if row.at_risk else "")
        table.add_row(
            str(row.course.id),
            *(names if width >= WIDE else names[:1]),
            texts.number(row.participants),
            texts.number(row.automatic_only),
            risk,
        )
    table.columns[1].footer = texts.gettext("Total")
    for column, total in zip(table.columns[-3:], _sums(courses), strict=True):
        column.footer = texts.number(total)
    return table


def _sums(courses: Sequence[CourseRisk]) -> tuple[int, int, int]:
    return (
        sum(row.participants for row in courses),
        sum(row.automatic_only for row in courses),
        sum(row.at_risk for row in courses),
    )


def courses_document(courses: Sequence[CourseRisk]) -> Document:
    """Give the list as a JSON document; the totals count a person once a course."""
    participants, automatic_only, at_risk = _sums(courses)
    return {
        "courses": [
            course_document(row.course)
            | {
                "participants": row.participants,
                "automatic_only": row.automatic_only,
                "at_risk": row.at_risk,
            }
            for row in courses
        ],
        "totals": {
            "courses": len(courses),
            "participants": participants,
            "automatic_only": automatic_only,
            "at_risk": at_risk,
        },
    }
