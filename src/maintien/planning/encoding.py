"""Plans and policies as JSON values, for journals and plan files.

A change is a list: its kind (``+`` added, ``~`` changed, ``-`` removed), its table, and one or two rows,
each a list of values in the order of the row's fields. Short, since a journal holds millions. The
decoder takes nothing on trust: what is not exactly of this form raises :class:`UnreadablePlan`.

The form is versioned (:data:`VERSION`) and described in docs/plan-files.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from types import UnionType
from typing import Any, Final, NewType, get_args, get_type_hints

from maintien.enrolments.state import (
    Course,
    EnrolmentInstance,
    GroupMembership,
    RoleAssignment,
    UserEnrolment,
)
from maintien.moodle.ids import UserId
from maintien.moodle.values import UnenrolAction
from maintien.planning.changes import Added, Change, Changed, Removed, Row, row_of
from maintien.planning.findings import Finding
from maintien.planning.json_values import Json, UnreadablePlan, read_number, read_text
from maintien.planning.left_alone import LeftAlone, Reason
from maintien.planning.plan import CoursePlan, Grounds, RestoredFrom, Source
from maintien.planning.policy_encoding import decode_policy, encode_policy

__all__ = [
    "VERSION",
    "Json",
    "UnreadablePlan",
    "decode_change",
    "decode_plan",
    "decode_policy",
    "encode_change",
    "encode_plan",
    "encode_policy",
]

VERSION: Final = 1

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
    if plan.leavers:
        # Only where people are unenrolled, which older plans don't know.
        encoded["leavers"] = sorted(plan.leavers)
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
            LeftAlone(UserId(read_number(userid)), _decode_typed(REASON_KINDS, reason))
            for userid, *reason in value["left_alone"]
        ),
        obstacle=None if obstacle is None else _decode_typed(_FINDINGS, obstacle),
        warnings=tuple(_decode_typed(_FINDINGS, warning) for warning in value["warnings"]),
        converted=frozenset(UserId(read_number(userid)) for userid in value["converted"]),
        touched=frozenset(UserId(read_number(userid)) for userid in value["touched"]),
        echoes={UserId(read_number(userid)): read_number(count) for userid, count in value["echoes"]},
        leavers=frozenset(UserId(read_number(userid)) for userid in value.get("leavers", ())),
        restored_from=_decode_row(RestoredFrom, value["restored_from"]) if "restored_from" in value else None,
        grounds={
            UserId(read_number(userid)): _decode_grounds(taken_at, sources)
            for userid, taken_at, sources in value.get("grounds", ())
        },
    )


def _decode_grounds(taken_at: Any, sources: Any) -> Grounds:  # noqa: ANN401 -- that is what is found out
    known = tuple(map(Source, sources))
    if taken_at is None and Source.ARCHIVE in known:
        return Grounds(None, known)
    return Grounds(read_number(taken_at), known)


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
        return tuple(read_text(part) for part in value)
    if hint == tuple[UserId, ...]:
        return tuple(UserId(read_number(part)) for part in value)
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
