"""What was taken from people is read from the log, by its indexes only."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Select, Table, insert, select, text
from sqlalchemy.exc import DBAPIError

from maintien.enrolments.rows import Course
from maintien.enrolments.state import CourseState
from maintien.enrolments.withdrawals import (
    Deed,
    LogReach,
    LostGrades,
    UnreadableEvent,
    UpdatedEnrolment,
    Window,
    Withdrawals,
)
from maintien.moodle.events import (
    GRADE_DELETED,
    GROUP_MEMBER_REMOVED,
    ROLE_UNASSIGNED,
    USER_ENROLMENT_DELETED,
    USER_ENROLMENT_UPDATED,
    EventKind,
)
from maintien.moodle.ids import (
    CategoryId,
    ContextId,
    CourseId,
    EnrolmentId,
    GroupId,
    UserId,
)
from maintien.sites.database.bulk import bulk_insert
from maintien.sites.database.connecting import connect_engine
from maintien.sites.database.reading import Beside, read_states
from maintien.sites.database.site import DatabaseSite
from maintien.sites.database.tables import MoodleTables, moodle_tables
from maintien.sites.database.urls import parse_database_url
from maintien.sites.database.withdrawals import (
    history_query,
    log_query,
    read_withdrawals,
    removed_query,
)
from maintien.sites.interface import CourseSize, Selection
from tests.golden_cases import CUT_CASES, cut_case
from tests.servers.moodle_databases import MoodleDatabase
from tests.sites.recorded_withdrawals import site_cut
from tests.sites.small_moodle import create_account, url_for

SINCE, CUT, TO = 1_788_000_000, 1_788_000_100, 1_788_000_200
WINDOW = Window(SINCE, TO)
BIOLOGY = Course(CourseId(7), "BIO101", "Biologie", "BIO-101", CategoryId(1), ContextId(107))
LEA, TOM = UserId(11), UserId(12)
CRON = UserId(2)
DEED = Deed(CUT, "cli", CRON)


def put(connection: Connection, tables: MoodleTables, table: str, *rows: Mapping[str, Any]) -> None:
    for row in rows:
        connection.execute(insert(getattr(tables, table)), [dict(row)])


def logged(kind: EventKind, **columns: object) -> dict[str, Any]:
    """A log row about Léa in Biology."""
    row = {
        "eventname": kind.eventname,
        "action": kind.action,
        "target": kind.target,
        "objectid": 501,
        "crud": kind.crud,
        "edulevel": 0,
        "contextid": BIOLOGY.contextid,
        "contextlevel": 50,
        "contextinstanceid": BIOLOGY.id,
        "userid": CRON,
        "courseid": BIOLOGY.id,
        "relateduserid": LEA,
        "anonymous": 0,
        "other": "null",
        "timecreated": CUT,
        "origin": "cli",
    }
    return {**row, **columns}


def unenrolled(userid: UserId = LEA, **columns: object) -> dict[str, Any]:
    """What the log keeps of somebody unenrolled by instance 31."""
    numbers = ("id", "status", "enrolid", "timestart", "timeend", "modifierid", "timecreated", "timemodified")
    row = {**dict.fromkeys(numbers, "0"), "id": "501", "enrolid": "31", "userid": str(userid)}
    other = {"userenrolment": {**row, "enrol": "cohort", "lastenrol": True}, "enrol": "cohort"}
    return logged(USER_ENROLMENT_DELETED, **{"relateduserid": userid, "other": json.dumps(other), **columns})


def read(database: MoodleDatabase, log: list[dict[str, Any]]) -> Withdrawals:
    tables = moodle_tables(database.prefix)
    with database.engine.begin() as connection:
        put(connection, tables, "logstore_standard_log", *log)
        return read_withdrawals(connection, tables, [BIOLOGY], WINDOW)[BIOLOGY.id]


@pytest.mark.parametrize("number", CUT_CASES)
def test_both_encodings_tell_the_same(moodle_database: MoodleDatabase, number: int) -> None:
    case = cut_case(number)
    found = []
    for as_json in (True, False):
        with site_cut(moodle_database, case, as_json=as_json) as site:
            courses = [size.course for size in site.select(Selection(everything=True))]
            (state,) = site.read_states(courses)
            found.append(state.withdrawals)

    names = Counter(row["eventname"] for row in case.cut_log)
    withdrawals = found[0]
    assert len(withdrawals.removed) == names[USER_ENROLMENT_DELETED.eventname]
    assert len(withdrawals.roles) == names[ROLE_UNASSIGNED.eventname]
    assert len(withdrawals.left_groups) == names[GROUP_MEMBER_REMOVED.eventname]
    assert sum(lost.grades for lost in withdrawals.grades) == names[GRADE_DELETED.eventname]
    before = {row["id"]: row for row in case.before.user_enrolments}
    for removal in withdrawals.removed:
        was = before[removal.row.id]
        assert (removal.row.userid, removal.row.instanceid) == (was["userid"], was["enrolid"])
        assert (removal.row.starts_at, removal.row.ends_at) == (was["timestart"], was["timeend"])
    assert withdrawals.unreadable == ()
    assert found[1] == withdrawals


def test_rows_outside_the_window_are_not_read_and_its_ends_are(moodle_database: MoodleDatabase) -> None:
    moments = (SINCE - 1, SINCE, TO, TO + 1)

    found = read(moodle_database, [unenrolled(timecreated=moment) for moment in moments])

    assert [removal.deed.at for removal in found.removed] == [SINCE, TO]
    assert found.log == LogReach(SINCE - 1, TO + 1)


def test_rows_of_other_courses_are_not_read(moodle_database: MoodleDatabase) -> None:
    assert read(moodle_database, [unenrolled(courseid=8), unenrolled(courseid=None)]).removed == ()


def test_evidence_is_in_the_order_of_time(moodle_database: MoodleDatabase) -> None:
    found = read(
        moodle_database,
        [unenrolled(TOM, timecreated=CUT + 1), unenrolled(LEA), unenrolled(TOM)],
    )

    assert [(each.deed.at, each.row.userid) for each in found.removed] == [
        (CUT, LEA),
        (CUT, TOM),
        (CUT + 1, TOM),
    ]


def test_last_update_of_a_row_counts(moodle_database: MoodleDatabase) -> None:
    other = json.dumps({"enrol": "cohort"})
    updates = [
        logged(USER_ENROLMENT_UPDATED, other=other, timecreated=CUT + 1, origin="web"),
        logged(USER_ENROLMENT_UPDATED, other=other),
    ]

    last = UpdatedEnrolment(EnrolmentId(501), LEA, "cohort", Deed(CUT + 1, "web", CRON))
    assert read(moodle_database, updates).updated == {501: last}


def test_log_without_rows_reaches_nowhere(moodle_database: MoodleDatabase) -> None:
    assert read(moodle_database, []) == Withdrawals(log=None)


def test_groups_that_are_still_in_the_course_are_told(moodle_database: MoodleDatabase) -> None:
    tables = moodle_tables(moodle_database.prefix)
    with moodle_database.engine.begin() as connection:
        put(
            connection,
            tables,
            "groups",
            {"id": 41, "courseid": BIOLOGY.id, "name": "TD1"},
            {"id": 42, "courseid": 8, "name": "elsewhere"},
        )

    found = read(moodle_database, [logged(GROUP_MEMBER_REMOVED, objectid=group) for group in (41, 42, 43)])

    assert [left.groupid for left in found.left_groups] == [41, 42, 43]
    assert found.groups == {GroupId(41)}


@pytest.mark.parametrize("others", [0, 2_000], ids=["some courses", "more than go into one query"])
def test_course_is_as_large_as_it_was(moodle_database: MoodleDatabase, others: int) -> None:
    sizes = [CourseSize(BIOLOGY._replace(id=CourseId(7 + number)), 3) for number in range(2 + others)]
    log = [
        unenrolled(LEA),
        unenrolled(TOM),
        unenrolled(TOM, timecreated=SINCE - 1),
        logged(ROLE_UNASSIGNED),
        unenrolled(courseid=5),
        unenrolled(courseid=None),
    ]
    tables = moodle_tables(moodle_database.prefix)
    with moodle_database.engine.begin() as connection:
        put(connection, tables, "logstore_standard_log", *log)
    site = DatabaseSite(name="log", engine=moodle_database.engine, tables=tables)

    found = site.with_removed(sizes, WINDOW)

    assert [size.enrolments for size in found[:3]] == ([5, 3] if not others else [5, 3, 3])
    assert [size.course for size in found] == [size.course for size in sizes]


HOSTILE = {
    "object": 'O:8:"stdClass":0:{}',
    "reference": "a:1:{i:0;R:1;}",
    "nothing": None,
    "too long": '{"userenrolment": "' + "a" * 100_000 + '"}',
    "deep": "[" * 15_000,
    "another person's row": unenrolled(TOM)["other"],
}


@pytest.mark.parametrize("other", HOSTILE.values(), ids=HOSTILE)
def test_hostile_rows_are_named_and_the_others_read(
    moodle_database: MoodleDatabase, other: str | None
) -> None:
    found = read(
        moodle_database,
        [unenrolled(other=other), unenrolled(TOM), logged(ROLE_UNASSIGNED, other=other, objectid=5)],
    )

    assert [removal.row.userid for removal in found.removed] == [TOM]
    assert found.roles == ()
    assert sorted(found.unreadable) == [
        UnreadableEvent(LEA, is_unenrolment=False, deed=DEED),
        UnreadableEvent(LEA, is_unenrolment=True, deed=DEED),
    ]


def test_row_about_nobody_is_unreadable(moodle_database: MoodleDatabase) -> None:
    found = read(moodle_database, [logged(GROUP_MEMBER_REMOVED, relateduserid=None)])

    unreadable = UnreadableEvent(UserId(0), is_unenrolment=False, deed=DEED)
    assert (found.left_groups, found.unreadable) == ((), (unreadable,))


def test_grades_are_counted_in_the_log_and_in_the_history(moodle_database: MoodleDatabase) -> None:
    tables = moodle_tables(moodle_database.prefix)
    gone = {"itemid": 61, "userid": LEA, "source": "userdelete", "timemodified": CUT, "action": 3, "oldid": 1}
    with moodle_database.engine.begin() as connection:
        items = [
            {"id": 61, "courseid": BIOLOGY.id, "itemtype": "manual"},
            {"id": 62, "courseid": 8, "itemtype": "manual"},
        ]
        put(connection, tables, "grade_items", *items)
        put(
            connection,
            tables,
            "grade_grades_history",
            gone,
            {**gone, "userid": TOM},
            {**gone, "userid": TOM, "itemid": 62},
            {**gone, "userid": TOM, "source": "mod/quiz"},
            {**gone, "userid": TOM, "timemodified": SINCE - 1},
        )

    found = read(moodle_database, [logged(GRADE_DELETED), logged(GRADE_DELETED)])

    assert found.grades == (LostGrades(LEA, 2, 1), LostGrades(TOM, 0, 1))


def test_accounts_of_people_who_are_no_longer_enrolled_are_looked_up(
    moodle_database: MoodleDatabase,
) -> None:
    tables = moodle_tables(moodle_database.prefix)
    people = {UserId(13): (1, 0), UserId(14): (0, 1), UserId(15): (0, 0)}
    missing = UserId(16)
    with moodle_database.engine.begin() as connection:
        for userid, (deleted, suspended) in people.items():
            account = {"id": userid, "username": f"u{userid}", "deleted": deleted, "suspended": suspended}
            put(connection, tables, "user", account)
        put(connection, tables, "logstore_standard_log", *map(unenrolled, [*people, missing]))

        (state,) = read_states(connection, tables, [BIOLOGY], beside=Beside(withdrawn_within=WINDOW))
        (unasked,) = read_states(connection, tables, [BIOLOGY])

    assert state.deleted == {UserId(13), missing}
    assert state.missing == {missing}
    assert state.suspended == {UserId(14)}
    assert unasked == CourseState(course=BIOLOGY)


READER, PASSWORD = "maintien_read", "read only"


def granted_by_the_guide(database: MoodleDatabase) -> str:
    """A URL of the site for an account that may read no more than the guide's statements let it."""
    page = (Path(__file__).parents[2] / "docs" / "guide" / "en" / "opening-a-site.md").read_text()
    section = page[page.index("### For a rescue") : page.index("## An account that may write")]
    postgresql, mariadb = re.findall(r"```sql\n(.*?)```", section, re.DOTALL)
    engine = database.engine
    create_account(engine, READER, PASSWORD)
    is_postgresql = engine.dialect.name == "postgresql"
    schema = "" if is_postgresql else f"{engine.url.database}."
    statements = postgresql if is_postgresql else mariadb.replace("moodle.", schema)
    groups = f"GRANT SELECT ON {schema}mdl_groups TO {READER}"
    with engine.begin() as connection:
        for statement in (*statements.split(";")[:-1], groups):
            connection.exec_driver_sql(statement)
    return url_for(database.site_url, READER, PASSWORD)


