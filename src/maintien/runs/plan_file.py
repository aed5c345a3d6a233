"""The form of plan files: a header, one line a course, a footer with the fingerprint of all before it.

Every line is one JSON value in ASCII and ends with a line feed (JSON Lines). docs/plan-files.md describes
the form; what is not exactly of it is refused. A plan file holds personal data.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, NewType

from maintien.enrolments.withdrawals import Window
from maintien.moodle.ids import CourseId, UserId
from maintien.planning.campaign.encoding import decode_campaign, encode_campaign
from maintien.planning.campaign.record import CampaignRecord
from maintien.planning.course_planners import Policies
from maintien.planning.encoding import Json, UnreadablePlan, decode_policy, encode_policy
from maintien.planning.policy import Policy, RescuePolicy

FORMAT: Final = "maintien plan"
VERSION: Final = 1

LONGEST_LINE: Final = 64 << 20
"""Bytes: a course of some 200,000 people. What is longer is neither written nor read."""

Fingerprint = NewType("Fingerprint", str)
"""SHA-256 of everything before the footer, in hexadecimal. It tells plans apart; it signs nothing."""

new_hash: Final = sha256

_FINGERPRINT: Final = re.compile(r"[0-9a-f]{64}")
_SHORT: Final = 12


class NotThisForm(ValueError):
    """A line is not what it has to be."""


class NewerForm(NotThisForm):
    """The header says that a newer maintien wrote the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFileHeader:
    """What is known of a plan when it is made."""

    site_id: str
    """Tells sites apart: Moodle's site identifier with the table prefix."""
    site_name: str
    """As people call it; never with a password."""
    made_at: int
    """Unix seconds."""
    made_by: str
    """The machine's account, and the machine."""
    operator: UserId
    """In whose name the plan would have been written."""
    command: str
    """The command line, without secrets."""
    version: str
    """maintien's."""
    policies: Policies
    courses: int
    """How many courses were looked at; those with nothing to say have no line."""
    campaign: CampaignRecord | None = None
    """The campaign that gives the courses their policies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFileFooter:
    """What tells that a file is whole, and unchanged."""

    courses: int
    """Lines between header and footer."""
    fingerprint: Fingerprint


def short_form(fingerprint: Fingerprint) -> str:
    """Give the beginning of a fingerprint as people read it to each other: ``1f2e-77ab-09c4``."""
    return "-".join(fingerprint[start : start + 4] for start in range(0, _SHORT, 4))


def encode_line(value: Json) -> bytes:
    """Write a line."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False).encode("ascii") + b"\n"


def decode_line(line: bytes) -> Any:  # noqa: ANN401 -- whatever JSON holds
    """Read a line's value.

    Raises NotThisForm.
    """
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise NotThisForm(type(error).__name__) from error


def encode_header(header: PlanFileHeader) -> bytes:
    """Write the first line."""
    policies = header.policies
    return encode_line(
        {
            "format": FORMAT,
            "version": VERSION,
            "site": header.site_id,
            "site_name": header.site_name,
            "made_at": header.made_at,
            "made_by": header.made_by,
            "operator": header.operator,
            "command": header.command,
            "maintien": header.version,
            "policy": encode_policy(policies.common),
            "course_policies": [
                [courseid, encode_policy(policy)] for courseid, policy in sorted(policies.of_courses.items())
            ],
            "courses": header.courses,
            # Only where there is one: plans without are as they always were.
            **({} if header.campaign is None else {"campaign": encode_campaign(header.campaign)}),
        }
    )


def is_header(line: bytes) -> bool:
    """Whether a line begins a plan file, of whichever version."""
    try:
        value = decode_line(line)
    except NotThisForm:
        return False
    return isinstance(value, dict) and value.get("format") == FORMAT


def decode_header(line: bytes) -> PlanFileHeader:
    """Read the first line of a plan file.

    Raises NotThisForm, or NewerForm where the version is above ours.
    """
    value = decode_line(line)
    try:
        _require_version(value["version"])
        return PlanFileHeader(
            site_id=_text(value["site"]),
            site_name=_text(value["site_name"]),
            made_at=_number(value["made_at"]),
            made_by=_text(value["made_by"]),
            operator=UserId(_number(value["operator"])),
            command=_text(value["command"]),
            version=_text(value["maintien"]),
            policies=_policies(value),
            courses=_number(value["courses"]),
            campaign=decode_campaign(value["campaign"]) if "campaign" in value else None,
        )
    except (KeyError, TypeError, UnreadablePlan) as error:
        raise NotThisForm(type(error).__name__) from error


def encode_footer(footer: PlanFileFooter) -> bytes:
    """Write the last line."""
    return encode_line({"courses": footer.courses, "sha256": footer.fingerprint})


def decode_footer(line: bytes) -> PlanFileFooter:
    """Read the last line.

    Raises NotThisForm.
    """
    value = decode_line(line)
    if not isinstance(value, dict) or value.keys() != {"courses", "sha256"}:
        raise NotThisForm
    fingerprint = _text(value["sha256"])
    if not _FINGERPRINT.fullmatch(fingerprint):
        raise NotThisForm
    return PlanFileFooter(courses=_number(value["courses"]), fingerprint=Fingerprint(fingerprint))


def _policies(value: Mapping[str, Any]) -> Policies:
    of_courses = {CourseId(_number(courseid)): decode_policy(policy) for courseid, policy in _pairs(value)}
    policies = Policies(common=decode_policy(value["policy"]), of_courses=of_courses)
    # Evidence is read for one window, and for none in a conversion.
    windows = {_window(policy) for policy in (policies.common, *of_courses.values())}
    if len(windows) != 1:
        raise NotThisForm
    return policies


def _window(policy: Policy) -> Window | None:
    return policy.window if isinstance(policy, RescuePolicy) else None


def _pairs(value: Mapping[str, Any]) -> list[Any]:
    pairs = value["course_policies"]
    if not isinstance(pairs, list) or any(not isinstance(pair, list) or len(pair) != 2 for pair in pairs):  # noqa: PLR2004 -- a course and its policy
        raise NotThisForm
    return pairs


def _require_version(version: object) -> None:
    number = _number(version)
    if number > VERSION:
        raise NewerForm
    if number != VERSION:
        raise NotThisForm


def _number(value: object) -> int:
    if type(value) is not int:
        raise NotThisForm
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise NotThisForm
    return value
