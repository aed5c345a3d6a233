"""Reads the rolls of a batch of courses: one query a table.

People of whom it says the same come together. Grades are counted by the database, and only where a sync
would take some.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection, and_, case, func, or_, select

from maintien.enrolments.roll import (
    CourseRoll,
    Listing,
    RollEntry,
    RollInstance,
    RollMembership,
)
from maintien.enrolments.state import Course
from maintien.moodle.ids import UNSAVED, ContextId, CourseId, InstanceId, RoleId, UserId
from maintien.moodle.values import (
    COHORT,
    DATABASE,
    NO_ITEM,
    EnrolmentStatus,
    InstanceStatus,
    component_of,
)
from maintien.sites.database.fetching import fetch_all
from maintien.sites.database.fetching_people import fetch_people
from maintien.sites.database.removals import RemovalWishes, read_removals
from maintien.sites.database.tables import MoodleTables

K = TypeVar("K")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class RollWishes:
    """What to read of courses beside who is enrolled."""

    students: frozenset[RoleId]
    """The roles that make a student."""
    groups: bool = False
    grades: bool = False
    removals: RemovalWishes | None = None
    """What to find of whom syncs have unenrolled."""
    feeds: "FeedsRead | None" = None
    """What is known of the feeds outside, with which cohorts are read too; None for no feed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedsRead:
    """What is known of the feeds before any course is read."""

    register: Mapping[CourseId, Collection[int]] | None
    """Ids of the people whom the register lists, by course; None where it can't be read."""
    register_spares_everybody: bool = False
    """Whether the register is empty and the sync takes that for an accident."""


def read_rolls(
    connection: Connection, tables: MoodleTables, courses: Sequence[Course], wishes: RollWishes
) -> Iterator[CourseRoll]:
    """Read the rolls of these courses, in their order; they are held in memory together."""
    if not courses:
        return
    batch = _Batch(connection, tables, courses)
    instances = batch.instances()
    entries = batch.entries()
    students, holders = batch.roles(wishes.students)
    deleted, suspended = batch.accounts_out_of_use()
    hidden = batch.hidden_courses()
    memberships = batch.memberships() if wishes.groups else {}
    grades = batch.grades() if wishes.grades else {}
    removed: Mapping[CourseId, frozenset[UserId]] = {}
    if wishes.removals is not None:
        removed = read_removals(connection, tables, [course.id for course in courses], wishes.removals)
    if wishes.feeds is not None:
        batch.add_instances_to_come(wishes.feeds)
    listings = {} if wishes.feeds is None else batch.listings(wishes.feeds)
    for course in courses:
        ids = instances.get(course.id, {})
        yield CourseRoll(
            course=course,
            is_visible=course.id not in hidden,
            instances=ids,
            entries=entries.get(course.id, ()),
            students=frozenset(students.get(course.contextid, ())),
            role_holders={i: frozenset(holders[i]) for i in ids if i in holders},
            deleted=frozenset(deleted.get(course.id, ())),
            suspended=frozenset(suspended.get(course.id, ())),
            memberships=memberships.get(course.id, ()),
            grades=dict(grades.get(course.id, ())),
            listings=listings.get(course.id, {}),
            removed_by_sync=removed.get(course.id, frozenset()),
        )


