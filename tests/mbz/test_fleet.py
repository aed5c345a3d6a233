"""Many archives are worked on in parallel; one that fails, or kills its process, stops no other."""

import os
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from maintien.errors.archives import ArchiveTooBigForMemory, EmptyArchive, WorkerDied
from maintien.errors.tree import MaintienError, UnexpectedFailure
from maintien.mbz.fleet import work_bounded, work_through
from maintien.mbz.fleet_worker import Bounds, Done, Failed, Outcome
from maintien.mbz.limits import MIB
from maintien.mbz.locations import locate
from maintien.runs.execute import Unobserved
from tests.mbz.fleet_jobs import job_for, tell_process

GOOD = tuple(f"archive{number}" for number in range(12))


@dataclass(slots=True)
class Recorder:
    """Notes what it is told."""

    heard: list[object] = field(default_factory=list)

    def started(self, courses: int, enrolments: int) -> None:
        self.heard.append(("started", courses, enrolments))

    def advanced(self, courses: int, enrolments: int) -> None:
        self.heard.append(("advanced", courses, enrolments))

    def finished(self) -> None:
        self.heard.append("finished")


class Interrupter(Recorder):
    """Presses Ctrl-C when the first archive is done."""

    def advanced(self, courses: int, enrolments: int) -> None:
        raise KeyboardInterrupt(courses, enrolments)


def run(*addresses: str, processes: int = 2) -> list[Outcome[int]]:
    locations = [locate(address) for address in addresses]
    return work_through(locations, job_for, processes=processes, observer=Unobserved())


def errors(outcomes: list[Outcome[int]]) -> dict[str, type[MaintienError]]:
    return {each.location.name: type(each.error) for each in outcomes if isinstance(each, Failed)}


@pytest.mark.parametrize("processes", [1, 3])
def test_each_is_worked_on_and_told_in_the_order_given(processes: int) -> None:
    outcomes = run(*reversed(GOOD), processes=processes)
    assert outcomes == [Done(location=locate(name), result=len(name)) for name in reversed(GOOD)]


@pytest.mark.parametrize("processes", [1, 2])
def test_one_that_fails_is_named_and_the_others_go_on(processes: int) -> None:
    outcomes = run(*GOOD[:3], "empty", "mistake", "memory", *GOOD[3:], processes=processes)
    assert errors(outcomes) == {
        "empty": EmptyArchive,
        "mistake": UnexpectedFailure,
        "memory": ArchiveTooBigForMemory,
    }
    assert len(outcomes) == len(GOOD) + 3


def test_one_that_kills_its_process_is_named_and_the_others_go_on() -> None:
    outcomes = run(*GOOD[:3], "deadly", *GOOD[3:])
    assert errors(outcomes) == {"deadly": WorkerDied}
    assert sum(isinstance(each, Done) for each in outcomes) == len(GOOD)


def test_several_that_kill_their_processes_are_named() -> None:
    outcomes = run("deadly", *GOOD[:5], "file://deadly", "empty")
    assert errors(outcomes) == {"deadly": WorkerDied, "empty": EmptyArchive}


def test_the_observer_hears_of_each() -> None:
    recorder = Recorder()
    work_through([locate(name) for name in GOOD[:3]], job_for, processes=2, observer=recorder)
    assert recorder.heard == [("started", 3, 0), *[("advanced", 1, 0)] * 3, "finished"]


def test_an_interruption_stops_what_is_under_way() -> None:
    interrupter = Interrupter()
    locations = [locate(name) for name in ("endless", *GOOD)]
    with pytest.raises(KeyboardInterrupt):
        work_through(locations, job_for, processes=2, observer=interrupter)
    assert interrupter.heard == [("started", len(locations), 0), "finished"]


def test_a_single_small_archive_needs_no_process(tmp_path: Path) -> None:
    assert run(str(tmp_path / "missing"), processes=1)
    assert process_that_works_on(tmp_path / "small", size=1) == os.getpid()


def test_a_single_large_archive_gets_a_process(tmp_path: Path) -> None:
    assert process_that_works_on(tmp_path / "large", size=MIB + 1) != os.getpid()


def process_that_works_on(path: Path, *, size: int) -> int:
    path.write_bytes(bytes(size))
    [outcome] = work_through([locate(str(path))], tell_process, processes=1, observer=Unobserved())
    assert isinstance(outcome, Done)
    return outcome.result


BOUNDS = Bounds(memory=1024 * MIB, seconds=60)


def test_one_that_is_bounded_is_worked_on_in_a_process_of_its_own() -> None:
    outcome = work_bounded(os.getpid, locate("a.mbz"), BOUNDS)
    assert isinstance(outcome, Done)
    assert outcome.result != os.getpid()


def test_one_that_takes_more_than_it_may_fails_and_this_process_goes_on() -> None:
    job = partial(bytearray, 2048 * MIB)
    outcome = work_bounded(job, locate("a.mbz"), BOUNDS)
    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, ArchiveTooBigForMemory)


def test_one_that_kills_its_bounded_process_fails() -> None:
    outcome = work_bounded(job_for(locate("deadly")), locate("deadly"), BOUNDS)
    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, WorkerDied)


def test_bounded_work_is_left_when_it_is_asked_for() -> None:
    place = locate("endless")
    assert work_bounded(job_for(place), place, BOUNDS, is_to_leave=lambda: True) is None


def test_nothing_to_do_is_done() -> None:
    assert run() == []
