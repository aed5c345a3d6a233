"""Runs the whole program in a process of its own, and looks at what it took."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import monotonic, sleep
from typing import Final, NamedTuple

from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from benchmarks.university import NOW

PREFIX: Final = "mdl_"


class Took(NamedTuple):
    """What a process took."""

    seconds: float
    """By the clock."""
    processor_seconds: float
    """Its own, without the database's: what else a machine does tells on them least."""
    peak_megabytes: float

    def __str__(self) -> str:
        """Say it in a line."""
        return (
            f"{self.seconds:.1f} s, {self.processor_seconds:.1f} s of them the process's own,"
            f" {self.peak_megabytes:.0f} MB"
        )


def processors_busy() -> float:
    """Tell how long this process and all that it has started, servers among them, have kept processors busy.

    Only of those that still run; on Linux.
    """
    parents: dict[int, int] = {}
    ticks: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            _, _, fields = stat.read_text().rpartition(")")
        except OSError:
            continue  # it has ended meanwhile
        cells = fields.split()
        pid = int(stat.parent.name)
        parents[pid], ticks[pid] = int(cells[1]), int(cells[11]) + int(cells[12])
    ours = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return sum(ticks.get(pid, 0) for pid in ours) / os.sysconf("SC_CLK_TCK")


def run_maintien(engine: Engine, *words: str) -> tuple[float, float]:
    """Run a command on the site; give its seconds and its peak memory in megabytes."""
    took = measure_maintien(engine, *words)
    return took.seconds, took.peak_megabytes


def measure_maintien(engine: Engine, *words: str) -> Took:
    """Run a command on the site; give what it took."""
    url = make_url(engine.url).set(drivername=engine.url.get_backend_name())
    url = url.difference_update_query(["charset"]).update_query_dict({"prefix": PREFIX})
    command = [sys.executable, "-m", "maintien", "--now", f"@{NOW}", *words]
    environment = os.environ | {
        "MAINTIEN_SITE": url.render_as_string(hide_password=False),
        "LANG": "C.UTF-8",
    }
    began = monotonic()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603 -- ours
    _, status, usage = os.wait4(process.pid, 0)
    seconds = monotonic() - began
    if os.waitstatus_to_exitcode(status) != 0:
        raise RuntimeError(f"maintien failed: {' '.join(command)}")
    return Took(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


class Watched(NamedTuple):
    """What a command took, the processes that it started included."""

    seconds: float
    processor: float
    """Seconds."""
    megabytes: float
    """What the largest of the processes had at most."""


def run_watched(command: Sequence[str]) -> Watched:
    """Run a command, and look at all of its processes every few milliseconds."""
    began = monotonic()
    peak, processor = 0, dict[int, float]()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:  # noqa: S603 -- ours
        while process.poll() is None:
            for each in _family(process.pid):
                peak = max(peak, _peak_kilobytes(each))
                processor[each] = max(processor.get(each, 0.0), _processor_seconds(each))
            sleep(0.02)
    if process.returncode != 0:
        raise RuntimeError(f"it failed: {' '.join(command)}")
    return Watched(monotonic() - began, sum(processor.values()), peak / 1024)


def _family(process: int) -> Iterator[int]:
    yield process
    for task in _texts(Path(f"/proc/{process}/task"), "*/children"):
        for child in task.split():
            yield from _family(int(child))


def _peak_kilobytes(process: int) -> int:
    """Read the peak memory of a process; one that just ended has none any more."""
    found = [
        re.search(r"^VmHWM:\s+(\d+) kB$", text, re.MULTILINE)
        for text in _texts(Path(f"/proc/{process}"), "status")
    ]
    return max((int(each[1]) for each in found if each), default=0)


def _processor_seconds(process: int) -> float:
    """Read what a process took itself; those that a fork server starts are nobody's to wait for."""
    for text in _texts(Path(f"/proc/{process}"), "stat"):
        fields = text.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def _texts(folder: Path, pattern: str) -> Iterator[str]:
    for path in folder.glob(pattern):
        try:
            yield path.read_text(encoding="ascii")
        except OSError:
            continue
