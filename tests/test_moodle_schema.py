"""The tables that the tests create are those of a freshly installed Moodle."""

from typing import Any

import pytest
from sqlalchemy import Connection, inspect, text

from tests.moodle_schema import PRIMARY_KEY, Column, Index, catalogue_for
from tests.servers.moodle_databases import MoodleDatabase, Tables

EVERY_DATABASE = pytest.mark.parametrize(
    ("moodle_database", "moodle_tables"),
    [
        ("sqlite", Tables()),
        ("sqlite", Tables(version="4.1", prefix="")),
        ("postgresql", Tables()),
        ("postgresql", Tables(version="4.1")),
        ("mariadb", Tables()),
    ],
    indirect=["moodle_database"],
    ids=lambda each: each if isinstance(each, str) else f"{each.prefix}{each.version}",
)
SERVERS = pytest.mark.parametrize("moodle_database", ["postgresql", "mariadb"], indirect=True)

CATALOGUE_QUERIES = {
    "postgresql": (
        "SELECT column_name, data_type || coalesce('(' || character_maximum_length || ')', ''), is_nullable,"
        " column_default FROM information_schema.columns"
        " WHERE table_schema = current_schema AND table_name = :name ORDER BY ordinal_position"
    ),
    "mariadb": (
        "SELECT column_name, column_type, is_nullable, nullif(column_default, 'NULL')"
        " FROM information_schema.columns"
        " WHERE table_schema = database() AND table_name = :name ORDER BY ordinal_position"
    ),
}


@EVERY_DATABASE
def test_every_recorded_table_is_there_and_no_other(moodle_database: MoodleDatabase) -> None:
    dialect = moodle_database.engine.dialect.name
    recorded = catalogue_for(dialect, moodle_database.tables.version)

    with moodle_database.engine.connect() as connection:
        created = set(inspect(connection).get_table_names())

    assert created == {moodle_database.prefix + name for name in recorded}


@EVERY_DATABASE
def test_names_and_nullability_are_as_recorded(moodle_database: MoodleDatabase) -> None:
    dialect = moodle_database.engine.dialect.name
    recorded = catalogue_for(dialect, moodle_database.tables.version)

    with moodle_database.engine.connect() as connection:
        catalogue = inspect(connection)
        created = {
            name: [
                (column["name"], column["nullable"])
                for column in catalogue.get_columns(moodle_database.prefix + name)
            ]
            for name in recorded
        }

    assert created == {
        name: [(column.name, column.is_nullable) for column in table.columns]
        for name, table in recorded.items()
    }


@EVERY_DATABASE
def test_indexes_are_as_recorded(moodle_database: MoodleDatabase) -> None:
    dialect = moodle_database.engine.dialect.name
    recorded = catalogue_for(dialect, moodle_database.tables.version)

    with moodle_database.engine.connect() as connection:
        created = {name: indexes_of(connection, moodle_database.prefix + name) for name in recorded}

    assert created == {name: table.indexes for name, table in recorded.items()}


@SERVERS
def test_types_and_defaults_are_as_recorded(moodle_database: MoodleDatabase) -> None:
    recorded = catalogue_for(moodle_database.engine.dialect.name)

    with moodle_database.engine.connect() as connection:
        created = {name: columns_of(connection, moodle_database.prefix + name) for name in recorded}

    assert created == {name: table.columns for name, table in recorded.items()}


@pytest.mark.parametrize("moodle_tables", [Tables(prefix="m2_")])
def test_defaults_fill_a_row_and_ids_count_from_one(moodle_database: MoodleDatabase) -> None:
    insert = text("INSERT INTO m2_user_enrolments (enrolid, userid) VALUES (7, 8)")
    columns = "id, status, enrolid, userid, timestart, timeend, modifierid, timecreated, timemodified"

    with moodle_database.engine.begin() as connection:
        connection.execute(insert)
        rows = connection.execute(text(f"SELECT {columns} FROM m2_user_enrolments")).all()

    assert [tuple(row) for row in rows] == [(1, 0, 7, 8, 0, 2147483647, 0, 0, 0)]


@pytest.mark.parametrize("moodle_tables", [Tables(names=frozenset({"enrol", "user"}))])
def test_only_the_tables_asked_for_are_created(moodle_database: MoodleDatabase) -> None:
    with moodle_database.engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) == {"mdl_enrol", "mdl_user"}


@pytest.mark.parametrize("moodle_tables", [Tables(names=frozenset({"enrol", "cohort_members"}))])
def test_emptying_removes_rows_and_foreign_tables_and_leaves_the_tables(
    moodle_database: MoodleDatabase,
) -> None:
    fill = text("INSERT INTO mdl_cohort_members (cohortid, userid) VALUES (3, 4)")
    with moodle_database.engine.begin() as connection:
        connection.execute(fill)
        connection.execute(text("CREATE TABLE staging (a INTEGER)"))

    moodle_database.empty()

    with moodle_database.engine.begin() as connection:
        assert set(inspect(connection).get_table_names()) == {"mdl_enrol", "mdl_cohort_members"}
        assert connection.execute(text("SELECT count(*) FROM mdl_cohort_members")).scalar() == 0
        connection.execute(fill)
        assert connection.execute(text("SELECT id FROM mdl_cohort_members")).scalar() == 1


@pytest.mark.parametrize("turn", ["first", "second"])
def test_each_test_has_an_empty_database(moodle_database: MoodleDatabase, turn: str) -> None:
    with moodle_database.engine.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM mdl_config")).scalar() == 0
        connection.execute(
            text("INSERT INTO mdl_config (name, value) VALUES ('turn', :turn)"), {"turn": turn}
        )


def columns_of(connection: Connection, name: str) -> tuple[Column, ...]:
    query = text(CATALOGUE_QUERIES[connection.dialect.name])
    return tuple(
        Column(name=column, type=kind, is_nullable=nullable == "YES", default=default)
        for column, kind, nullable, default in connection.execute(query, {"name": name})
    )


def indexes_of(connection: Connection, name: str) -> frozenset[Index]:
    catalogue = inspect(connection)
    indexes: list[Any] = [*catalogue.get_indexes(name)]
    assert catalogue.get_pk_constraint(name)["constrained_columns"] == list(PRIMARY_KEY.columns)
    return frozenset(
        Index(columns=tuple(each["column_names"]), is_unique=bool(each["unique"])) for each in indexes
    ) | {PRIMARY_KEY}
