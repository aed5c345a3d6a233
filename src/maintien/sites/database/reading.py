"""Reads the states of a batch of courses: one query a table, whatever the number of courses."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Final, TypeVar

from sqlalchemy import Column, Connection, Table, and_, or_, select

from maintien.enrolments.archive_evidence import ArchiveEvidence
from maintien.enrolments.state import (
    Course,
    CourseState,
    EnrolmentInstance,
    GroupMembership,
    RoleAssignment,
    UserEnrolment,
)
from maintien.enrolments.withdrawals import NOTHING_WITHDRAWN, Window, Withdrawals
from maintien.moodle.ids import ContextId, CourseId, InstanceId, RoleId, UserId
from maintien.sites.database.archived_pasts import add_archives
from maintien.sites.database.chunks import chunks
from maintien.sites.database.contexts_above import read_contexts_above
from maintien.sites.database.fetching import fetch_all, fetch_rows
from maintien.sites.database.participants import AlreadyChosen, Choosing
from maintien.sites.database.read_feeds import ReadFeeds
from maintien.sites.database.removals import RemovalWishes, read_removals
from maintien.sites.database.rows import (
    ENROLMENT_COLUMNS,
    INSTANCE_COLUMNS,
    MEMBERSHIP_COLUMNS,
    ROLE_COLUMNS,
)
from maintien.sites.database.some_people import SomePeople, few_or_everybody, rows_of
from maintien.sites.database.tables import MoodleTables
from maintien.sites.database.withdrawals import read_withdrawals

K = TypeVar("K")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What to read with each course besides its own rows; None and nothing where it is not asked for."""

    feeds: ReadFeeds | None = None
    """Whom the feeds list."""
    withdrawn_within: Window | None = None
    """What was taken from people then."""
    archives: Mapping[CourseId, ArchiveEvidence] = field(default_factory=dict)
    """What backup archives add to that."""
    removals: RemovalWishes | None = None
    """Whom syncs have unenrolled."""
    choosing: Choosing | AlreadyChosen | None = None
    """Whom a filter selects, whose rows suffice then."""


NOTHING_BESIDE: Final = Beside()


def read_states(
    connection: Connection,
    tables: MoodleTables,
    courses: Sequence[Course],
    inherited_roles: Collection[RoleId] = (),
    beside: Beside = NOTHING_BESIDE,
) -> Iterator[CourseState]:
    """Read the states of these courses, in their order; they are held in memory together."""
    if not courses:
        return
    selected = None if beside.choosing is None else beside.choosing.find(connection, tables, courses)
    batch = _Batch(connection, tables, courses, _whom_to_read(selected))
    instances = batch.instances()
    course_of = {row.id: row.courseid for rows in instances.values() for row in rows}
    enrolments = batch.enrolments(course_of)
    accounts = batch.accounts_out_of_use(course_of)
    if inherited_roles:
        # Whoever reproduces what Moodle does with roles meets people who have one and are not enrolled.
        accounts = accounts.merged(batch.role_holders_out_of_use())
    withdrawals: Mapping[CourseId, Withdrawals] = {}
    if (window := beside.withdrawn_within) is not None:
        withdrawals = read_withdrawals(connection, tables, courses, window)
        withdrawals = add_archives(connection, tables, withdrawals, beside.archives, window)
        accounts = accounts.merged(batch.leavers_out_of_use(withdrawals))
    removed: Mapping[CourseId, frozenset[UserId]] = {}
    if beside.removals is not None:
        removed = read_removals(connection, tables, [course.id for course in courses], beside.removals)
    roles = batch.roles()
    memberships = batch.memberships()
    inherited = batch.inherited_roles(inherited_roles)
    rows = [row for of_course in instances.values() for row in of_course]
    listed = {} if beside.feeds is None else beside.feeds.read_listed(connection, tables, rows)
    for course in courses:
        yield CourseState(
            course=course,
            instances=tuple(instances.get(course.id, ())),
            enrolments=tuple(enrolments.get(course.id, ())),
            roles=tuple(roles.get(course.contextid, ())),
            memberships=tuple(memberships.get(course.id, ())),
            deleted=frozenset(accounts.deleted.get(course.id, ())),
            missing=frozenset(accounts.missing.get(course.id, ())),
            suspended=frozenset(accounts.suspended.get(course.id, ())),
            inherited_roles=inherited.get(course.contextid, {}),
            listed={row.id: listed[row.id] for row in instances.get(course.id, ()) if row.id in listed},
            selected=None if selected is None else selected.get(course.id, frozenset()),
            removed_by_sync=removed.get(course.id, frozenset()),
            withdrawals=withdrawals.get(course.id, NOTHING_WITHDRAWN),
        )


