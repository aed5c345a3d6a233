"""What a journal keeps of a campaign: which rule each course was under, and who decided it."""

from collections.abc import Mapping
from dataclasses import dataclass

from maintien.moodle.ids import CourseId
from maintien.planning.campaign.matching import Matching
from maintien.planning.campaign.rules import Campaign, Decision, RuleNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRecord:
    """A rule as reports name it."""

    name: str
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignRecord:
    """A campaign as it was when a run began."""

    name: str
    fingerprint: str
    """SHA-256 of the campaign file, in hexadecimal."""
    rules: tuple[RuleRecord, ...]
    rule_of: Mapping[CourseId, RuleNumber]
    exclusions: tuple[Decision, ...] = ()
    courses_excluded: int = 0
    courses_unmatched: int = 0


def record_campaign(campaign: Campaign, matching: Matching, fingerprint: str) -> CampaignRecord:
    """Note what is to be kept of a campaign."""
    return CampaignRecord(
        name=campaign.name,
        fingerprint=fingerprint,
        rules=tuple(RuleRecord(name=rule.name, decision=rule.decision) for rule in campaign.rules),
        rule_of=dict(matching.rule_of),
        exclusions=tuple(exclusion.decision for exclusion in campaign.exclusions),
        courses_excluded=len(matching.excluded),
        courses_unmatched=len(matching.unmatched),
    )