class _Batch:
    """The queries for one batch of courses."""

    def __init__(self, connection: Connection, tables: MoodleTables, courses: Sequence[Course]) -> None:
        self._connection = connection
        self._tables = tables
        self._courseids = [course.id for course in courses]
        self._contextids = [course.contextid for course in courses]
        self._course_of: dict[InstanceId, CourseId] = {}
        self._instances: dict[CourseId, dict[InstanceId, RollInstance]] = {}

    def instances(self) -> Mapping[CourseId, dict[InstanceId, RollInstance]]:
        enrol = self._tables.enrol.c
        query = select(enrol.courseid, enrol.id, enrol.enrol, enrol.status).where(
            enrol.courseid.in_(self._courseids)
        )
        for courseid, instanceid, method, status in fetch_all(self._connection, query):
            self._course_of[instanceid] = courseid
            instance = RollInstance(method, status == InstanceStatus.ENABLED)
            self._instances.setdefault(courseid, {})[instanceid] = instance
        return self._instances

    def entries(self) -> Mapping[CourseId, list[RollEntry]]:
        table = self._tables.user_enrolments
        row = table.c
        changed_at = case((row.status == EnrolmentStatus.ACTIVE, 0), else_=row.timemodified)
        said = (row.enrolid, row.status, row.timestart, row.timeend, changed_at)
        here = row.enrolid.in_(list(self._course_of))
        found = fetch_people(self._connection, table, said, row.userid, here)
        return _grouped(
            (self._course_of[what[0]], RollEntry._make([*what, [UserId(userid) for userid in people]]))
            for what, people in found
        )

    def roles(
        self, students: Collection[RoleId]
    ) -> tuple[Mapping[ContextId, set[UserId]], Mapping[InstanceId, set[UserId]]]:
        """Find the students of each course, and whom each database instance has given a role.

        Cohort sync does not go by roles: those it gave matter where they make a student, and nowhere else.
        """
        table = self._tables.role_assignments
        row, given = table.c, component_of(DATABASE)
        asked_for = or_(row.roleid.in_(sorted(students)), row.component == given)
        here = and_(row.contextid.in_(self._contextids), asked_for)
        said = (row.contextid, row.roleid, row.itemid, row.component)
        by_context: defaultdict[ContextId, set[UserId]] = defaultdict(set)
        by_instance: defaultdict[InstanceId, set[UserId]] = defaultdict(set)
        for what, people in fetch_people(self._connection, table, said, row.userid, here):
            contextid, roleid, itemid, component = what
            if roleid in students:
                by_context[contextid].update(map(UserId, people))
            if component == given:
                by_instance[itemid].update(map(UserId, people))
        return by_context, by_instance

    def accounts_out_of_use(self) -> tuple[Mapping[CourseId, list[UserId]], Mapping[CourseId, list[UserId]]]:
        """Find enrolled people whose account is deleted or missing, and those whose is suspended."""
        enrolments, user = self._tables.user_enrolments.c, self._tables.user
        query = (
            select(enrolments.enrolid, enrolments.userid, user.c.deleted)
            .select_from(self._tables.user_enrolments.outerjoin(user, user.c.id == enrolments.userid))
            .where(enrolments.enrolid.in_(list(self._course_of)))
            .where(or_(user.c.id.is_(None), user.c.deleted != 0, user.c.suspended != 0))
        )
        found = [(self._course_of[i], userid, gone) for i, userid, gone in fetch_all(self._connection, query)]
        deleted = _grouped((courseid, userid) for courseid, userid, gone in found if gone != 0)
        return deleted, _grouped((courseid, userid) for courseid, userid, gone in found if gone == 0)

    def hidden_courses(self) -> frozenset[CourseId]:
        course = self._tables.course.c
        query = select(course.id).where(course.id.in_(self._courseids), course.visible == 0)
        return frozenset(CourseId(courseid) for (courseid,) in fetch_all(self._connection, query))

    def memberships(self) -> Mapping[CourseId, list[RollMembership]]:
        members, groups = self._tables.groups_members.c, self._tables.groups
        query = (
            select(groups.c.courseid, members.userid, members.component, members.itemid)
            .join_from(groups, self._tables.groups_members, members.groupid == groups.c.id)
            .where(groups.c.courseid.in_(self._courseids))
        )
        instances = self._instances
        owners = {
            (component_of(instance.method), int(instanceid))
            for of_course in instances.values()
            for instanceid, instance in of_course.items()
        }
        return _grouped(
            (courseid, RollMembership(userid, itemid if (component, itemid) in owners else NO_ITEM))
            for courseid, userid, component, itemid in fetch_all(self._connection, query)
        )

    def grades(self) -> Mapping[CourseId, list[tuple[UserId, int]]]:
        """Count the recorded grades of each person, in courses that an automatic method enrols into."""
        fed = [
            courseid
            for courseid, of_course in self._instances.items()
            if any(instance.is_automatic for instance in of_course.values())
        ]
        if not fed:
            return {}
        item, grade = self._tables.grade_items, self._tables.grade_grades
        is_recorded = or_(grade.c.finalgrade.is_not(None), grade.c.rawgrade.is_not(None))
        query = (
            select(item.c.courseid, grade.c.userid, func.count())
            .join_from(item, grade, grade.c.itemid == item.c.id)
            .where(item.c.courseid.in_(fed), is_recorded)
            .group_by(item.c.courseid, grade.c.userid)
        )
        counted = fetch_all(self._connection, query)
        return _grouped((courseid, (userid, number)) for courseid, userid, number in counted)

    def add_instances_to_come(self, feeds: FeedsRead) -> None:
        """Put an instance that is not saved into courses where the register's sync would make one."""
        for courseid in self._courseids:
            of_course = self._instances.setdefault(courseid, {})
            has_one = any(instance.method == DATABASE for instance in of_course.values())
            if not has_one and feeds.register is not None and feeds.register.get(courseid):
                of_course[InstanceId(UNSAVED)] = RollInstance(DATABASE, is_enabled=True)

    def listings(self, feeds: FeedsRead) -> Mapping[CourseId, dict[InstanceId, Listing]]:
        """Tell whom the feeds list, course by course; instances whose feed can't be read are missing."""
        cohorts = self._cohort_listings()
        found: dict[CourseId, dict[InstanceId, Listing]] = {}
        for courseid, of_course in self._instances.items():
            found[courseid] = {i: cohorts[i] for i in of_course if i in cohorts}
            for instanceid, instance in of_course.items():
                if instance.method == DATABASE and feeds.register is not None:
                    people = frozenset(map(UserId, feeds.register.get(courseid, ())))
                    found[courseid][instanceid] = Listing(people, feeds.register_spares_everybody)
        return found

    def _cohort_listings(self) -> dict[InstanceId, Listing]:
        """Find the living members of each cohort that is synced with these courses.

        Source: enrol_cohort_sync (enrol/cohort/locallib.php), Moodle 4.1 and 4.3.
        """
        ids = [
            instanceid
            for of_course in self._instances.values()
            for instanceid, instance in of_course.items()
            if instance.method == COHORT
        ]
        if not ids:
            return {}
        instance, member, user = self._tables.enrol, self._tables.cohort_members, self._tables.user
        query = (
            select(instance.c.id, member.c.userid)
            .join_from(instance, member, member.c.cohortid == instance.c.customint1)
            .join(user, and_(user.c.id == member.c.userid, user.c.deleted == 0))
            .where(instance.c.id.in_(ids))
        )
        people = _grouped((instanceid, userid) for instanceid, userid in fetch_all(self._connection, query))
        return {InstanceId(i): Listing(frozenset(people.get(i, ()))) for i in ids}


def _grouped(pairs: Iterable[tuple[K, R]]) -> dict[K, list[R]]:
    groups: dict[K, list[R]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return groups
