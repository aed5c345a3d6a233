"""Says every few seconds that a worker lives, notes how far it is, and hears when it is to stop."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Final

from django.db import connection

from maintien.web.models import Operation
from maintien.web.surroundings import now

BEAT: Final = 1.0
"""Seconds."""
DEAD_AFTER: Final = 20
"""Seconds without a sign of life, after which an operation is somebody else's to carry out."""

is_shutting_down: Final = Event()
"""Whether this process is to end: what goes on stops where it can, and is gone on with by another."""


class Heart:
    """Watches one operation; an observer of the work as well."""

    def __init__(self, operation: int) -> None:
        self.operation = operation
        self.done = 0
        self.total = 0
        self.is_to_stop = False
        """Whether a person wants it to stop."""
        self._over = Event()

    @property
    def has_to_leave(self) -> bool:
        """Whether the work is to be left at the next course."""
        return self.is_to_stop or is_shutting_down.is_set()

    def started(self, courses: int, enrolments: int) -> None:
        """Note what is to be done; a course counts as one enrolment more, so that none is free."""
        self.done, self.total = 0, courses + enrolments

    def advanced(self, courses: int, enrolments: int) -> None:
        """Note what was done."""
        self.done += courses + enrolments

    def finished(self) -> None:
        """Take no notice: the operation says so itself."""

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Beat while the block runs."""
        thread = Thread(target=self._beat_until_over, name=f"heart-{self.operation}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()

    def beat(self) -> None:
        """Say how far it is, and look whether somebody wants it to stop."""
        operation = Operation.objects.filter(pk=self.operation)
        operation.update(heartbeat_at=now(), done=self.done, total=self.total)
        self.is_to_stop = bool(operation.values_list("is_to_stop", flat=True).first())

    def _beat_until_over(self) -> None:
        try:
            while not self._over.wait(BEAT):
                self.beat()
        finally:
            connection.close()
