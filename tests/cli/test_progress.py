"""A progress bar comes to a terminal only, after a second only, and on standard error only."""

import io
import sys
from dataclasses import dataclass, replace

import pytest
from rich.console import Console

from maintien.bootstrap import Invocation, Wishes, this_machine
from maintien.cli.console.progress import ProgressBar, observer_of, waiting
from maintien.reports.language import load_texts
from maintien.runs.execute import Unobserved


@dataclass(slots=True)
class Stopwatch:
    """Seconds that pass when they are told to."""

    seconds: float = 100.0

    def __call__(self) -> float:
        return self.seconds


class Terminal(io.StringIO):
    """A file that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def bar(watch: Stopwatch, screen: io.StringIO) -> ProgressBar:
    console = Console(file=screen, force_terminal=True, width=80)
    return ProgressBar(console=console, label="Enrolments", stopwatch=watch)


def test_quick_work_needs_no_bar() -> None:
    watch, screen = Stopwatch(), io.StringIO()
    observer = bar(watch, screen)
    observer.started(2, 100)
    observer.advanced(1, 50)
    watch.seconds += 0.9
    observer.advanced(1, 50)
    observer.finished()
    assert screen.getvalue() == ""


def test_long_work_gets_a_bar_that_knows_what_was_done_before_it_came() -> None:
    watch, screen = Stopwatch(), io.StringIO()
    observer = bar(watch, screen)
    observer.started(2, 98)
    observer.advanced(1, 49)
    watch.seconds += 1.0
    observer.advanced(1, 24)
    observer.finished()
    assert "Enrolments" in screen.getvalue()
    assert "75/100" in screen.getvalue()


def test_work_that_fails_before_it_begins_leaves_no_bar() -> None:
    screen = io.StringIO()
    bar(Stopwatch(), screen).finished()
    assert screen.getvalue() == ""


def invocation(*, progress: bool) -> Invocation:
    return Invocation(
        machine=this_machine(), texts=load_texts("en"), wishes=replace(Wishes(), progress=progress)
    )


def test_a_terminal_shows_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    assert isinstance(observer_of(invocation(progress=True)), ProgressBar)
    with waiting(invocation(progress=True)):
        pass
    assert "One moment" in screen.getvalue()


UNSEEN = {"nobody watches": (io.StringIO, True), "it is not wanted": (Terminal, False)}


@pytest.mark.parametrize("case", UNSEEN)
def test_otherwise_nothing_is_shown(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kind, progress = UNSEEN[case]
    screen = kind()
    monkeypatch.setattr(sys, "stderr", screen)
    assert isinstance(observer_of(invocation(progress=progress)), Unobserved)
    with waiting(invocation(progress=progress)):
        pass
    assert screen.getvalue() == ""
