"""Puts a recorded course into a Moodle of our own, and derives from the outcome what the feeds said."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, Table, insert, text

from maintien.sites.database.tables import MoodleTables
from tests.feeds.register_table import REGISTER_SETTINGS, RegisterRow
from tests.shared_facts import shared_folder

Record: TypeAlias = Mapping[str, Any]

COURSE_ITEM: Final = 1
MANUAL_ITEM: Final = 2
ITEMS: Final = {"course": COURSE_ITEM, "manual": MANUAL_ITEM}
"""The recorded grades don't say which item they are of, but of what type, and each course has two."""

WRITTEN: Final = 1760000000
"""When the recorded rows were made."""

PROVING_THAT_THE_REGISTER_LIVES: Final = RegisterRow("ANOTHER-COURSE", "somebody", "student")
"""Without any row, Moodle would take the register for broken."""


@dataclass(frozen=True)
class RecordedCut:
    """One of ``golden/cut/*.json``."""

    record: Record

    def __str__(self) -> str:
        return str(self.record["course"]["shortname"])

    @property
    def clock(self) -> int:
        return int(self.record["clock"])

    @property
    def operator(self) -> int:
        return int(self.record["operator"])

    @cached_property
    def cohort_members(self) -> Mapping[int, set[int]]:
        """Whom the cohorts still had when the sync ran."""
        members: dict[int, set[int]] = {}
        for instance in self._instances("cohort"):
            kept = self._kept_by(instance)
            members.setdefault(instance["customint1"], set()).update(kept)
        return members

    @cached_property
    def register(self) -> list[RegisterRow]:
        """What the register still said when the sync ran."""
        roles = {number: name for name, number in self.record["roles"].items()}
        people = {user["id"]: user["idnumber"] for user in self.record["users"]}
        rows = [PROVING_THAT_THE_REGISTER_LIVES]
        for instance in self._instances("database"):
            kept = self._kept_by(instance)
            for role in self.record["cut"]["role_assignments"]:
                if role["itemid"] == instance["id"] and role["userid"] in kept:
                    course = self.record["course"]["idnumber"]
                    rows.append(RegisterRow(course, people[role["userid"]], roles[role["roleid"]]))
        return rows

    def _instances(self, method: str) -> list[Record]:
        return [row for row in self.record["before"]["enrol"] if row["enrol"] == method]

    def _kept_by(self, instance: Record) -> set[int]:
        """People who are still active in the instance, although it would have done something to them."""
        if self.record["config"][f"enrol_{instance['enrol']}/unenrolaction"] == 1:
            return set()
        return {
            row["userid"]
            for row in self.record["cut"]["user_enrolments"]
            if row["enrolid"] == instance["id"] and row["status"] == 0
        }


def recorded_cuts() -> list[Any]:
    """Every recorded case, as a parameter of a test."""
    paths = sorted((shared_folder() / "golden" / "cut").glob("*.json"))
    return [RecordedCut(json.loads(path.read_text())) for path in paths]


def fill(connection: Connection, tables: MoodleTables, case: RecordedCut) -> None:
    """Write the state before the cut, and what the feeds said, into empty tables."""
    record, before = case.record, case.record["before"]
    course = record["course"]
    write = _Writer(connection)
    write(tables.config, _config(record))
    write(tables.config_plugins, [*_config_plugins(record), *REGISTER_SETTINGS])
    write(tables.role, _roles(record))
    write(tables.context, _contexts(course))
    write(tables.course, [{"id": course["id"], "category": 1, **_names(course)}])
    write(tables.user, [_account(user) for user in record["users"]])
    write(tables.enrol, before["enrol"])
    write(tables.user_enrolments, _stamped(before["user_enrolments"], "timecreated", "timemodified"))
    write(tables.role_assignments, _stamped(before["role_assignments"], "timemodified"))
    write(tables.groups, _groups(record))
    write(tables.groups_members, before["groups_members"])
    write(tables.cohort_members, _members(case.cohort_members))
    write(tables.grade_items, [{"id": i, "courseid": course["id"], "itemtype": t} for t, i in ITEMS.items()])
    write(tables.grade_grades, [_grade(grade) for grade in record["grades_before"]])


@dataclass(frozen=True)
class _Writer:
    connection: Connection

    def __call__(self, table: Table, rows: Iterable[Record]) -> None:
        listed = [dict(row) for row in rows]
        if not listed:
            return
        self.connection.execute(insert(table), listed)
        if self.connection.dialect.name == "postgresql" and "id" in listed[0]:
            # Numbers that were given don't count for those to come.
            number = f"pg_get_serial_sequence('{table.name}', 'id')"
            self.connection.execute(text(f"SELECT setval({number}, MAX(id)) FROM {table.name}"))


def _config(record: Record) -> list[Record]:
    settings = {
        "siteadmins": str(record["operator"]),
        "enrol_plugins_enabled": "manual,guest,self,cohort,database",
        "mnet_localhost_id": "1",
    }
    return [{"name": name, "value": value} for name, value in settings.items()]


def _config_plugins(record: Record) -> list[Record]:
    settings = {
        **{tuple(key.split("/")): str(value) for key, value in record["config"].items()},
        ("tool_log", "enabled_stores"): "logstore_standard",
        ("logstore_standard", "jsonformat"): "1",
    }
    return [{"plugin": p, "name": n, "value": value} for (p, n), value in settings.items()]


def _roles(record: Record) -> list[Record]:
    return [
        {"id": number, "shortname": name, "archetype": name, "description": "", "sortorder": number}
        for name, number in record["roles"].items()
    ]


def _contexts(course: Record) -> list[Record]:
    system = {"id": 1, "contextlevel": 10, "instanceid": 0, "path": "/1", "depth": 1}
    own = course["contextid"]
    path = f"/1/{own}"
    return [
        system,
        {"id": own, "contextlevel": 50, "instanceid": course["id"], "path": path, "depth": 2},
    ]


def _names(course: Record) -> Record:
    return {"shortname": course["shortname"], "idnumber": course["idnumber"], "fullname": "Cours"}


def _account(user: Record) -> Record:
    return {**user, "firstname": user["username"], "lastname": "X", "confirmed": 1}


def _stamped(rows: Iterable[Record], *columns: str) -> list[Record]:
    return [{**row, **dict.fromkeys(columns, WRITTEN)} for row in rows]


def _groups(record: Record) -> list[Record]:
    course = record["course"]["id"]
    members = {row["groupid"] for when in ("before", "cut") for row in record[when]["groups_members"]}
    fed = {row["customint2"] for row in record["before"]["enrol"] if row["enrol"] == "cohort"}
    return [
        {"id": number, "courseid": course, "name": f"G{number}"} for number in sorted(members | fed) if number
    ]


def _members(cohorts: Mapping[int, set[int]]) -> list[Record]:
    return [
        {"cohortid": cohort, "userid": userid, "timeadded": WRITTEN}
        for cohort, people in cohorts.items()
        for userid in sorted(people)
    ]


def _grade(grade: Record) -> Record:
    return {
        "itemid": ITEMS[grade["itemtype"]],
        "userid": grade["userid"],
        "finalgrade": grade["finalgrade"],
        "rawgrade": grade["finalgrade"],
    }
