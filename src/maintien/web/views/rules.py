"""What each rule of a campaign does or did, for the pages of plans and runs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from maintien.moodle.ids import CourseId
from maintien.planning.campaign.record import CampaignRecord
from maintien.planning.campaign.rules import RuleNumber
from maintien.planning.policy import Policy, end_of
from maintien.reports.campaign import policies_of_rules
from maintien.reports.safe_text import printable


class CourseSums(NamedTuple):
    """What is done in one course."""

    course: int
    people: int
    changes: int


@dataclass(slots=True, kw_only=True)
class RuleRow:
    """A rule, who decided it, and what it comes to."""

    name: str
    owner: str
    reason: str
    ends_at: int | None
    """Until when, in Unix seconds; None for a rule without courses."""
    courses: int = 0
    people: int = 0
    """In each course anew."""
    changes: int = 0


def rule_rows(
    campaign: CampaignRecord | None, policies: Mapping[CourseId, Policy], sums: Iterable[CourseSums]
) -> list[RuleRow]:
    """Sum the courses up by their rules, in the order of the file; nothing where there is no campaign.

    ``policies`` has those of the courses.
    """
    if campaign is None:
        return []
    of_rules = policies_of_rules(campaign, policies)
    rows = [
        RuleRow(
            name=printable(rule.name),
            owner=printable(rule.decision.owner),
            reason=printable(rule.decision.reason),
            ends_at=_end(of_rules.get(RuleNumber(number))),
        )
        for number, rule in enumerate(campaign.rules)
    ]
    for rule in campaign.rule_of.values():
        rows[rule].courses += 1
    for each in sums:
        course = CourseId(each.course)
        if course in campaign.rule_of:
            row = rows[campaign.rule_of[course]]
            row.people += each.people
            row.changes += each.changes
    return rows


def _end(policy: Policy | None) -> int | None:
    return None if policy is None else end_of(policy)
