"""The roll of a course: who is enrolled through which instance, in few columns.

Questions about a whole site, such as who loses access with the cut, need little of each row and are asked
of millions of them; a :class:`~maintien.enrolments.state.CourseState` has everything that a change may touch.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from maintien.enrolments.selection import people_with_role
from maintien.enrolments.state import Course, CourseState
from maintien.moodle.ids import InstanceId, RoleId, UserId
from maintien.moodle.values import (
    AUTOMATIC_METHODS,
    NO_ITEM,
    EnrolmentStatus,
    component_of,
    is_unlimited,
)


class RollInstance(NamedTuple):
    """A row of ``enrol``."""

    method: str
    is_enabled: bool

    @property
    def is_automatic(self) -> bool:
        """Whether a feed gives and takes its enrolments."""
        return self.method in AUTOMATIC_METHODS


class RollRow(NamedTuple):
    """A row of ``user_enrolments``. Times are Unix seconds."""

    instanceid: InstanceId
    userid: UserId
    status: int
    starts_at: int
    """0 for always."""
    ends_at: int
    """0 or 2147483647 for never."""
    changed_at: int
    """When the row was last written; 0 where nobody knows."""

    @property
    def is_active(self) -> bool:
        """Whether the row is not suspended; its dates and its instance are another matter."""
        return self.status == EnrolmentStatus.ACTIVE

    def is_in_time(self, at: int) -> bool:
        """Whether its dates, and nothing else, let its person in at Unix time ``at``."""
        return self.starts_at <= at and (is_unlimited(self.ends_at) or self.ends_at > at)


class RollMembership(NamedTuple):
    """A row of ``groups_members``, of a group of the course."""

    userid: UserId
    owner: int
    """The enrolment instance that owns it, or :data:`~maintien.moodle.values.NO_ITEM`."""


class Listing(NamedTuple):
    """What the feed of one instance says."""

    people: frozenset[UserId]
    """Everybody listed, enrolled or not yet."""
    spares_everybody: bool = False
    """Whether the sync takes an empty register for an accident, and withdraws nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseRoll:
    """What one course says of people's access, and of what goes with it."""

    course: Course
    is_visible: bool = True
    instances: Mapping[InstanceId, RollInstance] = field(default_factory=dict)
    rows: Sequence[RollRow] = ()
    """In no order; at most one for a person and an instance."""
    students: frozenset[UserId] = frozenset()
    """People with the student role in the course, whoever gave it."""
    role_holders: Mapping[InstanceId, frozenset[UserId]] = field(default_factory=dict)
    """People with a role that the instance gave them."""
    deleted: frozenset[UserId] = frozenset()
    suspended: frozenset[UserId] = frozenset()
    """Accounts that are suspended on the whole site."""
    memberships: Sequence[RollMembership] = ()
    """Empty where they were not asked for."""
    grades: Mapping[UserId, int] = field(default_factory=dict)
    """How many grades are recorded of people in the course; empty where they were not asked for."""
    listings: Mapping[InstanceId, Listing] = field(default_factory=dict)
    """What feeds say; instances whose feed was not read are missing."""

    @property
    def barred(self) -> frozenset[UserId]:
        """People whose account keeps them out, whatever their enrolments."""
        return self.deleted | self.suspended

    def members(self) -> dict[InstanceId, set[UserId]]:
        """Give everybody enrolled in each instance that enrols anybody, with access or without."""
        members: defaultdict[InstanceId, set[UserId]] = defaultdict(set)
        for row in self.rows:
            members[row[0]].add(row[1])
        return members

    def rows_giving_access(self, at: int) -> Iterator[RollRow]:
        """Give the rows that let somebody in at Unix time ``at``, unless their account bars them."""
        enabled = {instanceid for instanceid, instance in self.instances.items() if instance.is_enabled}
        for row in self.rows:
            instanceid, _, status, starts_at, ends_at, _ = row
            # Spelt out, since this is asked of a million rows.
            if (
                status == EnrolmentStatus.ACTIVE
                and starts_at <= at
                and (ends_at > at or is_unlimited(ends_at))
                and instanceid in enabled
            ):
                yield row


def roll_of(state: CourseState, students: frozenset[RoleId]) -> CourseRoll:
    """Take from a course's state what its roll says; grades and listings are not in it."""
    components = {int(instance.id): component_of(instance.method) for instance in state.instances}
    holders: defaultdict[InstanceId, set[UserId]] = defaultdict(set)
    for role in state.roles:
        if components.get(role.itemid) == role.component:
            holders[InstanceId(role.itemid)].add(role.userid)
    return CourseRoll(
        course=state.course,
        instances={i.id: RollInstance(i.method, i.is_enabled) for i in state.instances},
        rows=[
            RollRow(row.instanceid, row.userid, row.status, row.starts_at, row.ends_at, row.timemodified)
            for row in state.enrolments
        ],
        students=people_with_role(state.roles, state.inherited_roles, students),
        role_holders={instanceid: frozenset(people) for instanceid, people in holders.items()},
        deleted=state.deleted,
        suspended=state.suspended,
        memberships=[
            RollMembership(row.userid, row.itemid if components.get(row.itemid) == row.component else NO_ITEM)
            for row in state.memberships
        ],
    )
