"""Measures reading archives beside the fastest gzip there is: ``python -m benchmarks archives``.

A generated archive, laid out as Moodle's: the course's enrolments early, then the files, users last. What
is read is the header, the enrolments and the roles; the header stands behind the files, so nearly all has
to be unpacked. Every gzip installed unpacks the same part of the same file, in turns with the reading,
each as a process of its own; the best of the rounds counts. The ratio is reading to the fastest gzip.

Then ``mbz info`` counts the whole large archive, ``mbz convert`` converts it and one of 200,000 people, and a
thousand archives of 100 kB are looked into and converted, with one process and with all.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Final, NamedTuple

from benchmarks.archive_making import make_archive
from benchmarks.processes import Watched, run_watched
from maintien.mbz.limits import KIB

READ: Final = """
import sys
from maintien.mbz.locations import locate
from maintien.mbz.opening import open_archive
from maintien.mbz.parts import Part
from maintien.mbz.reading import read_rows
with open_archive(locate(sys.argv[1])) as source:
    rows = sum(1 for _ in read_rows(source, {Part.ENROLMENTS, Part.ROLE_ASSIGNMENTS}))
    print(source.file.tell(), rows)
print(open("/proc/self/status").read())
"""
"""Reads the enrolments, and tells how far into the file it had to read."""

INFLATE: Final = """
import sys
from isal import igzip
with open(sys.argv[1], "rb") as file, igzip.GzipFile(fileobj=file) as packed:
    while file.tell() < int(sys.argv[2]) and packed.read(128 * 1024):
        pass
"""
"""Python's isal, which is the library of Intel's igzip."""

PROGRAMS: Final = ("gzip", "pigz", "igzip")
_PEOPLE_OF_100_KB: Final = 2_500
_CROWD: Final = 200_000


class Taken(NamedTuple):
    """What a process took."""

    seconds: float
    processor: float
    """Seconds of processor, which others on the machine change less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one reading took, and what it found."""

    taken: Taken
    megabytes: float
    """Peak memory."""
    part: int
    """Bytes of the file that had to be read."""
    rows: int


def main(arguments: Sequence[str]) -> None:
    """Measure what the arguments ask for."""
    asked = _parse_arguments(arguments)
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        archive = Path(folder) / "large.mbz"
        make_archive(archive, megabytes=asked.megabytes, people=asked.people)
        print(f"archive of {archive.stat().st_size / 1e6:,.0f} MB, {asked.people:,} people", flush=True)
        _compare(archive, asked.rounds)
        _work_on("info of the large archive", ["info", str(archive)])
        _convert("the large archive", archive)
        crowded = Path(folder) / "crowded.mbz"
        make_archive(crowded, megabytes=0, people=_CROWD)
        _convert(f"{_CROWD:,} people", crowded)
        _work_on_many(Path(folder) / "many", asked.archives)


def _parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks archives", description=__doc__)
    parser.add_argument("--megabytes", type=int, default=5_000, help="of files in the large archive")
    parser.add_argument("--people", type=int, default=5_000)
    parser.add_argument("--archives", type=int, default=1_000, help="how many small ones")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--folder", type=Path, help="where to make them; default: the system's for such files"
    )
    return parser.parse_args(arguments)


def _compare(archive: Path, rounds: int) -> None:
    readings = [_read(archive)]
    others = _others(archive, readings[0].part)
    taken: dict[str, list[Taken]] = {name: [] for name in others}
    for _ in range(rounds):
        readings.append(_read(archive))
        for name, command in others.items():
            taken[name].append(_run(command)[0])
    best = _best([reading.taken for reading in readings[1:]])
    peak = max(reading.megabytes for reading in readings)
    print(f"reading {readings[0].rows:,} rows: {_said(best)}, peak {peak:.0f} MB", flush=True)
    for name, each in taken.items():
        other = _best(each)
        ratios = f"{best.seconds / other.seconds:.2f}, of processor {best.processor / other.processor:.2f}"
        print(f"  {name}: {_said(other)}; ratio {ratios}", flush=True)


def _best(taken: Sequence[Taken]) -> Taken:
    return Taken(min(each.seconds for each in taken), min(each.processor for each in taken))


def _said(taken: Taken) -> str:
    return f"{taken.seconds:.2f} s (processor {taken.processor:.2f} s)"


def _read(archive: Path) -> Reading:
    taken, said = _run([sys.executable, "-c", READ, str(archive)])
    part, rows = said.split(maxsplit=2)[:2]
    return Reading(taken=taken, megabytes=_peak(said), part=int(part), rows=int(rows))


def _others(archive: Path, part: int) -> Mapping[str, Sequence[str]]:
    """Give what unpacks the same part, by name."""
    found: dict[str, Sequence[str]] = {
        "Python's isal": [sys.executable, "-c", INFLATE, str(archive), str(part)],
    }
    for name in PROGRAMS:
        if program := shutil.which(name):
            pipe = f"head -c {part} '{archive}' | '{program}' -dc > /dev/null 2>&1 || true"
            found[name] = ["sh", "-c", pipe]
    return found


def _run(command: Sequence[str]) -> tuple[Taken, str]:
    """Run a process to its end; give what it and those it started took, and what it said."""
    began, before = monotonic(), os.times()
    ended = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 -- ours
    seconds, after = monotonic() - began, os.times()
    processor = sum(after[2:4]) - sum(before[2:4])
    return Taken(seconds, processor), ended.stdout


def _peak(status: str) -> float:
    """Read the peak memory; getrusage counts what a process was forked from as well."""
    [peak] = re.findall(r"^VmHWM:\s+(\d+) kB$", status, flags=re.MULTILINE)
    return int(peak) / KIB


def _convert(what: str, archive: Path) -> None:
    words = ["convert", str(archive), "-o", str(archive.with_suffix(".new")), "--until", "2037-08-31"]
    _work_on(f"convert of {what}", words)


def _work_on(what: str, words: Sequence[str]) -> None:
    watched = _watch_maintien(*words)
    taken = Taken(watched.seconds, watched.processor)
    print(f"mbz {what}: {_said(taken)}, at most {watched.megabytes:.0f} MB in a process", flush=True)


def _watch_maintien(*words: str) -> Watched:
    return run_watched([sys.executable, "-m", "maintien", "mbz", *words])


def _work_on_many(folder: Path, archives: int) -> None:
    folder.mkdir()
    first = folder / "0.mbz"
    make_archive(first, megabytes=0, people=_PEOPLE_OF_100_KB)
    for number in range(1, archives):
        shutil.copyfile(first, folder / f"{number}.mbz")
    print(f"{archives:,} archives of {first.stat().st_size / 1e3:.0f} kB", flush=True)
    for jobs in sorted({1, len(os.sched_getaffinity(0))}):
        new = folder.with_name(f"new-{jobs}")
        commands = (["info", str(folder)], ["convert", str(folder), "-o", str(new), "--until", "2037-08-31"])
        for words in commands:
            watched = _watch_maintien(*words, "--json", "--jobs", str(jobs))
            print(
                f"  mbz {words[0]} with {jobs} at once: {archives / watched.seconds:.1f} a second,"
                f" {1000 * watched.processor / archives:.0f} ms of processor each",
                flush=True,
            )
