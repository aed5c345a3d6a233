"""Every recorded course, after its restore, ends as the bulk edit left it, with its log rows."""

from dataclasses import replace

import pytest

from maintien.enrolments.participant_filter import (
    MethodFilter,
    ParticipantFilter,
    ParticipantStatus,
    RoleFilter,
    StatusFilter,
)
from maintien.planning.planner import Planner
from maintien.planning.policy import EndDatePolicy
from maintien.sites.database.participants import Choosing
from maintien.sites.database.site import DatabaseSite
from tests.golden_cases import PROCEDURE_CASES, ProcedureCase, procedure_case, rows_of
from tests.golden_rows import comparable
from tests.servers.moodle_databases import MoodleDatabase
from tests.sites.recorded_sites import circumstances_of, run_planner, site_before
from tests.sites.test_recorded_procedure import dirty_users, events, name_objects, read_log


def restored_case(number: int) -> ProcedureCase:
    """The case with the course as the restore left it."""
    case = procedure_case(number)
    return replace(case, before=case.restored)


def third_step(site: DatabaseSite, case: ProcedureCase) -> Planner:
    """The procedure's third step: its filters, and its end date."""
    config = site.read_config()
    whom = ParticipantFilter(
        methods=MethodFilter(methods=frozenset({"manual"})),
        roles=RoleFilter(roles=frozenset({config.roles["student"]})),
        statuses=StatusFilter(statuses=frozenset({ParticipantStatus.ACTIVE})),
    )
    return Planner(
        policy=EndDatePolicy(whom=whom, ends_at=case.timeend),
        config=config,
        circumstances=circumstances_of(case),
    )


def choosing(site: DatabaseSite, planner: Planner) -> DatabaseSite:
    """The site as the command reads it: it chooses people by its own means."""
    policy, at = planner.policy, planner.circumstances.now
    assert isinstance(policy, EndDatePolicy)
    return replace(site, choosing=Choosing(wanted=policy.whom, at=at))


@pytest.mark.parametrize("number", PROCEDURE_CASES)
def test_course_ends_as_moodles_bulk_edit_left_it(moodle_database: MoodleDatabase, number: int) -> None:
    case = restored_case(number)
    with site_before(moodle_database, case) as site:
        (outcome,) = run_planner(choosing(site, third_step(site, case)), third_step(site, case))

        assert outcome.failure is None
        assert outcome.plan.converted == case.selected
        with site.engine.connect() as connection:
            assert rows_of(connection, case) == comparable(case.after)
        # Moodle's bulk edit sets no flags of its own, and so lets sessions go on with what they know.
        assert dirty_users(site, case) == sorted(case.selected)
        log = read_log(site)
        assert {row["origin"] for row in log} <= {"cli"}
        if case.has_whole_log:
            assert events(log) == events(case.bulk_log)
            name_objects(log, site.tables, site)
        else:
            assert log == []


@pytest.mark.parametrize("number", [101, 127, 140, 213])
def test_second_bulk_edit_changes_nothing(moodle_database: MoodleDatabase, number: int) -> None:
    case = restored_case(number)
    with site_before(moodle_database, case) as site:
        run_planner(site, third_step(site, case))
        log = read_log(site)

        (second,) = run_planner(site, third_step(site, case))

        assert second.plan.changes == ()
        assert read_log(site) == log
