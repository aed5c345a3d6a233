"""A Moodle to play syncs on, built person by person, and read back as facts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from sqlite3 import Connection as SqliteConnection
from typing import Any, Final

from sqlalchemy import Table, event, insert, select, update

from maintien.moodle.ids import CourseId, UserId
from maintien.sites.database.tables import MoodleTables, moodle_tables
from maintien.sites.feeds.cut import FedMoodle, sync_cohorts, sync_register
from maintien.sites.feeds.interface import SyncOutcome
from maintien.sites.feeds.sync import OneCourse, Scope, WholeSite
from tests.feeds.register_table import SETTINGS, RegisterRow, make_register
from tests.servers.moodle_databases import MoodleDatabase

NOW: Final = 1_788_224_400
EARLIER: Final = 1_700_000_000
OPERATOR: Final = UserId(2)

ROLES: Final = ("manager", "editingteacher", "teacher", "student")
STUDENT: Final = 4
TEACHER: Final = 3

EMPTY_RECORD: Final = {"descriptionformat": 0, "timecreated": 0, "timemodified": 0}


SYSTEM_CONTEXT: Final = {"contextlevel": 10, "instanceid": 0, "path": "/1", "depth": 1}


def _write_carelessly(connection: SqliteConnection, _record: object) -> None:
    connection.execute("PRAGMA synchronous = OFF")


def _role(place: int, name: str) -> dict[str, object]:
    return {"shortname": name, "archetype": name, "description": "", "sortorder": place}


@dataclass(frozen=True)
class Moodle:
    """Adds rows to a database with Moodle's tables; the database numbers them."""

    database: MoodleDatabase
    tables: MoodleTables = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tables", moodle_tables(self.database.prefix))
        if self.database.engine.dialect.name == "sqlite":
            # Each row is a transaction, and none has to outlive a power cut.
            event.listen(self.database.engine, "connect", _write_carelessly)

    def install(self, **unenrol_actions: int) -> "Moodle":
        """Settings, roles and the system's context, as every Moodle has."""
        core = {
            "siteadmins": str(OPERATOR),
            "enrol_plugins_enabled": "manual,cohort,database",
            "mnet_localhost_id": "1",
        }
        plugins = {("enrol_database", name): value for name, value in SETTINGS.items()}
        for method, action in unenrol_actions.items():
            plugins[f"enrol_{method}", "unenrolaction"] = str(action)
        with self.database.engine.begin() as connection:
            for table, rows in (
                (self.tables.config, [{"name": n, "value": v} for n, v in core.items()]),
                (
                    self.tables.config_plugins,
                    [{"plugin": p, "name": n, "value": v} for (p, n), v in plugins.items()],
                ),
                (self.tables.role, [_role(place, name) for place, name in enumerate(ROLES, start=1)]),
                (self.tables.context, [SYSTEM_CONTEXT]),
            ):
                connection.execute(insert(table), rows)
        return self

    def configure(self, plugin: str, name: str, value: str) -> None:
        plugins = self.tables.config_plugins
        with self.database.engine.begin() as connection:
            ours = (plugins.c.plugin == plugin) & (plugins.c.name == name)
            if not connection.execute(update(plugins).where(ours).values(value=value)).rowcount:
                connection.execute(insert(plugins).values(plugin=plugin, name=name, value=value))

    def switch_on(self, methods: str) -> None:
        """Have these methods switched on, and no others."""
        config = self.tables.config
        with self.database.engine.begin() as connection:
            ours = config.c.name == "enrol_plugins_enabled"
            connection.execute(update(config).where(ours).values(value=methods))

    def add(self, table: Table, /, **values: object) -> int:
        with self.database.engine.begin() as connection:
            key = connection.execute(insert(table).values(**values)).inserted_primary_key
        assert key is not None
        return int(key[0])

    def course(self, idnumber: str = "C1", *, visible: int = 1) -> int:
        courseid = self.add(
            self.tables.course, category=1, shortname=idnumber, idnumber=idnumber, visible=visible
        )
        self.context(50, courseid, "/1")
        return courseid

    def context(self, level: int, instanceid: int, parent: str) -> int:
        """A context below another; its path is made once its number is known."""
        contexts = self.tables.context
        number = self.add(contexts, contextlevel=level, instanceid=instanceid, depth=2)
        with self.database.engine.begin() as connection:
            path = {"path": f"{parent}/{number}"}
            connection.execute(update(contexts).where(contexts.c.id == number).values(**path))
        return number

    def contextid(self, courseid: int) -> int:
        contexts = self.tables.context
        own = (contexts.c.contextlevel == 50) & (contexts.c.instanceid == courseid)
        with self.database.engine.connect() as connection:
            return int(connection.execute(select(contexts.c.id).where(own)).scalar_one())

    def person(self, number: str, *, deleted: int = 0) -> int:
        values = {"username": number, "idnumber": number, "mnethostid": 1, "deleted": deleted}
        return self.add(self.tables.user, **values)

    def instance(self, courseid: int, method: str, **values: object) -> int:
        return self.add(self.tables.enrol, courseid=courseid, enrol=method, **values)

    def cohort(self, *members: int) -> int:
        cohortid = self.add(self.tables.cohort, contextid=1, name="L1", **EMPTY_RECORD)
        for userid in members:
            self.add(self.tables.cohort_members, cohortid=cohortid, userid=userid)
        return cohortid

    def group(self, courseid: int) -> int:
        return self.add(self.tables.groups, courseid=courseid, name="TD")

    def enrol(self, instance: int, userid: int, *, status: int = 0, **dates: int) -> int:
        values = {"timestart": 0, "timeend": 0, "modifierid": 7, "timemodified": EARLIER, **dates}
        return self.add(self.tables.user_enrolments, enrolid=instance, userid=userid, status=status, **values)

    def role(
        self, courseid: int, userid: int, roleid: int = STUDENT, *, method: str = "", instance: int = 0
    ) -> int:
        component = f"enrol_{method}" if method else ""
        return self.add(
            self.tables.role_assignments,
            roleid=roleid,
            contextid=self.contextid(courseid),
            userid=userid,
            component=component,
            itemid=instance,
        )

    def join(self, groupid: int, userid: int, *, method: str = "", instance: int = 0) -> int:
        component = f"enrol_{method}" if method else ""
        return self.add(
            self.tables.groups_members,
            groupid=groupid,
            userid=userid,
            component=component,
            itemid=instance,
        )

    def sync_cohorts(self, courseid: int | None = None) -> SyncOutcome:
        scope = WholeSite() if courseid is None else OneCourse(CourseId(courseid))
        return sync_cohorts(self._fed(()), now=NOW, scope=scope)

    def sync_register(self, *rows: RegisterRow, scope: Scope | None = None) -> SyncOutcome:
        return sync_register(self._fed(rows), now=NOW, scope=scope)

    def _fed(self, rows: Iterable[RegisterRow]) -> FedMoodle:
        return FedMoodle(
            name="campus",
            engine=self.database.engine,
            tables=self.tables,
            register=make_register(rows),
            any_site_in_a_test=True,
        )

    def rows(self, table: Table) -> list[Mapping[str, Any]]:
        with self.database.engine.connect() as connection:
            return [dict(r._mapping) for r in connection.execute(select(table).order_by(table.c.id))]

    def enrolments(self) -> set[tuple[int, int, int]]:
        """Instance, person and status."""
        rows = self.rows(self.tables.user_enrolments)
        return {(row["enrolid"], row["userid"], row["status"]) for row in rows}

    def roles(self) -> list[tuple[int, int, str, int]]:
        """Person, role, component and instance; in order, so that none is there twice unseen."""
        rows = self.rows(self.tables.role_assignments)
        return sorted((r["userid"], r["roleid"], r["component"], r["itemid"]) for r in rows)

    def memberships(self) -> set[tuple[int, int, str, int]]:
        """Group, person, component and instance."""
        rows = self.rows(self.tables.groups_members)
        return {(r["groupid"], r["userid"], r["component"], r["itemid"]) for r in rows}

    def dirty_people(self) -> set[int]:
        """People whose sessions have to look again."""
        return {int(row["name"]) for row in self.rows(self.tables.cache_flags)}
