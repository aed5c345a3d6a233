"""Policies about participants, and filters of participants, as JSON documents."""

from collections.abc import Callable, Iterable
from datetime import tzinfo

from maintien.enrolments.participant_filter import ParticipantFilter
from maintien.moodle.ids import RoleId
from maintien.planning.filter_encoding import encode_filter
from maintien.planning.policy import EndDatePolicy, UnenrolPolicy
from maintien.reports.documents import Document, Json, moment_document

RoleNames = Callable[[Iterable[RoleId]], list[str]]


def participant_policy_document(
    policy: EndDatePolicy | UnenrolPolicy, zone: tzinfo, role_names: RoleNames
) -> Document:
    """Describe what is to become of whose manual enrolments."""
    whom: Document = {"whom": filter_document(policy.whom, role_names)}
    if isinstance(policy, UnenrolPolicy):
        return whom | {
            "only_ended": policy.only_ended,
            "only_automatic_too": policy.only_automatic_too,
            "even_last": policy.even_last,
        }
    return whom | {
        "ends_at": _moment(policy.ends_at, zone),
        "starts_at": _moment(policy.starts_at, zone),
        "status": None if policy.status is None else policy.status.name.lower(),
        "only_if": None if policy.only_if is None else policy.only_if.value,
    }


def _moment(unix: int | None, zone: tzinfo) -> Json:
    """Describe a moment; null where it stays as it is."""
    return None if unix is None else moment_document(unix, zone)


def filter_document(wanted: ParticipantFilter, role_names: RoleNames) -> Document:
    """Describe which participants are meant: as journals have it, but for the names of roles."""
    document: Document = dict(encode_filter(wanted))
    if wanted.roles is not None:
        document["roles"] = {
            "values": role_names(wanted.roles.roles),
            "none": wanted.roles.no_role,
            "join": wanted.roles.join.value,
        }
    return document
