"""Unenrolling takes what real Moodle took when a sync unenrolled people, with the same log rows.

Moodle unenrols from every method alike: so the recorded courses' automatic methods are renamed to manual
ones, and the same people are unenrolled from them. Grades and last visits are left out on purpose
(docs/decisions/0016-changing-and-removing-manual-enrolments.md).
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

import pytest
from sqlalchemy import update

from maintien.enrolments.state import CourseState, UserEnrolment
from maintien.moodle.ids import UserId
from maintien.planning.plan import CoursePlan
from maintien.planning.unenrol import Unenrolling
from maintien.runs.execute import PlanCourse, execute
from maintien.sites.database.site import DatabaseSite
from maintien.sites.interface import Author, Selection
from tests.golden_cases import CutCase, cut_case, rows_of
from tests.golden_rows import CourseRows, Row, comparable
from tests.servers.moodle_databases import MoodleDatabase
from tests.sites.recorded_sites import circumstances_of, site_before
from tests.sites.test_recorded_procedure import read_log

CASES = (401, 403, 404, 405, 407, 411, 412, 416)
"""Those in which the sync did nothing but unenrol people."""

GRADE_DELETED = "\\core\\event\\grade_deleted"


def lost_rows(case: CutCase) -> frozenset[int]:
    """Ids of the enrolments that the sync removed."""
    before, after = ({row["id"] for row in rows.user_enrolments} for rows in (case.before, case.cut))
    return frozenset(before - after)


def renamed_instances(case: CutCase) -> frozenset[int]:
    lost = lost_rows(case)
    return frozenset(row["enrolid"] for row in case.before.user_enrolments if row["id"] in lost)


def as_manual(rows: CourseRows, instances: frozenset[int]) -> CourseRows:
    """The rows with these instances renamed, and whatever they own."""

    def owned(row: Row) -> Row:
        is_theirs = row["itemid"] in instances and row["component"] != ""
        return {**row, "component": "enrol_manual"} if is_theirs else row

    return replace(
        rows,
        enrol=tuple({**row, "enrol": "manual"} if row["id"] in instances else row for row in rows.enrol),
        role_assignments=tuple(map(owned, rows.role_assignments)),
        groups_members=tuple(map(owned, rows.groups_members)),
    )


def rename(site: DatabaseSite, instances: frozenset[int]) -> None:
    tables = site.tables
    with site.engine.begin() as connection:
        connection.execute(
            update(tables.enrol).where(tables.enrol.c.id.in_(instances)).values(enrol="manual")
        )
        for table in (tables.role_assignments, tables.groups_members):
            is_theirs = table.c.itemid.in_(instances) & (table.c.component != "")
            connection.execute(update(table).where(is_theirs).values(component="enrol_manual"))


def unenrols(lost: frozenset[int], now: int) -> PlanCourse:
    """Plan to unenrol whom the sync unenrolled."""

    def plan(state: CourseState) -> CoursePlan:
        rows: defaultdict[UserId, list[UserEnrolment]] = defaultdict(list)
        for row in state.enrolments:
            if row.id in lost:
                rows[row.userid].append(row)
        unenrolling = Unenrolling(state, even_last=True)
        for userid in sorted(rows):
            unenrolling.unenrol(userid, rows[userid])
        return unenrolling.plan(now)

    return plan


def told(log: Iterable[Row], methods: Mapping[str, str]) -> Counter[tuple[object, ...]]:
    """What log rows say, with the names of the ``methods`` renamed in it."""
    columns = ("eventname", "objectid", "contextid", "relateduserid", "courseid")
    return Counter(
        (*(row[column] for column in columns), other_of(row, methods))
        for row in log
        if row["eventname"] != GRADE_DELETED
    )


def other_of(row: Row, methods: Mapping[str, str]) -> str:
    return json.dumps(renamed(json.loads(row["other"] or "null"), methods), sort_keys=True)


def renamed(value: object, methods: Mapping[str, str]) -> object:
    """A value without times of writing, which the rows were recorded without."""
    if isinstance(value, dict):
        return {key: renamed(part, methods) for key, part in value.items() if key not in TIMES}
    return methods.get(value, value) if isinstance(value, str) else value


TIMES = ("timecreated", "timemodified")
METHODS = {
    **dict.fromkeys(("cohort", "database"), "manual"),
    **dict.fromkeys(("enrol_cohort", "enrol_database"), "enrol_manual"),
}


@pytest.mark.parametrize("number", CASES)
def test_people_lose_what_moodle_takes_from_them(moodle_database: MoodleDatabase, number: int) -> None:
    case = cut_case(number)
    circumstances, lost = circumstances_of(case), lost_rows(case)
    author = Author(operator=circumstances.operator, clock=lambda: circumstances.now)
    with site_before(moodle_database, case) as site:
        rename(site, renamed_instances(case))
        sizes = site.select(Selection(everything=True))
        (outcome,) = execute(site, sizes, unenrols(lost, circumstances.now), author=author)

        assert outcome.failure is None
        with site.engine.connect() as connection:
            assert rows_of(connection, case) == comparable(as_manual(case.cut, renamed_instances(case)))
        assert told(read_log(site), METHODS) == told(case.cut_log, METHODS)
        left = {row["userid"] for row in case.before.user_enrolments} - {
            row["userid"] for row in case.cut.user_enrolments
        }
        assert outcome.plan.leavers == left
