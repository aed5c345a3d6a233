"""Every recorded course ends as real Moodle left it, with its log rows and flags, on each database."""

from collections import Counter
from collections.abc import Iterable

import pytest
from sqlalchemy import select

from maintien.sites.database.site import DatabaseSite
from maintien.sites.database.tables import MoodleTables
from tests.golden_cases import PROCEDURE_CASES, ProcedureCase, procedure_case, rows_of
from tests.golden_rows import Row, comparable
from tests.servers.moodle_databases import MoodleDatabase
from tests.sites.recorded_sites import procedure_planner, run_planner, site_before

ABOUT_ENROLMENTS_AND_ROLES = ("enrol", "user_enrolments", "role")
LOGGED = (
    "eventname",
    "component",
    "action",
    "target",
    "objecttable",
    "crud",
    "edulevel",
    "contextid",
    "contextlevel",
    "contextinstanceid",
    "userid",
    "courseid",
    "relateduserid",
    "anonymous",
    "ip",
    "realuserid",
)
"""What a log row says besides ids of rows, times and where it came from."""


def events(rows: Iterable[Row]) -> Counter[tuple[object, ...]]:
    return Counter(
        tuple(row[column] for column in LOGGED)
        for row in rows
        if row["objecttable"] in ABOUT_ENROLMENTS_AND_ROLES
    )


def read_log(site: DatabaseSite) -> list[Row]:
    with site.engine.connect() as connection:
        rows = connection.execute(select(site.tables.logstore_standard_log)).mappings()
        return [dict(row) for row in rows]


def dirty_users(site: DatabaseSite, case: ProcedureCase) -> list[int]:
    flags = site.tables.cache_flags
    with site.engine.connect() as connection:
        rows = connection.execute(
            select(flags.c.flagtype, flags.c.name, flags.c.value, flags.c.expiry, flags.c.timemodified)
        ).all()
    assert {row[0] for row in rows} <= {"accesslib/dirtyusers"}
    assert {row[2:] for row in rows} <= {("1", case.clock + 28800, case.clock)}
    return sorted(int(row[1]) for row in rows)


def name_objects(log: Iterable[Row], tables: MoodleTables, site: DatabaseSite) -> None:
    """Check that every event names a row that is there."""
    with site.engine.connect() as connection:
        enrolments = set(connection.scalars(select(tables.user_enrolments.c.id)))
        roles = set(connection.scalars(select(tables.role_assignments.c.id)))
    for row in log:
        if row["objecttable"] == "user_enrolments":
            assert row["objectid"] in enrolments
            assert row["other"] == '{"enrol":"manual"}'
        elif row["objecttable"] == "role":
            head, _, tail = row["other"].partition(",")
            assert int(head.removeprefix('{"id":')) in roles
            assert tail == '"component":"","itemid":0}'


@pytest.mark.parametrize("number", PROCEDURE_CASES)
def test_course_ends_as_moodles_three_steps_left_it(moodle_database: MoodleDatabase, number: int) -> None:
    case = procedure_case(number)
    with site_before(moodle_database, case) as site:
        (outcome,) = run_planner(site, procedure_planner(site, case))

        assert outcome.failure is None
        with site.engine.connect() as connection:
            assert rows_of(connection, case) == comparable(case.after)
        assert dirty_users(site, case) == sorted(case.dirtyusers)
        log = read_log(site)
        assert {row["origin"] for row in log} <= {"cli"}
        if case.has_whole_log:
            assert events(log) == events([*case.restored_log, *case.bulk_log])
            name_objects(log, site.tables, site)
        else:
            assert log == []


@pytest.mark.parametrize("number", [101, 127, 140, 213])
def test_three_steps_settle_with_the_second_run(moodle_database: MoodleDatabase, number: int) -> None:
    """Moodle's own steps may move a start date in a second run, as those of case 127 do.

    The end date that the first run set lets an automatic enrolment without end win in the second, and
    only then is its start date taken over. From then on nothing changes.
    """
    case = procedure_case(number)
    with site_before(moodle_database, case) as site:
        run_planner(site, procedure_planner(site, case))
        run_planner(site, procedure_planner(site, case))
        log = read_log(site)

        (third,) = run_planner(site, procedure_planner(site, case))

        assert third.plan.changes == ()
        assert read_log(site) == log
