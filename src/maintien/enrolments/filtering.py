"""Which participants a filter selects, found in a course's state.

Databases find the same with their own means (``sites/database/participants.py``); a test holds both to it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, assert_never

from maintien.enrolments.access import gives_access, instances_by_id
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
from maintien.enrolments.selection import people_with_role
from maintien.enrolments.state import CourseState, EnrolmentInstance, UserEnrolment
from maintien.moodle.ids import UserId

People = frozenset[UserId]


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
    everybody = frozenset({row.userid for row in state.enrolments} - state.deleted)
    if not wanted.filters:
        return everybody
    course = _Course(state, at, known, everybody)
    return _joined(wanted.join, everybody, map(course.matching, wanted.filters))


def statuses_of(row: UserEnrolment, instance: EnrolmentInstance, at: int) -> frozenset[ParticipantStatus]:
    """Tell every status that one enrolment answers to."""
    status = status_of(row, instance, at)
    if status is ParticipantStatus.ACTIVE:
        return frozenset({status})
    return frozenset({status, ParticipantStatus.INACTIVE})


def status_of(row: UserEnrolment, instance: EnrolmentInstance, at: int) -> ParticipantStatus:
    """Tell what one enrolment is: active, suspended or not current.

    Source: col_status (user/classes/table/participants.php), Moodle 4.1 and 4.3.
    """
    if not row.is_active:
        return ParticipantStatus.SUSPENDED
    if gives_access(row, instance, at):
        return ParticipantStatus.ACTIVE
    return ParticipantStatus.NOT_CURRENT


def contains(texts: Iterable[str], keyword: str) -> bool:
    """Whether one of ``texts`` contains ``keyword``, in whatever case; accents make a difference."""
    sought = keyword.lower()
    return any(sought in text.lower() for text in texts)


def _joined(join: Join, everybody: People, matching: Iterable[People]) -> People:
    match join:
        case Join.ALL:
            return everybody.intersection(*matching)
        case Join.ANY:
            return everybody.intersection(frozenset[UserId]().union(*matching))
        case Join.NONE:
            return everybody.difference(*matching)


class _Course:
    """The people of one course, and who of them has each value of a filter."""

    def __init__(self, state: CourseState, at: int, known: KnownPeople, everybody: People) -> None:
        self._state = state
        self._instances = instances_by_id(state)
        self._at = at
        self._known = known
        self._everybody = everybody

    def matching(self, wanted: Filter) -> People:
        """Find who matches one filter."""
        if isinstance(wanted, StatusFilter) and wanted.join is Join.NONE:
            return self._with_another_status(wanted.statuses)
        return _joined(wanted.join, self._everybody, self._by_value(wanted))

    def _by_value(self, wanted: Filter) -> Iterator[People]:  # noqa: PLR0911 -- one a filter
        match wanted:
            case MethodFilter(methods=methods):
                return map(self._enrolled_by, methods)
            case StatusFilter(statuses=statuses):
                return map(self._with_status, statuses)
            case RoleFilter():
                return self._with_roles(wanted)
            case GroupFilter():
                return self._in_groups(wanted)
            case KeywordFilter(keywords=keywords):
                return map(self._named, keywords)
            case LastAccessFilter(accesses=accesses):
                return map(self._there, accesses)
            case PeopleFilter(people=people):
                return (frozenset({userid}) for userid in people)
            case _:
                assert_never(wanted)

    def _enrolled_by(self, method: str | int) -> People:
        return frozenset(
            row.userid
            for row in self._state.enrolments
            if method in (row.instanceid, self._instances[row.instanceid].method)
        )

    def _with_status(self, status: ParticipantStatus) -> People:
        return frozenset(row.userid for row, statuses in self._statuses() if status in statuses)

    def _with_another_status(self, statuses: Collection[ParticipantStatus]) -> People:
        return self._everybody & frozenset(
            row.userid for row, answers_to in self._statuses() if answers_to.isdisjoint(statuses)
        )

    def _statuses(self) -> Iterator[tuple[UserEnrolment, frozenset[ParticipantStatus]]]:
        for row in self._state.enrolments:
            yield row, statuses_of(row, self._instances[row.instanceid], self._at)

    def _with_roles(self, wanted: RoleFilter) -> Iterator[People]:
        here, above = self._state.roles, self._state.inherited_roles
        for roleid in wanted.roles:
            yield people_with_role(here, above, frozenset({roleid}))
        if wanted.no_role:
            holders = frozenset(row.userid for row in here)
            yield self._everybody.difference(holders, *above.values())

    def _in_groups(self, wanted: GroupFilter) -> Iterator[People]:
        members = self._state.memberships
        for groups in wanted.groups:
            yield frozenset(row.userid for row in members if row.groupid in groups)
        if wanted.no_group:
            yield self._everybody.difference(row.userid for row in members)

    def _named(self, keyword: str) -> People:
        texts = self._known.texts
        return frozenset(userid for userid in self._everybody if contains(texts.get(userid, ()), keyword))

    def _there(self, access: LastAccess) -> People:
        last = self._known.last_access
        return frozenset(userid for userid in self._everybody if _fits(access, last.get(userid, 0)))


def _fits(access: LastAccess, last: int) -> bool:
    match access:
        case NotSince(moment=moment):
            return last < moment
        case Since(moment=moment):
            return last != 0 and last >= moment
        case Never():
            return last == 0
