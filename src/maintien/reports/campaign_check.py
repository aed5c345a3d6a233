"""What a campaign comes to on a site before it is run: rules, courses without one, what looks amiss."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from maintien.enrolments.state import Course
from maintien.errors.tree import MaintienError
from maintien.moodle.ids import CourseId
from maintien.planning.campaign.matching import Matching
from maintien.planning.campaign.rules import Campaign, RuleNumber
from maintien.reports.campaign import CampaignReport
from maintien.reports.campaign_screen import decisions_table, rules_table
from maintien.reports.documents import Document, course_document, error_document, moment_document
from maintien.reports.finding_wording import Severity
from maintien.reports.findings_screen import Remark, remarks_table
from maintien.reports.language import Texts
from maintien.reports.safe_text import plain, printable
from maintien.reports.screen import facts_table
from maintien.reports.wording import error_text
from maintien.sites.interface import CourseSize


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignCheck:
    """Everything that there is to know of a campaign before it is run."""

    campaign: Campaign
    matching: Matching
    sizes: Sequence[CourseSize]
    """Every course of the site, by id."""
    report: CampaignReport
    is_on: bool
    refusal: MaintienError | None
    """Why a run would write nothing now; None where it would write."""

    def document(self) -> Document:
        """Give it as a JSON document."""
        courses = self._courses()
        heading = self.report.heading()
        del heading["rules"]
        window, zone = self.campaign.window, self.report.header.zone
        begins, ends = window.begins_at, window.ends_at
        return {
            **heading,
            "is_on": self.is_on,
            "from": None if begins is None else moment_document(begins, zone),
            "to": None if ends is None else moment_document(ends, zone),
            "max_people": self.campaign.limits.people,
            "max_share": self.campaign.limits.share,
            "refusal": None if self.refusal is None else error_document(self.refusal),
            "rules": [
                {
                    **rule,
                    "courses": [course_document(courses[each]) for each in self._of_rule(number)],
                    "overlaps": [
                        {"rule": self.campaign.rules[overlap.earlier].name, "courses": n}
                        for overlap, n in sorted(self.matching.overlaps.items())
                        if overlap.rule == number
                    ],
                    "patterns_without_courses": list(self._idle(number)),
                }
                for number, rule in enumerate(self.report.rule_documents())
            ],
            "courses_without_rule": [course_document(courses[each]) for each in self.matching.unmatched],
            "courses_left_out": [course_document(courses[each]) for each in self.matching.excluded],
        }

    def render(self, texts: Texts, width: int) -> RenderableType:
        """Draw it for a terminal of ``width`` columns."""
        header, rules = self.report.header, self.report.rules
        remarks = remarks_table(texts, self.remarks(texts))
        return Group(
            facts_table(self._facts(texts)),
            Text(),
            rules_table(texts, header, rules, width),
            Text(),
            decisions_table(texts, rules, width),
            Text(),
            Panel(remarks, title=plain(texts.gettext("Before you go on")), title_align="left"),
        )

    def _courses(self) -> Mapping[CourseId, Course]:
        return {size.course.id: size.course for size in self.sizes}

    def _of_rule(self, number: int) -> list[CourseId]:
        return self.matching.courses_of(RuleNumber(number))

    def _idle_of_exclusions(self) -> Iterator[str]:
        courses = [size.course for size in self.sizes]
        for exclusion in self.campaign.exclusions:
            yield from (pattern.text for pattern in exclusion.courses.idle_patterns(courses))

    def _idle(self, number: int) -> Iterator[str]:
        criteria = self.campaign.rules[number].courses
        courses = [size.course for size in self.sizes]
        return (pattern.text for pattern in criteria.idle_patterns(courses))

    def _facts(self, texts: Texts) -> Iterator[tuple[str, Text]]:
        zone, window, limits = self.report.header.zone, self.campaign.window, self.campaign.limits
        yield texts.gettext("Site"), plain(self.report.header.site)
        yield texts.gettext("Campaign"), plain(self.campaign.name)
        if window.begins_at is not None:
            yield texts.gettext("From"), plain(texts.date_time(window.begins_at, zone))
        if window.ends_at is not None:
            yield texts.gettext("To"), plain(texts.date_time(window.ends_at, zone))
        yield texts.gettext("People to convert"), plain(texts.number(len(self.report.people)))
        if limits.people is not None:
            yield texts.gettext("People at most"), plain(texts.number(limits.people))
        if limits.share is not None:
            yield texts.gettext("Share of the site at most"), plain(texts.percent(limits.share, 100))

    def remarks(self, texts: Texts) -> Iterator[Remark]:
        """Say what is worth knowing, obstacles first."""
        if self.refusal is not None:
            yield Remark(Severity.OBSTACLE, error_text(texts, self.refusal))
        if not self.is_on:
            yield Remark(Severity.WARNING, texts.gettext("The campaign is not on now: a run does nothing."))
        for number, rule in enumerate(self.campaign.rules):
            yield from self._remarks_on_rule(texts, number, printable(rule.name))
        courses = self._courses()
        if self.matching.unmatched:
            without = [courses[each] for each in self.matching.unmatched]
            text = texts.gettext("No rule fits these courses, and nothing is done in them.")
            yield Remark(Severity.WARNING, text, in_courses=len(without), courses=without)
        else:
            yield Remark(Severity.OK, texts.gettext("Every course that is not left out has a rule."))
        for pattern in self._idle_of_exclusions():
            said = texts.gettext("The pattern “{pattern}” of an exclusion fits no course.")
            yield Remark(Severity.WARNING, said.format(pattern=printable(pattern)))
        if self.matching.excluded:
            left_out = [courses[each] for each in self.matching.excluded]
            text = texts.gettext("Exclusions leave these courses out.")
            yield Remark(Severity.OK, text, in_courses=len(left_out), courses=left_out)

    def _remarks_on_rule(self, texts: Texts, number: int, name: str) -> Iterator[Remark]:
        has_courses = bool(self._of_rule(number))
        earlier = [
            (self.campaign.rules[overlap.earlier].name, n)
            for overlap, n in sorted(self.matching.overlaps.items())
            if overlap.rule == number
        ]
        if not has_courses and not earlier:
            yield Remark(
                Severity.WARNING, texts.gettext("The rule “{rule}” fits no course.").format(rule=name)
            )
        for other, n in earlier:
            said = (
                texts.gettext("The rule “{rule}” fits courses that the earlier rule “{earlier}” has.")
                if has_courses
                else texts.gettext(
                    "The rule “{rule}” never comes to its turn: the earlier rule “{earlier}” has its courses."
                )
            )
            severity = Severity.OK if has_courses else Severity.WARNING
            yield Remark(severity, said.format(rule=name, earlier=printable(other)), in_courses=n)
        for pattern in self._idle(number):
            said = texts.gettext("The pattern “{pattern}” of the rule “{rule}” fits no course.")
            yield Remark(Severity.WARNING, said.format(pattern=printable(pattern), rule=name))
