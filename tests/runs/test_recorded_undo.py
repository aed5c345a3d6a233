"""Undoing what was done to a recorded course leaves every row as it was, ids and times included."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from maintien.planning.planner import Planner
from maintien.planning.policy import ConversionPolicy, EndFor, LikeMoodlePolicy, Policy
from maintien.runs.conduct import Conductor, UnderWay, undo_planner
from maintien.runs.journal import Process, RunHeader, RunId, RunKind, RunStatus
from maintien.runs.store.database import DatabaseRunStore
from maintien.runs.store.opening import open_run_store
from maintien.sites.database.site import DatabaseSite
from maintien.sites.interface import Selection
from tests.golden_cases import PROCEDURE_CASES, ProcedureCase, procedure_case
from tests.servers.moodle_databases import MoodleDatabase
from tests.sites.recorded_sites import author_of, circumstances_of, site_before

TABLES = ("enrol", "user_enrolments", "role_assignments", "groups_members")
EVERYTHING = Selection(everything=True)

Rows = dict[str, list[tuple[Any, ...]]]


def policies(case: ProcedureCase, site: DatabaseSite) -> dict[str, Policy]:
    """What is done to the course, and then undone."""
    student = frozenset({site.read_config().roles["student"]})
    end = case.timeend or case.clock + 1
    asked = ConversionPolicy(ends_at=end, roles=student, end_roles=student, enable_manual=True)
    return {
        "like Moodle": LikeMoodlePolicy(ends_at=case.timeend, end_roles=student),
        "defaults": ConversionPolicy(ends_at=end, roles=student, end_roles=student),
        "with the method enabled": asked,
        "everybody": ConversionPolicy(
            ends_at=end,
            methods=None,
            roles=None,
            end_roles=student,
            include_suspended=True,
            end_for=EndFor.ALL_MANUAL,
            enable_manual=True,
        ),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorder:
    """Carries out runs on a recorded course."""

    site: DatabaseSite
    store: DatabaseRunStore
    case: ProcedureCase

    def rows(self) -> Rows:
        """Every column of every row."""
        with self.site.engine.connect() as connection:
            return {
                table: [
                    tuple(row)
                    for row in connection.execute(
                        text(f"SELECT * FROM {self.site.tables.prefix}{table} ORDER BY id")
                    )
                ]
                for table in TABLES
            }

    def convert(self, policy: Policy) -> RunId | None:
        """Carry a policy out; give the run, if there was anything to do."""
        planner = Planner(
            policy=policy, config=self.site.read_config(), circumstances=circumstances_of(self.case)
        )
        sizes = self.site.select(EVERYTHING)
        header = self._header(RunKind.CONVERT)
        return _gone_through(
            self._conductor(planner).begin(header, sizes, planner.plan, planner.inherited_roles)
        )

    def undo(self, run: RunId) -> RunId | None:
        """Take a run back."""
        sizes, plan = undo_planner(self.store, run)
        return _gone_through(self._conductor(None).begin(self._header(RunKind.UNDO), sizes, plan))

    def _conductor(self, planner: Planner | None) -> Conductor:
        circumstances = circumstances_of(self.case)
        author = author_of(
            planner
            or Planner(
                policy=LikeMoodlePolicy(ends_at=0, end_roles=frozenset()),
                config=self.site.read_config(),
                circumstances=circumstances,
            )
        )
        process = self._header(RunKind.CONVERT).process
        return Conductor(site=self.site, store=self.store, author=author, process=process)

    def _header(self, kind: RunKind) -> RunHeader:
        return RunHeader(
            kind=kind,
            site_id="recorded/",
            site_name="recorded",
            operator=circumstances_of(self.case).operator,
            command="maintien",
            version="0",
            process=Process(user="ada", host="here", pid=1),
            began_at=self.case.clock,
        )


def _gone_through(run: UnderWay) -> RunId | None:
    assert [outcome.failure for outcome in run.outcomes() if outcome.failure] == []
    return run.run


@pytest.mark.parametrize("number", PROCEDURE_CASES)
def test_undone_course_is_as_it_was_row_by_row(
    moodle_database: MoodleDatabase, number: int, tmp_path: Path
) -> None:
    case = procedure_case(number)
    store = open_run_store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    with site_before(moodle_database, case) as site:
        recorder = Recorder(site=site, store=store, case=case)
        before = recorder.rows()
        for name, policy in policies(case, site).items():
            run = recorder.convert(policy)
            if run is None:
                continue
            assert recorder.rows() != before

            undo = recorder.undo(run)

            assert recorder.rows() == before, name
            assert undo is not None
            assert store.run(undo).status is RunStatus.DONE
    store.engine.dispose()


@pytest.mark.parametrize("number", [103, 127, 204])
def test_undone_undo_gives_the_converted_course_back(
    moodle_database: MoodleDatabase, number: int, tmp_path: Path
) -> None:
    case = procedure_case(number)
    store = open_run_store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    with site_before(moodle_database, case) as site:
        recorder = Recorder(site=site, store=store, case=case)
        run = recorder.convert(policies(case, site)["everybody"])
        assert run is not None
        converted = recorder.rows()
        undo = recorder.undo(run)
        assert undo is not None

        assert recorder.undo(run) is None

        recorder.undo(undo)

        assert recorder.rows() == converted
    store.engine.dispose()
