"""Runs a server's programs: unprivileged, bound to this process's life, waited for with a limit."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.servers.interface import ServerFailed, ServerMissing

UNPRIVILEGED: Final = "nobody"
START_SECONDS: Final = 120
_END_SECONDS: Final = 30
_POLL_SECONDS: Final = 0.02
_LOG_TAIL: Final = 2000


def find_program(name: str, package: str, folders: Sequence[Path]) -> Path:
    """Find a program in the folders, in their order, or else on the path.

    Raises:
        ServerMissing: it is in none.
    """
    found = shutil.which(name, path=os.pathsep.join(map(str, folders))) or shutil.which(name)
    if found is None:
        raise ServerMissing(f"{name} is not installed (Debian package {package})")
    return Path(found)


def run_program(command: Sequence[str | Path], folder: Path) -> None:
    """Run a program to its end in ``folder``, unprivileged.

    Raises:
        ServerFailed: it failed.
    """
    done = subprocess.run(  # noqa: S603 -- programs of the database packages
        [*_as_unprivileged(), *map(str, command)],
        cwd=folder,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        text=True,
    )
    if done.returncode != 0:
        raise ServerFailed(f"{command[0]} ended with {done.returncode}: {done.stdout[-_LOG_TAIL:]}")


@contextmanager
def running_server(
    command: Sequence[str | Path], folder: Path, end: signal.Signals
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server in ``folder``, unprivileged; what it prints goes to ``server.log`` there.

    It gets the signal ``end`` at the end of the block, and also when the calling thread dies first.
    """
    # setpriv gives up root and then asks for the signal: the kernel forgets it the other way round.
    bound = [*_as_unprivileged(), "--pdeathsig", end.name]
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(  # noqa: S603 -- programs of the database packages
            [*bound, *map(str, command)],
            cwd=folder,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        yield server
    finally:
        _end(server, end)


def wait_until_ready(
    server: subprocess.Popen[bytes],
    folder: Path,
    connect: Callable[[], None],
    refused: tuple[type[Exception], ...],
) -> None:
    """Try ``connect`` until it raises none of ``refused`` any more.

    Raises:
        ServerFailed: the server ended, or did not let us in for two minutes.
    """
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            return connect()
        except refused as error:
            if _has_ended(server) or time.monotonic() > deadline:
                log = (folder / "server.log").read_text(errors="replace")
                raise ServerFailed(f"{server.args!r} does not answer: {log[-_LOG_TAIL:]}") from error


def _end(server: subprocess.Popen[bytes], how: signal.Signals) -> None:
    server.send_signal(how)
    try:
        server.wait(timeout=_END_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _has_ended(server: subprocess.Popen[bytes]) -> bool:
    """Wait a moment for the server's end: the pause between two attempts to connect."""
    try:
        server.wait(timeout=_POLL_SECONDS)
    except subprocess.TimeoutExpired:
        return False
    return True


def _as_unprivileged() -> list[str]:
    """The start of a command that gives up root, which PostgreSQL refuses to run as."""
    if os.geteuid() != 0:
        return ["setpriv"]
    return ["setpriv", f"--reuid={UNPRIVILEGED}", "--regid=nogroup", "--clear-groups"]


def _environment() -> dict[str, str]:
    """Nothing of the caller's settings reaches a server."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
