"""A rescue after the recorded cuts gives everybody back what they had, and nobody else anything."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from maintien.moodle.ids import CourseId, RoleId, UserId
from maintien.moodle.values import NO_END, EnrolmentStatus, InstanceStatus
from maintien.planning.left_alone import ManualMethodUnavailable
from maintien.planning.plan import Source
from maintien.planning.planner import Planner
from maintien.planning.policy import Circumstances, RescuePolicy
from maintien.sites.database.site import DatabaseSite
from maintien.sites.interface import Selection
from tests.golden_cases import CUT_CASES, CutCase, cut_case, read_rows
from tests.golden_rows import CourseRows, Row
from tests.servers.moodle_databases import MoodleDatabase
from tests.sites.recorded_evidence import back_up, changed_by_cut, evidence_of, identify, site_cut_with_backup
from tests.sites.recorded_sites import run_planner
from tests.sites.recorded_withdrawals import HOUR, site_cut, window_of

YEAR = 365 * 24 * HOUR


def until(case: CutCase) -> int:
    return case.clock + YEAR


def require_given_back(case: CutCase, after: CourseRows) -> None:
    """Everybody who lost access has everything of before again, and nobody else anything."""
    people = lost(case)
    before = Access.of(case.before, case, case.clock)
    now = Access.of(after, case, case.clock + HOUR)
    assert people <= now.people
    assert own(before.roles, people) <= own(now.roles, people)
    assert own(before.groups, people) <= own(now.groups, people)
    for table in ("user_enrolments", "role_assignments", "groups_members"):
        rows, were = getattr(after, table), getattr(case.cut, table)
        assert {row["userid"] for row in rows if row not in were} <= people
        assert [row for row in rows if row["userid"] not in people] == [
            row for row in were if row["userid"] not in people
        ]
    given = [row for row in after.user_enrolments if row not in case.cut.user_enrolments]
    assert {row["timeend"] for row in given} <= {until(case)}


def planner(
    case: CutCase,
    site: DatabaseSite,
    *,
    roles: frozenset[RoleId] | None = None,
    enable_manual: bool = True,
) -> Planner:
    """A rescue an hour after the sync."""
    policy = RescuePolicy(
        window=window_of(case), ends_at=until(case), roles=roles, enable_manual=enable_manual
    )
    circumstances = Circumstances(now=case.clock + HOUR, operator=UserId(case.operator))
    return Planner(policy=policy, config=site.read_config(), circumstances=circumstances)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What people have in a course."""

    people: frozenset[int]
    """Those who may enter."""
    roles: frozenset[tuple[int, int]]
    groups: frozenset[tuple[int, int]]

    @classmethod
    def of(cls, rows: CourseRows, case: CutCase, at: int) -> "Access":
        """Look at a course as Moodle would, at some moment."""
        barred = {user["id"] for user in case.users if user["suspended"] or user["deleted"]}
        enabled = {row["id"] for row in rows.enrol if row["status"] == InstanceStatus.ENABLED}
        return cls(
            people=frozenset(
                row["userid"]
                for row in rows.user_enrolments
                if row["status"] == EnrolmentStatus.ACTIVE
                and row["enrolid"] in enabled
                and row["timestart"] <= at
                and (row["timeend"] == NO_END or row["timeend"] > at)
            )
            - barred,
            roles=_pairs(rows.role_assignments, "roleid"),
            groups=_pairs(rows.groups_members, "groupid"),
        )


def _pairs(rows: Iterable[Row], column: str) -> frozenset[tuple[int, int]]:
    return frozenset((row["userid"], row[column]) for row in rows)


def lost(case: CutCase) -> frozenset[int]:
    """Who could enter before the cut and not after."""
    before, cut = (Access.of(rows, case, case.clock) for rows in (case.before, case.cut))
    return before.people - cut.people


def read(site: DatabaseSite, case: CutCase) -> CourseRows:
    with site.engine.connect() as connection:
        return read_rows(connection, case, site.tables.prefix)


def own(pairs: Iterable[tuple[int, int]], people: frozenset[int]) -> set[tuple[int, int]]:
    return {pair for pair in pairs if pair[0] in people}


def has_manual_enabled(case: CutCase) -> bool:
    return any(row["enrol"] == "manual" and row["status"] == InstanceStatus.ENABLED for row in case.cut.enrol)


