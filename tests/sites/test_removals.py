"""Whom syncs have unenrolled lately is found in the log, by its indexes, and nobody else."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

import pytest
from sqlalchemy import Connection, Select, insert, text

from maintien.enrolments.cut_timing import LATELY, CutTiming, time_cut
from maintien.enrolments.withdrawals import Window
from maintien.moodle.events import USER_ENROLMENT_DELETED
from maintien.moodle.ids import CourseId, UserId
from maintien.sites.database.fetching_people import fetch_people
from maintien.sites.database.opening import open_database
from maintien.sites.database.reading_rolls import FeedsRead, RollWishes
from maintien.sites.database.removals import RemovalWishes, read_removals, removals_query
from maintien.sites.database.tables import MoodleTables, moodle_tables
from maintien.sites.database.urls import parse_database_url
from maintien.sites.interface import Selection
from tests.golden_cases import CUT_CASES, cut_case, load_before, load_cut
from tests.servers.moodle_databases import MoodleDatabase

SINCE, CUT, TO = 1_788_000_000, 1_788_000_100, 1_788_000_200
BIOLOGY, ELSEWHERE = CourseId(7), CourseId(8)
CRON, LEA = UserId(2), UserId(11)
BY_ANYBODY: Final = RemovalWishes(window=Window(SINCE, TO))
BY_CRON: Final = RemovalWishes(window=Window(SINCE, TO), doers=frozenset({UserId(0), CRON}))

by_wishes = pytest.mark.parametrize("wishes", [BY_ANYBODY, BY_CRON], ids=["by anybody", "by cron"])


def logged(method: str = "database", **columns: object) -> dict[str, Any]:
    """A log row that says that cron unenrolled Léa from Biology."""
    enrolment = {
        "id": 501,
        "status": 0,
        "enrolid": 31,
        "userid": LEA,
        "timestart": 0,
        "timeend": 0,
        "modifierid": 0,
        "timecreated": 1,
        "timemodified": 1,
        "enrol": method,
        "lastenrol": True,
    }
    row = {
        "eventname": USER_ENROLMENT_DELETED.eventname,
        "component": "core",
        "action": "deleted",
        "target": "user_enrolment",
        "objecttable": "user_enrolments",
        "objectid": 501,
        "crud": "d",
        "edulevel": 0,
        "contextid": 107,
        "contextlevel": 50,
        "contextinstanceid": BIOLOGY,
        "userid": CRON,
        "courseid": BIOLOGY,
        "relateduserid": LEA,
        "anonymous": 0,
        "other": json.dumps({"userenrolment": enrolment, "enrol": method}),
        "timecreated": CUT,
        "origin": "cli",
    }
    return {**row, **columns}


def put(connection: Connection, tables: MoodleTables, *rows: Mapping[str, Any], **account: int) -> None:
    connection.execute(insert(tables.user), [{"id": LEA, "username": "lea", "mnethostid": 1, **account}])
    for row in rows:
        connection.execute(insert(tables.logstore_standard_log), [dict(row)])


@by_wishes
def test_people_unenrolled_by_cron_are_found(moodle_database: MoodleDatabase, wishes: RemovalWishes) -> None:
    tables = moodle_tables(moodle_database.prefix)
    with moodle_database.engine.begin() as connection:
        put(connection, tables, logged())
        found = read_removals(connection, tables, [BIOLOGY, ELSEWHERE], wishes)
    assert found == {BIOLOGY: {LEA}}


NOT_FOUND: Final[Mapping[str, Mapping[str, Any]]] = {
    "earlier": {"timecreated": SINCE - 1},
    "later": {"timecreated": TO + 1},
    "another course": {"courseid": 9, "contextinstanceid": 9},
    "another event": {"eventname": "\\core\\event\\user_enrolment_updated"},
    "by somebody at a page": {"origin": "web"},
    "what can't be read": {"other": "?"},
    "about another row": {"objectid": 502},
}
ON_SQLITE = pytest.mark.parametrize("moodle_database", ["sqlite"], indirect=True)


@ON_SQLITE
@by_wishes
@pytest.mark.parametrize("case", NOT_FOUND)
def test_other_rows_are_no_sign(moodle_database: MoodleDatabase, wishes: RemovalWishes, case: str) -> None:
    tables = moodle_tables(moodle_database.prefix)
    with moodle_database.engine.begin() as connection:
        put(connection, tables, logged(**NOT_FOUND[case]))
        assert read_removals(connection, tables, [BIOLOGY, ELSEWHERE], wishes) == {}


@ON_SQLITE
@by_wishes
@pytest.mark.parametrize("method", ["manual", "self", "meta"])
def test_methods_without_such_a_feed_are_no_sign(
    moodle_database: MoodleDatabase, wishes: RemovalWishes, method: str
) -> None:
    tables = moodle_tables(moodle_database.prefix)
    with moodle_database.engine.begin() as connection:
        put(connection, tables, logged(method))
        assert read_removals(connection, tables, [BIOLOGY], wishes) == {}


@ON_SQLITE
@by_wishes
@pytest.mark.parametrize("column", ["deleted", "suspended"])
def test_accounts_out_of_use_are_no_sign(
    moodle_database: MoodleDatabase, wishes: RemovalWishes, column: str
) -> None:
    tables = moodle_tables(moodle_database.prefix)
    with moodle_database.engine.begin() as connection:
        put(connection, tables, logged(), **{column: 1})
        assert read_removals(connection, tables, [BIOLOGY], wishes) == {}


@ON_SQLITE
def test_sync_at_sign_in_is_found_where_anybody_is_asked_about(moodle_database: MoodleDatabase) -> None:
    tables = moodle_tables(moodle_database.prefix)
    with moodle_database.engine.begin() as connection:
        put(connection, tables, logged(userid=LEA, origin="web"))
        assert read_removals(connection, tables, [BIOLOGY], BY_ANYBODY) == {BIOLOGY: {LEA}}
        assert read_removals(connection, tables, [BIOLOGY], BY_CRON) == {}


def plan_of(connection: Connection, query: Select[Any]) -> str:
    words = {"sqlite": "EXPLAIN QUERY PLAN", "postgresql": "EXPLAIN"}.get(connection.dialect.name, "EXPLAIN")
    compiled = query.compile(connection, compile_kwargs={"literal_binds": True, "render_postcompile": True})
    statement = str(compiled).replace("%%", "%")
    return "\n".join(str(tuple(row)) for row in connection.exec_driver_sql(f"{words} {statement}"))


@by_wishes
def test_the_log_is_read_by_an_index(moodle_database: MoodleDatabase, wishes: RemovalWishes) -> None:
    tables = moodle_tables(moodle_database.prefix)
    log = tables.logstore_standard_log.name
    with moodle_database.engine.begin() as connection:
        put(connection, tables)
        rows = [
            logged(courseid=n % 100, contextinstanceid=n % 100, userid=100 + n % 400, timecreated=SINCE + n)
            for n in range(3000)
        ]
        connection.execute(insert(tables.logstore_standard_log), rows)
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL enable_seqscan = off"))
            connection.execute(text(f"ANALYZE {log}"))
        plan = plan_of(connection, removals_query(tables, [BIOLOGY, ELSEWHERE], wishes))
    assert not re.search(rf"SCAN {log}\b|Seq Scan on {log}\b|'{log}', None, 'ALL'", plan), plan


@pytest.mark.parametrize("number", CUT_CASES)
@pytest.mark.parametrize("encoding", ["json", "php"])
@ON_SQLITE
def test_recorded_cut_is_told_from_its_log_and_rows(
    moodle_database: MoodleDatabase, number: int, encoding: str
) -> None:
    case = cut_case(number)
    with moodle_database.engine.begin() as connection:
        load_cut(connection, case, moodle_database.prefix, as_json=encoding == "json")
    # One of the recorded methods keeps everybody: its sync left no trace, for nothing happened.
    expected = (CutTiming.UNDER_WAY, CutTiming.DONE) if case.cut_log else (CutTiming.BEFORE,)
    assert timing(moodle_database, case.clock) in expected


@pytest.mark.parametrize("number", CUT_CASES)
@ON_SQLITE
def test_nothing_was_withdrawn_before_a_recorded_cut_where_people_are_unenrolled(
    moodle_database: MoodleDatabase, number: int
) -> None:
    case = cut_case(number)
    unenrols = all(case.config.get(f"enrol_{m}/unenrolaction") == 0 for m in ("cohort", "database"))
    with moodle_database.engine.begin() as connection:
        load_before(connection, case, moodle_database.prefix)
    if unenrols:
        assert timing(moodle_database, case.clock) is CutTiming.BEFORE


def timing(database: MoodleDatabase, clock: int) -> CutTiming:
    """Without the register; the recorded cohorts have no members, so they are taken as unread too."""
    site, _release = open_database(parse_database_url(database.site_url), "recorded")
    try:
        config = site.read_config()
        window = Window(clock - LATELY, clock + 3600)
        wishes = RollWishes(students=frozenset(), removals=RemovalWishes(window=window))
        courses = [size.course for size in site.select(Selection(everything=True))]
        (roll,) = site.read_rolls(courses, wishes)
        return time_cut(roll, config, since=window.since, at=clock).timing
    finally:
        site.close()


def test_people_come_whole_where_the_server_cuts_texts_short(moodle_database: MoodleDatabase) -> None:
    tables = moodle_tables(moodle_database.prefix)
    table = tables.user_enrolments
    people = list(range(1000, 1400))
    with moodle_database.engine.begin() as connection:
        connection.execute(insert(table), [{"enrolid": 31, "userid": userid} for userid in people])
        connection.execute(insert(table), [{"enrolid": 32, "userid": 1000}])
        found = fetch_people(connection, table, [table.c.enrolid], table.c.userid, table.c.enrolid > 0)
        assert {tuple(what): sorted(ids) for what, ids in found} == {(31,): people, (32,): [1000]}


@pytest.mark.parametrize("moodle_database", ["mariadb"], indirect=True)
def test_text_that_was_cut_short_is_read_again_person_by_person(
    moodle_database: MoodleDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("maintien.sites.database.fetching_people._LONGEST_TEXT", 100)
    test_people_come_whole_where_the_server_cuts_texts_short(moodle_database)


def test_listings_of_cohorts_hold_people_to_come(moodle_database: MoodleDatabase) -> None:
    tables = moodle_tables(moodle_database.prefix)
    with moodle_database.engine.begin() as connection:
        connection.execute(insert(tables.user), [{"id": 11, "username": "a"}, {"id": 12, "username": "b"}])
        connection.execute(
            insert(tables.cohort_members), [{"cohortid": 1, "userid": u} for u in (11, 12, 13)]
        )
        connection.execute(insert(tables.course), [{"id": 7, "shortname": "B", "category": 1}])
        connection.execute(insert(tables.context), [{"id": 107, "contextlevel": 50, "instanceid": 7}])
        connection.execute(
            insert(tables.enrol), [{"id": 31, "enrol": "cohort", "courseid": 7, "customint1": 1, "status": 0}]
        )
        connection.execute(
            insert(tables.config),
            [{"name": "version", "value": "2023100900"}, {"name": "release", "value": "4.3"}],
        )
    site, _release = open_database(parse_database_url(moodle_database.site_url), "fed")
    try:
        courses = [size.course for size in site.select(Selection(everything=True))]
        wishes = RollWishes(students=frozenset(), feeds=FeedsRead(register=None))
        (roll,) = site.read_rolls(courses, wishes)
    finally:
        site.close()
    assert [listing.people for listing in roll.listings.values()] == [{11, 12}]
