"""How long it takes to change and to remove the manual enrolments of a whole university.

``python -m benchmarks.manual_edits``: everybody is converted, for comparison. Then everybody's end date is
changed with the filters of the procedure's third step, and everybody is unenrolled by hand whom the register
lets in all the same; that is undone.
"""

import argparse
from collections.abc import Iterator
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from benchmarks.conversion import ENDS_AT
from benchmarks.places import university
from benchmarks.processes import PREFIX, run_maintien
from benchmarks.servers import SERVERS
from benchmarks.university import Size
from maintien.sites.database.tables import moodle_tables
from tests.servers.interface import DatabaseServer

LATER: Final = ENDS_AT + 365 * 24 * 60 * 60

THIRD_STEP: Final = ("--method", "manual", "--role", "student", "--status", "active")
COMMANDS: Final = {
    "convert --run": ("convert", "--all", "--until", f"@{ENDS_AT}", "--run"),
    "end-date, preview": ("end-date", "--all", *THIRD_STEP, "--until", f"@{LATER}"),
    "end-date --run": ("end-date", "--all", *THIRD_STEP, "--until", f"@{LATER}", "--run"),
    "unenrol, preview": ("unenrol", "--all", "--also-automatic"),
    "unenrol --run": ("unenrol", "--all", "--also-automatic", "--run"),
    "undo --run": ("undo", "last", "--run", "--even-if-access-is-lost"),
}


class Measured(NamedTuple):
    """What one command took."""

    command: str
    seconds: float
    peak_megabytes: float


def measure_edits(server: DatabaseServer, enrolments: int) -> Iterator[Measured]:
    """Measure each of :data:`COMMANDS`, in order, on a university of so many automatic enrolments."""
    size = Size(enrolments=enrolments)
    with (
        university(server, moodle_tables(PREFIX), size, with_log=True) as engine,
        TemporaryDirectory() as folder,
    ):
        state = ("--state", f"sqlite:///{folder}/runs.sqlite")
        for name, words in COMMANDS.items():
            yield Measured(name, *run_maintien(engine, *state, *words))


def main() -> None:
    """Measure what the arguments ask for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.manual_edits", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=(100_000,), metavar="ENROLMENTS")
    parser.add_argument("--databases", nargs="+", choices=SERVERS, default=list(SERVERS))
    arguments = parser.parse_args()
    for database in arguments.databases:
        with SERVERS[database]() as server:
            for size in arguments.sizes:
                for measured in measure_edits(server, size):
                    print(
                        f"{database}, {size:,} enrolments, {measured.command}:"
                        f" {measured.seconds:.1f} s, {measured.peak_megabytes:.0f} MB",
                        flush=True,
                    )


if __name__ == "__main__":
    main()
