"""Every recorded cut, played: the state before it ends in the state after it, to the row."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final, TypeAlias

import pytest
from sqlalchemy import Connection, Table, select

from maintien.moodle.ids import UserId
from maintien.sites.database.tables import MoodleTables, moodle_tables
from maintien.sites.feeds.cut import FedMoodle, sync_cohorts, sync_register
from maintien.sites.feeds.interface import SyncCounts, Synced
from tests.feeds.recorded_cut import ITEMS, RecordedCut, fill, recorded_cuts
from tests.feeds.register_table import make_register
from tests.servers.moodle_databases import MoodleDatabase

Facts: TypeAlias = Counter[tuple[tuple[str, Any], ...]]

COLUMNS: Final = {
    "user_enrolments": ("id", "status", "enrolid", "userid", "timestart", "timeend", "modifierid"),
    "role_assignments": ("id", "roleid", "contextid", "userid", "modifierid", "component", "itemid"),
    "groups_members": ("id", "groupid", "userid", "component", "itemid"),
}
"""What is recorded, but for times."""

ON_SQLITE: Final = pytest.mark.parametrize("moodle_database", ["sqlite"], indirect=True)

NUMBERED_ELSEWHERE: Final = frozenset({"\\core\\event\\grade_deleted"})
"""Events about rows whose ids are not among the recorded facts."""


@pytest.mark.parametrize("case", recorded_cuts(), ids=str)
def test_recorded_cut_ends_in_the_recorded_state(case: RecordedCut, moodle_database: MoodleDatabase) -> None:
    moodle = put(case, moodle_database)
    cut(case, moodle)
    with moodle.engine.connect() as connection:
        for name, columns in COLUMNS.items():
            known = {row["id"] for row in case.record["before"][name]}
            table = getattr(moodle.tables, name)
            assert facts(rows(connection, table), columns, known) == facts(
                case.record["cut"][name], columns, known
            )
        assert grades(connection, moodle.tables) == recorded_grades(case, "grades_cut")
        assert deleted_grades(connection, moodle.tables) == recorded_grades(case, "grade_history")


@ON_SQLITE
@pytest.mark.parametrize("case", recorded_cuts(), ids=str)
def test_recorded_cut_leaves_the_recorded_log(case: RecordedCut, moodle_database: MoodleDatabase) -> None:
    moodle = put(case, moodle_database)
    cut(case, moodle)
    with moodle.engine.connect() as connection:
        written = rows(connection, moodle.tables.logstore_standard_log)
    assert [comparable(row) for row in written] == [comparable(row) for row in case.record["cut_log"]]


@ON_SQLITE
@pytest.mark.parametrize("case", recorded_cuts(), ids=str)
def test_second_sync_does_nothing(case: RecordedCut, moodle_database: MoodleDatabase) -> None:
    moodle = put(case, moodle_database)
    cut(case, moodle)
    assert cut(case, moodle) == (
        Synced(method="cohort", counts=SyncCounts()),
        Synced(method="database", counts=SyncCounts()),
    )


def put(case: RecordedCut, database: MoodleDatabase) -> FedMoodle:
    """A Moodle in the state before the cut, with feeds that have dropped people already."""
    tables = moodle_tables(database.prefix)
    with database.engine.begin() as connection:
        fill(connection, tables, case)
    register = make_register(case.register)
    return FedMoodle(
        name="campus", engine=database.engine, tables=tables, register=register, any_site_in_a_test=True
    )


def cut(case: RecordedCut, moodle: FedMoodle) -> tuple[object, object]:
    operator = UserId(case.operator)
    return (
        sync_cohorts(moodle, now=case.clock, operator=operator),
        sync_register(moodle, now=case.clock, operator=operator),
    )


def rows(connection: Connection, table: Table) -> list[Mapping[str, Any]]:
    return [dict(row._mapping) for row in connection.execute(select(table).order_by(table.c.id))]


def facts(found: list[Mapping[str, Any]], columns: tuple[str, ...], known: set[int]) -> Facts:
    """The rows, without the ids of those that were not there before."""
    return Counter(
        tuple((name, row[name]) for name in columns if name != "id" or row["id"] in known) for row in found
    )


def grades(connection: Connection, tables: MoodleTables) -> Facts:
    names = {number: name for name, number in ITEMS.items()}
    return Counter(
        grade(row["userid"], names[row["itemid"]], row["finalgrade"])
        for row in rows(connection, tables.grade_grades)
    )


def deleted_grades(connection: Connection, tables: MoodleTables) -> Facts:
    names = {number: name for name, number in ITEMS.items()}
    history = rows(connection, tables.grade_grades_history)
    assert {(row["action"], row["source"]) for row in history} <= {(3, "userdelete")}
    return Counter(grade(row["userid"], names[row["itemid"]], row["finalgrade"]) for row in history)


def recorded_grades(case: RecordedCut, name: str) -> Facts:
    """Recorded grades; of the history only the deletions, since the rest was there before."""
    return Counter(
        grade(row["userid"], row["itemtype"], row["finalgrade"])
        for row in case.record[name]
        if row.get("action", 3) == 3
    )


def grade(userid: int, itemtype: str, final: float | None) -> tuple[tuple[str, Any], ...]:
    return (("userid", userid), ("itemtype", itemtype), ("finalgrade", final))


def comparable(row: Mapping[str, Any]) -> dict[str, Any]:
    """A log row without its id, its time, and numbers that this Moodle gave."""
    kept = {name: value for name, value in row.items() if name not in ("id", "timecreated")}
    other = json.loads(row["other"])
    if row["eventname"] in NUMBERED_ELSEWHERE:
        kept["objectid"] = other["itemid"] = None
        # The recorded state of grades has them without their decimals, the recorded log with.
        other["finalgrade"] = int(float(other["finalgrade"]))
    return {**kept, "other": other}
