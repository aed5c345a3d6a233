"""Reads broken archives, as many as there is time for, and stops at the first that does harm.

Run from the project's folder:

    python -m tests.mbz.fuzzing.fuzz --seconds 60
    python -m tests.mbz.fuzzing.fuzz --seed SEED --only NUMBER

Whatever an archive holds, reading it ends with a course or with an ArchiveError, in little memory and
soon; and counting what is in it comes to the same. Converting it ends with an ArchiveError, with nothing, or
with an archive that can be read, whose people all have accounts, and which converts to itself. The number of
an archive and the seed make it again.
One that does harm is kept: put it into the corpus, where every later run begins with it.
"""

import argparse
import io
import resource
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random, SystemRandom
from typing import Final, TypeVar

from maintien.errors.tree import ArchiveError
from maintien.mbz.archive import ArchivedCourse
from maintien.mbz.converting.conversion import convert_scan
from maintien.mbz.converting.request import ArchiveRequest
from maintien.mbz.converting.scanning import scan_archive
from maintien.mbz.converting.writing import converted_members
from maintien.mbz.limits import DEFAULT_LIMITS
from maintien.mbz.reading import read_archive
from maintien.mbz.source import ArchiveSource
from maintien.mbz.summary import ArchiveSummary, summarise
from maintien.mbz.writing.tgz import write_tgz
from maintien.moodle.values import MANUAL
from tests.mbz.fuzzing.mutations import mutate

Result = TypeVar("Result")

CORPUS: Final = Path(__file__).parent / "corpus"
RECORDED: Final = ("mbz", "golden/procedure")
"""Folders of the recorded facts whose small archives are begun with as well, where they are there."""
SMALL: Final = 32 * 1024
ADDRESSES: Final = 700 * 1024 * 1024
NOW: Final = 1_780_000_000
LATER: Final = NOW + 365 * 24 * 3600
"""When the enrolments of the corpus are converted, and until when."""
SECONDS_EACH: Final = 10.0
"""Of the processor, for archives of a few kilobytes."""


class HarmDone(Exception):
    """An archive did what none may."""


def check(packed: bytes) -> str:
    """Read an archive, and count what is in it; tell how the reading ended.

    Raises HarmDone, or whatever escapes from the reading.
    """
    began = time.process_time()
    read = _attempt(read_archive, packed)
    counted = _attempt(summarise, packed)
    converted = _attempt(convert, packed)
    if time.process_time() - began > SECONDS_EACH:
        raise HarmDone(f"it took {time.process_time() - began:.1f} s")
    if isinstance(converted, bytes):
        _check_converted(converted)
    if isinstance(read, ArchiveError):
        return type(read).__name__
    if isinstance(counted, ArchiveError) or _numbers(read) != _numbers_counted(counted):
        raise HarmDone(f"it can be read, but counting gives {counted}")
    return "read"


def _check_converted(packed: bytes) -> None:
    new = _attempt(read_archive, packed)
    if isinstance(new, ArchiveError):
        raise HarmDone(f"it was converted to what can't be read: {new}")
    state = new.state
    people = {row.userid for row in state.enrolments} | {row.userid for row in state.roles}
    if {row.method for row in state.instances} != {MANUAL} or people != new.users.keys():
        raise HarmDone("it was converted to more or less than manual enrolments and the people in them")
    if (again := _attempt(convert, packed)) != packed:
        raise HarmDone(f"what it was converted to does not convert to itself: {again!r:.200}")


def convert(source: ArchiveSource) -> bytes | None:
    """Convert an archive, with groups; nothing where nobody is to be in the new one."""
    request = ArchiveRequest(ends_at=LATER, now=NOW)
    scan = scan_archive(source, DEFAULT_LIMITS)
    converted, _ = convert_scan(scan, request)
    if converted is None:
        return None
    packed = io.BytesIO()
    write_tgz(packed, converted_members(converted, scan, source, DEFAULT_LIMITS), written_at=NOW)
    return packed.getvalue()


def _attempt(read: Callable[[ArchiveSource], Result], packed: bytes) -> Result | ArchiveError:
    try:
        return read(ArchiveSource(name="fuzz.mbz", file=io.BytesIO(packed)))
    except ArchiveError as error:
        str(error)
        return error


def _numbers(archive: ArchivedCourse) -> tuple[int, ...]:
    state = archive.state
    enrolled = {row.userid for row in state.enrolments}
    return len(state.instances), len(enrolled), len(archive.roles), len(state.missing)


def _numbers_counted(summary: ArchiveSummary) -> tuple[int, ...]:
    return sum(summary.instances.values()), summary.participants, len(summary.roles), summary.missing_users


def load_corpus(recorded: Path | None) -> list[bytes]:
    """Load what to begin with."""
    folders = [CORPUS, *(() if recorded is None else (recorded / name for name in RECORDED))]
    paths = [path for folder in folders for path in sorted(folder.glob("*.mbz"))]
    return [path.read_bytes() for path in paths if path.stat().st_size <= SMALL]


def make(corpus: Sequence[bytes], seed: str, number: int) -> bytes:
    """Make the archive with a number; the first ones are the corpus itself."""
    if number < len(corpus):
        return corpus[number]
    random = Random(f"{seed}/{number}")
    return mutate(random, random.choice(corpus))


def run(corpus: Sequence[bytes], seed: str, seconds: float) -> Counter[str]:
    """Check one archive after the other for so long; count how they ended.

    Raises HarmDone, which says how to make the archive again.
    """
    endings: Counter[str] = Counter()
    until = time.monotonic() + seconds
    number = 0
    while number < len(corpus) or time.monotonic() < until:
        packed = make(corpus, seed, number)
        try:
            endings[check(packed)] += 1
        except Exception as harm:
            kept = Path(f"fuzz-{seed}-{number}.mbz")
            kept.write_bytes(packed)
            raise HarmDone(f"{harm!r}; again with --seed {seed} --only {number}, kept as {kept}") from harm
        number += 1
    return endings


def main() -> None:
    """Read the command line, and fuzz."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--seed", default=f"{SystemRandom().randrange(2**32):08x}")
    options.add_argument("--only", type=int, metavar="NUMBER")
    options.add_argument("--recorded", type=Path, help="the folder of recorded facts")
    asked = options.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES, ADDRESSES))
    corpus = load_corpus(asked.recorded)
    print(f"seed {asked.seed}, {len(corpus)} archives to begin with", flush=True)
    if asked.only is not None:
        print(check(make(corpus, asked.seed, asked.only)))
        return
    endings = run(corpus, asked.seed, asked.seconds)
    print(f"{endings.total()} archives read, nothing harmed:")
    for ending, count in endings.most_common():
        print(f"  {count:7} {ending}")


if __name__ == "__main__":
    main()
