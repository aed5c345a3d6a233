"""What every screen is made of: tables, names, lists of names, bars."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from rich import box
from rich.table import Table
from rich.text import Text

from maintien.enrolments.people import Person
from maintien.enrolments.state import Course
from maintien.moodle.ids import UserId
from maintien.reports.language import Texts
from maintien.reports.safe_text import plain, printable

WIDE: Final = 100
"""Columns from which on a table shows everything."""

_LEAST_NAME: Final = 12


def new_table(title: str = "") -> Table:
    """Make an empty table."""
    return Table(
        title=plain(title, "bold") if title else None,
        title_justify="left",
        box=box.SIMPLE_HEAD,
        header_style="bold",
        padding=(0, 1, 0, 0),
        pad_edge=False,
    )


def add_name_column(table: Table, heading: str, *, at_most: int) -> None:
    """Add a column of names, cut off at so many cells, or earlier where there is no room."""
    table.add_column(
        plain(heading),
        overflow="ellipsis",
        no_wrap=True,
        min_width=min(at_most, _LEAST_NAME),
        max_width=max(at_most, _LEAST_NAME),
    )


def add_number_columns(table: Table, *headings: str) -> None:
    """Add columns of numbers."""
    for heading in headings:
        table.add_column(plain(heading), justify="right", no_wrap=True)


def facts_table(facts: Iterable[tuple[str, Text]]) -> Table:
    """Put headings beside their facts."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for heading, fact in facts:
        table.add_row(plain(heading), fact)
    return table


def numbers_table(texts: Texts, numbers: Iterable[tuple[str, int]]) -> Table:
    """Put headings beside their numbers."""
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(justify="right", no_wrap=True)
    for heading, number in numbers:
        table.add_row(plain(heading), texts.number(number))
    return table


def course_name(course: Course) -> str:
    """Name a course by its short name and its full name, harmless for a terminal."""
    names = filter(None, (printable(course.shortname), printable(course.fullname)))
    return " \N{EN DASH} ".join(names) or str(course.id)


def person_name(people: Mapping[UserId, Person], userid: UserId) -> str:
    """Name a person, harmless for a terminal; by their id where nobody knows the name."""
    person = people.get(userid)
    return f"#{userid}" if person is None else printable(person.fullname)


def names_and_others(texts: Texts, names: Sequence[str], total: int) -> str:
    """List names, of which there are ``total``, and say how many are not listed."""
    others = total - len(names)
    if not others:
        return texts.join(names)
    return texts.ngettext("{names} and {n} other", "{names} and {n} others", others).format(
        names=", ".join(names), n=texts.number(others)
    )


def bar(parts: Sequence[tuple[int, str, str]], width: int) -> Text:
    """Draw numbers as one bar of ``width`` cells: each part's number, its character, its style.

    Whatever is not nothing gets a cell at least.
    """
    total = sum(number for number, _, _ in parts)
    picture = Text()
    for cells, (_, character, style) in zip(
        _cells([number for number, _, _ in parts], total, width), parts, strict=True
    ):
        picture.append(character * cells, style)
    return picture


def _cells(numbers: Sequence[int], total: int, width: int) -> list[int]:
    """Share ``width`` cells out by number; the largest part pays for what the small ones need."""
    if not total:
        return [0 for _ in numbers]
    cells = [max(1, number * width // total) if number else 0 for number in numbers]
    largest = cells.index(max(cells))
    cells[largest] += width - sum(cells)
    return cells
