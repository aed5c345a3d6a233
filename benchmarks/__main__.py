"""Measures whole ``maintien`` processes on databases of a large university: ``make bench``.

The first argument says what; without any, ``convert`` and ``archives`` are measured:

- ``convert`` (unless another is given): the preview, the conversion, and beside them, in one run, the
  set-based SQL that inserts the same rows in an equal database on the same server. The ratio is conversion
  to bare SQL.
- ``forecast``: a forecast of everything, without a look at the feeds, with one, with a chart of a planned
  conversion, and as a spreadsheet.
- ``rescue``: a rescue after a cut, over a log of ``--log-rows`` rows, and how the database reads it.
- ``participants``: every filter of participants in one course of ``--people`` people.
- ``archives``: reading backup archives, beside the fastest gzip; ``archives --help`` tells its options.

Other measurements are programs of their own: ``python -m benchmarks.backup --help``, and so
``benchmarks.manual_edits``.
"""

import argparse
import sys
from collections.abc import Iterator

from benchmarks import archives, participants
from benchmarks.conversion import Measurement, measure
from benchmarks.forecast import measure_forecast
from benchmarks.rescue import RescueMeasurement, measure_rescue
from benchmarks.servers import SERVERS

SIZES = (10_000, 100_000, 1_000_000)
HEADINGS = (
    ("database", 12),
    ("log", 4),
    ("enrolments", 11),
    ("preview s", 10),
    ("convert s", 10),
    ("bare SQL s", 11),
    ("ratio", 6),
    ("us a row", 9),
    ("peak MB", 8),
)


FORECAST_HEADINGS = (
    ("database", 12),
    ("enrolments", 11),
    ("forecast s", 11),
    ("feeds s", 9),
    ("until s", 9),
    ("xlsx s", 9),
    ("peak MB", 8),
)


def main() -> None:
    """Measure what the arguments ask for."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["participants"]:
        participants.main(arguments[1:])
        return
    if arguments[:1] != ["archives"]:
        measure_databases()
    if arguments[:1] in ([], ["archives"]):
        archives.main(arguments[1:])


def measure_databases() -> None:
    """Measure conversions or rescues, a line a measurement."""
    arguments = _parse_arguments()
    match arguments.what:
        case "forecast":
            _show_forecasts(arguments)
        case "rescue":
            for rescued in _rescues(arguments):
                _print_rescue(rescued)
        case _:
            _show_conversions(arguments)


def _show_conversions(arguments: argparse.Namespace) -> None:
    print("".join(name.rjust(width) for name, width in HEADINGS), flush=True)
    for measurement in _measurements(arguments):
        print(_line(measurement), flush=True)


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("what", nargs="?", choices=("convert", "forecast", "rescue"), default="convert")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="ENROLMENTS")
    parser.add_argument("--databases", nargs="+", choices=SERVERS, default=list(SERVERS))
    parser.add_argument("--log", choices=("on", "off", "both"), default="both")
    parser.add_argument("--rounds", type=int, default=1, help="how often each is measured")
    parser.add_argument("--log-rows", type=int, default=20 * 1_000_000, help="rows of the log before the cut")
    return parser.parse_args()


def _rescues(arguments: argparse.Namespace) -> Iterator[RescueMeasurement]:
    for database in arguments.databases:
        with SERVERS[database]() as server:
            for size in arguments.sizes:
                for _ in range(arguments.rounds):
                    yield measure_rescue(server, database, size, arguments.log_rows)


def _print_rescue(measured: RescueMeasurement) -> None:
    print(
        f"{measured.database}: {measured.enrolments:,} enrolments, {measured.log_rows:,} log rows,"
        f" {measured.people_back:,} given back",
        flush=True,
    )
    for command, took in (*measured.looks, ("rescue", measured.preview), ("rescue --run", measured.run)):
        print(f"  {command}: {took}", flush=True)
    for what, lines in measured.plans:
        print(f"  {what}:", *(f"    {line}" for line in lines), sep="\n", flush=True)


def _show_forecasts(arguments: argparse.Namespace) -> None:
    widths = [width for _, width in FORECAST_HEADINGS]
    print("".join(name.rjust(width) for name, width in FORECAST_HEADINGS), flush=True)
    for database in arguments.databases:
        with SERVERS[database]() as server:
            for size in arguments.sizes * arguments.rounds:
                measured = measure_forecast(server, database, size)
                cells = (
                    measured.database,
                    f"{measured.enrolments:,}",
                    f"{measured.seconds:.1f}",
                    f"{measured.with_feeds_seconds:.1f}",
                    f"{measured.until_seconds:.1f}",
                    f"{measured.workbook_seconds:.1f}",
                    f"{measured.peak_megabytes:.0f}",
                )
                print("".join(c.rjust(w) for c, w in zip(cells, widths, strict=True)), flush=True)


def _measurements(arguments: argparse.Namespace) -> Iterator[Measurement]:
    logs = {"on": (True,), "off": (False,), "both": (True, False)}[arguments.log]
    for database in arguments.databases:
        with SERVERS[database]() as server:
            for size in arguments.sizes:
                for with_log in logs:
                    for _ in range(arguments.rounds):
                        yield measure(server, database, size, with_log=with_log)


def _line(measured: Measurement) -> str:
    cells = (
        measured.database,
        "on" if measured.with_log else "off",
        f"{measured.enrolments:,}",
        f"{measured.preview_seconds:.1f}",
        f"{measured.convert_seconds:.1f}",
        f"{measured.bare_seconds:.1f}",
        f"{measured.ratio:.2f}",
        f"{measured.microseconds_a_row:.0f}",
        f"{measured.peak_megabytes:.0f}",
    )
    widths = (width for _, width in HEADINGS)
    return "".join(cell.rjust(width) for cell, width in zip(cells, widths, strict=True))


if __name__ == "__main__":
    main()
