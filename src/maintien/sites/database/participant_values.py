"""Asks a database who has which value of a participants' filter, in all courses of a batch at once."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Connection, FromClause, and_, not_, or_, select, true

from maintien.enrolments.filtering import People
from maintien.enrolments.participant_filter import ParticipantStatus
from maintien.enrolments.state import Course
from maintien.moodle.ids import ContextId, CourseId, GroupId, InstanceId, RoleId, UserId
from maintien.moodle.values import FOREVER, NO_END, EnrolmentStatus, InstanceStatus
from maintien.sites.database.chunks import chunks
from maintien.sites.database.contexts_above import read_contexts_above
from maintien.sites.database.fetching import fetch_all
from maintien.sites.database.fetching_people import fetch_people
from maintien.sites.database.keywords import contains_keyword
from maintien.sites.database.tables import MoodleTables

ByCourse: TypeAlias = Mapping[CourseId, People]
"""Courses without anybody are missing."""

_Condition: TypeAlias = ColumnElement[bool]
_Found: TypeAlias = Iterable[tuple[CourseId, Iterable[int]]]


@dataclass(frozen=True, slots=True)
class _Instance:
    courseid: CourseId
    method: str
    is_enabled: bool


class ParticipantValues:
    """The people of some courses by what they have; nothing is asked twice."""

    def __init__(
        self, connection: Connection, tables: MoodleTables, courses: Sequence[Course], at: int
    ) -> None:
        self._connection = connection
        self._tables = tables
        self._courses = courses
        self._courseids = [course.id for course in courses]
        self._at = at
        self._known: dict[Hashable, ByCourse] = {}
        self._instances = self._read_instances()

    @property
    def instanceids(self) -> list[InstanceId]:
        """The enrolment instances of the courses."""
        return list(self._instances)

    def everybody(self) -> ByCourse:
        """Find everybody enrolled."""
        return self._once("everybody", lambda: self._enrolled(self._instances, true()))

    def enrolled_among(self, people: People) -> ByCourse:
        """Find who of these people is enrolled."""
        return self._once(("people", people), lambda: self._enrolled_among(people))

    def enrolled_by(self, method: str | InstanceId) -> ByCourse:
        """Find who is enrolled by a method, or by one instance."""
        which = [id_ for id_, instance in self._instances.items() if method in (id_, instance.method)]
        return self._once(("method", method), lambda: self._enrolled(which, true()))

    def with_status(self, status: ParticipantStatus) -> ByCourse:
        """Find who has an enrolment of this status."""
        return self._once(status, lambda: self._enrolled(self._instances, self._is(status)))

    def with_other_status(self, statuses: frozenset[ParticipantStatus]) -> ByCourse:
        """Find who has an enrolment of none of these statuses."""
        is_other = not_(or_(*map(self._is, statuses)))
        return self._once(statuses, lambda: self._enrolled(self._instances, is_other))

    def with_role(self, roleid: RoleId | None) -> ByCourse:
        """Find who has a role, in the course or above it; for None any role."""
        return self._once(("role", roleid), lambda: self._with_role(roleid))

    def in_groups(self, groups: frozenset[GroupId] | None) -> ByCourse:
        """Find the members of any of these groups; for None of any group of the course."""
        return self._once(("groups", groups), lambda: self._in_groups(groups))

    def named(self, keyword: str) -> ByCourse:
        """Find enrolled people whose names contain a keyword."""
        return self._once(("keyword", keyword), lambda: self._named(keyword))

    def there_since(self, moment: int) -> ByCourse:
        """Find who has been in the course at Unix time ``moment`` or later."""
        return self._once(("since", moment), lambda: self._there_since(moment))

    def _once(self, value: Hashable, find: Callable[[], _Found]) -> ByCourse:
        if value not in self._known:
            people: defaultdict[CourseId, set[UserId]] = defaultdict(set)
            for courseid, userids in find():
                people[courseid].update(map(UserId, userids))
            self._known[value] = {courseid: frozenset(each) for courseid, each in people.items()}
        return self._known[value]

    def _read_instances(self) -> Mapping[InstanceId, _Instance]:
        enrol = self._tables.enrol.c
        query = select(enrol.id, enrol.courseid, enrol.enrol, enrol.status)
        rows = fetch_all(self._connection, query.where(enrol.courseid.in_(self._courseids)))
        return {
            InstanceId(id_): _Instance(CourseId(courseid), method, status == InstanceStatus.ENABLED)
            for id_, courseid, method, status in rows
        }

    def _enrolled_among(self, people: People) -> Iterator[tuple[CourseId, Iterable[int]]]:
        for some in chunks(sorted(people)):
            yield from self._enrolled(self._instances, self._tables.user_enrolments.c.userid.in_(some))

    def _enrolled(self, instances: Iterable[InstanceId], condition: _Condition) -> _Found:
        """Find the people of some instances whose row fulfils a condition."""
        table = self._tables.user_enrolments
        among = and_(table.c.enrolid.in_(sorted(instances)), condition)
        found = fetch_people(self._connection, table, [table.c.enrolid], table.c.userid, among)
        return ((self._instances[instanceid].courseid, people) for (instanceid,), people in found)

    def _is(self, status: ParticipantStatus) -> _Condition:
        """Say what a row of ``user_enrolments`` is."""
        is_in_force = self._tables.user_enrolments.c.status == EnrolmentStatus.ACTIVE
        match status:
            case ParticipantStatus.ACTIVE:
                return and_(is_in_force, self._is_current())
            case ParticipantStatus.SUSPENDED:
                return not_(is_in_force)
            case ParticipantStatus.NOT_CURRENT:
                return and_(is_in_force, not_(self._is_current()))
            case ParticipantStatus.INACTIVE:
                return not_(and_(is_in_force, self._is_current()))

    def _is_current(self) -> _Condition:
        row = self._tables.user_enrolments.c
        enabled = sorted(id_ for id_, instance in self._instances.items() if instance.is_enabled)
        return and_(
            row.enrolid.in_(enabled),
            row.timestart <= self._at,
            or_(row.timeend.in_((NO_END, FOREVER)), row.timeend > self._at),
        )

    def _with_role(self, roleid: RoleId | None) -> Iterator[tuple[CourseId, Iterable[int]]]:
        """Go through the roles in the courses' own contexts and in those above, each for its courses."""
        paths = read_contexts_above(self._connection, self._tables, [c.contextid for c in self._courses])
        below: defaultdict[ContextId, list[CourseId]] = defaultdict(list)
        for course in self._courses:
            for contextid in (course.contextid, *paths.get(course.contextid, ())):
                below[contextid].append(course.id)
        table = self._tables.role_assignments
        is_role = true() if roleid is None else table.c.roleid == roleid
        here = and_(table.c.contextid.in_(sorted(below)), is_role)
        found = fetch_people(self._connection, table, [table.c.contextid], table.c.userid, here)
        for (contextid,), people in found:
            for courseid in below[contextid]:
                yield courseid, people

    def _in_groups(self, groups: frozenset[GroupId] | None) -> _Found:
        group, member = self._tables.groups, self._tables.groups_members
        source = group.join(member, member.c.groupid == group.c.id)
        are_meant = true() if groups is None else group.c.id.in_(sorted(groups))
        here = and_(group.c.courseid.in_(self._courseids), are_meant)
        return self._by_course(source, group.c.courseid, member.c.userid, here)

    def _named(self, keyword: str) -> _Found:
        row, user = self._tables.user_enrolments, self._tables.user
        is_named = contains_keyword(self._connection, user, keyword)
        # They are mostly few, and to put them together MariaDB would sort their names along with the ids.
        query = (
            select(row.c.enrolid, row.c.userid)
            .join_from(row, user, user.c.id == row.c.userid)
            .where(row.c.enrolid.in_(sorted(self._instances)), is_named)
        )
        rows = fetch_all(self._connection, query)
        return ((self._instances[instanceid].courseid, (userid,)) for instanceid, userid in rows)

    def _there_since(self, moment: int) -> _Found:
        last = self._tables.user_lastaccess
        # Nobody was anywhere in 1970: 0 is for never.
        here = and_(last.c.courseid.in_(self._courseids), last.c.timeaccess >= max(1, moment))
        return self._by_course(last, last.c.courseid, last.c.userid, here)

    def _by_course(
        self,
        source: FromClause,
        courseid: ColumnElement[Any],
        userid: ColumnElement[Any],
        condition: _Condition,
    ) -> _Found:
        found = fetch_people(self._connection, source, [courseid], userid, condition)
        return ((CourseId(what[0]), people) for what, people in found)
