"""A bar for whoever waits: on a terminal only, and only once a second has passed."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from maintien.bootstrap import Invocation
from maintien.messages import N_
from maintien.runs.execute import Observer, Unobserved

_ENROLMENTS: Final = N_("Enrolments")

PATIENCE: Final = 1.0
"""Seconds of work before it is worth a bar."""


@dataclass(slots=True, kw_only=True)
class ProgressBar:
    """Shows how many user enrolments have been gone through; disappears at the end."""

    console: Console
    label: str
    stopwatch: Callable[[], float]
    began: float = 0.0
    total: int = 0
    done: int = 0
    bar: Progress | None = field(default=None)

    def started(self, courses: int, enrolments: int) -> None:
        """Note what is to be done; a course counts as one enrolment more, so that none is free."""
        self.began, self.total, self.done = self.stopwatch(), courses + enrolments, 0

    def advanced(self, courses: int, enrolments: int) -> None:
        """Move the bar, once there is one."""
        self.done += courses + enrolments
        if self.bar is None and self.stopwatch() - self.began >= PATIENCE:
            self.bar = _bar(self.console)
            self.bar.add_task(self.label, total=self.total)
            self.bar.start()
        if self.bar is not None:
            self.bar.update(self.bar.task_ids[0], completed=self.done)

    def finished(self) -> None:
        """Take the bar away."""
        if self.bar is not None:
            self.bar.stop()
            self.bar = None


def observer_of(invocation: Invocation, counted: str = _ENROLMENTS) -> Observer:
    """Make what shows the progress of a command, or nothing where nobody would see it.

    ``counted`` is the message that says what is gone through.
    """
    console = Console(file=sys.stderr)
    if not (invocation.wishes.progress and console.is_terminal):
        return Unobserved()
    label = invocation.texts.gettext(counted)
    return ProgressBar(console=console, label=label, stopwatch=invocation.machine.stopwatch)


@contextmanager
def waiting(invocation: Invocation) -> Iterator[None]:
    """Show that something is going on for as long as a block takes, where somebody would see it."""
    console = Console(file=sys.stderr)
    if invocation.wishes.progress and console.is_terminal:
        with console.status(invocation.texts.gettext("One moment…")):
            yield
    else:
        yield


def _bar(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeRemainingColumn(), console=console, transient=True)
