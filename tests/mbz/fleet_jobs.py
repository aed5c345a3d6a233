"""What the worker processes of the fleet's tests do; they import this module."""

import os
import signal
from functools import partial

from maintien.errors.archives import EmptyArchive
from maintien.mbz.fleet_worker import Job
from maintien.mbz.locations import ArchiveLocation


def measure(location: ArchiveLocation) -> int:
    """Work as it ought to be."""
    return len(location.address)


def misbehave(location: ArchiveLocation) -> int:
    """Fail in the way that the archive's name says."""
    match location.address:
        case "empty":
            raise EmptyArchive(archive=location.name)
        case "mistake":
            raise ZeroDivisionError
        case "memory":
            raise MemoryError
        case "deadly":
            os.kill(os.getpid(), signal.SIGKILL)
        case "endless":
            signal.pause()
        case _:
            pass
    return measure(location)


def job_for(location: ArchiveLocation) -> Job[int]:
    """Make a job as commands do."""
    return partial(misbehave, location)


def tell_process(_: ArchiveLocation) -> Job[int]:
    """Make a job that tells which process does it."""
    return os.getpid
