"""With 100,000 people in a course, every filter is answered through indexes."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest
from sqlalchemy import Connection, event, text

from maintien.sites.database.site import DatabaseSite
from maintien.sites.database.tables import moodle_tables
from maintien.sites.interface import Selection
from tests.servers.moodle_databases import MoodleDatabase
from tests.sites.large_course import COURSE, NOW, fill_large_course
from tests.sites.large_course_filters import FILTERS
from tests.sites.small_moodle import opened

PEOPLE: Final = 100_000
LARGE: Final = ("user_enrolments", "role_assignments", "groups_members", "user_lastaccess")
"""Tables that no filter may go through from end to end."""


@contextmanager
def statements(site: DatabaseSite) -> Iterator[list[tuple[str, Any]]]:
    """Note what is asked of the database."""
    asked: list[tuple[str, Any]] = []

    def note(*called: Any) -> None:  # noqa: ANN401 -- SQLAlchemy's
        _connection, _cursor, statement, parameters, *_rest = called
        asked.append((statement, parameters))

    event.listen(site.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(site.engine, "before_cursor_execute", note)


def read_from_end_to_end(
    connection: Connection,
    statement: str,
    parameters: Any,  # noqa: ANN401 -- the driver's
) -> list[str]:
    """Tell which large tables a statement can only be answered from by going through them.

    Of a table that lies in the course for a quarter, reading all of it may well be quicker.
    """
    tables = "|".join(LARGE)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        rows = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
        return re.findall(rf"Seq Scan on mdl_(?:{tables})", "\n".join(row[0] for row in rows))
    rows = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
    scanned = [row.table for row in rows if row.type == "ALL" and not row.possible_keys]
    return [name for name in scanned if name.removeprefix("mdl_") in LARGE]


@pytest.mark.parametrize("moodle_database", ["postgresql", "mariadb"], indirect=True)
def test_every_filter_is_answered_through_indexes(moodle_database: MoodleDatabase) -> None:
    tables = moodle_tables(moodle_database.prefix)
    with moodle_database.engine.begin() as connection:
        fill_large_course(connection, tables, PEOPLE)
    with moodle_database.engine.begin() as connection:
        analyse(connection, [getattr(tables, name).name for name in (*LARGE, "user", "enrol", "context")])
    site = opened(moodle_database.site_url)
    courses = [size.course for size in site.select(Selection(courses=(f"id:{COURSE}",)))]
    for name, (wanted, number) in FILTERS.items():
        with statements(site) as asked:
            found = site.find_participants(courses, wanted, NOW)
        assert (name, sum(map(len, found.values()))) == (name, number)
        with site.engine.connect() as connection:
            for statement, parameters in asked:
                if statement.startswith("SELECT"):
                    scanned = read_from_end_to_end(connection, statement, parameters)
                    assert (name, statement, scanned) == (name, statement, [])
    site.close()


def analyse(connection: Connection, names: list[str]) -> None:
    for name in names:
        quoted = connection.dialect.identifier_preparer.quote(name)
        words = {"mariadb": "ANALYZE TABLE", "mysql": "ANALYZE TABLE"}.get(connection.dialect.name, "ANALYZE")
        connection.execute(text(f"{words} {quoted}"))
