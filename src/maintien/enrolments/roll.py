"""The roll of a course: who is enrolled through which instance, in few columns.

Questions about a whole site, such as who loses access with the cut, need little of each row, and are asked
of millions of them, most of which say the same. A :class:`~maintien.enrolments.state.CourseState` has
everything that a change may touch.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from maintien.enrolments.selection import people_with_role
from maintien.enrolments.state import Course, CourseState, GroupMembership, UserEnrolment
from maintien.moodle.ids import InstanceId, RoleId, UserId
from maintien.moodle.values import (
    AUTOMATIC_METHODS,
    DATABASE,
    NO_END,
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


class RollEntry(NamedTuple):
    """People whose rows of ``user_enrolments`` say the same, as those do that a feed has enrolled."""

    instanceid: InstanceId
    status: int
    starts_at: int
    """Unix seconds, 0 for always."""
    ends_at: int
    """Unix seconds, 0 or 2147483647 for never."""
    changed_at: int
    """When suspended rows were last written, in Unix seconds; 0 for active ones, and where nobody knows."""
    people: Collection[UserId]

    @property
    def is_active(self) -> bool:
        """Whether the rows are not suspended; their dates and their instance are another matter."""
        return self.status == EnrolmentStatus.ACTIVE

    def is_in_time(self, at: int) -> bool:
        """Whether the dates, and nothing else, let these people in at Unix time ``at``."""
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
    entries: Sequence[RollEntry] = ()
    """In no order; nobody twice for an instance."""
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
    removed_by_sync: frozenset[UserId] = frozenset()
    """People with an account in use whom a sync has unenrolled within the time asked about, by the log."""

    @property
    def barred(self) -> frozenset[UserId]:
        """People whose account keeps them out, whatever their enrolments."""
        return self.deleted | self.suspended

    def members(self) -> dict[InstanceId, set[UserId]]:
        """Give everybody enrolled in each instance that enrols anybody, with access or without."""
        members: defaultdict[InstanceId, set[UserId]] = defaultdict(set)
        for entry in self.entries:
            members[entry.instanceid].update(entry.people)
        return dict(members)

    def with_access(self, at: int) -> dict[InstanceId, set[UserId]]:
        """Give whom each instance lets in at Unix time ``at``, unless their account bars them."""
        people: defaultdict[InstanceId, set[UserId]] = defaultdict(set)
        for entry in self.entries:
            if entry.is_active and entry.is_in_time(at) and self.instances[entry.instanceid].is_enabled:
                people[entry.instanceid].update(entry.people)
        return dict(people)


def automatic_roll_of(
    state: CourseState, *, is_visible: bool = True, spares_everybody: bool = False
) -> CourseRoll:
    """Take from a course's state what says how far its cut has got: automatic enrolments, and their feeds.

    Where somebody may have been withdrawn, it has all enrolments, with their dates; elsewhere only the active
    automatic ones. With ``spares_everybody``, the register's sync takes it for broken.
    """
    instances = {i.id: RollInstance(i.method, i.is_enabled) for i in state.instances}
    automatic = {i: component_of(each.method) for i, each in instances.items() if each.is_automatic}
    entries, has_others = _active_entries(state.enrolments, automatic)
    if state.removed_by_sync or has_others:
        entries = _entries(state.enrolments)
    return CourseRoll(
        course=state.course,
        is_visible=is_visible,
        instances=instances,
        entries=entries,
        role_holders=_HoldersWhenAsked(state, automatic),
        deleted=state.deleted,
        suspended=state.suspended,
        listings={
            instanceid: Listing(people, spares_everybody and instances[instanceid].method == DATABASE)
            for instanceid, people in state.listed.items()
        },
        removed_by_sync=state.removed_by_sync,
    )


def roll_of(state: CourseState, students: frozenset[RoleId]) -> CourseRoll:
    """Take from a course's state what its roll says; grades and listings are not in it."""
    components = {instance.id: component_of(instance.method) for instance in state.instances}
    return CourseRoll(
        course=state.course,
        instances={i.id: RollInstance(i.method, i.is_enabled) for i in state.instances},
        entries=_entries(state.enrolments),
        students=people_with_role(state.roles, state.inherited_roles, students),
        role_holders=_holders(state, components),
        deleted=state.deleted,
        suspended=state.suspended,
        memberships=[RollMembership(row.userid, _owner(row, components)) for row in state.memberships],
    )


def _owner(row: GroupMembership, components: Mapping[InstanceId, str]) -> int:
    return row.itemid if components.get(InstanceId(row.itemid)) == row.component else NO_ITEM


def _active_entries(
    rows: Iterable[UserEnrolment], instances: Collection[InstanceId]
) -> tuple[list[RollEntry], bool]:
    """Take the active rows of these instances, whatever their dates; tell whether they have others too."""
    people: dict[InstanceId, list[UserId]] = {instanceid: [] for instanceid in instances}
    has_others = False
    for row in rows:
        # By place, since a preview goes through a million.
        if row[1] in people:
            if row[3] == EnrolmentStatus.ACTIVE:
                people[row[1]].append(row[2])
            else:
                has_others = True
    active = EnrolmentStatus.ACTIVE
    return [RollEntry(i, active, 0, NO_END, 0, users) for i, users in people.items() if users], has_others


class _HoldersWhenAsked(Mapping[InstanceId, frozenset[UserId]]):
    """Goes through the roles of a course once somebody asks who has one of an instance's: few do."""

    def __init__(self, state: CourseState, components: Mapping[InstanceId, str]) -> None:
        self._state = state
        self._components = components

    @cached_property
    def _found(self) -> Mapping[InstanceId, frozenset[UserId]]:
        return _holders(self._state, self._components)

    def __getitem__(self, instanceid: InstanceId) -> frozenset[UserId]:
        return self._found[instanceid]

    def __iter__(self) -> Iterator[InstanceId]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


def _holders(
    state: CourseState, components: Mapping[InstanceId, str]
) -> Mapping[InstanceId, frozenset[UserId]]:
    """Find people with a role that one of these instances gave, each of which owns by its component."""
    holders: defaultdict[InstanceId, set[UserId]] = defaultdict(set)
    for role in state.roles:
        instanceid = InstanceId(role.itemid)
        if role.component and components.get(instanceid) == role.component:
            holders[instanceid].add(role.userid)
    return {instanceid: frozenset(people) for instanceid, people in holders.items()}


def _entries(rows: Iterable[UserEnrolment]) -> list[RollEntry]:
    people: defaultdict[tuple[InstanceId, int, int, int, int], list[UserId]] = defaultdict(list)
    for row in rows:
        changed_at = 0 if row.is_active else row.timemodified
        people[row.instanceid, row.status, row.starts_at, row.ends_at, changed_at].append(row.userid)
    return [RollEntry(*said, people=users) for said, users in people.items()]