def _whom_to_read(selected: Mapping[CourseId, frozenset[UserId]] | None) -> SomePeople:
    """Tell whose rows are needed: somebody selected in one course is read in all of the batch."""
    return None if selected is None else few_or_everybody(frozenset().union(*selected.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Accounts:
    """People whose account is out of use, by course."""

    deleted: Mapping[CourseId, list[UserId]]
    missing: Mapping[CourseId, list[UserId]]
    suspended: Mapping[CourseId, list[UserId]]

    @classmethod
    def of(cls, rows: Iterable[Sequence[Any]]) -> "_Accounts":
        """Sort rows of course, person, deleted and suspended; both None where there is no account."""
        known = list(rows)
        return cls(
            deleted=_grouped((course, user) for course, user, deleted, _ in known if deleted != 0),
            missing=_grouped((course, user) for course, user, deleted, _ in known if deleted is None),
            suspended=_grouped((course, user) for course, user, deleted, _ in known if deleted == 0),
        )

    def merged(self, other: "_Accounts") -> "_Accounts":
        """Put both together."""
        return _Accounts(
            deleted=_merged(self.deleted, other.deleted),
            missing=_merged(self.missing, other.missing),
            suspended=_merged(self.suspended, other.suspended),
        )


class _Batch:
    """The queries for one batch of courses."""

    def __init__(
        self,
        connection: Connection,
        tables: MoodleTables,
        courses: Sequence[Course],
        people: SomePeople = None,
    ) -> None:
        self._connection = connection
        self._tables = tables
        self._people = people
        self._courseids = [course.id for course in courses]
        self._contextids = [course.contextid for course in courses]

    def instances(self) -> Mapping[CourseId, list[EnrolmentInstance]]:
        enrol = self._tables.enrol
        rows = fetch_all(
            self._connection,
            select(*(enrol.c[name] for name in INSTANCE_COLUMNS))
            .where(enrol.c.courseid.in_(self._courseids))
            .order_by(enrol.c.sortorder, enrol.c.id),
        )
        return _grouped((row.courseid, row) for row in map(EnrolmentInstance._make, rows))

    def enrolments(self, course_of: Mapping[InstanceId, CourseId]) -> Mapping[CourseId, list[UserEnrolment]]:
        table = self._tables.user_enrolments
        here = table.c.enrolid.in_(list(course_of))
        columns = [table.c[name] for name in ENROLMENT_COLUMNS]
        rows = (
            row
            for theirs in rows_of(table.c.userid, self._people)
            for row in fetch_rows(self._connection, columns, and_(here, theirs))
        )
        # Sorted here: the database would sort on disk what it reads through the index on enrolid.
        in_id_order = sorted(map(UserEnrolment._make, rows))
        return _grouped((course_of[row.instanceid], row) for row in in_id_order)

    def accounts_out_of_use(self, course_of: Mapping[InstanceId, CourseId]) -> "_Accounts":
        """Find enrolled people whose account is deleted or missing, and those whose is suspended."""
        enrolments = self._tables.user_enrolments
        rows = self._out_of_use(enrolments, enrolments.c.enrolid, list(course_of))
        return _Accounts.of((course_of[instanceid], *account) for instanceid, *account in rows)

    def role_holders_out_of_use(self) -> "_Accounts":
        """Find the same among people with a role in the courses, enrolled or not."""
        course_of = dict(zip(self._contextids, self._courseids, strict=True))
        roles = self._tables.role_assignments
        rows = self._out_of_use(roles, roles.c.contextid, self._contextids)
        return _Accounts.of((course_of[contextid], *account) for contextid, *account in rows)

    def leavers_out_of_use(self, withdrawals: Mapping[CourseId, Withdrawals]) -> "_Accounts":
        """Find the same among people who may no longer be enrolled."""
        left = {(courseid, userid) for courseid, gone in withdrawals.items() for userid in gone.people_gone()}
        accounts = self._accounts({userid for _, userid in left})
        return _Accounts.of(
            (courseid, userid, *accounts.get(userid, (None, None)))
            for courseid, userid in sorted(left)
            if accounts.get(userid) != (0, 0)
        )

    def _accounts(self, ids: Collection[UserId]) -> Mapping[UserId, tuple[int, int]]:
        """Tell of each account whether it is deleted, and whether suspended."""
        user = self._tables.user
        return {
            userid: (deleted, suspended)
            for some in chunks(sorted(ids))
            for userid, deleted, suspended in self._connection.execute(
                select(user.c.id, user.c.deleted, user.c.suspended).where(user.c.id.in_(some))
            )
        }

    def _out_of_use(self, table: Table, key: Column[Any], keys: Sequence[int]) -> Sequence[Sequence[Any]]:
        user = self._tables.user
        query = (
            select(key, table.c.userid, user.c.deleted, user.c.suspended)
            .distinct()
            .select_from(table.outerjoin(user, user.c.id == table.c.userid))
            .where(key.in_(keys))
            .where(or_(user.c.id.is_(None), user.c.deleted != 0, user.c.suspended != 0))
        )
        return [
            row
            for theirs in rows_of(table.c.userid, self._people)
            for row in fetch_all(self._connection, query.where(theirs))
        ]

    def roles(self) -> Mapping[ContextId, list[RoleAssignment]]:
        table = self._tables.role_assignments
        here = table.c.contextid.in_(self._contextids)
        columns = [table.c[name] for name in ROLE_COLUMNS]
        rows = (
            row
            for theirs in rows_of(table.c.userid, self._people)
            for row in fetch_rows(self._connection, columns, and_(here, theirs), text_column="component")
        )
        in_id_order = sorted(map(RoleAssignment._make, rows))
        return _grouped((row.contextid, row) for row in in_id_order)

    def memberships(self) -> Mapping[CourseId, list[GroupMembership]]:
        members, groups = self._tables.groups_members, self._tables.groups
        query = (
            select(groups.c.courseid, *(members.c[name] for name in MEMBERSHIP_COLUMNS))
            .join_from(groups, members, members.c.groupid == groups.c.id)
            .where(groups.c.courseid.in_(self._courseids))
        )
        rows = (
            (row[0], GroupMembership._make(row[1:]))
            for theirs in rows_of(members.c.userid, self._people)
            for row in fetch_all(self._connection, query.where(theirs))
        )
        return _grouped(sorted(rows, key=itemgetter(1)))

    def inherited_roles(
        self, wanted: Collection[RoleId]
    ) -> Mapping[ContextId, Mapping[RoleId, frozenset[UserId]]]:
        """Find who has the ``wanted`` roles in the contexts above each course's own."""
        if not wanted:
            return {}
        above = read_contexts_above(self._connection, self._tables, self._contextids)
        holders = self._holders({parent for path in above.values() for parent in path}, wanted)
        return {
            contextid: {
                roleid: frozenset().union(*(holders.get((parent, roleid), ()) for parent in path))
                for roleid in wanted
            }
            for contextid, path in above.items()
        }

    def _holders(
        self, contexts: Collection[ContextId], wanted: Collection[RoleId]
    ) -> Mapping[tuple[ContextId, RoleId], list[UserId]]:
        table = self._tables.role_assignments
        rows = self._connection.execute(
            select(table.c.contextid, table.c.roleid, table.c.userid)
            .where(table.c.contextid.in_(sorted(contexts)))
            .where(table.c.roleid.in_(sorted(wanted)))
        )
        return _grouped(((contextid, roleid), userid) for contextid, roleid, userid in rows)


def _grouped(pairs: Iterable[tuple[K, R]]) -> dict[K, list[R]]:
    groups: dict[K, list[R]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return groups


def _merged(one: Mapping[K, list[R]], other: Mapping[K, list[R]]) -> Mapping[K, list[R]]:
    return {key: [*one.get(key, ()), *other.get(key, ())] for key in {*one, *other}}
