"""A run from its beginning to its end, on a site that tests can damage."""

from dataclasses import replace
from pathlib import Path

import pytest

from maintien.errors.runs import SiteBusy
from maintien.errors.sites import CourseKeptLocked
from maintien.moodle.ids import CourseId
from maintien.planning.planner import Planner
from maintien.runs.conduct import Conductor, undo_planner
from maintien.runs.execute import CourseOutcome
from maintien.runs.journal import CourseStatus, Process, RunHeader, RunKind, RunStatus
from maintien.runs.store.database import DatabaseRunStore
from maintien.runs.store.opening import open_run_store
from maintien.sites.interface import Author, Contention, Holder, Selection
from tests.builders import CIRCUMSTANCES, CONFIG, NOW, OPERATOR, POLICY
from tests.memory_site import MemorySite
from tests.runs.test_execute import site_with

PLANNER = Planner(policy=POLICY, config=CONFIG, circumstances=CIRCUMSTANCES)
HEADER = RunHeader(
    kind=RunKind.CONVERT,
    site_id="memory/",
    site_name="memory",
    operator=OPERATOR,
    command="maintien convert --all",
    version="0",
    process=Process(user="ada", host="here", pid=1),
    began_at=NOW,
    policy=POLICY,
)
EVERYTHING = Selection(everything=True)


@pytest.fixture
def store(tmp_path: Path) -> DatabaseRunStore:
    return open_run_store(f"sqlite:///{tmp_path / 'runs.sqlite'}")


def conductor(site: MemorySite, store: DatabaseRunStore) -> Conductor:
    return Conductor(
        site=site,
        store=store,
        author=Author(operator=OPERATOR, clock=lambda: NOW),
        process=HEADER.process,
    )


def convert(site: MemorySite, store: DatabaseRunStore) -> tuple[list[CourseOutcome], object]:
    run = conductor(site, store).begin(HEADER, site.select(EVERYTHING), PLANNER.plan)
    return list(run.outcomes()), run.run


def test_run_is_journalled_to_its_end(store: DatabaseRunStore) -> None:
    site = site_with(2, 3)

    outcomes, run = convert(site, store)

    (record,) = store.runs()
    assert (record.id, record.status, record.ended_at) == (run, RunStatus.DONE, NOW)
    assert [c.plan for c in store.courses(record.id)] == [o.plan for o in outcomes]
    assert {c.status for c in store.courses(record.id)} == {CourseStatus.WRITTEN}


def test_run_that_finds_nothing_to_do_is_not_kept(store: DatabaseRunStore) -> None:
    site = site_with(2, 3)
    convert(site, store)

    _, run = convert(site, store)

    assert run is None
    assert len(store.runs()) == 1


def test_course_that_fails_is_journalled_with_its_sentence(store: DatabaseRunStore) -> None:
    site = site_with(2, 3)
    site.failing_courses = {CourseId(3): Contention()}

    outcomes, _ = convert(site, store)

    (record,) = store.runs()
    assert record.status is RunStatus.DONE_IN_PART
    failed = [c for c in store.courses(record.id) if c.status is CourseStatus.FAILED]
    assert [c.course.shortname for c in failed] == ["C3"]
    assert failed[0].failure == str(CourseKeptLocked(course="C3", attempts=5))
    assert [o.failure is None for o in outcomes] == [True, False]


def test_site_that_is_held_is_left_alone(store: DatabaseRunStore) -> None:
    site = site_with(2)
    site.holder = Holder(name="bob@there", since=NOW - 60)

    with pytest.raises(SiteBusy) as caught:
        convert(site, store)

    assert caught.value.fields == {"site": "memory", "holder": "bob@there", "since": NOW - 60}
    assert (site.writes, store.runs()) == ([], [])


def test_run_that_an_error_ends_is_stopped_and_can_be_resumed(store: DatabaseRunStore) -> None:
    site = site_with(2, 3, 4)
    site.failures = [RuntimeError("the power went")]
    run = conductor(site, store).begin(HEADER, site.select(EVERYTHING), PLANNER.plan)
    with pytest.raises(RuntimeError):
        list(run.outcomes())
    assert run.run is not None
    assert store.run(run.run).status is RunStatus.STOPPED

    resumed = conductor(site, store).resume(run.run, PLANNER.plan)
    list(resumed.outcomes())

    unharmed = site_with(2, 3, 4)
    convert(unharmed, open_run_store(f"{store.engine.url}2"))
    assert site.states == unharmed.states
    assert store.run(run.run).status is RunStatus.DONE


def test_course_committed_before_the_power_went_is_not_written_again(
    store: DatabaseRunStore,
) -> None:
    site = site_with(2, 3)
    journal = store.begin(HEADER, site.select(EVERYTHING))
    plans = [PLANNER.plan(state) for state in site.states.values()]
    journal.planned(plans)
    site.write([plans[0]], Author(operator=OPERATOR, clock=lambda: NOW).at_this_moment())

    outcomes = list(conductor(site, store).resume(journal.id, PLANNER.plan).outcomes())

    assert site.writes == [(2,), (3,)]
    assert [o.plan.course.id for o in outcomes] == [3]
    assert [c.status for c in store.courses(journal.id)] == [CourseStatus.WRITTEN] * 2


def test_undo_is_a_run_and_can_be_undone(store: DatabaseRunStore) -> None:
    site = site_with(2, 3)
    before = dict(site.states)
    convert(site, store)
    after = dict(site.states)

    for expected in (before, after, before):
        undone = store.runs()[0].id
        sizes, plan = undo_planner(store, undone)
        header = replace(HEADER, kind=RunKind.UNDO, policy=None, undoes=undone)
        list(conductor(site, store).begin(header, sizes, plan).outcomes())
        assert site.states == expected

    assert [run.header.undoes for run in store.runs()] == [3, 2, 1, None]
