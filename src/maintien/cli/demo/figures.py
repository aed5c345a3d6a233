"""The figures of the demo's story, as tables."""

from collections.abc import Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.table import Table

from maintien.reports.finding_wording import finding_text
from maintien.reports.language import Texts
from maintien.reports.reason_wording import reason_label
from maintien.reports.safe_text import plain, printable
from maintien.reports.screen import add_number_columns, bar, new_table
from maintien.sites.demo.events import (
    AccessCompared,
    FacultyFigures,
    FacultyLoss,
    ObstacleCount,
    ReasonCount,
    Standing,
)

_LONGEST_NAME: Final = 40
_BAR: Final = 40
"""Cells of the longest bar."""


def faculties_table(texts: Texts, faculties: Sequence[FacultyFigures]) -> Table:
    """Show how large the faculties are."""
    table = _by_faculty(texts, texts.gettext("Courses"), texts.gettext("Students"))
    for faculty in faculties:
        table.add_row(plain(faculty.name), texts.number(faculty.courses), texts.number(faculty.students))
    return table


def losses_table(texts: Texts, faculties: Sequence[FacultyLoss]) -> Table:
    """Show what each faculty loses; an access is a person in a course."""
    table = _by_faculty(
        texts,
        texts.gettext("People"),
        texts.gettext("Accesses"),
        texts.gettext("Groups"),
        texts.gettext("Grades"),
    )
    for faculty in faculties:
        loss = faculty.loss
        numbers = (loss.people, loss.accesses, loss.memberships, loss.grades)
        table.add_row(plain(faculty.name), *map(texts.number, numbers))
    return table


def reasons_table(texts: Texts, reasons: Sequence[ReasonCount]) -> Table:
    """Show why people were left alone, the most frequent reason first."""
    table = new_table()
    table.add_column(plain(texts.gettext("Left alone because of")), overflow="fold")
    add_number_columns(table, texts.gettext("Times"))
    for count in reasons:
        table.add_row(plain(reason_label(texts, count.reason)), texts.number(count.times))
    return table


def obstacles_text(texts: Texts, obstacles: Sequence[ObstacleCount]) -> RenderableType:
    """Name the courses that nothing can be converted in."""
    sentences = [
        f"{finding_text(texts, count.obstacle())} ({texts.join(map(printable, count.courses))})"
        for count in obstacles
    ]
    return Group(*(plain(sentence, "yellow") for sentence in sentences))


def comparison_table(texts: Texts, compared: AccessCompared) -> Table:
    """Compare the same night three times."""
    return standings_table(
        texts,
        (
            (texts.gettext("the day before"), compared.before, "blue"),
            (texts.gettext("without a conversion"), compared.without, "red"),
            (texts.gettext("with the conversion"), compared.converted, "green"),
        ),
    )


def standings_table(texts: Texts, rows: Sequence[tuple[str, Standing, str]]) -> Table:
    """Compare moments, each with its style: accesses as bars, and what else there is as numbers."""
    table = new_table()
    table.add_column("")
    table.add_column(plain(texts.gettext("Accesses")))
    add_number_columns(
        table,
        texts.gettext("People"),
        texts.gettext("Accesses"),
        texts.gettext("Groups"),
        texts.gettext("Grades"),
    )
    most = max(1, *(standing.accesses for _, standing, _ in rows))
    for label, standing, style in rows:
        picture = bar([(1, "█", style)], standing.accesses * _BAR // most)
        numbers = (standing.people, standing.accesses, standing.memberships, standing.grades)
        table.add_row(plain(label), picture, *map(texts.number, numbers))
    return table


def _by_faculty(texts: Texts, *headings: str) -> Table:
    table = new_table()
    table.add_column(plain(texts.gettext("Faculty")), overflow="fold", max_width=_LONGEST_NAME)
    add_number_columns(table, *headings)
    return table
