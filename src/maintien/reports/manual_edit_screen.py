"""Changing or removing manual enrolments, on a terminal: as a conversion is shown, in other words."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from maintien.planning.policy import EndDatePolicy, UnenrolPolicy
from maintien.reports.conversion_people import before_and_after, period_text, plain_share_picture
from maintien.reports.conversion_screen import ConversionScreen, run_facts
from maintien.reports.conversion_tables import more_courses, overall_sums, remark_text, shown_courses
from maintien.reports.language import Texts
from maintien.reports.people_changes import PersonChange
from maintien.reports.policy_facts import end_date_facts, unenrol_facts
from maintien.reports.safe_text import Prose, plain, printable
from maintien.reports.screen import (
    add_name_column,
    add_number_columns,
    course_name,
    new_table,
    numbers_table,
    person_name,
)
from maintien.reports.summary import Counts, CourseSummary

_DATE_WIDTH: Final = len("31/08/2027 23:59")
_TWO_DATES: Final = 40
"""Cells that two dates need."""


class EndDateScreen(ConversionScreen):
    """Everything that a bulk edit's screen shows."""

    __slots__ = ()

    def facts(self, texts: Texts) -> Iterable[tuple[str, Text]]:
        """Say what is edited, and for whom."""
        policy = self.header.policy
        if not isinstance(policy, EndDatePolicy):
            raise TypeError(policy)
        return (*run_facts(texts, self.header), *end_date_facts(texts, policy, self.header))

    def share_part(self, texts: Texts, width: int) -> RenderableType:
        """Draw how many people something is done for."""
        return plain_share_picture(texts, self.totals.counts, texts.gettext("people changed"), width)

    def courses_part(self, texts: Texts, width: int) -> RenderableType:
        """Draw the courses."""
        columns = [(texts.gettext("Changed"), "enrolments_changed")]
        return _courses_table(texts, self.courses, width, columns)

    def people_part(self, texts: Texts, width: int) -> RenderableType:
        """Draw the people, with the end of their manual enrolment before and after."""
        table = new_table(texts.gettext("People"))
        add_name_column(table, texts.gettext("Name"), at_most=max(width - _TWO_DATES, width // 3))
        for heading in (texts.gettext("Before"), texts.gettext("After")):
            table.add_column(plain(heading), overflow="fold", min_width=_DATE_WIDTH)
        for change in self.changes:
            table.add_row(
                Prose(person_name(self.people, change.userid)),
                *before_and_after(texts, self.header, change),
            )
        return table

    def sums_part(self, texts: Texts) -> RenderableType:
        """Draw the sums."""
        changed = (texts.gettext("Manual enrolments changed"), self.totals.counts.enrolments_changed)
        return numbers_table(texts, [*overall_sums(texts, self.totals), changed])


class UnenrolScreen(ConversionScreen):
    """Everything that an unenrolment's screen shows."""

    __slots__ = ()

    def facts(self, texts: Texts) -> Iterable[tuple[str, Text]]:
        """Say who is unenrolled."""
        policy = self.header.policy
        if not isinstance(policy, UnenrolPolicy):
            raise TypeError(policy)
        return (*run_facts(texts, self.header), *unenrol_facts(texts, policy, self.header))

    def share_part(self, texts: Texts, width: int) -> RenderableType:
        """Draw how many people something is done for."""
        return plain_share_picture(texts, self.totals.counts, texts.gettext("people unenrolled"), width)

    def courses_part(self, texts: Texts, width: int) -> RenderableType:
        """Draw the courses."""
        columns = [
            (texts.gettext("Enrolments"), "enrolments_removed"),
            (texts.gettext("Roles"), "roles_removed"),
            (texts.gettext("Groups"), "groups_left"),
        ]
        return _courses_table(texts, self.courses, width, columns)

    def people_part(self, texts: Texts, width: int) -> RenderableType:
        """Draw the people, with what they lose."""
        table = new_table(texts.gettext("People"))
        add_name_column(table, texts.gettext("Name"), at_most=width // 3)
        table.add_column(plain(texts.gettext("Manual enrolment removed")), overflow="fold")
        table.add_column(plain(texts.gettext("Roles lost")), overflow="fold")
        add_number_columns(table, texts.gettext("Groups lost"))
        for change in self.changes:
            table.add_row(*self._cells(texts, change))
        return table

    def _cells(self, texts: Texts, change: PersonChange) -> Iterator[Text | str]:
        header = self.header
        yield Prose(person_name(self.people, change.userid))
        yield Text("\n").join(period_text(texts, header, row, with_start=True) for row in change.removed)
        yield plain(texts.join(map(printable, header.role_names(change.roles_removed))))
        yield texts.number(len(change.groups_left)) if change.groups_left else ""

    def sums_part(self, texts: Texts) -> RenderableType:
        """Draw the sums."""
        counts = self.totals.counts
        gone = [
            (texts.gettext("Manual enrolments removed"), counts.enrolments_removed),
            (texts.gettext("Roles removed"), counts.roles_removed),
            (texts.gettext("Group memberships removed"), counts.groups_left),
        ]
        return numbers_table(texts, [*overall_sums(texts, self.totals), *gone])


def _courses_table(
    texts: Texts, courses: Sequence[CourseSummary], width: int, columns: Sequence[tuple[str, str]]
) -> RenderableType:
    """Show the courses in which most people are concerned; a column's second word is a field of Counts."""
    table = new_table(texts.gettext("Courses"))
    add_name_column(table, texts.gettext("Course"), at_most=width * 2 // 5)
    add_number_columns(table, *(heading for heading, _ in columns), texts.gettext("Left alone"))
    table.add_column(plain(texts.gettext("Remarks")), overflow="fold")
    for summary in shown_courses(courses):
        _add_course(table, texts, summary, [field for _, field in columns])
    more = more_courses(texts, courses)
    return table if more is None else Group(table, more)


def _add_course(table: Table, texts: Texts, summary: CourseSummary, fields: Sequence[str]) -> None:
    numbers = [*(_number(summary.counts, field) for field in fields), summary.counts.people_left_alone]
    cells = (Text(texts.number(number), style="" if number else "dim") for number in numbers)
    table.add_row(Text(course_name(summary.course)), *cells, remark_text(texts, summary))


def _number(counts: Counts, field: str) -> int:
    return int(getattr(counts, field))
