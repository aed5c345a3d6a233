"""A rescue is a run: undone, every row is as the cut left it; broken off, it goes on to the same end."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from maintien.moodle.ids import UserId
from maintien.planning.planner import Planner
from maintien.planning.policy import Circumstances, RescuePolicy
from maintien.runs.conduct import Conductor, UnderWay, undo_planner
from maintien.runs.journal import Process, RunHeader, RunId, RunKind, RunStatus
from maintien.runs.store.database import DatabaseRunStore
from maintien.runs.store.opening import open_run_store
from maintien.sites.database.site import DatabaseSite
from maintien.sites.interface import Author, Selection
from tests.golden_cases import CUT_CASES, CutCase, cut_case
from tests.servers.moodle_databases import MoodleDatabase
from tests.sites.recorded_withdrawals import HOUR, site_cut, window_of

TABLES = ("enrol", "user_enrolments", "role_assignments", "groups_members")
EVERYTHING = Selection(everything=True)

Rows = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescuer:
    """Carries out runs on a recorded course, an hour after its cut."""

    site: DatabaseSite
    store: DatabaseRunStore
    case: CutCase

    def rows(self) -> Rows:
        """Every column of every row."""
        prefix = self.site.tables.prefix
        with self.site.engine.connect() as connection:
            return {
                table: [
                    tuple(row)
                    for row in connection.execute(text(f"SELECT * FROM {prefix}{table} ORDER BY id"))
                ]
                for table in TABLES
            }

    @property
    def policy(self) -> RescuePolicy:
        return RescuePolicy(
            window=window_of(self.case),
            ends_at=self.case.clock + 999 * HOUR,
            roles=None,
            enable_manual=True,
        )

    @property
    def planner(self) -> Planner:
        circumstances = Circumstances(now=self.case.clock + HOUR, operator=UserId(self.case.operator))
        return Planner(policy=self.policy, config=self.site.read_config(), circumstances=circumstances)

    def rescue(self) -> RunId | None:
        sizes = self.site.select(EVERYTHING)
        return _gone_through(self.conductor().begin(self.header(RunKind.RESCUE), sizes, self.planner.plan))

    def undo(self, run: RunId) -> RunId | None:
        sizes, plan = undo_planner(self.store, run)
        return _gone_through(self.conductor().begin(self.header(RunKind.UNDO), sizes, plan))

    def conductor(self) -> Conductor:
        author = Author(operator=UserId(self.case.operator), clock=lambda: self.case.clock + HOUR)
        process = Process(user="ada", host="here", pid=1)
        return Conductor(site=self.site, store=self.store, author=author, process=process)

    def header(self, kind: RunKind) -> RunHeader:
        return RunHeader(
            kind=kind,
            site_id="recorded/",
            site_name="recorded",
            operator=UserId(self.case.operator),
            command="maintien",
            version="0",
            process=Process(user="ada", host="here", pid=1),
            began_at=self.case.clock + HOUR,
            policy=self.policy if kind is RunKind.RESCUE else None,
        )


def _gone_through(run: UnderWay) -> RunId | None:
    assert [outcome.failure for outcome in run.outcomes() if outcome.failure] == []
    return run.run


@pytest.mark.parametrize("number", CUT_CASES)
def test_undone_rescue_leaves_the_course_as_the_cut_did(
    moodle_database: MoodleDatabase, number: int, tmp_path: Path
) -> None:
    store = open_run_store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    with site_cut(moodle_database, cut_case(number)) as site:
        rescuer = Rescuer(site=site, store=store, case=cut_case(number))
        cut = rescuer.rows()
        run = rescuer.rescue()
        if run is not None:
            rescued = rescuer.rows()
            assert rescued != cut
            assert store.run(run).header.policy == rescuer.policy
            undo = rescuer.undo(run)
            assert rescuer.rows() == cut
            assert undo is not None
            rescuer.undo(undo)
            assert rescuer.rows() == rescued
    store.engine.dispose()


class PowerFailure(BaseException):
    """What nothing in the program expects."""


@pytest.mark.parametrize("moment", ["before it is written", "after it is committed"])
@pytest.mark.parametrize("number", [403, 416])
def test_broken_off_rescue_goes_on_to_the_same_end(
    moodle_database: MoodleDatabase,
    number: int,
    moment: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = open_run_store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    with site_cut(moodle_database, cut_case(number)) as site:
        rescuer = Rescuer(site=site, store=store, case=cut_case(number))
        whole = DatabaseSite.write

        def interrupted(*arguments: object, **options: object) -> None:
            if moment == "after it is committed":
                whole(*arguments, **options)  # type: ignore[arg-type]
            raise PowerFailure

        run = rescuer.conductor().begin(
            rescuer.header(RunKind.RESCUE), site.select(EVERYTHING), rescuer.planner.plan
        )
        with monkeypatch.context() as patch:
            patch.setattr(DatabaseSite, "write", interrupted)
            with pytest.raises(PowerFailure):
                list(run.outcomes())
        assert run.run is not None
        assert store.run(run.run).status is RunStatus.STOPPED

        _gone_through(rescuer.conductor().resume(run.run, rescuer.planner.plan))

        assert store.run(run.run).status is RunStatus.DONE
        resumed = rescuer.rows()
        (course,) = store.courses(run.run)
        assert course.plan is not None
    with site_cut(moodle_database, cut_case(number)) as site:
        unharmed = Rescuer(site=site, store=store, case=cut_case(number))
        unharmed.rescue()
        assert _without_ids(unharmed.rows()) == _without_ids(resumed)
    store.engine.dispose()


def _without_ids(rows: Rows) -> dict[str, list[str]]:
    return {table: sorted(map(repr, (row[1:] for row in found))) for table, found in rows.items()}