@pytest.mark.parametrize("as_json", [True, False], ids=["json", "php"])
@pytest.mark.parametrize("number", CUT_CASES)
def test_everybody_gets_back_what_the_sync_took_and_nobody_else_anything(
    moodle_database: MoodleDatabase, number: int, *, as_json: bool
) -> None:
    case = cut_case(number)
    people = lost(case)
    with site_cut(moodle_database, case, as_json=as_json) as site:
        (outcome,) = run_planner(site, planner(case, site))
        after = read(site, case)
        again = run_planner(site, planner(case, site))

    require_given_back(case, after)
    assert set(outcome.plan.grounds) == people
    assert {entry.plan.changes for entry in again} == {()}


@pytest.mark.parametrize("moodle_database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("number", CUT_CASES)
def test_course_whose_manual_method_is_disabled_is_left_alone_and_its_people_named(
    moodle_database: MoodleDatabase, number: int
) -> None:
    case = cut_case(number)
    with site_cut(moodle_database, case) as site:
        (outcome,) = run_planner(site, planner(case, site, enable_manual=False))
        after = read(site, case)

    named = {entry.userid for entry in outcome.plan.left_alone if entry.reason == ManualMethodUnavailable()}
    if has_manual_enabled(case):
        assert named == set()
    else:
        assert after == case.cut
        assert named == lost(case)


@pytest.mark.parametrize("moodle_database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("number", CUT_CASES)
def test_suspended_row_and_log_are_told_apart(moodle_database: MoodleDatabase, number: int) -> None:
    case = cut_case(number)
    still_there = {
        row["userid"] for row in case.cut.user_enrolments if row not in case.before.user_enrolments
    }
    with site_cut(moodle_database, case) as site:
        (outcome,) = run_planner(site, planner(case, site))

    for userid, grounds in outcome.plan.grounds.items():
        assert (Source.SUSPENDED_ROW in grounds.sources) == (userid in still_there)
        assert grounds.taken_at == case.clock


@pytest.mark.parametrize("moodle_database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("number", CUT_CASES)
def test_students_get_only_the_student_role_back(moodle_database: MoodleDatabase, number: int) -> None:
    case = cut_case(number)
    student = case.roles["student"]
    with site_cut(moodle_database, case) as site:
        run_planner(site, planner(case, site, roles=frozenset({RoleId(student)})))
        after = read(site, case)

    cut, now = Access.of(case.cut, case, case.clock), Access.of(after, case, case.clock + HOUR)
    before = Access.of(case.before, case, case.clock)
    assert {role for _, role in now.roles - cut.roles} <= {student}
    assert now.people >= {userid for userid in lost(case) if (userid, student) in before.roles}


@pytest.mark.parametrize("rows_tell_when", [True, False])
@pytest.mark.parametrize("number", CUT_CASES)
def test_without_a_log_a_backup_from_before_gives_everybody_back_what_they_had_and_nobody_else_anything(
    moodle_database: MoodleDatabase, number: int, tmp_path: Path, *, rows_tell_when: bool
) -> None:
    case, backup = cut_case(number), tmp_path / "before.mbz"
    with site_cut_with_backup(moodle_database, case, backup, rows_tell_when=rows_tell_when) as site:
        (outcome,) = run_planner(site, planner(case, site))
        after = read(site, case)
        again = run_planner(site, planner(case, site))

    require_given_back(case, after)
    assert set(outcome.plan.grounds) == lost(case)
    changed = changed_by_cut(case) if rows_tell_when else []
    suspended = {row["userid"] for row in case.cut.user_enrolments if row["id"] in changed}
    for userid, grounds in outcome.plan.grounds.items():
        assert not {Source.LOG, Source.METHOD_DEFAULT} & {*grounds.sources}
        assert (Source.SUSPENDED_ROW in grounds.sources) == (userid in suspended)
        assert Source.ARCHIVE in grounds.sources or userid in suspended
    assert {entry.plan.changes for entry in again} == {()}


@pytest.mark.parametrize("moodle_database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("number", CUT_CASES)
def test_beside_a_whole_log_a_backup_changes_nothing(
    moodle_database: MoodleDatabase, number: int, tmp_path: Path
) -> None:
    case = cut_case(number)
    back_up(moodle_database, case, tmp_path / "before.mbz")
    with site_cut(moodle_database, case) as site:
        identify(site)
        archives = {CourseId(case.course.id): evidence_of(tmp_path / "before.mbz", site)}
        (size,) = site.select(Selection(courses=(f"id:{case.course.id}",)))
        plans = [
            planner(case, site).plan(next(each.read_states([size.course])))
            for each in (site, replace(site, archives=archives))
        ]

    assert plans[0].changes == plans[1].changes
    assert plans[0].grounds == plans[1].grounds
