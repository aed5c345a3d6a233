"""Filters of participants as JSON values, for journals and plan files.

A filter is one object: each part that is set by its name, with its values, sorted, and its join.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar, assert_never

from maintien.enrolments.participant_filter import (
    Filter,
    GroupFilter,
    Join,
    KeywordFilter,
    LastAccess,
    LastAccessFilter,
    MethodFilter,
    Never,
    NotSince,
    ParticipantFilter,
    ParticipantStatus,
    PeopleFilter,
    RoleFilter,
    Since,
    StatusFilter,
)
from maintien.moodle.ids import GroupId, InstanceId, UserId
from maintien.planning.json_values import (
    Json,
    UnreadablePlan,
    read_number,
    read_role_ids,
    read_text,
    read_truth,
)

F = TypeVar("F")


def encode_filter(wanted: ParticipantFilter) -> dict[str, Json]:
    """Encode which participants are meant."""
    parts = {_NAMES[type(each)]: {**_encode_part(each), "join": each.join.value} for each in wanted.filters}
    return {"join": wanted.join.value, **parts}


_NAMES: Final[Mapping[type[Filter], str]] = {
    MethodFilter: "methods",
    RoleFilter: "roles",
    StatusFilter: "statuses",
    GroupFilter: "groups",
    KeywordFilter: "keywords",
    LastAccessFilter: "last_access",
    PeopleFilter: "people",
}


def _encode_part(part: Filter) -> dict[str, Json]:  # noqa: PLR0911 -- one a kind of filter
    """Encode one filter's values, without its join."""
    match part:
        case MethodFilter(methods=methods):
            return {"values": sorted(methods, key=str)}
        case RoleFilter(roles=roles, no_role=none):
            return {"values": sorted(roles), "none": none}
        case StatusFilter(statuses=statuses):
            return {"values": sorted(status.value for status in statuses)}
        case GroupFilter(groups=groups, no_group=none):
            return {"values": sorted(sorted(same_name) for same_name in groups), "none": none}
        case KeywordFilter(keywords=keywords):
            return {"values": sorted(keywords)}
        case LastAccessFilter(accesses=accesses):
            return {"values": sorted(map(_encode_access, accesses))}
        case PeopleFilter(people=people):
            return {"values": sorted(people)}
        case _:
            assert_never(part)


def _encode_access(access: LastAccess) -> list[int | str]:
    match access:
        case NotSince(moment=moment):
            return ["not-since", moment]
        case Since(moment=moment):
            return ["since", moment]
        case Never():
            return ["never"]


def decode_filter(value: Any) -> ParticipantFilter:  # noqa: ANN401 -- checked part by part
    """Read it back; raises what a value of another form makes Python raise."""
    if not value.keys() <= {"join", *_NAMES.values()}:
        raise UnreadablePlan("filter")
    return ParticipantFilter(
        methods=_part(value, "methods", _decode_methods),
        roles=_part(value, "roles", _decode_roles),
        statuses=_part(value, "statuses", _decode_statuses),
        groups=_part(value, "groups", _decode_groups),
        keywords=_part(value, "keywords", _decode_keywords),
        last_access=_part(value, "last_access", _decode_accesses),
        people=_part(value, "people", _decode_people),
        join=Join(value["join"]),
    )


def _part(value: Mapping[str, Any], name: str, decode: Callable[[Any], F]) -> F | None:
    return decode(value[name]) if name in value else None


def _decode_methods(part: Any) -> MethodFilter:  # noqa: ANN401 -- as above
    methods = frozenset(
        each if isinstance(each, str) else InstanceId(read_number(each)) for each in part["values"]
    )
    return MethodFilter(methods=methods, join=Join(part["join"]))


def _decode_roles(part: Any) -> RoleFilter:  # noqa: ANN401 -- as above
    return RoleFilter(
        roles=read_role_ids(part["values"]), no_role=read_truth(part["none"]), join=Join(part["join"])
    )


def _decode_statuses(part: Any) -> StatusFilter:  # noqa: ANN401 -- as above
    return StatusFilter(statuses=frozenset(map(ParticipantStatus, part["values"])), join=Join(part["join"]))


def _decode_groups(part: Any) -> GroupFilter:  # noqa: ANN401 -- as above
    groups = frozenset(frozenset(GroupId(read_number(id_)) for id_ in ids) for ids in part["values"])
    return GroupFilter(groups=groups, no_group=read_truth(part["none"]), join=Join(part["join"]))


def _decode_keywords(part: Any) -> KeywordFilter:  # noqa: ANN401 -- as above
    return KeywordFilter(keywords=frozenset(map(read_text, part["values"])), join=Join(part["join"]))


def _decode_people(part: Any) -> PeopleFilter:  # noqa: ANN401 -- as above
    people = frozenset(UserId(read_number(id_)) for id_ in part["values"])
    return PeopleFilter(people=people, join=Join(part["join"]))


def _decode_accesses(part: Any) -> LastAccessFilter:  # noqa: ANN401 -- as above
    return LastAccessFilter(accesses=frozenset(map(_decode_access, part["values"])), join=Join(part["join"]))


def _decode_access(value: Any) -> LastAccess:  # noqa: ANN401 -- as above
    match value:
        case ["not-since", moment]:
            return NotSince(moment=read_number(moment))
        case ["since", moment]:
            return Since(moment=read_number(moment))
        case ["never"]:
            return Never()
        case _:
            raise UnreadablePlan(str(value))
