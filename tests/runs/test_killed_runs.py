"""A run that is killed at any moment ends, once it is resumed, as if nothing had happened.

Real processes are killed at random moments, on real servers. Between two tries the tables are put back.
"""

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any, Final

import pytest

from maintien.cli.main import main
from maintien.runs.history import courses_to_do
from maintien.runs.journal import CourseStatus, RunKind, RunStatus
from maintien.runs.store.opening import open_run_store
from tests.runs.small_site import COURSES, NOW, SmallSite
from tests.servers.moodle_databases import MoodleDatabase

KILLS: Final = 50
BEFORE_THE_JOURNAL: Final = 3
"""Tries in which the process is killed at once, when its journal has hardly begun."""
RUNNER: Final = Path(__file__).with_name("killed_runner.py")
ROOT: Final = Path(__file__).parents[2]
PATIENCE: Final = 60.0

Rows = dict[str, Counter[tuple[Any, ...]]]

real_servers = pytest.mark.parametrize("moodle_database", ["postgresql", "mariadb"], indirect=True)


@dataclass(kw_only=True)
class Tries:
    """A site, and processes that work on it until they are killed."""

    site: SmallSite
    state: Path
    waiting: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    @property
    def options(self) -> list[str]:
        url = self.site.database.site_url
        return ["--site", url, "--state", f"sqlite:///{self.state}", "--now", f"@{NOW}", "--no-progress"]

    def prepare(self, *command: str) -> None:
        """Start a process, which imports what it needs and waits."""
        self.waiting.append(
            subprocess.Popen(  # noqa: S603 -- ourselves
                [sys.executable, str(RUNNER), *command, *self.options],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"},
            )
        )

    def let_go(self) -> "subprocess.Popen[bytes]":
        """Let the oldest process begin."""
        process = self.waiting.pop(0)
        assert process.stdout is not None
        assert process.stdin is not None
        if process.stdout.readline() != b"ready\n":
            pytest.fail(process.communicate()[1].decode())
        process.stdin.write(b"\n")
        process.stdin.flush()
        return process

    def run(self, *command: str) -> float:
        """Let a process do its whole work; tell how long it took."""
        self.prepare(*command)
        process = self.let_go()
        began = monotonic()
        _, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, err.decode()
        return monotonic() - began

    def kill(self, after: float) -> bool:
        """Let a process begin and kill it so many seconds later; tell whether it was still at work."""
        process = self.let_go()
        try:
            process.communicate(timeout=after)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate(timeout=PATIENCE)
        return process.returncode == -signal.SIGKILL

    def forget(self) -> None:
        """Make the site what it was, and the journal empty."""
        self.site.put_back()
        for file in self.state.parent.glob(f"{self.state.name}*"):
            file.unlink()

    def say(self, *command: str) -> int:
        """Type a command line in this process."""
        return main([*command, *self.options])

    def end(self) -> None:
        """End the processes that still wait."""
        for process in self.waiting:
            process.kill()
            process.communicate()


@contextmanager
def tries(database: MoodleDatabase, folder: Path) -> Iterator[Tries]:
    site = SmallSite(database=database)
    site.build()
    made = Tries(site=site, state=folder / "runs.sqlite")
    try:
        yield made
    finally:
        made.end()
        site.remove_copies()


CONVERT: Final = ("convert", "--all", "--until", "2027-08-31", "--enable-manual", "--run")


def finish(made: Tries, kind: RunKind, command: tuple[str, ...]) -> tuple[RunStatus | None, int]:
    """Go on with a run that was killed, or begin it where it never began; tell how far it had got."""
    records = [each for each in open_run_store(f"sqlite:///{made.state}").runs() if each.header.kind is kind]
    if not records:
        assert made.say(*command) == 0
        return None, 0
    (record,) = records
    if record.status is RunStatus.DONE:
        return record.status, courses_to_do(record)
    assert made.say("resume", str(record.id), "--run", "--wait") == 0
    return record.status, record.totals.courses.get(CourseStatus.PENDING, 0)


@real_servers
def test_killed_conversion_that_is_resumed_ends_as_one_that_was_not(
    moodle_database: MoodleDatabase, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dice = random.Random(20270831)
    with tries(moodle_database, tmp_path) as made:
        length = made.run(*CONVERT)
        wanted = made.site.rows()
        killed, midway = 0, 0
        made.prepare(*CONVERT)
        for number in range(KILLS):
            made.forget()
            made.prepare(*CONVERT)
            moment = 0.0 if number < BEFORE_THE_JOURNAL else dice.uniform(0, length)
            killed += made.kill(moment)
            status, pending = finish(made, RunKind.CONVERT, CONVERT)
            midway += status is RunStatus.RUNNING and 0 < pending < COURSES
            assert made.site.rows() == wanted, f"killed after {moment:.4f} of {length:.4f} s"
            capsys.readouterr()

    assert killed >= KILLS // 2
    assert midway > 0
