"""Whatever a text or a number is, it goes into the database and comes back as it was."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from maintien.sites.database.bulk import bulk_insert
from maintien.sites.database.fetching import fetch_rows
from maintien.sites.database.tables import moodle_tables
from tests.servers.moodle_databases import MoodleDatabase

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)
NUMBERS = st.integers(-(2**62), 2**62)
ROWS = st.lists(st.tuples(NUMBERS, NUMBERS, TEXTS, NUMBERS), max_size=20)
COLUMNS = ("roleid", "contextid", "component", "itemid")


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows=ROWS)
def test_rows_come_back_as_they_went_in(
    moodle_database: MoodleDatabase, rows: list[tuple[int, int, str, int]]
) -> None:
    table = moodle_tables(moodle_database.prefix).role_assignments
    with moodle_database.engine.connect() as connection:
        bulk_insert(connection, table, COLUMNS, rows)
        fetched = fetch_rows(
            connection, [table.c[name] for name in COLUMNS], table.c.id > 0, text_column="component"
        )
        found = sorted(tuple(row) for row in fetched)
        connection.rollback()

    assert found == sorted(rows)


def test_nothing_is_null_and_percent_signs_mean_nothing(moodle_database: MoodleDatabase) -> None:
    table = moodle_tables(moodle_database.prefix).logstore_standard_log
    columns = (
        "eventname",
        "action",
        "target",
        "component",
        "edulevel",
        "contextid",
        "contextlevel",
        "contextinstanceid",
        "userid",
        "crud",
        "other",
        "timecreated",
        "objectid",
    )
    row = ("%d%s\\core", "a", "t", "'; --", 0, 1, 50, 2, 3, "c", '{"a":"\t\n"}', 5, None)
    with moodle_database.engine.connect() as connection:
        bulk_insert(connection, table, columns, [row, row])
        found = connection.execute(select(*(table.c[name] for name in columns))).all()

    assert [tuple(each) for each in found] == [row, row]
