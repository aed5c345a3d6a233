"""How runs stand: alive or not, taken back or not, found by number or as the last."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from maintien.errors.runs import UnknownRun
from maintien.runs.history import RunState, find_run, state_of, undone_by
from maintien.runs.journal import Process, RunId, RunKind, RunRecord, RunStatus, RunTotals
from maintien.runs.store.opening import open_run_store
from tests.runs.test_conduct import HEADER

HERE = Process(user="ada", host="here", pid=os.getpid())


def gone() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def record(
    number: int, status: RunStatus, *, process: Process = HERE, undoes: int | None = None
) -> RunRecord:
    kind = RunKind.CONVERT if undoes is None else RunKind.UNDO
    return RunRecord(
        id=RunId(number),
        header=replace(HEADER, kind=kind, process=process, undoes=None if undoes is None else RunId(undoes)),
        status=status,
        ended_at=None,
        totals=RunTotals(courses={}),
    )


STATES = {
    "alive": (RunStatus.RUNNING, HERE, RunState.RUNNING),
    "of somebody else": (RunStatus.RUNNING, replace(HERE, pid=1), RunState.RUNNING),
    "gone": (RunStatus.RUNNING, None, RunState.INTERRUPTED),
    "elsewhere": (RunStatus.RUNNING, replace(HERE, host="there"), RunState.RUNNING_OR_INTERRUPTED),
    "over, elsewhere": (RunStatus.STOPPED, replace(HERE, host="there"), RunState.STOPPED),
    "over": (RunStatus.DONE_IN_PART, HERE, RunState.DONE_IN_PART),
}


@pytest.mark.parametrize("case", STATES)
def test_run_lives_as_long_as_its_process(case: str) -> None:
    status, process, state = STATES[case]
    process = process or replace(HERE, pid=gone())
    assert state_of(record(1, status, process=process), HERE) is state


def test_finished_undo_takes_a_run_back_until_it_is_undone_itself() -> None:
    done, stopped = RunStatus.DONE, RunStatus.STOPPED
    first, undo = record(1, done), record(2, done, undoes=1)
    assert undone_by([first, undo]) == {1: 2}
    assert undone_by([first, record(2, stopped, undoes=1)]) == {}
    assert undone_by([first, undo, record(3, done, undoes=2)]) == {2: 3}
    assert undone_by([first, undo, record(3, done, undoes=2), record(4, done, undoes=3)]) == {3: 4, 1: 2}


def test_last_run_is_the_newest_of_the_site(tmp_path: Path) -> None:
    store = open_run_store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    for site in ("one", "two", "one", "two"):
        store.begin(replace(HEADER, site_id=site), [])
    assert find_run(store, "last", "one").id == 3
    assert find_run(store, "last", None).id == 4
    assert find_run(store, "2", "one").id == 2
    with pytest.raises(UnknownRun):
        find_run(store, "last", "three")
    store.engine.dispose()
