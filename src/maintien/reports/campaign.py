"""What a campaign does or did: as a conversion is reported, and rule by rule."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from maintien.enrolments.cut_timing import CourseTiming
from maintien.enrolments.people import Person
from maintien.errors.tree import CourseFailed
from maintien.moodle.ids import CourseId, UserId
from maintien.planning.campaign.record import CampaignRecord, RuleRecord
from maintien.planning.campaign.rules import RuleNumber
from maintien.planning.plan import CoursePlan
from maintien.planning.policy import Policy
from maintien.reports.campaign_screen import CampaignScreen
from maintien.reports.conversion import ConversionHeader, ConversionReport
from maintien.reports.conversion_document import policy_document, totals_document
from maintien.reports.documents import Document
from maintien.reports.summary import CourseSummary, Totals

_NOBODY: Final[frozenset[UserId]] = frozenset()


@dataclass(slots=True, kw_only=True)
class RuleSums:
    """What one rule comes to."""

    rule: RuleRecord
    policy: Policy | None
    """None where the rule has no course, and nobody knows any more what it would have done."""
    totals: Totals = field(default_factory=Totals)
    people: set[UserId] = field(default_factory=set)
    """Those converted, each once however many courses they are in."""


class CampaignReport(ConversionReport):
    """Takes plans one at a time; its memory grows with the courses, and with the people converted."""

    def __init__(
        self,
        header: ConversionHeader,
        campaign: CampaignRecord,
        policies: Mapping[RuleNumber, Policy],
        *,
        keep_documents: bool = False,
    ) -> None:
        super().__init__(header, keep_documents=keep_documents)
        self.campaign = campaign
        self.people: set[UserId] = set()
        self.rules = [
            RuleSums(rule=rule, policy=policies.get(RuleNumber(number)))
            for number, rule in enumerate(campaign.rules)
        ]

    def add(
        self,
        plan: CoursePlan,
        failure: CourseFailed | None = None,
        *,
        timing: CourseTiming | None = None,
    ) -> None:
        """Take one course in; with a ``failure``, nothing of its plan was written."""
        super().add(plan, failure, timing=timing)
        converted = plan.converted if failure is None else _NOBODY
        self.people |= converted
        rule = self.campaign.rule_of.get(plan.course.id)
        if rule is not None:
            sums = self.rules[rule]
            sums.totals.add(self.courses[-1])
            sums.people |= converted

    def course_document(
        self, plan: CoursePlan, summary: CourseSummary, timing: CourseTiming | None
    ) -> Document:
        """Describe one course, with its rule."""
        rule = self.campaign.rule_of.get(plan.course.id)
        name = None if rule is None else self.campaign.rules[rule].name
        return {**super().course_document(plan, summary, timing), "rule": name}

    def heading(self) -> Document:
        """Describe everything but the courses."""
        document = super().heading()
        del document["policy"]
        return {
            **document,
            "people": len(self.people),
            "campaign": {
                "name": self.campaign.name,
                "fingerprint": self.campaign.fingerprint,
                "courses_excluded": self.campaign.courses_excluded,
                "courses_unmatched": self.campaign.courses_unmatched,
            },
            "rules": self.rule_documents(),
        }

    def rule_documents(self) -> list[Document]:
        """Describe each rule, and what it comes to."""
        return [self._rule_document(sums) for sums in self.rules]

    def _rule_document(self, sums: RuleSums) -> Document:
        policy = sums.policy
        return {
            "name": sums.rule.name,
            "owner": sums.rule.decision.owner,
            "reason": sums.rule.decision.reason,
            "policy": None if policy is None else policy_document(self.header, policy),
            "people": len(sums.people),
            "totals": totals_document(sums.totals),
        }

    def screen(self, people: Mapping[UserId, Person]) -> CampaignScreen:
        """Give what :meth:`render` draws."""
        plain = super().screen(people)
        return CampaignScreen(
            header=plain.header,
            totals=plain.totals,
            courses=plain.courses,
            examples=plain.examples,
            changes=plain.changes,
            more_changes=plain.more_changes,
            grounds=plain.grounds,
            people=plain.people,
            cut=plain.cut,
            timing=plain.timing,
            campaign=self.campaign,
            converted=len(self.people),
            rules=self.rules,
        )


def policies_of_rules(
    campaign: CampaignRecord, of_courses: Mapping[CourseId, Policy]
) -> Mapping[RuleNumber, Policy]:
    """Find the policy of each rule that has courses: of the first, where people are excluded in some."""
    policies: dict[RuleNumber, Policy] = {}
    for courseid, rule in campaign.rule_of.items():
        if courseid in of_courses:
            policies.setdefault(rule, of_courses[courseid])
    return policies
