"""Runs the whole program in a process of its own, and looks at what it took."""

import os
import subprocess
import sys
from time import monotonic
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
