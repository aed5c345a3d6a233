"""Writes the rows that Moodle itself would have written to its standard log.

Rows about rows that have an id are made here; rows about rows that the database has just numbered are
made by the database, from those rows. Where the site keeps no standard log, nothing is written.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    String,
    cast,
    insert,
    literal,
    null,
    select,
)

from maintien.moodle.config import SiteConfig
from maintien.moodle.events import (
    ROLE_ASSIGNED,
    USER_ENROLMENT_CREATED,
    EventKind,
    LoggedEvent,
    OtherValue,
    encode_other,
)
from maintien.moodle.ids import ContextId, InstanceId
from maintien.moodle.values import MANUAL, NO_COMPONENT, NO_ITEM, ContextLevel
from maintien.sites.database.bulk import Value, bulk_insert
from maintien.sites.database.tables import MoodleTables
from maintien.sites.interface import Authorship, StateMoved

_COLUMNS = (
    "eventname",
    "component",
    "action",
    "target",
    "objecttable",
    "objectid",
    "crud",
    "edulevel",
    "contextid",
    "contextlevel",
    "contextinstanceid",
    "userid",
    "courseid",
    "relateduserid",
    "anonymous",
    "other",
    "timecreated",
    "origin",
    "ip",
    "realuserid",
)

_NUMBER_PLACE = 987654321
"""Stands for a row's id where ``other`` is encoded once for many rows."""


@dataclass(slots=True)
class EventLog:
    """Collects the events of a batch, and writes them in the caller's transaction."""

    connection: Connection
    tables: MoodleTables
    config: SiteConfig
    authorship: Authorship
    _rows: list[tuple[Value, ...]] = field(default_factory=list)

    @property
    def is_kept(self) -> bool:
        """Whether the site keeps a standard log at all."""
        return self.config.logs_to_standard_log

    def add(self, event: LoggedEvent) -> None:
        """Note one event; :meth:`write` writes it."""
        if not self.is_kept:
            return
        kind = event.kind
        self._rows.append(
            (
                kind.eventname,
                kind.component,
                kind.action,
                kind.target,
                kind.objecttable,
                event.objectid,
                kind.crud,
                kind.edulevel,
                event.contextid,
                ContextLevel.COURSE,
                event.courseid,
                self.authorship.operator,
                event.courseid,
                event.relateduserid,
                0,
                encode_other(event.other, as_json=self.config.log_is_json),
                self.authorship.now,
                self.authorship.origin,
                None,
                None,
            )
        )

    def write(self) -> None:
        """Write the events noted so far."""
        bulk_insert(self.connection, self.tables.logstore_standard_log, _COLUMNS, self._rows)
        self._rows.clear()

    def log_created_enrolments(self, instances: Collection[InstanceId], after_id: int, expected: int) -> None:
        """Log that every enrolment of these instances numbered above ``after_id`` was created.

        Raises StateMoved when they are not ``expected`` many: somebody else enrolled people meanwhile.
        """
        if not (self.is_kept and expected):
            return
        enrolments, enrol = self.tables.user_enrolments, self.tables.enrol
        context = self.tables.context
        values = self._constants(USER_ENROLMENT_CREATED) | {
            "objectid": enrolments.c.id,
            "contextid": context.c.id,
            "contextinstanceid": enrol.c.courseid,
            "courseid": enrol.c.courseid,
            "relateduserid": enrolments.c.userid,
            "other": literal(self._encoded({"enrol": MANUAL})),
        }
        source = enrolments.join(enrol, enrol.c.id == enrolments.c.enrolid).join(
            context,
            (context.c.contextlevel == ContextLevel.COURSE) & (context.c.instanceid == enrol.c.courseid),
        )
        query = (
            _selected(values, source)
            .where(enrolments.c.id > after_id)
            .where(enrolments.c.enrolid.in_(sorted(instances)))
        )
        self._insert_from(query.order_by(enrolments.c.id), expected)

    def log_assigned_roles(self, contexts: Collection[ContextId], after_id: int, expected: int) -> None:
        """Log that every role given by hand in these contexts and numbered above ``after_id`` was assigned.

        Raises StateMoved when they are not ``expected`` many: somebody else gave roles meanwhile.
        """
        if not (self.is_kept and expected):
            return
        roles, context = self.tables.role_assignments, self.tables.context
        values = self._constants(ROLE_ASSIGNED) | {
            "objectid": roles.c.roleid,
            "contextid": roles.c.contextid,
            "contextinstanceid": context.c.instanceid,
            "courseid": context.c.instanceid,
            "relateduserid": roles.c.userid,
            "other": self._other_with_number(
                {"id": _NUMBER_PLACE, "component": NO_COMPONENT, "itemid": NO_ITEM}, roles.c.id
            ),
        }
        query = (
            _selected(values, roles.join(context, context.c.id == roles.c.contextid))
            .where(roles.c.id > after_id)
            .where(roles.c.contextid.in_(sorted(contexts)))
            .where(roles.c.component == NO_COMPONENT)
            .where(roles.c.itemid == NO_ITEM)
        )
        self._insert_from(query.order_by(roles.c.id), expected)

    def _constants(self, kind: EventKind) -> dict[str, ColumnElement[Any]]:
        return {
            "eventname": literal(kind.eventname),
            "component": literal(kind.component),
            "action": literal(kind.action),
            "target": literal(kind.target),
            "objecttable": literal(kind.objecttable),
            "crud": literal(kind.crud),
            "edulevel": literal(kind.edulevel),
            "contextlevel": literal(int(ContextLevel.COURSE)),
            "userid": literal(int(self.authorship.operator)),
            "anonymous": literal(0),
            "timecreated": literal(self.authorship.now),
            "origin": literal(self.authorship.origin),
            "ip": null(),
            "realuserid": null(),
        }

    def _encoded(self, other: OtherValue) -> str:
        return encode_other(other, as_json=self.config.log_is_json)

    def _other_with_number(self, other: OtherValue, number: ColumnElement[int]) -> ColumnElement[str]:
        before, after = self._encoded(other).split(str(_NUMBER_PLACE))
        return literal(before) + cast(number, String(20)) + literal(after)

    def _insert_from(self, query: Select[Any], expected: int) -> None:
        statement = insert(self.tables.logstore_standard_log).from_select(list(_COLUMNS), query)
        done = self.connection.execute(statement.execution_options(preserve_rowcount=True))
        if done.rowcount != expected:
            raise StateMoved


def _selected(values: Mapping[str, ColumnElement[Any]], source: FromClause) -> Select[Any]:
    return select(*(values[column].label(column) for column in _COLUMNS)).select_from(source)
