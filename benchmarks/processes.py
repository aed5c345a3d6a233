"""Runs the whole program in a process of its own, and looks at what it took."""

import os
import subprocess
import sys
from pathlib import Path
from time import monotonic
from typing import Final

from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from benchmarks.university import NOW

PREFIX: Final = "mdl_"


def processor_seconds() -> float:
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
    return seconds, usage.ru_maxrss / 1024
