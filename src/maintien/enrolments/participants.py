"""The participants of a course, as Moodle's Participants page lists and sorts them."""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from typing import Any, Final, NamedTuple

from maintien.enrolments.access import access_until, instances_by_id
from maintien.enrolments.filtering import status_of
from maintien.enrolments.participant_filter import EVERYBODY, ParticipantStatus
from maintien.enrolments.participants_of_state import select_participants
from maintien.enrolments.people import Person
from maintien.enrolments.state import CourseState, UserEnrolment
from maintien.moodle.ids import GroupId, InstanceId, RoleId, UserId
from maintien.moodle.values import NO_END


class EnrolledBy(NamedTuple):
    """One user enrolment of a participant."""

    method: str
    instanceid: InstanceId
    status: ParticipantStatus
    """Active, suspended or not current."""
    starts_at: int
    """Unix seconds, 0 for always."""
    ends_at: int
    """Unix seconds, 0 or 2147483647 for never."""


class Participant(NamedTuple):
    """A person enrolled in a course. Names come from outside: escape them wherever they are shown."""

    person: Person
    roles: tuple[str, ...]
    """Names, in the order of their ids; those from above the course where they were read."""
    groups: tuple[str, ...]
    """Names, in alphabetical order."""
    enrolments: tuple[EnrolledBy, ...]
    """In id order."""
    status: ParticipantStatus
    """Active if any enrolment is, else suspended if any is, else not current."""
    access_until: int | None
    """Unix seconds, 0 for never, None when no enrolment ever gives access."""
    last_access: int = 0
    """When the person was last in the course, in Unix seconds; 0 for never."""


class Sort(Enum):
    """What participants may be listed by; those of whom it says the same come by name."""

    NAME = "name"
    """Last name, then first name."""
    USERNAME = "username"
    IDNUMBER = "idnumber"
    EMAIL = "email"
    LAST_ACCESS = "last-access"
    """Those who were never there first."""
    ACCESS_UNTIL = "access-until"
    """Those without access first, those who have it for ever last."""


def list_participants(
    state: CourseState,
    people: Mapping[UserId, Person],
    *,
    role_names: Mapping[RoleId, str],
    group_names: Mapping[GroupId, str],
    at: int,
    last_access: Mapping[UserId, int] | None = None,
    selected: Iterable[UserId] | None = None,
) -> list[Participant]:
    """List participants at Unix time ``at``, by last name, first name and id.

    Everybody with an account that is not deleted, unless ``selected`` says whom. People who are
    missing from ``people`` are missing from the list.
    """
    if selected is None:
        selected = select_participants(state, EVERYBODY, at)
    listing = _Listing(state, role_names, group_names, last_access or {}, at)
    known = (people[userid] for userid in selected if userid in people)
    return [listing.participant(person) for person in sorted(known, key=by_name)]


def sort_participants(
    participants: list[Participant], by: Sort, *, is_descending: bool = False
) -> list[Participant]:
    """Sort a list that is sorted by name already; equals stay as they stand, in either direction."""
    if by is Sort.NAME:
        return participants[::-1] if is_descending else participants
    return sorted(participants, key=_SORT_KEYS[by], reverse=is_descending)


def by_name(person: Person) -> tuple[str, str, UserId]:
    """Sort people by last name, first name and id."""
    return (_sortable(person.lastname), _sortable(person.firstname), person.id)


def _sortable(name: str) -> str:
    """Sort é with e, whatever the locale."""
    if name.isascii():
        return name.lower()
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _until(participant: Participant) -> float:
    if participant.access_until == NO_END:
        return float("inf")
    return -1 if participant.access_until is None else participant.access_until


_SORT_KEYS: Final[Mapping[Sort, Callable[[Participant], Any]]] = {
    Sort.USERNAME: lambda each: _sortable(each.person.username),
    Sort.IDNUMBER: lambda each: _sortable(each.person.idnumber),
    Sort.EMAIL: lambda each: _sortable(each.person.email),
    Sort.LAST_ACCESS: lambda each: each.last_access,
    Sort.ACCESS_UNTIL: _until,
}


class _Listing:
    """A course's rows by person, gone through once."""

    def __init__(
        self,
        state: CourseState,
        role_names: Mapping[RoleId, str],
        group_names: Mapping[GroupId, str],
        last_access: Mapping[UserId, int],
        at: int,
    ) -> None:
        self._instances = instances_by_id(state)
        self._role_names = role_names
        self._last_access = last_access
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
            person=person,
            roles=tuple(self._role_names.get(roleid, str(roleid)) for roleid in roles),
            groups=tuple(sorted(self._groups[person.id], key=_sortable)),
            enrolments=enrolments,
            status=_best({enrolment.status for enrolment in enrolments}),
            access_until=access_until(self._rows[person.id], self._instances),
            last_access=self._last_access.get(person.id, 0),
        )

    def _enrolled_by(self, row: UserEnrolment) -> EnrolledBy:
        instance = self._instances[row.instanceid]
        return EnrolledBy(
            method=instance.method,
            instanceid=instance.id,
            status=status_of(row, instance, self._at),
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
    return next((each for each in ParticipantStatus if each in statuses), ParticipantStatus.NOT_CURRENT)
