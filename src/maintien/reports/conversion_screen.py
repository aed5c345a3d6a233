"""A conversion on a terminal: what it is, what stands in its way, the courses, the sums, the people."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from maintien.enrolments.cut_timing import CourseTiming, CutCounts
from maintien.enrolments.people import Person
from maintien.enrolments.state import Course
from maintien.moodle.ids import RoleId, UserId
from maintien.planning.findings import Finding
from maintien.planning.plan import Grounds
from maintien.planning.policy import (
    ConversionPolicy,
    EndDatePolicy,
    EndFor,
    LikeMoodlePolicy,
    Mode,
    RescuePolicy,
    UnenrolPolicy,
    end_of,
)
from maintien.reports.conversion_document import ConversionHeader
from maintien.reports.conversion_people import (
    Examples,
    left_alone_table,
    people_table,
    share_picture,
)
from maintien.reports.conversion_tables import courses_table, failures_table, sums_table
from maintien.reports.cut_timing import timing_text
from maintien.reports.evidence_archives import archives_text
from maintien.reports.findings_screen import remarks_on_findings, remarks_table
from maintien.reports.fingerprints import fingerprint_text
from maintien.reports.language import Texts
from maintien.reports.people_changes import PersonChange
from maintien.reports.rescue_people import rescued_table
from maintien.reports.result_title import title_panel
from maintien.reports.safe_text import plain, printable
from maintien.reports.screen import facts_table
from maintien.reports.summary import CourseSummary, Totals
from maintien.reports.wording import method_names


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionScreen:
    """Everything that a conversion's screen shows."""

    header: ConversionHeader
    totals: Totals
    courses: Sequence[CourseSummary]
    examples: Examples
    """Some of the people left alone, by reason."""
    changes: Sequence[PersonChange]
    """Some of the people converted, where there is one course."""
    more_changes: int
    """How many people more there are."""
    people: Mapping[UserId, Person]
    grounds: Mapping[UserId, Grounds] = field(default_factory=dict)
    """On what grounds people get something back, in a rescue."""
    cut: CutCounts = field(default_factory=CutCounts.none)
    """How far the cut has got in the courses that were looked at."""
    timing: CourseTiming | None = None
    """The same of the only course, where there is one."""

    def render(self, texts: Texts, width: int) -> RenderableType:
        """Draw it for a terminal of ``width`` columns."""
        return Group(*spaced(self._parts(texts, width)))

    def _parts(self, texts: Texts, width: int) -> Iterator[RenderableType]:
        header, totals = self.header, self.totals
        title = title_panel(texts, totals, written=header.written, remaining=header.remaining)
        yield Group(title, facts_table(self.facts(texts)))
        found = totals.findings.items()
        if found:
            remarks = remarks_on_findings(texts, found, self._blocked_courses(), self.people)
            table = remarks_table(texts, remarks)
            yield Panel(table, title=plain(texts.gettext("Before you go on")), title_align="left")
        yield from self.before_courses(texts, width)
        yield self.courses_part(texts, width)
        if self.changes:
            yield self.people_part(texts, width)
            if self.more_changes:
                yield more_people(texts, self.more_changes)
        if totals.counts.people_seen:
            yield self.share_part(texts, width)
        yield self.sums_part(texts)
        if totals.counts.left_alone:
            several = totals.courses > 1
            yield left_alone_table(
                texts, header, totals.counts, self.examples, self.people, name_courses=several
            )
        if totals.courses_failed:
            yield failures_table(texts, self.courses, width)

    def facts(self, texts: Texts) -> Iterable[tuple[str, Text]]:
        """Say what the conversion is."""
        return (*run_facts(texts, self.header), *_facts(texts, self.header), *self.cut_facts(texts))

    def before_courses(self, texts: Texts, width: int) -> Iterable[RenderableType]:
        """Draw what goes before the courses: nothing, in a conversion."""
        del self, texts, width
        return ()

    def share_part(self, texts: Texts, width: int) -> RenderableType:
        """Draw how many people something is done for."""
        done = texts.gettext("given back") if self.header.is_rescue else texts.gettext("converted")
        return share_picture(texts, self.totals.counts, done, width)

    def courses_part(self, texts: Texts, width: int) -> RenderableType:
        """Draw the courses."""
        return courses_table(texts, self.courses, width)

    def sums_part(self, texts: Texts) -> RenderableType:
        """Draw the sums."""
        return sums_table(texts, self.totals)

    def people_part(self, texts: Texts, width: int) -> RenderableType:
        """Draw the people, where there is one course."""
        if self.header.is_rescue:
            return rescued_table(texts, self.header, self.changes, self.grounds, self.people, width)
        return people_table(texts, self.header, self.changes, self.people, width)

    def cut_facts(self, texts: Texts) -> Iterator[tuple[str, Text]]:
        """Say how far the cut has got, where that was looked at."""
        header = self.header
        if header.cut_since is not None and self.cut.courses.total():
            timing = timing_text(texts, self.cut, self.timing, header.cut_since, header.zone)
            yield texts.gettext("The cut"), timing

    def _blocked_courses(self) -> Mapping[Finding, Sequence[Course]]:
        blocked: defaultdict[Finding, list[Course]] = defaultdict(list)
        for summary in self.courses:
            if summary.obstacle is not None:
                blocked[summary.obstacle].append(summary.course)
        return blocked