@pytest.mark.parametrize("moodle_database", ["postgresql", "mariadb"], indirect=True)
def test_statements_of_the_guide_let_a_reading_account_read_what_was_taken(
    moodle_database: MoodleDatabase,
) -> None:
    tables = moodle_tables(moodle_database.prefix)
    read(moodle_database, [unenrolled(), logged(GROUP_MEMBER_REMOVED, objectid=41)])
    engine = connect_engine(parse_database_url(granted_by_the_guide(moodle_database)))
    with engine.connect() as connection:
        found = read_withdrawals(connection, tables, [BIOLOGY], WINDOW)[BIOLOGY.id]
        with pytest.raises(DBAPIError):
            connection.execute(select(tables.logstore_standard_log.c.ip))
    engine.dispose()

    assert (len(found.removed), len(found.left_groups)) == (1, 1)


ROWS = 20_000
"""Enough for a database to prefer its indexes."""


@pytest.mark.parametrize("moodle_database", ["postgresql", "mariadb"], indirect=True)
@pytest.mark.parametrize("courses", [[7], list(range(2, 22))], ids=["one course", "a batch"])
def test_log_and_history_are_read_by_an_index(moodle_database: MoodleDatabase, courses: list[int]) -> None:
    tables = moodle_tables(moodle_database.prefix)
    busy = [
        unenrolled(courseid=row % 200, eventname="\\core\\event\\course_viewed", timecreated=SINCE - row * 60)
        for row in range(ROWS)
    ]
    history: list[dict[str, Any]] = [
        {"itemid": row % 400, "userid": row, "timemodified": SINCE - row * 60, "oldid": row, "source": "x"}
        for row in range(ROWS)
    ]
    items: list[dict[str, Any]] = [
        {"id": row + 1, "courseid": row % 200, "itemtype": "manual"} for row in range(400)
    ]
    with moodle_database.engine.begin() as connection:
        filled: tuple[tuple[Table, list[dict[str, Any]]], ...] = (
            (tables.logstore_standard_log, busy),
            (tables.grade_grades_history, history),
            (tables.grade_items, items),
        )
        for table, rows in filled:
            bulk_insert(connection, table, tuple(rows[0]), [tuple(row.values()) for row in rows])
            analyse = "ANALYZE" if connection.dialect.name == "postgresql" else "ANALYZE TABLE"
            connection.execute(text(f"{analyse} {table.name}"))
        wanted = [CourseId(each) for each in courses]
        log = tables.logstore_standard_log

        assert _tables_scanned(connection, select(log.c.id).where(log.c.target != "x")) == [log.name]
        assert _tables_scanned(connection, log_query(tables, wanted, WINDOW, connection.dialect.name)) == []
        assert _tables_scanned(connection, removed_query(tables, wanted, WINDOW)) == []
        assert _tables_scanned(connection, removed_query(tables, None, WINDOW)) == []
        scanned = _tables_scanned(connection, history_query(tables, wanted, WINDOW, connection.dialect.name))
        assert tables.grade_grades_history.name not in scanned


