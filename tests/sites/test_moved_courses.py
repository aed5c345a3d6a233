"""Moved courses on each database: the rows that were automatic are manual, and an undo gives them back."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete, insert, select

from maintien.enrolments.state import CourseState
from maintien.moodle.ids import CourseId, UserId
from maintien.planning.applying import apply_plan
from maintien.planning.changes import Changed, Removed
from maintien.planning.left_alone import FeedUnknown, StillListed
from maintien.planning.plan import CoursePlan
from maintien.planning.planner import Planner
from maintien.planning.policy import ConversionPolicy, Mode
from maintien.planning.undo import plan_undo
from maintien.runs.execute import execute
from maintien.sites.database.read_feeds import ReadFeeds
from maintien.sites.database.site import DatabaseSite
from maintien.sites.interface import Selection
from tests.builders import UNTIL
from tests.golden_cases import procedure_case
from tests.servers.moodle_databases import MoodleDatabase
from tests.sites.recorded_sites import author_of, circumstances_of, run_planner, site_before
from tests.sites.test_written_states import read_state, without_ids

CASES = (101, 103, 108, 120, 132, 136, 202, 303, 310)
ENROLMENT_EVENTS = "user_enrolment_"


@contextmanager
def fed_site(database: MoodleDatabase, number: int) -> Iterator[DatabaseSite]:
    """The recorded course, whose cohorts have no members and whose register lists nobody."""
    with site_before(database, procedure_case(number)) as site:
        yield replace(site, feeds=ReadFeeds(register={}))


def move_of(site: DatabaseSite, number: int, **changes: Any) -> Planner:  # noqa: ANN401 -- a policy's fields
    config = site.read_config()
    student = frozenset({config.roles["student"]})
    policy = ConversionPolicy(
        ends_at=UNTIL + 50_000_000,
        roles=None,
        end_roles=student,
        methods=None,
        enable_manual=True,
        include_suspended=True,
        mode=Mode.MOVE,
        feed_is_gone=True,
    )
    return Planner(
        policy=replace(policy, **changes),
        config=config,
        circumstances=circumstances_of(procedure_case(number)),
    )


def take_back(site: DatabaseSite, planner: Planner, done: CoursePlan) -> CoursePlan:
    sizes = site.select(Selection(everything=True))
    (outcome,) = execute(site, sizes, lambda state: plan_undo(state, done), author=author_of(planner))
    assert outcome.failure is None
    return outcome.plan


def read_log(site: DatabaseSite) -> list[dict[str, Any]]:
    log = site.tables.logstore_standard_log
    with site.engine.connect() as connection:
        return [dict(row) for row in connection.execute(select(log).order_by(log.c.id)).mappings()]


def without_feeds(state: CourseState) -> CourseState:
    return replace(state, listed={})


@pytest.mark.parametrize("number", CASES)
def test_site_holds_what_the_move_says(moodle_database: MoodleDatabase, number: int) -> None:
    with fed_site(moodle_database, number) as site:
        before = read_state(site)
        (outcome,) = run_planner(site, move_of(site, number))

        assert outcome.failure is None
        after = without_feeds(read_state(site))
        assert without_ids(after) == without_ids(without_feeds(apply_plan(before, outcome.plan)))
        # The rows themselves were moved: none has a new id.
        assert {row.id for row in after.enrolments} <= {row.id for row in before.enrolments}


def test_cases_hold_rows_that_move_and_rows_that_go(moodle_database: MoodleDatabase) -> None:
    kinds: set[tuple[str, str]] = set()
    for number in CASES:
        with fed_site(moodle_database, number) as site:
            plan = move_of(site, number).plan(read_state(site))
            kinds.update((type(c).__name__, type(c[0]).__name__) for c in plan.changes)

    assert kinds >= {
        ("Changed", "UserEnrolment"),
        ("Removed", "UserEnrolment"),
        ("Changed", "RoleAssignment"),
        ("Removed", "RoleAssignment"),
        ("Changed", "GroupMembership"),
    }


@pytest.mark.parametrize("number", CASES)
def test_undo_gives_back_every_row_and_its_undo_moves_again(
    moodle_database: MoodleDatabase, number: int
) -> None:
    with fed_site(moodle_database, number) as site:
        planner = move_of(site, number)
        before = read_state(site)
        (moved,) = run_planner(site, planner)
        after = read_state(site)

        undo = take_back(site, planner, moved.plan)
        assert undo.left_alone == ()
        assert without_feeds(read_state(site)) == without_feeds(before)

        take_back(site, planner, undo)
        assert without_feeds(read_state(site)) == without_feeds(after)


@pytest.mark.parametrize("number", CASES)
def test_second_move_changes_nothing(moodle_database: MoodleDatabase, number: int) -> None:
    with fed_site(moodle_database, number) as site:
        planner = move_of(site, number)
        run_planner(site, planner)

        (second,) = run_planner(site, planner)

        assert second.plan.changes == ()


def test_log_names_the_method_of_each_row(moodle_database: MoodleDatabase) -> None:
    with fed_site(moodle_database, 103) as site:
        methods = {row.id: row.method for row in read_state(site).instances}
        planner = move_of(site, 103)
        (moved,) = run_planner(site, planner)

        def methods_logged() -> list[tuple[str, str]]:
            rows = [row for row in read_log(site) if ENROLMENT_EVENTS in row["eventname"]]
            return sorted((row["action"], json.loads(row["other"])["enrol"]) for row in rows)

        moves = [c for c in moved.plan.changes if isinstance(c, Changed) and hasattr(c.before, "ends_at")]
        gone = [c.row for c in moved.plan.changes if isinstance(c, Removed) and hasattr(c.row, "ends_at")]
        logged = [("updated", "manual") for _ in moves]
        logged += [("deleted", methods[row.instanceid]) for row in gone]
        assert methods_logged() == sorted(logged)

        take_back(site, planner, moved.plan)
        logged += [("updated", methods[c.before.instanceid]) for c in moves]
        logged += [("created", methods[row.instanceid]) for row in gone]
        assert methods_logged() == sorted(logged)


def test_members_of_the_cohort_are_read_with_the_course_and_stay(moodle_database: MoodleDatabase) -> None:
    with fed_site(moodle_database, 101) as site:
        state = read_state(site)
        cohort = next(row for row in state.instances if row.method == "cohort")
        member = next(row.userid for row in state.enrolments if row.instanceid == cohort.id)
        stranger = max(row.userid for row in state.enrolments) + 1000
        members = site.tables.cohort_members
        with site.engine.begin() as connection:
            connection.execute(
                insert(members),
                [{"cohortid": cohort.customint1, "userid": each} for each in (member, stranger)],
            )

        assert read_state(site).listed[cohort.id] == {member}
        (outcome,) = run_planner(site, move_of(site, 101))
        reasons = {entry.userid: entry.reason for entry in outcome.plan.left_alone}
        assert reasons[member] == StillListed(methods=("cohort",))
        assert member not in outcome.plan.converted

        with site.engine.begin() as connection:
            connection.execute(delete(members))
        (outcome,) = run_planner(site, move_of(site, 101))
        assert member in outcome.plan.converted


def test_people_of_the_register_stay_and_nobody_moves_where_it_is_unknown(
    moodle_database: MoodleDatabase,
) -> None:
    with fed_site(moodle_database, 120) as site:
        state = read_state(site)
        database = next(row for row in state.instances if row.method == "database")
        person = next(row.userid for row in state.enrolments if row.instanceid == database.id)
        course = CourseId(database.courseid)

        assert state.listed[database.id] == frozenset[UserId]()
        fed = replace(site, feeds=ReadFeeds(register={course: [person]}))
        assert read_state(fed).listed[database.id] == {person}
        unread = replace(site, feeds=ReadFeeds(register=None))
        assert database.id not in read_state(unread).listed
        plan = move_of(unread, 120, feed_is_gone=False).plan(read_state(unread))
        assert FeedUnknown(methods=("database",)) in {entry.reason for entry in plan.left_alone}


def test_state_without_feeds_lists_nobody_and_knows_none(moodle_database: MoodleDatabase) -> None:
    with site_before(moodle_database, procedure_case(101)) as site:
        assert read_state(site).listed == {}
