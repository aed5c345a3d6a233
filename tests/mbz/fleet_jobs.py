"""What the worker processes of the fleet's tests do; they import this module."""

import os
import signal
from functools import partial

from maintien.errors import EmptyArchive
from maintien.mbz.locations import ArchiveLocation


def measure(location: ArchiveLocation) -> int:
    """Work as it ought to be."""
    return len(location.address)


def process_of(_: ArchiveLocation) -> int:
    """Tell which process works."""
    return os.getpid()


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


work = partial(misbehave)
"""As commands hand their work over."""
