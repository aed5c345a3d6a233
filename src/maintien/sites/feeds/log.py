"""The rows of the standard log that a sync leaves, as Moodle writes them.

Source: lib/classes/event/*.php for the events; enrol_plugin::unenrol_user (lib/enrollib.php) for their
order; Moodle 4.3. Numbers that PHP took from the database are texts there, those of rows just inserted
are numbers.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from maintien.moodle.events import (
    ENROL_INSTANCE_CREATED,
    GRADE_DELETED,
    GROUP_MEMBER_ADDED,
    GROUP_MEMBER_REMOVED,
    LEVEL_OTHER,
    ROLE_ASSIGNED,
    ROLE_UNASSIGNED,
    USER_ENROLMENT_CREATED,
    USER_ENROLMENT_DELETED,
    USER_ENROLMENT_UPDATED,
    EventKind,
    OtherValue,
    encode_other,
)
from maintien.sites.database.bulk import Value, bulk_insert
from maintien.sites.feeds.effect import (
    Enrolled,
    InstancesCreated,
    MembershipsAdded,
    MembershipsRemoved,
    Reactivated,
    RolesGiven,
    RolesRemoved,
    Step,
    Suspended,
    Unenrolled,
)
from maintien.sites.feeds.places import Place, Places, read_places
from maintien.sites.feeds.rows import AnyRow, Rows
from maintien.sites.feeds.sync import Sync

LEVEL_TEACHING: Final = 1
"""``edulevel`` of what concerns grades."""

_ENROLMENT_FIELDS: Final = (
    "id",
    "status",
    "enrolid",
    "userid",
    "timestart",
    "timeend",
    "modifierid",
    "timecreated",
    "timemodified",
)


class Happened(NamedTuple):
    """One event, to be logged."""

    kind: EventKind
    objectid: int
    place: Place
    userid: int | None
    """Whom it happened to; None for an enrolment instance."""
    other: OtherValue


def log_steps(sync: Sync, method: str, steps: tuple[Step, ...]) -> None:
    """Write the log rows of these steps, if the site keeps a standard log."""
    if not sync.config.logs_to_standard_log:
        return
    events = _Events(method=method, places=read_places(sync, method))
    rows = [_row(sync, event) for step in steps for event in events.of(step)]
    if rows:
        values = [tuple(row.values()) for row in rows]
        bulk_insert(sync.connection, sync.tables.logstore_standard_log, tuple(rows[0]), values)


def _row(sync: Sync, event: Happened) -> dict[str, Value]:
    kind, place = event.kind, event.place
    return {
        "eventname": kind.eventname,
        "component": kind.component,
        "action": kind.action,
        "target": kind.target,
        "objecttable": kind.objecttable,
        "objectid": event.objectid,
        "crud": kind.crud,
        "edulevel": LEVEL_TEACHING if kind is GRADE_DELETED else LEVEL_OTHER,
        "contextid": place.contextid,
        "contextlevel": place.level,
        "contextinstanceid": place.instanceid,
        "userid": sync.operator,
        "courseid": place.courseid,
        "relateduserid": event.userid,
        "anonymous": 0,
        "other": encode_other(event.other, as_json=sync.config.log_is_json),
        "timecreated": sync.now,
        "origin": "cli",
        "ip": None,
        "realuserid": None,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Events:
    """Tells the events of each step, in Moodle's order."""

    method: str
    places: Places

    def of(self, step: Step) -> Iterator[Happened]:
        """List the events of one step."""
        match step:
            case InstancesCreated(instances=rows):
                yield from (self._instance_created(row) for row in rows)
            case Enrolled(enrolments=rows):
                yield from (self._enrolment(USER_ENROLMENT_CREATED, row) for row in rows)
            case Reactivated(enrolments=rows):
                yield from (self._enrolment(USER_ENROLMENT_UPDATED, row) for row in rows)
            case Suspended():
                yield from self._suspended(step)
            case Unenrolled():
                yield from self._unenrolled(step)
            case RolesGiven(roles=rows):
                yield from (self._role_assigned(row) for row in rows)
            case RolesRemoved(roles=rows):
                yield from (self._role_unassigned(row) for row in rows)
            case MembershipsAdded(memberships=rows):
                yield from (self._member_added(row) for row in rows)
            case MembershipsRemoved(memberships=rows):
                yield from (self._member_removed(row) for row in rows)

    def _suspended(self, step: Suspended) -> Iterator[Happened]:
        roles = _by_departure(step.roles)
        for row in step.enrolments:
            yield self._enrolment(USER_ENROLMENT_UPDATED, row)
            for role in roles.pop((row.userid, row.enrolid), ()):
                yield self._role_unassigned(role)
        for rest in roles.values():
            yield from (self._role_unassigned(role) for role in rest)

    def _unenrolled(self, step: Unenrolled) -> Iterator[Happened]:
        memberships, roles = _by_departure(step.own_memberships), _by_departure(step.own_roles)
        cleaned_up = self._cleaned_up(step)
        last = {(row.userid, self._courseid(row)): row.id for row in step.enrolments}
        for row in step.enrolments:
            departure, person = (row.userid, row.enrolid), (row.userid, self._courseid(row))
            yield from (self._member_removed(member) for member in memberships.get(departure, ()))
            yield from (self._role_unassigned(role) for role in roles.get(departure, ()))
            is_last = person in step.gone and last[person] == row.id
            if is_last:
                yield from cleaned_up.get(person, ())
            yield self._enrolment_deleted(row, is_last=is_last)

    def _cleaned_up(self, step: Unenrolled) -> dict[tuple[int, int], list[Happened]]:
        """List for each person and course what went with the last enrolment there."""
        events = (
            *(self._role_unassigned(row) for row in step.other_roles),
            *(self._member_removed(row) for row in step.other_memberships),
            *(self._grade_deleted(row) for row in step.grades),
        )
        sorted_out: dict[tuple[int, int], list[Happened]] = defaultdict(list)
        for event in events:
            sorted_out[event.userid or 0, event.place.courseid].append(event)
        return sorted_out

    def _courseid(self, enrolment: AnyRow) -> int:
        return self.places.instances[enrolment.enrolid].courseid

    def _instance_created(self, row: AnyRow) -> Happened:
        place = self.places.instances[row.id]
        return Happened(ENROL_INSTANCE_CREATED, row.id, place, None, {"enrol": self.method})

    def _enrolment(self, kind: EventKind, row: AnyRow) -> Happened:
        place = self.places.instances[row.enrolid]
        return Happened(kind, row.id, place, row.userid, {"enrol": self.method})

    def _enrolment_deleted(self, row: AnyRow, *, is_last: bool) -> Happened:
        place = self.places.instances[row.enrolid]
        as_it_was: dict[str, OtherValue] = {name: str(getattr(row, name)) for name in _ENROLMENT_FIELDS}
        more: dict[str, OtherValue] = {
            "courseid": str(place.courseid),
            "enrol": self.method,
            "lastenrol": is_last,
        }
        other: OtherValue = {"userenrolment": {**as_it_was, **more}, "enrol": self.method}
        return Happened(USER_ENROLMENT_DELETED, row.id, place, row.userid, other)

    def _role_assigned(self, row: AnyRow) -> Happened:
        # The instance's number was read from the database, the row's own was just given.
        other = {"id": row.id, "component": row.component, "itemid": str(row.itemid)}
        place = self.places.contexts[row.contextid]
        return Happened(ROLE_ASSIGNED, row.roleid, place, row.userid, other)

    def _role_unassigned(self, row: AnyRow) -> Happened:
        other = {"id": str(row.id), "component": row.component, "itemid": str(row.itemid)}
        place = self.places.contexts[row.contextid]
        return Happened(ROLE_UNASSIGNED, row.roleid, place, row.userid, other)

    def _member_added(self, row: AnyRow) -> Happened:
        other = {"component": row.component, "itemid": str(row.itemid)}
        return Happened(GROUP_MEMBER_ADDED, row.groupid, self.places.groups[row.groupid], row.userid, other)

    def _member_removed(self, row: AnyRow) -> Happened:
        place = self.places.groups[row.groupid]
        return Happened(GROUP_MEMBER_REMOVED, row.groupid, place, row.userid, None)

    def _grade_deleted(self, row: AnyRow) -> Happened:
        grade = None if row.finalgrade is None else f"{row.finalgrade:.5f}"
        other: OtherValue = {
            "itemid": str(row.itemid),
            "overridden": bool(row.overridden),
            "finalgrade": grade,
        }
        return Happened(GRADE_DELETED, row.id, self.places.items[row.itemid], row.userid, other)


def _by_departure(rows: Rows) -> dict[tuple[int, int], list[AnyRow]]:
    """Sort roles or memberships by the person and the instance that gave them."""
    sorted_out: dict[tuple[int, int], list[AnyRow]] = defaultdict(list)
    for row in rows:
        sorted_out[row.userid, row.itemid].append(row)
    return sorted_out
