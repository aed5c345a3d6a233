"""Plans and policies as JSON values, for journals and plan files.

A change is a list: its kind (``+`` added, ``~`` changed, ``-`` removed), its table, and one or two rows,
each a list of values in the order of the row's fields. Short, since a journal holds millions. The
decoder takes nothing on trust: what is not exactly of this form raises :class:`UnreadablePlan`.

The form is versioned (:data:`VERSION`) and described in docs/plan-files.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from types import UnionType
from typing import Any, Final, NewType, TypeAlias, get_args, get_type_hints

from maintien.enrolments.state import (
    Course,
    EnrolmentInstance,
    GroupMembership,
    RoleAssignment,
    UserEnrolment,
)
from maintien.enrolments.withdrawals import Window
from maintien.moodle.ids import RoleId, UserId
from maintien.moodle.values import UnenrolAction
from maintien.planning.changes import Added, Change, Changed, Removed, Row, row_of
from maintien.planning.findings import Finding
from maintien.planning.left_alone import LeftAlone, Reason
from maintien.planning.plan import CoursePlan, Grounds, RestoredFrom, Source
from maintien.planning.policy import ConversionPolicy, EndFor, LikeMoodlePolicy, Mode, Policy, RescuePolicy

VERSION: Final = 1

Json: TypeAlias = "bool | int | str | Sequence[Json] | Mapping[str, Json] | None"

_TABLES: Final[Mapping[str, type[Row]]] = {
    "enrol": EnrolmentInstance,
    "user_enrolments": UserEnrolment,
    "role_assignments": RoleAssignment,
    "groups_members": GroupMembership,
}
_TABLE_OF: Final = {row_type: table for table, row_type in _TABLES.items()}
REASON_KINDS: Final[Mapping[str, type[Any]]] = {kind.__name__: kind for kind in get_args(Reason)}
"""The reasons why people are left alone, by the names under which they are kept."""
_FINDINGS: Final[Mapping[str, type[Any]]] = {kind.__name__: kind for kind in get_args(Finding)}


class UnreadablePlan(ValueError):
    """The value is not an encoded plan."""


def encode_plan(plan: CoursePlan) -> Json:
    """Encode what is to happen in one course."""
    encoded: dict[str, Json] = {
        "course": list(plan.course),
        "changes": [encode_change(change) for change in plan.changes],
        "left_alone": [[entry.userid, *_encode_typed(entry.reason)] for entry in plan.left_alone],
        "obstacle": None if plan.obstacle is None else _encode_typed(plan.obstacle),
        "warnings": [_encode_typed(warning) for warning in plan.warnings],
        "converted": sorted(plan.converted),
        "touched": sorted(plan.touched),
        "echoes": [[userid, count] for userid, count in sorted(plan.echoes.items())],
        **({} if plan.restored_from is None else {"restored_from": list(plan.restored_from)}),
    }
    if plan.grounds:
        # Only a rescue has any, and plans written before there were rescues have none.
        encoded["grounds"] = [
            [userid, grounds.taken_at, [source.value for source in grounds.sources]]
            for userid, grounds in sorted(plan.grounds.items())
        ]
    return encoded


def decode_plan(value: Json) -> CoursePlan:
    """Read one course's plan back.

    Raises:
        UnreadablePlan: it is not one.
    """
    try:
        return _decode_plan(value)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise UnreadablePlan(type(error).__name__) from error


def _decode_plan(value: Any) -> CoursePlan:  # noqa: ANN401 -- checked by what it is taken apart into
    obstacle = value["obstacle"]
    return CoursePlan(
        course=_decode_row(Course, value["course"]),
        changes=tuple(decode_change(change) for change in value["changes"]),
        left_alone=tuple(
            LeftAlone(UserId(_number(userid)), _decode_typed(REASON_KINDS, reason))
            for userid, *reason in value["left_alone"]
        ),
        obstacle=None if obstacle is None else _decode_typed(_FINDINGS, obstacle),
        warnings=tuple(_decode_typed(_FINDINGS, warning) for warning in value["warnings"]),
        converted=frozenset(UserId(_number(userid)) for userid in value["converted"]),
        touched=frozenset(UserId(_number(userid)) for userid in value["touched"]),
        echoes={UserId(_number(userid)): _number(count) for userid, count in value["echoes"]},
        restored_from=_decode_row(RestoredFrom, value["restored_from"]) if "restored_from" in value else None,
        grounds={
            UserId(_number(userid)): Grounds(_number(taken_at), tuple(map(Source, sources)))
            for userid, taken_at, sources in value.get("grounds", ())
        },
    )


def encode_change(change: Change) -> Json:
    """Encode one change."""
    table = _TABLE_OF[type(row_of(change))]
    match change:
        case Added(row):
            return ["+", table, list(row)]
        case Changed(before, after):
            return ["~", table, list(before), list(after)]
        case Removed(row):
            return ["-", table, list(row)]


def decode_change(value: Any) -> Change:  # noqa: ANN401 -- checked by what it is taken apart into
    """Read one change back; raises what a value of another form makes Python raise."""
    kind, table, *rows = value
    decoded = [_decode_row(_TABLES[table], row) for row in rows]
    match kind, decoded:
        case "+", [row]:
            return Added(row)
        case "~", [before, after]:
            return Changed(before, after)
        case "-", [row]:
            return Removed(row)
        case _:
            raise UnreadablePlan(str(kind))


def _decode_row(row_type: type[Any], values: Sequence[Any]) -> Any:  # noqa: ANN401 -- of row_type
    allowed = _ALLOWED[row_type]
    if len(values) != len(allowed):
        raise UnreadablePlan(row_type.__name__)
    for value, kinds in zip(values, allowed, strict=True):
        if type(value) not in kinds:
            raise UnreadablePlan(row_type.__name__)
    return row_type._make(values)


def _plain_types(hint: Any) -> tuple[type, ...]:  # noqa: ANN401 -- an annotation
    if isinstance(hint, NewType):
        return _plain_types(hint.__supertype__)
    if isinstance(hint, UnionType):
        return tuple(kind for part in get_args(hint) for kind in _plain_types(part))
    return (hint,)


def _allowed_types(row_type: type[Any]) -> tuple[tuple[type, ...], ...]:
    return tuple(_plain_types(hint) for hint in get_type_hints(row_type).values())


_ALLOWED: Final[Mapping[type[Any], tuple[tuple[type, ...], ...]]] = {
    row_type: _allowed_types(row_type) for row_type in (Course, RestoredFrom, *_TABLES.values())
}


def _encode_typed(value: Reason | Finding) -> list[Json]:
    return [type(value).__name__, {f.name: _encode_field(getattr(value, f.name)) for f in fields(value)}]


def _encode_field(value: object) -> Json:
    match value:
        case UnenrolAction():
            return value.name
        case tuple():
            return [part if isinstance(part, int) else str(part) for part in value]
        case bool() | int() | str():
            return value
        case _:
            raise TypeError(value)


def _decode_typed(kinds: Mapping[str, type[Any]], value: Sequence[Any]) -> Any:  # noqa: ANN401 -- of kinds
    name, given = value
    kind = kinds[name]
    hints = get_type_hints(kind)
    if given.keys() != hints.keys():
        raise UnreadablePlan(name)
    return kind(**{key: _decode_field(hints[key], part) for key, part in given.items()})


def _decode_field(hint: Any, value: Any) -> Any:  # noqa: ANN401 -- an annotation, and what fits it
    if hint is UnenrolAction:
        return UnenrolAction[value]
    if hint == tuple[str, ...]:
        return tuple(_text(part) for part in value)
    if hint == tuple[UserId, ...]:
        return tuple(UserId(_number(part)) for part in value)
    if type(value) not in _plain_types(hint):
        raise UnreadablePlan(str(hint))
    return value


def encode_finding(finding: Finding) -> Json:
    """Encode what a pre-check found."""
    return _encode_typed(finding)


def decode_finding(value: Any) -> Finding:  # noqa: ANN401 -- checked by what it is taken apart into
    """Read it back.

    Raises:
        UnreadablePlan: it is none.
    """
    try:
        finding: Finding = _decode_typed(_FINDINGS, value)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnreadablePlan(type(error).__name__) from error
    return finding


def encode_policy(policy: Policy) -> Json:
    """Encode what a conversion or a rescue was asked to do."""
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
                ends_at=_number(value["ends_at"]), end_roles=_role_ids(value["end_roles"])
            )
        case "rescue":
            return _decode_rescue(value)
        case kind:
            raise UnreadablePlan(str(kind))


def _decode_rescue(value: Any) -> RescuePolicy:  # noqa: ANN401 -- checked by what it is taken apart into
    return RescuePolicy(
        window=Window(since=_number(value["since"]), to=_number(value["to"])),
        ends_at=_number(value["ends_at"]),
        methods=_methods(value["methods"]),
        roles=None if value["roles"] is None else _role_ids(value["roles"]),
        keep_groups=_truth(value["keep_groups"]),
        enable_manual=_truth(value["enable_manual"]),
        also_by_people=_truth(value["also_by_people"]),
    )


def _decode_conversion(value: Any) -> ConversionPolicy:  # noqa: ANN401 -- as above
    return ConversionPolicy(
        ends_at=_number(value["ends_at"]),
        methods=_methods(value["methods"]),
        roles=None if value["roles"] is None else _role_ids(value["roles"]),
        end_roles=_role_ids(value["end_roles"]),
        include_suspended=_truth(value["include_suspended"]),
        end_for=EndFor(value["end_for"]),
        keep_groups=_truth(value["keep_groups"]),
        enable_manual=_truth(value["enable_manual"]),
        mode=Mode(value["mode"]),
        feed_is_gone=_truth(value["feed_is_gone"]),
        excluded=frozenset(UserId(_number(userid)) for userid in value.get("excluded", ())),
    )


def _methods(values: Sequence[Any] | None) -> frozenset[str] | None:
    return None if values is None else frozenset(_text(method) for method in values)


def _role_ids(values: Sequence[Any]) -> frozenset[RoleId]:
    return frozenset(RoleId(_number(value)) for value in values)


def _number(value: Any) -> int:  # noqa: ANN401 -- that is what is found out
    if type(value) is not int:
        raise UnreadablePlan(type(value).__name__)
    return value


def _text(value: Any) -> str:  # noqa: ANN401 -- that is what is found out
    if not isinstance(value, str):
        raise UnreadablePlan(type(value).__name__)
    return value


def _truth(value: Any) -> bool:  # noqa: ANN401 -- that is what is found out
    if not isinstance(value, bool):
        raise UnreadablePlan(type(value).__name__)
    return value
