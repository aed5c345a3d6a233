"""Policies about participants, and filters of participants, as JSON values."""

from typing import Any

from maintien.enrolments.participants import ParticipantFilter, ParticipantStatus
from maintien.moodle.values import EnrolmentStatus
from maintien.planning.json_values import Json, read_methods, read_number, read_role_ids, read_truth
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


def encode_filter(wanted: ParticipantFilter) -> Json:
    """Encode which participants are meant."""
    return {
        "methods": None if wanted.methods is None else sorted(wanted.methods),
        "roles": None if wanted.roles is None else sorted(wanted.roles),
        "statuses": None if wanted.statuses is None else sorted(each.value for each in wanted.statuses),
    }


def decode_filter(value: Any) -> ParticipantFilter:  # noqa: ANN401 -- as above
    """Read it back; raises what a value of another form makes Python raise."""
    statuses = value["statuses"]
    return ParticipantFilter(
        methods=read_methods(value["methods"]),
        roles=None if value["roles"] is None else read_role_ids(value["roles"]),
        statuses=None if statuses is None else frozenset(map(ParticipantStatus, statuses)),
    )
