"""What a run was asked to do, as the one text that a journal keeps of it.

A campaign gives thousands of courses a few policies, so each is written once: ``shared`` lists them, and a
course has the place of its own. Journals written before have the policy itself beside each course.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, NamedTuple

from maintien.moodle.ids import CourseId
from maintien.planning.campaign.encoding import decode_campaign, encode_campaign
from maintien.planning.campaign.record import CampaignRecord
from maintien.planning.encoding import decode_policy, encode_policy
from maintien.planning.policy import Policy
from maintien.runs.journal import EvidenceArchive, RestoredArchive, RunHeader


class Asked(NamedTuple):
    """The policies of a run, and the campaign or the archives that it is about, if any."""

    common: Policy | None
    of_courses: Mapping[CourseId, Policy]
    campaign: CampaignRecord | None
    archive: RestoredArchive | None
    evidence: tuple[EvidenceArchive, ...]


def encode_asked(header: RunHeader) -> str:
    """Write it down."""
    of_courses = sorted(header.course_policies.items())
    places = {policy: place for place, policy in enumerate(dict.fromkeys(policy for _, policy in of_courses))}
    value: dict[str, Any] = {
        "common": None if header.policy is None else encode_policy(header.policy),
        "shared": [encode_policy(policy) for policy in places],
        "courses": [[courseid, places[policy]] for courseid, policy in of_courses],
    }
    if header.campaign is not None:
        value["campaign"] = encode_campaign(header.campaign)
    if header.archive is not None:
        value["archive"] = asdict(header.archive)
    if header.evidence:
        value["evidence"] = [asdict(archive) for archive in header.evidence]
    return json.dumps(value)


def decode_asked(text: str) -> Asked:
    """Read it back. Raises UnreadablePlan."""
    value = json.loads(text)
    common, campaign, archive = value["common"], value.get("campaign"), value.get("archive")
    shared = [decode_policy(policy) for policy in value.get("shared", ())]
    return Asked(
        common=None if common is None else decode_policy(common),
        of_courses={
            CourseId(courseid): shared[policy] if isinstance(policy, int) else decode_policy(policy)
            for courseid, policy in value["courses"]
        },
        campaign=None if campaign is None else decode_campaign(campaign),
        archive=None if archive is None else RestoredArchive(**archive),
        evidence=tuple(EvidenceArchive(**each) for each in value.get("evidence", ())),
    )
