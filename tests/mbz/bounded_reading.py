"""Reads and converts the archives of a folder in a process that may not take much; tells what became of each.

Run as a program: a folder, bytes of memory, seconds of processor. Prints a JSON document.
"""

import json
import re
import resource
import sys
from pathlib import Path

from maintien.errors.tree import ArchiveError
from maintien.mbz.converting.archive import convert_archive
from maintien.mbz.converting.request import ArchiveRequest
from maintien.mbz.limits import DEFAULT_LIMITS
from maintien.mbz.locations import locate
from maintien.mbz.opening import open_archive
from maintien.mbz.summary import summarise

REQUEST = ArchiveRequest(ends_at=1_800_000_000, now=1_780_000_000)


def read_all(folder: Path) -> dict[str, str]:
    """Read each archive as ``maintien mbz info`` does; tell by name what was wrong with it."""
    return {path.stem: _read(path) for path in sorted(folder.glob("*.mbz"))}


def convert_all(folder: Path) -> dict[str, str]:
    """Convert each as ``maintien mbz convert`` does; tell the same, in the same words."""
    return {path.stem: _convert(path) for path in sorted(folder.glob("*.mbz"))}


def _read(path: Path) -> str:
    try:
        with open_archive(locate(str(path))) as source:
            summarise(source)
    except ArchiveError as error:
        return type(error).__name__
    return "nothing"


def _convert(path: Path) -> str:
    new = path.with_suffix(".new")
    try:
        convert_archive(locate(str(path)), REQUEST, new, DEFAULT_LIMITS)
    except ArchiveError as error:
        return type(error).__name__
    return "nothing"


def peak_memory() -> int:
    """Bytes that the process had at most; getrusage counts what it was forked from as well."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    [peak] = re.findall(r"^VmHWM:\s+(\d+) kB$", status, flags=re.MULTILINE)
    return int(peak) * 1024


if __name__ == "__main__":
    folder, memory, seconds = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
    found = read_all(Path(folder))
    converted = convert_all(Path(folder))
    json.dump({"found": found, "converted": converted, "peak": peak_memory()}, sys.stdout)
