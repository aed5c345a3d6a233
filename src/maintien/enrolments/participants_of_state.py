"""Which participants of a course's state a filter selects."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from maintien.enrolments.access import instances_by_id
from maintien.enrolments.filtering import People, select_people, statuses_of
from maintien.enrolments.participant_filter import ParticipantFilter, ParticipantStatus
from maintien.enrolments.selection import people_with_role
from maintien.enrolments.state import CourseState, UserEnrolment
from maintien.moodle.ids import GroupId, InstanceId, RoleId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPeople:
    """What filters look at that a course's state does not have."""

    texts: Mapping[UserId, Sequence[str]] = field(default_factory=dict)
    """Of each person the full name, user name, address, ID number and other names."""
    last_access: Mapping[UserId, int] = field(default_factory=dict)
    """When people were last in the course, in Unix seconds; whoever never was is missing, or has 0."""


NOTHING_KNOWN: Final = KnownPeople()


def select_participants(
    state: CourseState, wanted: ParticipantFilter, at: int, known: KnownPeople = NOTHING_KNOWN
) -> People:
    """Find the participants that the filter selects at Unix time ``at``; deleted accounts never.

    Roles above the course count as far as ``CourseState.inherited_roles`` has them.
    """
    return select_people(_Source(state, at, known), wanted) - state.deleted


def contains(texts: Iterable[str], keyword: str) -> bool:
    """Whether one of ``texts`` contains ``keyword``, in whatever case; accents make a difference."""
    sought = keyword.lower()
    return any(sought in text.lower() for text in texts)


class _Source:
    """Who of one course has which value of a filter."""

    def __init__(self, state: CourseState, at: int, known: KnownPeople) -> None:
        self._state = state
        self._instances = instances_by_id(state)
        self._at = at
        self._known = known

    def everybody(self) -> People:
        return frozenset(row.userid for row in self._state.enrolments)

    def enrolled_among(self, people: People) -> People:
        return self.everybody() & people

    def enrolled_by(self, method: str | InstanceId) -> People:
        return frozenset(
            row.userid
            for row in self._state.enrolments
            if method in (row.instanceid, self._instances[row.instanceid].method)
        )

    def with_status(self, status: ParticipantStatus) -> People:
        return frozenset(row.userid for row, answers_to in self._statuses() if status in answers_to)

    def with_other_status(self, statuses: Collection[ParticipantStatus]) -> People:
        return frozenset(
            row.userid for row, answers_to in self._statuses() if answers_to.isdisjoint(statuses)
        )

    def _statuses(self) -> Iterator[tuple[UserEnrolment, frozenset[ParticipantStatus]]]:
        for row in self._state.enrolments:
            yield row, statuses_of(row, self._instances[row.instanceid], self._at)

    def with_role(self, roleid: RoleId | None) -> People:
        here, above = self._state.roles, self._state.inherited_roles
        if roleid is None:
            return frozenset(row.userid for row in here).union(*above.values())
        return people_with_role(here, above, frozenset({roleid}))

    def in_groups(self, groups: Collection[GroupId] | None) -> People:
        members = self._state.memberships
        return frozenset(row.userid for row in members if groups is None or row.groupid in groups)

    def named(self, keyword: str) -> People:
        texts = self._known.texts
        return frozenset(userid for userid in self.everybody() if contains(texts.get(userid, ()), keyword))

    def there_since(self, moment: int) -> People:
        last_access = self._known.last_access
        return frozenset(userid for userid, last in last_access.items() if last and last >= moment)
