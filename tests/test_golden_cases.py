"""The recorded courses are read whole, and stand in a database as they were recorded."""

import pytest
from sqlalchemy import Connection, text

from tests.golden_cases import (
    CUT_CASES,
    PROCEDURE_CASES,
    CutCase,
    ProcedureCase,
    comparable,
    cut_case,
    load_before,
    procedure_case,
    read_rows,
    rows_of,
)
from tests.golden_rows import RECORDED_COLUMNS, ComparableEnrolment, CourseRows, InstanceKey, Row
from tests.servers.moodle_databases import MoodleDatabase, Tables
from tests.shared_facts import shared_folder

SITE_TABLES = frozenset(
    {
        *("config", "config_plugins", "context", "course_categories", "course", "role", "user"),
        *("cohort", "groups", "enrol", "user_enrolments", "role_assignments", "groups_members"),
    }
)


@pytest.fixture(params=[("mdl_", "4.3"), ("m_", "4.1")], ids=["4.3", "4.1 with another prefix"])
def moodle_tables(request: pytest.FixtureRequest) -> Tables:
    prefix, version = request.param
    if version == "4.1" and "mariadb" in request.node.name:
        version = "4.3"
    return Tables(prefix=prefix, version=version, names=SITE_TABLES)


def every_case() -> list[ProcedureCase | CutCase]:
    return [*map(procedure_case, PROCEDURE_CASES), *map(cut_case, CUT_CASES)]


def test_every_recorded_case_is_named() -> None:
    golden = shared_folder() / "golden"

    recorded = {int(file.stem) for file in golden.glob("*/*.json")}

    assert recorded == {*PROCEDURE_CASES, *CUT_CASES}


def test_every_case_has_the_columns_that_are_read_back() -> None:
    for case in every_case():
        for state in case.states:
            for name, columns in RECORDED_COLUMNS.items():
                assert all(set(row) == set(columns) for row in getattr(state, name))


def test_only_the_recordings_of_moodle_4_1_lack_log_rows() -> None:
    without = {case.number for case in every_case() if not case.has_whole_log}

    assert without == set(range(301, 311))


def test_every_backup_is_there() -> None:
    assert all(procedure_case(number).archive.is_file() for number in PROCEDURE_CASES)


def test_what_is_loaded_is_read_back(moodle_database: MoodleDatabase) -> None:
    for case in every_case():
        with moodle_database.engine.begin() as connection:
            load_before(connection, case, moodle_database.prefix)
            assert read_rows(connection, case, moodle_database.prefix) == case.before
            assert rows_of(connection, case, moodle_database.prefix) == comparable(case.before)
        moodle_database.empty()


def test_ids_go_on_after_the_loaded_rows(moodle_database: MoodleDatabase) -> None:
    case = procedure_case(101)
    enrol = f"{moodle_database.prefix}enrol"

    with moodle_database.engine.begin() as connection:
        load_before(connection, case, moodle_database.prefix)
        connection.execute(text(f"INSERT INTO {enrol} (enrol, courseid) VALUES ('manual', 9)"))

        assert ids_of(connection, enrol) == [35, 36, 37, 38]


def test_the_log_is_switched_on_only_where_it_was_recorded(moodle_database: MoodleDatabase) -> None:
    plugins = f"{moodle_database.prefix}config_plugins"
    query = text(f"SELECT value FROM {plugins} WHERE plugin = 'tool_log'")
    stores = {}

    for case in (procedure_case(101), procedure_case(301), cut_case(401)):
        with moodle_database.engine.begin() as connection:
            load_before(connection, case, moodle_database.prefix)
            stores[case.number] = connection.execute(query).scalars().all()
        moodle_database.empty()

    assert stores == {101: ["logstore_standard"], 301: [], 401: ["logstore_standard"]}


def test_rows_compare_without_their_ids_and_by_everything_else() -> None:
    case = procedure_case(101)

    assert comparable(renumbered(case.before, by=1000)) == comparable(case.before)
    assert comparable(case.restored) != comparable(case.before)
    assert comparable(case.before).enrolments[0] == ComparableEnrolment(
        instance=InstanceKey("cohort", 10), userid=10169, status=0, timestart=0, timeend=0, modifierid=2
    )


def renumbered(rows: CourseRows, *, by: int) -> CourseRows:
    def shift(row: Row) -> Row:
        numbers = {name for name in ("id", "enrolid", "itemid") if row.get(name)}
        return {name: value + by if name in numbers else value for name, value in row.items()}

    return CourseRows(**{name: tuple(map(shift, getattr(rows, name))) for name in RECORDED_COLUMNS})


def ids_of(connection: Connection, table: str) -> list[int]:
    return list(connection.execute(text(f"SELECT id FROM {table} ORDER BY id")).scalars())