def spaced(parts: Iterable[RenderableType]) -> Iterator[RenderableType]:
    """Put an empty line between the parts of a screen."""
    for number, part in enumerate(parts):
        if number:
            yield Text()
        yield part


def more_people(texts: Texts, more: int) -> Text:
    """Say how many people are not shown."""
    line = texts.ngettext("and {n} more person", "and {n} more people", more)
    return plain(line.format(n=texts.number(more)), "dim")


def run_facts(texts: Texts, header: ConversionHeader) -> Iterator[tuple[str, Text]]:
    """Say where and in which run something is done."""
    yield texts.gettext("Site"), plain(header.site)
    if header.run is not None:
        yield texts.gettext("Run"), plain(str(header.run))
    if header.plan_fingerprint is not None:
        yield texts.gettext("Plan"), fingerprint_text(header.plan_fingerprint)


def _facts(texts: Texts, header: ConversionHeader) -> Iterator[tuple[str, Text]]:
    yield texts.gettext("End date"), plain(texts.end_date(end_of(header.policy), header.zone))
    match header.policy:
        case ConversionPolicy() as policy:
            yield from _whom(texts, header, policy)
        case RescuePolicy() as policy:
            yield from _what_was_taken(texts, header, policy)
        case LikeMoodlePolicy(end_roles=roles):
            rules = texts.gettext("Moodle's backup, restore and bulk edit, to the letter")
            yield texts.gettext("Rules"), plain(rules)
            yield texts.gettext("End date for"), _roles(texts, header, roles)
        case EndDatePolicy() | UnenrolPolicy():
            raise TypeError(header.policy)


def _what_was_taken(
    texts: Texts, header: ConversionHeader, policy: RescuePolicy
) -> Iterator[tuple[str, Text]]:
    since, to = (texts.date_time(moment, header.zone) for moment in policy.window)
    yield texts.gettext("Taken between"), plain(texts.join([since, to]))
    yield texts.gettext("Enrolment methods"), _methods(texts, policy.methods)
    roles = policy.roles
    everything = plain(texts.gettext("all"))
    yield texts.gettext("Roles"), everything if roles is None else _roles(texts, header, roles)
    if policy.also_by_people:
        yield texts.gettext("Also"), plain(texts.gettext("what people took by hand"))
    if header.evidence:
        yield texts.gettext("Archives"), archives_text(texts, header.evidence, header.zone)


def _methods(texts: Texts, methods: frozenset[str] | None) -> Text:
    if methods is None:
        return plain(texts.gettext("all"))
    return plain(method_names(texts, tuple(sorted(methods))))


def _whom(texts: Texts, header: ConversionHeader, policy: ConversionPolicy) -> Iterator[tuple[str, Text]]:
    everything = plain(texts.gettext("all"))
    yield texts.gettext("Enrolment methods"), _methods(texts, policy.methods)
    roles = policy.roles
    yield texts.gettext("Roles"), everything if roles is None else _roles(texts, header, roles)
    if roles != policy.end_roles:
        yield texts.gettext("End date for"), _roles(texts, header, policy.end_roles)
    if policy.mode is Mode.MOVE:
        yield texts.gettext("Automatic enrolments"), plain(texts.gettext("become manual themselves"))
    if policy.end_for is EndFor.ALL_MANUAL:
        yield texts.gettext("End date also for"), plain(texts.gettext("everybody enrolled by hand"))


def _roles(texts: Texts, header: ConversionHeader, roles: frozenset[RoleId]) -> Text:
    return plain(texts.join(map(printable, header.role_names(roles))))
