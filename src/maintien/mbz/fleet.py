"""Works on many archives in parallel processes, and reports on each.

A process that dies (the system was short of memory, somebody killed it) takes everything down that its
pool had not finished. So only a few archives are under way at once, and those are worked on again one at
a time, each in a process of its own: the one that kills its process fails, the others are done. Work
has to bear being done twice.
"""

import multiprocessing
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Final, TypeAlias

from maintien.errors.archives import WorkerDied
from maintien.mbz.fleet_worker import Bounds, Failed, Job, Outcome, Result, prepare, prepare_bounded, work_on
from maintien.mbz.limits import MIB
from maintien.mbz.locations import ArchiveLocation
from maintien.runs.execute import Observer

_AHEAD: Final = 2
"""Archives under way for each process: one it works on, one that waits for it."""

_SMALL: Final = MIB
"""Beyond, an archive gets a process even where it is the only one: this one holds the whole program in
memory, and survives the other."""

_LOOK_UP: Final = 0.5
"""Seconds between two looks whether work is to be left."""

_PRELOADED: Final = [
    "maintien.mbz.fleet_worker",
    "maintien.mbz.summary",
    "maintien.mbz.converting.archive",
]

JobFor: TypeAlias = Callable[[ArchiveLocation], Job[Result]]
"""Makes the job that is to be done on an archive. It is made here, so that a process that gets the job gets
nothing of the others; jobs, their results and the errors they raise have to be picklable. A function of the
command line would bring the whole program into the process."""


def work_through(
    locations: Sequence[ArchiveLocation], job_for: JobFor[Result], *, processes: int, observer: Observer
) -> list[Outcome[Result]]:
    """Do a job on every archive, and tell what became of each, in the order given.

    A single small archive is worked on in this process. The observer is told of each archive as of a course
    without enrolments.
    """
    observer.started(len(locations), 0)
    outcomes: dict[ArchiveLocation, Outcome[Result]] = {}
    try:
        for outcome in _outcomes(locations, job_for, processes):
            outcomes[outcome.location] = outcome
            observer.advanced(1, 0)
    finally:
        observer.finished()
    return [outcomes[location] for location in locations]


def _outcomes(
    locations: Sequence[ArchiveLocation], job_for: JobFor[Result], processes: int
) -> Iterator[Outcome[Result]]:
    if len(locations) == 1 and _is_small(locations[0]):
        yield work_on(job_for(locations[0]), locations[0])
        return
    waiting = deque(locations)
    while waiting:
        suspects = yield from _until_one_dies(waiting, job_for, min(processes, len(waiting)))
        for location in suspects:
            yield _alone(job_for(location), location)


def _is_small(location: ArchiveLocation) -> bool:
    """Whether an archive is done before a process has started, and in little memory."""
    if location.is_remote:
        return False
    try:
        return Path(location.address).stat().st_size <= _SMALL
    except OSError:
        # Whoever opens it says so.
        return True


def _until_one_dies(
    waiting: deque[ArchiveLocation], job_for: JobFor[Result], processes: int
) -> Generator[Outcome[Result], None, list[ArchiveLocation]]:
    """Work on what is waiting; return what was under way when a process died."""
    under_way: dict[Future[Outcome[Result]], ArchiveLocation] = {}
    with _pool(processes) as pool:
        while waiting or under_way:
            try:
                while waiting and len(under_way) < processes * _AHEAD:
                    future = pool.submit(work_on, job_for(waiting[0]), waiting[0])
                    under_way[future] = waiting.popleft()
            except BrokenProcessPool:
                break
            finished, _ = wait(under_way, return_when=FIRST_COMPLETED)
            lost = {future for future in finished if _is_lost(future)}
            for future in finished - lost:
                del under_way[future]
                yield future.result()
            if lost:
                break
    return list(under_way.values())


def _alone(job: Job[Result], location: ArchiveLocation) -> Outcome[Result]:
    """Work on an archive in a process that takes nothing else with it."""
    with _pool(1) as pool:
        try:
            return pool.submit(work_on, job, location).result()
        except BrokenProcessPool:
            return Failed(location=location, error=WorkerDied(archive=location.name))


def work_bounded(
    job: Job[Result],
    location: ArchiveLocation,
    bounds: Bounds,
    *,
    is_to_leave: Callable[[], bool] = lambda: False,
) -> Outcome[Result] | None:
    """Do a job on one archive in a process that may take so much and no more; None where it was left.

    The job, its results and the errors it raises have to be picklable.
    """
    with _pool(1, partial(prepare_bounded, bounds)) as pool:
        future = pool.submit(work_on, job, location)
        while not future.done():
            wait([future], timeout=_LOOK_UP)
            if is_to_leave():
                _stop(pool)
                return None
        try:
            return future.result()
        except BrokenProcessPool:
            return Failed(location=location, error=WorkerDied(archive=location.name))


def _is_lost(future: Future[Outcome[Result]]) -> bool:
    return isinstance(future.exception(), BrokenProcessPool)


@contextmanager
def _pool(processes: int, initializer: Callable[[], None] = prepare) -> Iterator[ProcessPoolExecutor]:
    pool = ProcessPoolExecutor(processes, mp_context=_context(), initializer=initializer)
    try:
        yield pool
    except BaseException:
        _stop(pool)
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _context() -> BaseContext:
    """Start processes from a clean one: a fork of this one may hold locks that nobody releases."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    return context


def _stop(pool: ProcessPoolExecutor) -> None:
    """Stop the processes of a pool in the middle of their work."""
    # ProcessPoolExecutor.terminate_workers comes with Python 3.14.
    for process in list((pool._processes or {}).values()):  # noqa: SLF001
        process.terminate()
