"""What a worker process does: one archive, and whatever happens, an answer.

It imports little, so that a process starts quickly and needs little memory.
"""

import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from maintien.errors.archives import ArchiveTooBigForMemory
from maintien.errors.tree import MaintienError, UnexpectedFailure
from maintien.mbz.locations import ArchiveLocation

Result = TypeVar("Result")

Job: TypeAlias = Callable[[], Result]
"""What is to be done on one archive, which it knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done(Generic[Result]):
    """The work on an archive is done."""

    location: ArchiveLocation
    result: Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The work on an archive failed; the others went on."""

    location: ArchiveLocation
    error: MaintienError


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a process may take before the system ends it."""

    memory: int
    """Bytes of addresses, of which the program takes some hundred million without touching them."""
    seconds: int
    """Of a processor."""


Outcome: TypeAlias = Done[Result] | Failed


def work_on(job: Job[Result], location: ArchiveLocation) -> Outcome[Result]:
    """Do the job on one archive, and tell of which."""
    try:
        return Done(location=location, result=job())
    except MaintienError as error:
        return Failed(location=location, error=error)
    except MemoryError:
        return Failed(location=location, error=ArchiveTooBigForMemory(archive=location.name))
    except Exception as error:  # noqa: BLE001 -- a mistake of ours in one archive doesn't stop the others
        return Failed(location=location, error=UnexpectedFailure(kind=type(error).__name__))


def prepare() -> None:
    """Let a worker die quietly when somebody presses Ctrl-C: the parent says what there is to say."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def prepare_bounded(bounds: Bounds) -> None:
    """Let a worker die where it takes more than it may."""
    import resource  # noqa: PLC0415 -- not on every system

    prepare()
    resource.setrlimit(resource.RLIMIT_AS, (bounds.memory, bounds.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (bounds.seconds, bounds.seconds))
