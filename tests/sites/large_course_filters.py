"""Every filter of participants, and whom it selects of the 100,000 people of the large course."""

from typing import Final

from maintien.enrolments.participant_filter import (
    EVERYBODY,
    GroupFilter,
    Join,
    KeywordFilter,
    LastAccessFilter,
    MethodFilter,
    Never,
    ParticipantFilter,
    ParticipantStatus,
    RoleFilter,
    Since,
    StatusFilter,
)
from maintien.moodle.ids import GroupId, RoleId
from tests.sites.large_course import NOW, STUDENT, TEACHER

ANY, NONE = Join.ANY, Join.NONE


def methods(join: Join = ANY) -> MethodFilter:
    return MethodFilter(methods=frozenset({"manual"}), join=join)


def roles(roleid: int, join: Join = ANY) -> RoleFilter:
    return RoleFilter(roles=frozenset({RoleId(roleid)}), join=join)


def statuses(status: ParticipantStatus, join: Join = ANY) -> StatusFilter:
    return StatusFilter(statuses=frozenset({status}), join=join)


GROUP: Final = GroupFilter(groups=frozenset({frozenset({GroupId(2)})}))
KEYWORD: Final = KeywordFilter(keywords=frozenset({"É nº777"}))
NEVER: Final = LastAccessFilter(accesses=frozenset({Never()}))

FILTERS: Final = {
    "everybody": (EVERYBODY, 100_000),
    "method": (ParticipantFilter(methods=methods()), 50_000),
    "method none": (ParticipantFilter(methods=methods(NONE)), 50_000),
    "role": (ParticipantFilter(roles=roles(TEACHER)), 1_000),
    "no role": (ParticipantFilter(roles=RoleFilter(no_role=True)), 0),
    "status": (ParticipantFilter(statuses=statuses(ParticipantStatus.ACTIVE)), 100_000),
    "status none": (ParticipantFilter(statuses=statuses(ParticipantStatus.ACTIVE, NONE)), 10_000),
    "group": (ParticipantFilter(groups=GROUP), 2_000),
    "no group": (ParticipantFilter(groups=GroupFilter(no_group=True)), 10_000),
    "keyword": (ParticipantFilter(keywords=KEYWORD), 111),
    "never accessed": (ParticipantFilter(last_access=NEVER), 30_000),
    "accessed since": (
        ParticipantFilter(last_access=LastAccessFilter(accesses=frozenset({Since(moment=NOW - 999)}))),
        699,
    ),
    "step 3": (
        ParticipantFilter(
            methods=methods(), roles=roles(STUDENT), statuses=statuses(ParticipantStatus.ACTIVE)
        ),
        50_000,
    ),
    **{
        f"all filters joined by {join.value}": (
            ParticipantFilter(
                methods=methods(),
                roles=roles(TEACHER),
                statuses=statuses(ParticipantStatus.INACTIVE),
                groups=GROUP,
                keywords=KEYWORD,
                last_access=NEVER,
                join=join,
            ),
            number,
        )
        for join, number in ((Join.ALL, 0), (ANY, 72_031), (NONE, 27_969))
    },
}