@pytest.mark.parametrize("moodle_database", ["postgresql", "mariadb"], indirect=True)
def test_night_of_the_cut_is_not_gone_through_for_each_batch(moodle_database: MoodleDatabase) -> None:
    """The database's figures are of the day before: as far as they tell, little happened that night."""
    tables = moodle_tables(moodle_database.prefix)
    log = tables.logstore_standard_log
    views = [
        logged(GRADE_DELETED, courseid=row % 200, eventname="\\core\\event\\x", timecreated=SINCE - row * 600)
        for row in range(ROWS)
    ]
    cut = [unenrolled(courseid=row % 200, timecreated=CUT) for row in range(ROWS // 2)]
    with moodle_database.engine.begin() as connection:
        bulk_insert(connection, log, tuple(views[0]), [tuple(row.values()) for row in views])
        analyse = "ANALYZE" if connection.dialect.name == "postgresql" else "ANALYZE TABLE"
        connection.execute(text(f"{analyse} {log.name}"))
        bulk_insert(connection, log, tuple(cut[0]), [tuple(row.values()) for row in cut])
        courses = [CourseId(each) for each in range(2, 12)]
        query = log_query(tables, courses, WINDOW, connection.dialect.name)

        plan = " ".join(_explained(connection, query))
        if connection.dialect.name == "postgresql":
            assert re.search(
                r"Index Cond: \(\(courseid = asked.courseid|Index Cond: \(\(courseid = \(unnest", plan
            )
        else:
            read_rows = int(re.findall(r"'rows': '?(\d+)", plan)[0])
            assert read_rows < ROWS // 20


def _explained(connection: Connection, query: Select[Any]) -> list[str]:
    sql = str(query.compile(connection.engine, compile_kwargs={"literal_binds": True}))
    explained = connection.exec_driver_sql("EXPLAIN " + sql.replace("%", "%%"))
    return [str(dict(row)) for row in explained.mappings()]


def _tables_scanned(connection: Connection, query: Select[Any]) -> list[str]:
    """The tables that the database would go through from end to end."""
    sql = str(query.compile(connection.engine, compile_kwargs={"literal_binds": True}))
    explained = connection.exec_driver_sql("EXPLAIN " + sql.replace("%", "%%"))
    if connection.dialect.name == "postgresql":
        return re.findall(r"Seq Scan on (\S+)", "\n".join(explained.scalars()))
    return [row["table"] for row in explained.mappings() if row["type"] in ("ALL", "index")]
