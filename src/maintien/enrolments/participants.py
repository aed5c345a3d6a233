"""The participants of a course, as Moodle's participants page lists and filters them.

The filters look at a person, not at one enrolment: whoever is enrolled by one of the methods, has one
of the roles and has one enrolment of one of the statuses is shown, and the enrolment that fits the
method need not be the one that fits the status.

Source: participants_search::get_status_sql, get_roles_sql and get_enrol_method_sql
(user/classes/table/participants_search.php), Moodle 4.1 and 4.3.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, NamedTuple

from maintien.enrolments.access import access_until, gives_access, instances_by_id
from maintien.enrolments.people import Person
from maintien.enrolments.selection import people_with_role
from maintien.enrolments.state import CourseState, EnrolmentInstance, UserEnrolment
from maintien.moodle.ids import GroupId, InstanceId, RoleId, UserId


class ParticipantStatus(Enum):
    """The values of the status filter. A person with several enrolments may answer to several."""

    ACTIVE = "active"
    """Some enrolment gives access now."""
    SUSPENDED = "suspended"
    """Some enrolment is suspended."""
    INACTIVE = "inactive"
    """Some enrolment does not give access now: suspended, disabled, over, or not begun.

    That is what the page's filter calls inactive.
    """


class EnrolledBy(NamedTuple):
    """One user enrolment of a participant."""

    method: str
    instanceid: InstanceId
    status: ParticipantStatus
    """Active, suspended, or inactive for another reason."""
    starts_at: int
    """Unix seconds, 0 for always."""
    ends_at: int
    """Unix seconds, 0 or 2147483647 for never."""


class Participant(NamedTuple):
    """A person enrolled in a course. Names come from outside: escape them wherever they are shown."""

    id: UserId
    fullname: str
    username: str
    idnumber: str
    email: str
    roles: tuple[str, ...]
    """Names, in the order of their ids; those from above the course where they were read."""
    groups: tuple[str, ...]
    """Names, in alphabetical order."""
    enrolments: tuple[EnrolledBy, ...]
    """In id order."""
    status: ParticipantStatus
    """Active if any enrolment is, else suspended if any is, else inactive."""
    access_until: int | None
    """Unix seconds, 0 for never, None when no enrolment ever gives access."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantFilter:
    """Which participants; a part that is None lets everybody through, the others all have to agree."""

    methods: frozenset[str] | None = None
    roles: frozenset[RoleId] | None = None
    """Held in the course or in a context above it, if ``CourseState.inherited_roles`` has them."""
    statuses: frozenset[ParticipantStatus] | None = None


EVERYBODY: Final = ParticipantFilter()


def select_participants(state: CourseState, wanted: ParticipantFilter, at: int) -> frozenset[UserId]:
    """Find the participants that the filter selects at Unix time ``at``; deleted accounts never."""
    instances = instances_by_id(state)
    selected = {row.userid for row in state.enrolments} - state.deleted
    if wanted.methods is not None:
        selected &= {
            row.userid for row in state.enrolments if instances[row.instanceid].method in wanted.methods
        }
    if wanted.statuses is not None:
        selected &= {
            row.userid
            for row in state.enrolments
            if not wanted.statuses.isdisjoint(_statuses(row, instances[row.instanceid], at))
        }
    if wanted.roles is not None:
        selected &= people_with_role(state.roles, state.inherited_roles, wanted.roles)
    return frozenset(selected)


def _statuses(row: UserEnrolment, instance: EnrolmentInstance, at: int) -> set[ParticipantStatus]:
    """Tell every value of the filter that one enrolment answers to."""
    status = _status(row, instance, at)
    if status is ParticipantStatus.SUSPENDED:
        return {status, ParticipantStatus.INACTIVE}
    return {status}


def _status(row: UserEnrolment, instance: EnrolmentInstance, at: int) -> ParticipantStatus:
    if not row.is_active:
        return ParticipantStatus.SUSPENDED
    if gives_access(row, instance, at):
        return ParticipantStatus.ACTIVE
    return ParticipantStatus.INACTIVE


def list_participants(
    state: CourseState,
    people: Mapping[UserId, Person],
    *,
    role_names: Mapping[RoleId, str],
    group_names: Mapping[GroupId, str],
    at: int,
    selected: Iterable[UserId] | None = None,
) -> list[Participant]:
    """List participants at Unix time ``at``, by last name, first name and id.

    Everybody with an account that is not deleted, unless ``selected`` says whom. People who are
    missing from ``people`` are missing from the list.
    """
    if selected is None:
        selected = select_participants(state, EVERYBODY, at)
    listing = _Listing(state, role_names, group_names, at)
    known = (people[userid] for userid in selected if userid in people)
    return [listing.participant(person) for person in sorted(known, key=_by_name)]


def _by_name(person: Person) -> tuple[str, str, UserId]:
    return (_sortable(person.lastname), _sortable(person.firstname), person.id)


def _sortable(name: str) -> str:
    """Sort é with e, whatever the locale."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


class _Listing:
    """A course's rows by person, gone through once."""

    def __init__(
        self,
        state: CourseState,
        role_names: Mapping[RoleId, str],
        group_names: Mapping[GroupId, str],
        at: int,
    ) -> None:
        self._state = state
        self._instances = instances_by_id(state)
        self._role_names = role_names
        self._at = at
        self._rows: defaultdict[UserId, list[UserEnrolment]] = defaultdict(list)
        for row in state.enrolments:
            self._rows[row.userid].append(row)
        self._roles: defaultdict[UserId, set[RoleId]] = defaultdict(set)
        for userid, roleid in _roles_held(state):
            self._roles[userid].add(roleid)
        self._groups: defaultdict[UserId, list[str]] = defaultdict(list)
        for membership in state.memberships:
            name = group_names.get(membership.groupid, str(membership.groupid))
            self._groups[membership.userid].append(name)

    def participant(self, person: Person) -> Participant:
        """Put together what the course knows about one person."""
        enrolments = tuple(self._enrolled_by(row) for row in self._rows[person.id])
        roles = sorted(self._roles[person.id])
        return Participant(
            id=person.id,
            fullname=person.fullname,
            username=person.username,
            idnumber=person.idnumber,
            email=person.email,
            roles=tuple(self._role_names.get(roleid, str(roleid)) for roleid in roles),
            groups=tuple(sorted(self._groups[person.id], key=_sortable)),
            enrolments=enrolments,
            status=_best({enrolment.status for enrolment in enrolments}),
            access_until=access_until(self._rows[person.id], self._state),
        )

    def _enrolled_by(self, row: UserEnrolment) -> EnrolledBy:
        instance = self._instances[row.instanceid]
        return EnrolledBy(
            method=instance.method,
            instanceid=instance.id,
            status=_status(row, instance, self._at),
            starts_at=row.starts_at,
            ends_at=row.ends_at,
        )


def _roles_held(state: CourseState) -> Iterator[tuple[UserId, RoleId]]:
    for assignment in state.roles:
        yield assignment.userid, assignment.roleid
    for roleid, userids in state.inherited_roles.items():
        for userid in userids:
            yield userid, roleid


def _best(statuses: set[ParticipantStatus]) -> ParticipantStatus:
    """The first in the order of the filter's values that occurs."""
    return next((status for status in ParticipantStatus if status in statuses), ParticipantStatus.INACTIVE)
