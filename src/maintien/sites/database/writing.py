"""Writes the changes of a batch of plans in the caller's transaction: the one place that changes Moodle.

Every statement states what it expects to find and counts what it did. A row that changed, came or went
since the courses were read makes the count wrong; then nothing is written, and the batch is read and
planned again (StateMoved). So what is written is exactly what was planned, whatever a sync does
meanwhile, and no table is locked.

Rows are touched in a fixed order, so that two writers can't wait for each other: by table (instances,
user enrolments, role assignments, group memberships, log, flags), then by id or by natural key.
"""

from collections.abc import Collection, Sequence
from typing import TypeVar

from sqlalchemy import Connection

from maintien.enrolments.state import GroupMembership, RoleAssignment, UserEnrolment
from maintien.moodle.config import SiteConfig
from maintien.moodle.ids import UNSAVED, InstanceId, UserId
from maintien.planning.changes import Row
from maintien.planning.plan import CoursePlan
from maintien.sites.database.dirty_users import mark_courses_dirty, mark_users_dirty
from maintien.sites.database.duplicate_roles import (
    AddedRoles,
    require_no_duplicate_roles,
)
from maintien.sites.database.event_log import EventLog
from maintien.sites.database.events_of_changes import ends_of_restores, events_of, repeated_updates
from maintien.sites.database.instances import hold_instances, read_methods, write_instances
from maintien.sites.database.row_changes import RowWriter
from maintien.sites.database.rows import row_mappings
from maintien.sites.database.sorted_changes import RowChanges, numbered, sort_changes
from maintien.sites.database.tables import MoodleTables
from maintien.sites.interface import Authorship

R = TypeVar("R", bound=Row)


def write_plans(
    connection: Connection,
    tables: MoodleTables,
    config: SiteConfig,
    plans: Sequence[CoursePlan],
    authorship: Authorship,
    marked_before: Collection[UserId] = (),
) -> AddedRoles:
    """Write these plans, each of another course, and what a direct writer owes Moodle.

    Returns what :func:`~maintien.sites.database.duplicate_roles.take_back_duplicate_roles` needs once
    the transaction is committed. Raises StateMoved when a row is not as planned; the caller rolls back.
    """
    changed_instances = sort_changes(plans).instances
    new_instances = write_instances(connection, tables.enrol, changed_instances)
    plans = [numbered(plan, new_instances) for plan in plans]
    batch = _Batch(connection, tables, plans, EventLog(connection, tables, config, authorship))
    batch.write_enrolments()
    added_roles = batch.write_roles()
    batch.write_memberships()
    batch.write_log()
    touched = frozenset[UserId]().union(*(plan.touched for plan in plans)).difference(marked_before)
    enabled = {change.after.courseid for change in changed_instances.changed}
    mark_courses_dirty(connection, tables, config, enabled, authorship.now)
    mark_users_dirty(connection, tables, config, touched, authorship.now)
    return added_roles


class _Batch:
    """The changes of a batch below its enrolment instances, table by table."""

    def __init__(
        self,
        connection: Connection,
        tables: MoodleTables,
        plans: Sequence[CoursePlan],
        log: EventLog,
    ) -> None:
        self._connection = connection
        self._tables = tables
        self._plans = plans
        self._log = log
        self._changes = sort_changes(plans)
        self._mappings = row_mappings(tables)

    def write_enrolments(self) -> None:
        rows = self._changes.enrolments
        into = {row.instanceid for row in rows.added}
        into.update(c.after.instanceid for c in rows.changed if c.after.instanceid != c.before.instanceid)
        hold_instances(self._connection, self._tables.enrol, into)
        highest = self._write(UserEnrolment, rows)
        new = [row for row in rows.added if row.id == UNSAVED]
        # Only manual enrolments are new to the database; automatic ones come back with their ids.
        self._log.log_created_enrolments({row.instanceid for row in new}, highest, len(new))

    def write_roles(self) -> AddedRoles:
        rows = self._changes.roles
        highest = self._write(RoleAssignment, rows)
        added = AddedRoles(
            contexts=frozenset(row.contextid for row in rows.added),
            after_id=highest,
            count=len(rows.added),
        )
        require_no_duplicate_roles(self._connection, self._tables.role_assignments, added)
        new = [row for row in rows.added if row.id == UNSAVED]
        self._log.log_assigned_roles({row.contextid for row in new}, highest, len(new))
        return added

    def write_memberships(self) -> None:
        self._write(GroupMembership, self._changes.memberships)

    def _write(self, row_type: type[Row], rows: RowChanges[R]) -> int:
        """Write the changes of one table; tell the highest id there was before rows were added."""
        writer = RowWriter(connection=self._connection, mapping=self._mappings[row_type])
        writer.remove(rows.removed)
        writer.change(rows.changed)
        return writer.add(rows.added)

    def _instances_of_enrolments(self) -> set[InstanceId]:
        rows = self._changes.enrolments
        return {row.instanceid for row in (*rows.added, *rows.removed)} | {
            change.after.instanceid for change in rows.changed
        }

    def write_log(self) -> None:
        if not self._log.is_kept:
            return
        methods = read_methods(self._connection, self._tables.enrol, self._instances_of_enrolments())
        for event in events_of(self._plans, methods):
            self._log.add(event)
        for event in repeated_updates(self._connection, self._tables, self._plans):
            self._log.add(event)
        for event in ends_of_restores(self._plans):
            self._log.add(event)
        self._log.write()
