"""A list of courses as spreadsheets save it: CSV, with a line of headings.

The column ``course`` names a course as ``--course`` does; ``until``, ``roles`` and ``methods`` (or
``role`` and ``method``) say otherwise for that course than the options do. Other columns are
ignored, and named, since one of them may be a misspelling.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from maintien.errors.selection import CoursesFileBadLine, CoursesFileColumnMissing, UnreadableCoursesFile
from maintien.errors.tree import MaintienError
from maintien.messages import N_
from maintien.uses.courses_file_text import read_text

COURSE: Final = "course"
UNTIL: Final = "until"
ROLES: Final = "roles"
METHODS: Final = "methods"

_COLUMNS: Final = {
    COURSE: COURSE,
    UNTIL: UNTIL,
    ROLES: ROLES,
    "role": ROLES,
    METHODS: METHODS,
    "method": METHODS,
}
_SEPARATORS: Final = (";", ",", "\t")
_EMPTY: Final = N_("it names no course.")
_BETWEEN_WORDS: Final = re.compile(r"[,;|\s]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseLine:
    """One line: a course, and what it asks for otherwise than the options, or None."""

    path: str
    """The file, for messages."""
    number: int
    """Where the line starts in the file, counted from 1."""
    course: str
    until: str | None = None
    roles: str | None = None
    """Short names, with commas between them."""
    methods: str | None = None
    """Words, with commas between them."""

    @property
    def settings(self) -> tuple[object, ...]:
        """What the line asks for, to compare it with another of the same course."""
        return (self.until, self.roles, self.methods)

    def bad(self, reason: MaintienError | str) -> CoursesFileBadLine:
        """Say what is wrong with the line."""
        return CoursesFileBadLine(path=self.path, line=self.number, reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoursesFile:
    """A list of courses; at least one."""

    lines: tuple[CourseLine, ...]
    """In the file's order; a course may stand there several times."""
    ignored_columns: tuple[str, ...] = ()
    """As the file spells them."""


def read_courses_file(path: str) -> CoursesFile:
    """Read a list of courses.

    Raises UnreadableCoursesFile, CoursesFileColumnMissing and CoursesFileBadLine.
    """
    return parse_courses_file(path, read_text(path))


def parse_courses_file(path: str, text: str) -> CoursesFile:
    """Interpret the text of a list of courses; ``path`` is for the messages.

    Raises UnreadableCoursesFile, CoursesFileColumnMissing and CoursesFileBadLine.
    """
    headings, separator = _find_headings(path, text)
    records = _records(path, text, separator)
    next(records)  # the headings
    columns = _columns(path, headings)
    lines = tuple(_course_lines(path, columns, len(headings), records))
    if not lines:
        raise UnreadableCoursesFile(path=path, reason=_EMPTY)
    ignored = tuple(heading for heading in headings if heading and _key(heading) not in _COLUMNS)
    return CoursesFile(lines=lines, ignored_columns=ignored)


def _find_headings(path: str, text: str) -> tuple[Sequence[str], str]:
    """Find the separator by which the headings have a course column, and most columns in all."""
    readings = {separator: _headings(text, separator) for separator in _SEPARATORS}
    separator = max(readings, key=lambda separator: _rank(readings[separator]))
    headings = readings[separator] or next((cells for _, cells in _records(path, text, ";")), [])
    if not headings:
        raise UnreadableCoursesFile(path=path, reason=_EMPTY)
    if not _names_course(headings):
        raise CoursesFileColumnMissing(path=path, columns=", ".join(filter(None, headings)))
    # A file of one column has no separator: whatever stands in a course's name belongs to it.
    return headings, separator if len(headings) > 1 else "\t"


def _headings(text: str, separator: str) -> Sequence[str]:
    """Read the headings as if ``separator`` were the right one; none where the quotes belie it."""
    try:
        return next((cells for _, cells in _records("", text, separator)), [])
    except CoursesFileBadLine:
        return []


def _rank(headings: Sequence[str]) -> tuple[bool, int]:
    return _names_course(headings), len(headings)


def _names_course(headings: Sequence[str]) -> bool:
    return any(_key(heading) == COURSE for heading in headings)


def _key(heading: str) -> str:
    return heading.lower()


def _columns(path: str, headings: Sequence[str]) -> Mapping[str, int]:
    """Tell in which place each column that means something stands."""
    columns: dict[str, int] = {}
    for place, heading in enumerate(headings):
        name = _COLUMNS.get(_key(heading))
        if name in columns:
            reason = N_("it has two columns of the same meaning in its first line.")
            raise UnreadableCoursesFile(path=path, reason=reason)
        if name is not None:
            columns[name] = place
    return columns


def _records(path: str, text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Go through the lines that are not blank, each with the number of the line it starts on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    starts_at = 1
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                yield starts_at, stripped
            starts_at = reader.line_num + 1
    except csv.Error:
        reason = N_("a quotation mark is left open or stands in the wrong place.")
        raise CoursesFileBadLine(path=path, line=starts_at, reason=reason) from None


def _course_lines(
    path: str,
    columns: Mapping[str, int],
    width: int,
    records: Iterator[tuple[int, list[str]]],
) -> Iterator[CourseLine]:
    for number, cells in records:
        found = {name: cells[place] for name, place in columns.items() if place < len(cells)}
        if any(cells[width:]):
            reason = N_("it has more cells than columns; quote a cell that holds a separator.")
            raise CoursesFileBadLine(path=path, line=number, reason=reason)
        if not found.get(COURSE):
            reason = N_("there is nothing in the column “course”.")
            raise CoursesFileBadLine(path=path, line=number, reason=reason)
        yield CourseLine(
            path=path,
            number=number,
            course=found[COURSE],
            until=found.get(UNTIL) or None,
            roles=_words(found.get(ROLES, "")),
            methods=_words(found.get(METHODS, "")),
        )


def _words(cell: str) -> str | None:
    """Write a list as options do, whatever somebody put between its words."""
    return ",".join(filter(None, _BETWEEN_WORDS.split(cell))) or None
