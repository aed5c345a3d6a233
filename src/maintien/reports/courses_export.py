"""The list of courses as a typed table."""

from collections.abc import Iterable
from datetime import tzinfo
from typing import Final

from maintien.enrolments.risk import CourseRisk
from maintien.messages import N_
from maintien.reports.language import Texts
from maintien.reports.run_export import COURSE, COURSES, translated
from maintien.reports.tables import Column, Heading, Kind, Table, TableWriter

_COLUMNS: Final = (
    *COURSE,
    Column(N_("full name")),
    Column(N_("ID number")),
    Column(N_("participants"), Kind.NUMBER),
    Column(N_("automatic only"), Kind.NUMBER),
    Column(N_("at risk"), Kind.NUMBER),
    Column(N_("already cut"), Kind.NUMBER),
    Column(N_("rescued"), Kind.NUMBER),
)


def list_tables(texts: Texts) -> dict[str, Table]:
    """Describe the one table of the list."""
    return {COURSES: translated(texts, N_("Courses"), _COLUMNS)}


def list_heading(texts: Texts, site: str, *, at: int, since: int, zone: tzinfo) -> Heading:
    """Say which site's list it is, of when, and since when people count as cut (Unix seconds)."""
    facts = [
        (texts.gettext("Site"), site),
        (texts.gettext("Counted on"), texts.date_time(at, zone)),
        (texts.gettext("Cut since"), texts.date_time(since, zone)),
    ]
    return Heading(texts.gettext("Courses"), facts)


def write_courses(writer: TableWriter, courses: Iterable[CourseRisk]) -> None:
    """Write the list, in the order given."""
    for course, *counts in courses:
        writer.add(COURSES, [course.id, course.shortname, course.fullname, course.idnumber, *counts])
