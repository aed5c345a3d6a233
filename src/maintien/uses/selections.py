"""Which courses a command is about: what the options name and what a courses file lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from maintien.errors.selection import CourseNamedTwice, EmptySelection
from maintien.errors.tree import UsageError
from maintien.moodle.ids import CourseId
from maintien.sites.database.site import DatabaseSite
from maintien.sites.interface import CourseSize, Selection
from maintien.uses.courses_file import CourseLine, CoursesFile, read_courses_file


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which courses the command line asks for."""

    selection: Selection
    file: CoursesFile | None = None

    @property
    def is_empty(self) -> bool:
        """Whether no course was asked for at all."""
        return self.selection.is_empty and self.file is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The courses asked for, as the site knows them."""

    sizes: Sequence[CourseSize]
    """Each course once, by id."""
    lines: Mapping[CourseId, CourseLine] = field(default_factory=dict)
    """What the courses file says of its courses, in its order."""


def ask_for_courses(
    *,
    courses: Sequence[str] | None,
    categories: Sequence[str] | None,
    cohorts: Sequence[str] | None,
    everything: bool,
    courses_file: str | None,
) -> Asked:
    """Put together what the options name, and read the courses file.

    Raises UnreadableCoursesFile, CoursesFileColumnMissing and CoursesFileBadLine.
    """
    return Asked(
        selection=Selection(
            courses=tuple(courses or ()),
            categories=tuple(categories or ()),
            cohorts=tuple(cohorts or ()),
            everything=everything,
        ),
        file=None if courses_file is None else read_courses_file(courses_file),
    )


def find_courses(site: DatabaseSite, asked: Asked) -> Found:
    """Find the courses asked for; one that the file lists has the settings of its line.

    Raises EmptySelection where none was asked for, CoursesFileBadLine, and what
    :meth:`~maintien.sites.interface.Site.select` raises.
    """
    if asked.is_empty:
        raise EmptySelection
    if asked.file is None:
        return Found(sizes=site.select(asked.selection))
    lines = _lines_of_courses(asked.file, _resolve(site, asked.file))
    listed = tuple(f"id:{courseid}" for courseid in lines)
    selection = replace(asked.selection, courses=(*asked.selection.courses, *listed))
    return Found(sizes=site.select(selection), lines=lines)


def _resolve(site: DatabaseSite, file: CoursesFile) -> Mapping[str, CourseId]:
    """Find the courses that the file names: all at once, and one by one where one is not there."""
    try:
        return site.resolve_courses(line.course for line in file.lines)
    except UsageError:
        for line in file.lines:
            _require_course(site, line)
        raise


def _require_course(site: DatabaseSite, line: CourseLine) -> None:
    try:
        site.resolve_courses([line.course])
    except UsageError as error:
        raise line.bad(error) from error


def _lines_of_courses(file: CoursesFile, courses: Mapping[str, CourseId]) -> Mapping[CourseId, CourseLine]:
    lines: dict[CourseId, CourseLine] = {}
    for line in file.lines:
        first = lines.setdefault(courses[line.course], line)
        if first.settings != line.settings:
            raise line.bad(CourseNamedTwice(course=line.course, other=first.number))
    return lines
