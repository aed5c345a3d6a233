"""What the Participants page can be filtered by: six filters, their values, and how they are joined.

Every filter looks at a person, not at one enrolment: whoever is enrolled by the method and has one
enrolment of the status is shown, and the enrolment that fits the method need not be the one that fits the
status. A filter has its own join over its values, and the page has one over its filters.

Source: participants_filterset, participants_search (user/classes/table) and groups_get_members_join
(lib/grouplib.php), Moodle 4.1 and 4.3.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias

from maintien.moodle.ids import GroupId, InstanceId, RoleId, UserId


class Join(Enum):
    """How values of a filter, or filters, are put together."""

    ALL = "all"
    ANY = "any"
    NONE = "none"


class ParticipantStatus(Enum):
    """What an enrolment may be, the best first. A person with several enrolments may answer to several."""

    ACTIVE = "active"
    """It gives access now."""
    SUSPENDED = "suspended"
    NOT_CURRENT = "not-current"
    """It is not suspended and gives no access now: over, not begun, or of a disabled method."""
    INACTIVE = "inactive"
    """It gives no access now: suspended or not current. The page's filter has only this and active."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodFilter:
    """By which enrolment methods people are enrolled."""

    methods: frozenset[str | InstanceId]
    """Names of methods, each for all of its instances in the course; or ids of single instances."""
    join: Join = Join.ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleFilter:
    """Which roles people have, in the course or in a context above it."""

    roles: frozenset[RoleId] = frozenset()
    no_role: bool = False
    """Whether "no roles" is one of the values."""
    join: Join = Join.ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusFilter:
    """What people's enrolments are.

    Joined by none, the page shows who has *an* enrolment of none of these statuses, not who has none of
    them: somebody with an active and a suspended enrolment is not of status "none of active" alone, and is
    shown all the same.
    """

    statuses: frozenset[ParticipantStatus]
    join: Join = Join.ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFilter:
    """In which groups of the course people are."""

    groups: frozenset[frozenset[GroupId]] = frozenset()
    """One set a value: groups of one name, in several courses, are one value."""
    no_group: bool = False
    """Whether "no group" is one of the values."""
    join: Join = Join.ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class KeywordFilter:
    """What people's names, user names, addresses or ID numbers contain, in whatever case."""

    keywords: frozenset[str]
    join: Join = Join.ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSince:
    """People who have not been in the course since Unix time ``moment``, or never."""

    moment: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """People who have been in the course at Unix time ``moment`` or later."""

    moment: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Never:
    """People who have never been in the course."""


LastAccess: TypeAlias = NotSince | Since | Never


@dataclass(frozen=True, slots=True, kw_only=True)
class LastAccessFilter:
    """When people were last in the course."""

    accesses: frozenset[LastAccess]
    join: Join = Join.ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleFilter:
    """Single people, as they are ticked on the page; beside its six filters."""

    people: frozenset[UserId]
    join: Join = Join.ANY


Filter: TypeAlias = (
    PeopleFilter | MethodFilter | RoleFilter | StatusFilter | GroupFilter | KeywordFilter | LastAccessFilter
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantFilter:
    """Which participants; without any filter, all of them. A filter has a value at least."""

    methods: MethodFilter | None = None
    roles: RoleFilter | None = None
    statuses: StatusFilter | None = None
    groups: GroupFilter | None = None
    keywords: KeywordFilter | None = None
    last_access: LastAccessFilter | None = None
    people: PeopleFilter | None = None
    join: Join = Join.ALL

    @property
    def filters(self) -> tuple[Filter, ...]:
        """Those that are set."""
        each = (
            self.methods,
            self.roles,
            self.statuses,
            self.groups,
            self.keywords,
            self.last_access,
            self.people,
        )
        return tuple(one for one in each if one is not None)


EVERYBODY: Final = ParticipantFilter()
