"""Policies as JSON values, for journals and plan files.

The decoder takes nothing on trust: what is not exactly of this form raises UnreadablePlan.
"""

from typing import Any

from maintien.enrolments.withdrawals import Window
from maintien.moodle.ids import UserId
from maintien.planning.json_values import (
    Json,
    UnreadablePlan,
    read_methods,
    read_number,
    read_role_ids,
    read_truth,
)
from maintien.planning.participant_encoding import (
    decode_end_date_policy,
    decode_unenrol_policy,
    encode_end_date_policy,
    encode_unenrol_policy,
)
from maintien.planning.policy import (
    ConversionPolicy,
    EndDatePolicy,
    EndFor,
    LikeMoodlePolicy,
    Mode,
    Policy,
    RescuePolicy,
    UnenrolPolicy,
)


def encode_policy(policy: Policy) -> Json:
    """Encode what a run was asked to do."""
    match policy:
        case ConversionPolicy():
            return {
                "kind": "conversion",
                "ends_at": policy.ends_at,
                "methods": None if policy.methods is None else sorted(policy.methods),
                "roles": None if policy.roles is None else sorted(policy.roles),
                "end_roles": sorted(policy.end_roles),
                "include_suspended": policy.include_suspended,
                "end_for": policy.end_for.value,
                "keep_groups": policy.keep_groups,
                "enable_manual": policy.enable_manual,
                "mode": policy.mode.value,
                "feed_is_gone": policy.feed_is_gone,
                # Only where there is somebody: journals and plan files without are as they always were.
                **({"excluded": sorted(policy.excluded)} if policy.excluded else {}),
            }
        case LikeMoodlePolicy():
            return {
                "kind": "like-moodle",
                "ends_at": policy.ends_at,
                "end_roles": sorted(policy.end_roles),
            }
        case RescuePolicy():
            return {
                "kind": "rescue",
                "since": policy.window.since,
                "to": policy.window.to,
                "ends_at": policy.ends_at,
                "methods": None if policy.methods is None else sorted(policy.methods),
                "roles": None if policy.roles is None else sorted(policy.roles),
                "keep_groups": policy.keep_groups,
                "enable_manual": policy.enable_manual,
                "also_by_people": policy.also_by_people,
            }
        case EndDatePolicy():
            return {"kind": "end-date", **encode_end_date_policy(policy)}
        case UnenrolPolicy():
            return {"kind": "unenrol", **encode_unenrol_policy(policy)}


def decode_policy(value: Json) -> Policy:
    """Read a policy back.

    Raises:
        UnreadablePlan: it is not one.
    """
    try:
        return _decode_policy(value)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnreadablePlan(type(error).__name__) from error


def _decode_policy(value: Any) -> Policy:  # noqa: ANN401 -- checked by what it is taken apart into
    match value["kind"]:
        case "conversion":
            return _decode_conversion(value)
        case "like-moodle":
            return LikeMoodlePolicy(
                ends_at=read_number(value["ends_at"]), end_roles=read_role_ids(value["end_roles"])
            )
        case "rescue":
            return _decode_rescue(value)
        case "end-date":
            return decode_end_date_policy(value)
        case "unenrol":
            return decode_unenrol_policy(value)
        case kind:
            raise UnreadablePlan(str(kind))


def _decode_rescue(value: Any) -> RescuePolicy:  # noqa: ANN401 -- checked by what it is taken apart into
    return RescuePolicy(
        window=Window(since=read_number(value["since"]), to=read_number(value["to"])),
        ends_at=read_number(value["ends_at"]),
        methods=read_methods(value["methods"]),
        roles=None if value["roles"] is None else read_role_ids(value["roles"]),
        keep_groups=read_truth(value["keep_groups"]),
        enable_manual=read_truth(value["enable_manual"]),
        also_by_people=read_truth(value["also_by_people"]),
    )


def _decode_conversion(value: Any) -> ConversionPolicy:  # noqa: ANN401 -- as above
    return ConversionPolicy(
        ends_at=read_number(value["ends_at"]),
        methods=read_methods(value["methods"]),
        roles=None if value["roles"] is None else read_role_ids(value["roles"]),
        end_roles=read_role_ids(value["end_roles"]),
        include_suspended=read_truth(value["include_suspended"]),
        end_for=EndFor(value["end_for"]),
        keep_groups=read_truth(value["keep_groups"]),
        enable_manual=read_truth(value["enable_manual"]),
        mode=Mode(value["mode"]),
        feed_is_gone=read_truth(value["feed_is_gone"]),
        excluded=frozenset(UserId(read_number(userid)) for userid in value.get("excluded", ())),
    )
