"""Findings on a terminal: the worst first, each with what to do about it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from rich.table import Table
from rich.text import Text

from maintien.enrolments.people import Person
from maintien.enrolments.state import Course
from maintien.moodle.ids import UserId
from maintien.planning.findings import Finding, GradesGone, KnownFromArchiveOnly, ManualEnrolmentsRevived
from maintien.reports.finding_wording import Severity, finding_text, remedy_text, severity
from maintien.reports.language import Texts
from maintien.reports.safe_text import Prose, printable
from maintien.reports.screen import names_and_others, person_name

COURSES_NAMED: Final = 12
"""Courses named after a finding; the others are only counted."""
PEOPLE_NAMED: Final = 12
"""People, too."""

_MARKS: Final = {
    Severity.OBSTACLE: ("✗", "bold red"),
    Severity.WARNING: ("!", "bold yellow"),
    Severity.OK: ("✓", "bold green"),
}


class Remark(NamedTuple):
    """Something to know, in somebody's language."""

    severity: Severity
    text: str
    remedy: str = ""
    in_courses: int = 0
    """In how many courses it holds; 0 for the whole site."""
    courses: Sequence[Course] = ()
    """Courses to name."""
    people: Sequence[str] = ()
    """Names of some of the people whom it is about."""
    people_total: int = 0
    """How many these are."""


def remarks_on_findings(
    texts: Texts,
    found: Iterable[tuple[Finding, int]],
    courses: Mapping[Finding, Sequence[Course]] | None = None,
    names: Mapping[UserId, Person] | None = None,
) -> list[Remark]:
    """Put findings into words; each comes with the number of courses it was found in.

    ``names`` are those of the people to name: :func:`people_to_name` says whose.
    """
    return [
        Remark(
            severity=severity(finding),
            text=finding_text(texts, finding),
            remedy=remedy_text(texts, finding),
            in_courses=number,
            courses=(courses or {}).get(finding, ()),
            people=[person_name(names or {}, userid) for userid in people_to_name(finding)],
            people_total=len(_people_of(finding)),
        )
        for finding, number in found
    ]


def people_to_name(finding: Finding) -> Sequence[UserId]:
    """Tell whom a finding names on a screen: the first of the people whom it is about."""
    return _people_of(finding)[:PEOPLE_NAMED]


def _people_of(finding: Finding) -> Sequence[UserId]:
    match finding:
        case (
            ManualEnrolmentsRevived(people=people)
            | GradesGone(people=people)
            | KnownFromArchiveOnly(people=people)
        ):
            return people
        case _:
            return ()


def remarks_table(texts: Texts, remarks: Iterable[Remark]) -> Table:
    """Show remarks, the worst first and then the most frequent."""
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for remark in sorted(remarks, key=_by_severity):
        mark, style = _MARKS[remark.severity]
        table.add_row(Text(mark, style=style), _paragraph(texts, remark))
    return table


def _by_severity(remark: Remark) -> tuple[int, int]:
    return (list(Severity).index(remark.severity), -remark.in_courses)


def _paragraph(texts: Texts, remark: Remark) -> Text:
    paragraph = Prose(remark.text)
    if remark.in_courses:
        courses = texts.ngettext("{n} course", "{n} courses", remark.in_courses)
        paragraph.append(f" ({courses.format(n=texts.number(remark.in_courses))})", "dim")
    if remark.courses:
        names = [printable(course.shortname) for course in remark.courses[:COURSES_NAMED]]
        paragraph.append(f"\n{names_and_others(texts, names, len(remark.courses))}", "dim")
    if remark.people:
        paragraph.append(f"\n{names_and_others(texts, remark.people, remark.people_total)}", "dim")
    if remark.remedy:
        paragraph.append("\n→ ", "bold")
        paragraph.append(remark.remedy)
    return paragraph
