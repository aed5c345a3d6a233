"""A restore on a terminal: which archive, what to know before, who is enrolled, and who is not found."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from maintien.enrolments.cut_timing import CourseTiming, CutCounts
from maintien.enrolments.people import Person
from maintien.mbz.matching.archived_people import NotRestored, UnmatchedPerson
from maintien.moodle.ids import UserId
from maintien.planning.findings import (
    Finding,
    ManualInstanceDisabled,
    ManualInstanceWouldBeDisabled,
)
from maintien.reports.conversion_people import people_table
from maintien.reports.conversion_screen import more_people, spaced
from maintien.reports.conversion_tables import failures_table
from maintien.reports.cut_timing import timing_text
from maintien.reports.findings_screen import Remark, remarks_on_findings, remarks_table
from maintien.reports.language import Texts
from maintien.reports.people_changes import PersonChange
from maintien.reports.restore_document import RestoreHeader
from maintien.reports.result_title import title_panel
from maintien.reports.safe_text import Prose, plain, printable
from maintien.reports.screen import (
    add_number_columns,
    course_name,
    facts_table,
    names_and_others,
    new_table,
    numbers_table,
)
from maintien.reports.summary import CourseSummary, Totals
from maintien.reports.unmatched_wording import unmatched_label, unmatched_name

NAMES_SHOWN: Final = 12
"""People of the archive named for each reason, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreScreen:
    """Everything that a restore's screen shows."""

    header: RestoreHeader
    totals: Totals
    courses: Sequence[CourseSummary]
    """The one course; none where a run was interrupted before it."""
    unmatched: Sequence[UnmatchedPerson]
    changes: Sequence[PersonChange]
    """Some of the people who change."""
    more_changes: int
    """How many people more there are."""
    people: Mapping[UserId, Person]
    timing: CourseTiming | None = None
    """How far the cut of the course has got, where that was looked at."""

    def render(self, texts: Texts, width: int) -> RenderableType:
        """Draw it for a terminal of ``width`` columns."""
        return Group(*spaced(self._parts(texts, width)))

    def _parts(self, texts: Texts, width: int) -> Iterator[RenderableType]:
        header, totals = self.header, self.totals
        title = title_panel(texts, totals, written=header.written, remaining=header.remaining)
        yield Group(title, facts_table(self._facts(texts)))
        found = [finding for finding, _ in totals.findings.items()]
        if found:
            table = remarks_table(texts, [_remark(texts, finding) for finding in found])
            yield Panel(table, title=plain(texts.gettext("Before you go on")), title_align="left")
        if self.changes:
            yield people_table(texts, header, self.changes, self.people, width)
            if self.more_changes:
                yield more_people(texts, self.more_changes)
        yield _sums_table(texts, totals, len(self.unmatched))
        if self.unmatched:
            yield _unmatched_table(texts, self.unmatched)
        if totals.courses_failed:
            yield failures_table(texts, self.courses, width)

    def _facts(self, texts: Texts) -> Iterator[tuple[str, Text]]:
        header = self.header
        yield texts.gettext("Site"), plain(header.site)
        if header.run is not None:
            yield texts.gettext("Run"), plain(str(header.run))
        yield texts.gettext("Archive"), plain(header.archive)
        if header.made is not None:
            made = header.made
            yield texts.gettext("Backup made"), plain(texts.date_time(made.backup_date, header.zone))
            yield (
                texts.gettext("Course backed up"),
                plain(f"{made.original_course_shortname} ({made.original_wwwroot})"),
            )
        for summary in self.courses:
            yield texts.gettext("Restored into"), Prose(course_name(summary.course))
        yield (
            texts.gettext("Way of restoring"),
            plain(texts.gettext("merged into the course, as manual enrolments")),
        )
        if self.timing is not None and header.cut_since is not None:
            counts = CutCounts.none()
            counts.add(self.timing)
            timing = timing_text(texts, counts, self.timing, header.cut_since, header.zone)
            yield texts.gettext("The cut"), timing


def _remark(texts: Texts, finding: Finding) -> Remark:
    (remark,) = remarks_on_findings(texts, [(finding, 0)])
    if isinstance(finding, ManualInstanceDisabled | ManualInstanceWouldBeDisabled):
        # A restore leaves it disabled, as Moodle's does.
        remedy = texts.gettext("Enable it in the course afterwards: Participants > Enrolment methods.")
        return remark._replace(remedy=remedy)
    return remark


def _sums_table(texts: Texts, totals: Totals, not_restored: int) -> Table:
    counts = totals.counts
    always = [
        (texts.gettext("Manual enrolments added"), counts.enrolments_added),
        (texts.gettext("Manual enrolments changed"), counts.enrolments_changed),
        (texts.gettext("Roles given by hand"), counts.roles_assigned),
        (texts.gettext("People of the archive who are not restored"), not_restored),
    ]
    seldom = [
        (texts.gettext("Duplicate roles removed"), counts.roles_removed),
        (texts.gettext("Manual methods added to courses"), counts.instances_added),
    ]
    return numbers_table(texts, [*always, *(row for row in seldom if row[1])])


def _unmatched_table(texts: Texts, unmatched: Sequence[UnmatchedPerson]) -> Table:
    by_reason: defaultdict[type[NotRestored], list[UnmatchedPerson]] = defaultdict(list)
    for person in unmatched:
        by_reason[type(person.reason)].append(person)
    table = new_table(texts.gettext("People of the archive who are not restored"))
    table.add_column(plain(texts.gettext("Reason")), overflow="fold", ratio=1)
    add_number_columns(table, texts.gettext("People"))
    table.add_column(plain(texts.gettext("Names")), overflow="fold", ratio=2)
    for reason, people in sorted(by_reason.items(), key=lambda item: -len(item[1])):
        names = [printable(unmatched_name(person)) for person in people[:NAMES_SHOWN]]
        table.add_row(
            plain(unmatched_label(texts, reason)),
            texts.number(len(people)),
            Prose(names_and_others(texts, names, len(people))),
        )
    return table
