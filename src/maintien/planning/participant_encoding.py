"""Policies about participants as JSON values, for journals and plan files."""

from typing import Any

from maintien.moodle.values import EnrolmentStatus
from maintien.planning.filter_encoding import decode_filter, encode_filter
from maintien.planning.json_values import Json, read_number, read_truth
from maintien.planning.participant_policies import EndDatePolicy, OnlyIf, UnenrolPolicy


def encode_end_date_policy(policy: EndDatePolicy) -> dict[str, Json]:
    """Encode how manual enrolments are to change."""
    return {
        "whom": encode_filter(policy.whom),
        "ends_at": policy.ends_at,
        "starts_at": policy.starts_at,
        "status": None if policy.status is None else policy.status.name.lower(),
        "only_if": None if policy.only_if is None else policy.only_if.value,
    }


def decode_end_date_policy(value: Any) -> EndDatePolicy:  # noqa: ANN401 -- checked part by part
    """Read it back; raises what a value of another form makes Python raise."""
    status, only_if = value["status"], value["only_if"]
    return EndDatePolicy(
        whom=decode_filter(value["whom"]),
        ends_at=None if value["ends_at"] is None else read_number(value["ends_at"]),
        starts_at=None if value["starts_at"] is None else read_number(value["starts_at"]),
        status=None if status is None else EnrolmentStatus[status.upper()],
        only_if=None if only_if is None else OnlyIf(only_if),
    )


def encode_unenrol_policy(policy: UnenrolPolicy) -> dict[str, Json]:
    """Encode whose manual enrolments are to go."""
    return {
        "whom": encode_filter(policy.whom),
        "only_ended": policy.only_ended,
        "only_automatic_too": policy.only_automatic_too,
        "even_last": policy.even_last,
    }


def decode_unenrol_policy(value: Any) -> UnenrolPolicy:  # noqa: ANN401 -- as above
    """Read it back; raises what a value of another form makes Python raise."""
    return UnenrolPolicy(
        whom=decode_filter(value["whom"]),
        only_ended=read_truth(value["only_ended"]),
        only_automatic_too=read_truth(value["only_automatic_too"]),
        even_last=read_truth(value["even_last"]),
    )
