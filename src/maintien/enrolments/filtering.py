"""Which participants a filter selects: how the people of its values are put together.

Who has a value is asked of a source: a course's state here, a database in ``sites/database/participants.py``.
Both go through the same joins, and a test holds their answers to be the same.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Protocol, assert_never

from maintien.enrolments.access import gives_access
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
from maintien.enrolments.rows import EnrolmentInstance, UserEnrolment
from maintien.moodle.ids import GroupId, InstanceId, RoleId, UserId

People = frozenset[UserId]


class ParticipantSource(Protocol):
    """Knows who of a course has which value of a filter.

    Answers may hold people who are not enrolled, and deleted accounts; none is asked for twice.
    """

    def everybody(self) -> People:
        """Find everybody enrolled."""
        ...

    def enrolled_among(self, people: People) -> People:
        """Find who of these people is enrolled."""
        ...

    def enrolled_by(self, method: str | InstanceId) -> People:
        """Find who is enrolled by a method, or by one instance; none but enrolled people."""
        ...

    def with_status(self, status: ParticipantStatus) -> People:
        """Find who has an enrolment of this status; none but enrolled people."""
        ...

    def with_other_status(self, statuses: Collection[ParticipantStatus]) -> People:
        """Find who has an enrolment of none of these statuses; none but enrolled people."""
        ...

    def with_role(self, roleid: RoleId | None) -> People:
        """Find who has a role, in the course or above it; for None any role."""
        ...

    def in_groups(self, groups: Collection[GroupId] | None) -> People:
        """Find the members of any of these groups; for None of any group of the course."""
        ...

    def named(self, keyword: str) -> People:
        """Find whose names contain a keyword; none but enrolled people."""
        ...

    def there_since(self, moment: int) -> People:
        """Find who has been in the course at Unix time ``moment`` or later."""
        ...


def select_people(source: ParticipantSource, wanted: ParticipantFilter) -> People:
    """Find whom a filter selects, deleted accounts included; asks for no more than it takes."""
    filters = sorted(wanted.filters, key=_asks_of_enrolments, reverse=True)
    if not filters:
        return source.everybody()
    matching = (_matching(source, each) for each in filters)
    if wanted.join is Join.ALL and _asks_of_enrolments(filters[0]):
        # Whoever matches that one is enrolled.
        return _in_all(matching)
    return _joined(source, wanted.join, matching)


def statuses_of(row: UserEnrolment, instance: EnrolmentInstance, at: int) -> frozenset[ParticipantStatus]:
    """Tell every status that one enrolment answers to at Unix time ``at``."""
    status = status_of(row, instance, at)
    if status is ParticipantStatus.ACTIVE:
        return frozenset({status})
    return frozenset({status, ParticipantStatus.INACTIVE})


def status_of(row: UserEnrolment, instance: EnrolmentInstance, at: int) -> ParticipantStatus:
    """Tell what one enrolment is at Unix time ``at``: active, suspended or not current.

    Source: col_status (user/classes/table/participants.php), Moodle 4.1 and 4.3.
    """
    if not row.is_active:
        return ParticipantStatus.SUSPENDED
    if gives_access(row, instance, at):
        return ParticipantStatus.ACTIVE
    return ParticipantStatus.NOT_CURRENT


def _asks_of_enrolments(wanted: Filter) -> bool:
    """Whether a filter finds none but enrolled people, and needs no other question to do so."""
    if isinstance(wanted, PeopleFilter):
        return wanted.join is Join.ANY
    return isinstance(wanted, MethodFilter | StatusFilter) and wanted.join is not Join.NONE


def _joined(source: ParticipantSource, join: Join, matching: Iterable[People]) -> People:
    match join:
        case Join.ALL:
            return _in_all(matching) & source.everybody()
        case Join.ANY:
            return frozenset[UserId]().union(*matching) & source.everybody()
        case Join.NONE:
            return source.everybody().difference(*matching)


def _in_all(matching: Iterable[People]) -> People:
    """Find who is in all of them; nobody asks for the rest where nobody is left."""
    each = iter(matching)
    found = next(each)
    while found and (more := next(each, None)) is not None:
        found &= more
    return found


def _matching(source: ParticipantSource, wanted: Filter) -> People:
    """Find who matches one filter."""
    if isinstance(wanted, StatusFilter) and wanted.join is Join.NONE:
        return source.with_other_status(wanted.statuses)
    by_value = _by_value(source, wanted)
    match wanted.join:
        case Join.ALL:
            return _in_all(by_value)
        case Join.ANY:
            return frozenset[UserId]().union(*by_value)
        case Join.NONE:
            return source.everybody().difference(*by_value)


def _by_value(source: ParticipantSource, wanted: Filter) -> Iterator[People]:  # noqa: PLR0911 -- one a filter
    match wanted:
        case MethodFilter(methods=methods):
            return map(source.enrolled_by, methods)
        case StatusFilter(statuses=statuses):
            return map(source.with_status, statuses)
        case RoleFilter():
            return _with_roles(source, wanted)
        case GroupFilter():
            return _in_groups(source, wanted)
        case KeywordFilter(keywords=keywords):
            return map(source.named, keywords)
        case LastAccessFilter(accesses=accesses):
            return (_there(source, access) for access in accesses)
        case PeopleFilter():
            return _single(source, wanted)
        case _:
            assert_never(wanted)


def _single(source: ParticipantSource, wanted: PeopleFilter) -> Iterator[People]:
    if wanted.join is Join.ALL:
        return (frozenset({userid}) for userid in wanted.people)
    return iter([source.enrolled_among(wanted.people)])


def _with_roles(source: ParticipantSource, wanted: RoleFilter) -> Iterator[People]:
    yield from map(source.with_role, wanted.roles)
    if wanted.no_role:
        yield source.everybody() - source.with_role(None)


def _in_groups(source: ParticipantSource, wanted: GroupFilter) -> Iterator[People]:
    yield from map(source.in_groups, wanted.groups)
    if wanted.no_group:
        yield source.everybody() - source.in_groups(None)


def _there(source: ParticipantSource, access: LastAccess) -> People:
    match access:
        case NotSince(moment=moment):
            return source.everybody() - source.there_since(moment)
        case Since(moment=moment):
            return source.there_since(moment)
        case Never():
            return source.everybody() - source.there_since(1)
