"""A role given twice, by two transactions that could not see each other, is taken back once."""

from sqlalchemy import insert, select

from maintien.moodle.ids import ContextId
from maintien.sites.database.duplicate_roles import AddedRoles, take_back_duplicate_roles
from maintien.sites.database.tables import moodle_tables
from tests.servers.moodle_databases import MoodleDatabase

ROLE = {"roleid": 5, "contextid": 100, "userid": 11, "component": "", "itemid": 0}


def taken_back(database: MoodleDatabase, rows: list[dict[str, object]], added: int) -> list[int]:
    """Give the ids left after the row with id 2 was there and ``added`` more were added by us."""
    table = moodle_tables(database.prefix).role_assignments
    ours = AddedRoles(contexts=frozenset({ContextId(100)}), after_id=2, count=added)
    with database.engine.begin() as connection:
        connection.execute(insert(table), rows)
        take_back_duplicate_roles(connection, table, ours)
        return sorted(connection.scalars(select(table.c.id)))


def test_second_of_two_equal_new_rows_goes(moodle_database: MoodleDatabase) -> None:
    rows = [{**ROLE, "id": 2, "userid": 10}, {**ROLE, "id": 3}, {**ROLE, "id": 4}]

    assert taken_back(moodle_database, rows, added=1) == [2, 3]


def test_other_peoples_rows_and_other_contexts_stay(moodle_database: MoodleDatabase) -> None:
    rows = [
        {**ROLE, "id": 1, "userid": 10},
        {**ROLE, "id": 2, "userid": 10},
        {**ROLE, "id": 3},
        {**ROLE, "id": 4, "component": "enrol_cohort", "itemid": 7},
        {**ROLE, "id": 5, "contextid": 101},
        {**ROLE, "id": 6, "contextid": 101},
    ]

    assert taken_back(moodle_database, rows, added=1) == [1, 2, 3, 4, 5, 6]


def test_nothing_is_looked_for_when_nobody_else_gave_roles(moodle_database: MoodleDatabase) -> None:
    rows = [{**ROLE, "id": 2}, {**ROLE, "id": 3, "userid": 12}]

    assert taken_back(moodle_database, rows, added=1) == [2, 3]
