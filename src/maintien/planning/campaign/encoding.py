"""What a journal keeps of a campaign, as a JSON value."""

from typing import Any

from maintien.moodle.ids import CourseId
from maintien.planning.campaign.record import CampaignRecord, RuleRecord
from maintien.planning.campaign.rules import Decision, RuleNumber
from maintien.planning.encoding import Json, UnreadablePlan


def encode_campaign(campaign: CampaignRecord) -> Json:
    """Encode it; courses are listed with the places of their rules."""
    return {
        "name": campaign.name,
        "fingerprint": campaign.fingerprint,
        "rules": [[rule.name, rule.decision.owner, rule.decision.reason] for rule in campaign.rules],
        "exclusions": [[decision.owner, decision.reason] for decision in campaign.exclusions],
        "rule_of": [[courseid, rule] for courseid, rule in sorted(campaign.rule_of.items())],
        "courses_excluded": campaign.courses_excluded,
        "courses_unmatched": campaign.courses_unmatched,
    }


def decode_campaign(value: Any) -> CampaignRecord:  # noqa: ANN401 -- checked by what it is taken apart into
    """Read it back.

    Raises:
        UnreadablePlan: it is none.
    """
    try:
        rules = tuple(
            RuleRecord(name=str(name), decision=Decision(owner=str(owner), reason=str(reason)))
            for name, owner, reason in value["rules"]
        )
        return CampaignRecord(
            name=str(value["name"]),
            fingerprint=str(value["fingerprint"]),
            rules=rules,
            rule_of={CourseId(int(courseid)): RuleNumber(int(rule)) for courseid, rule in value["rule_of"]},
            exclusions=tuple(
                Decision(owner=str(owner), reason=str(reason)) for owner, reason in value["exclusions"]
            ),
            courses_excluded=int(value["courses_excluded"]),
            courses_unmatched=int(value["courses_unmatched"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UnreadablePlan(type(error).__name__) from error
