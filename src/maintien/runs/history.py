"""What runs have become: whether one still lives, and which one took it back."""

import os
from collections.abc import Mapping, Sequence
from enum import Enum

from maintien.errors.runs import UnknownRun
from maintien.runs.journal import (
    CourseStatus,
    Process,
    RunId,
    RunRecord,
    RunStatus,
    RunStore,
)

LAST = "last"
"""Stands for the newest run wherever a run's number does."""


class RunState(Enum):
    """How a run stands, as far as this machine can tell."""

    RUNNING = "running"
    INTERRUPTED = "interrupted"
    """It never said that it ended, and its process is gone."""
    RUNNING_OR_INTERRUPTED = "running_or_interrupted"
    """It never said that it ended, and lives on another machine, if it lives."""
    DONE = "done"
    DONE_IN_PART = "done_in_part"
    STOPPED = "stopped"


def state_of(record: RunRecord, here: Process) -> RunState:
    """Tell how a run stands, seen from ``here``."""
    if record.status is not RunStatus.RUNNING:
        return RunState(record.status.value)
    if record.header.process.host != here.host:
        return RunState.RUNNING_OR_INTERRUPTED
    return RunState.RUNNING if _is_alive(record.header.process.pid) else RunState.INTERRUPTED


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        # It is somebody else's.
        return True
    return True


def courses_to_do(record: RunRecord) -> int:
    """How many courses a run has still to do, or to do again."""
    unsettled = (CourseStatus.PENDING, CourseStatus.PLANNED, CourseStatus.FAILED)
    return sum(record.totals.courses.get(status, 0) for status in unsettled)


def undone_by(records: Sequence[RunRecord]) -> Mapping[RunId, RunId]:
    """Tell which run took which back: by the run taken back. An undo that was undone counts no more."""
    undone: dict[RunId, RunId] = {}
    for record in sorted(records, key=lambda each: each.id, reverse=True):
        undoes = record.header.undoes
        # An undo is newer than what it takes back, so what undid it was met before.
        if undoes is not None and record.status is RunStatus.DONE and record.id not in undone:
            undone.setdefault(undoes, record.id)
    return undone


def find_run(store: RunStore, text: str, site_id: str | None) -> RunRecord:
    """Find a run by its number, or the newest of a site (of all, without one) by ``last``.

    Raises UnknownRun.
    """
    if text == LAST:
        records = store.runs(site_id)
        if not records:
            raise UnknownRun(run=text)
        return records[0]
    if not (text.isascii() and text.isdecimal() and len(text) < len(str(1 << 63))):
        raise UnknownRun(run=text)
    return store.run(RunId(int(text)))
