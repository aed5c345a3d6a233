"""One measurement: the conversion of a whole university, and the bare SQL for the same rows."""

from dataclasses import dataclass
from time import monotonic
from typing import Final

from sqlalchemy import Engine, func, select

from benchmarks.bare import insert_same_rows
from benchmarks.places import university
from benchmarks.processes import PREFIX, run_maintien
from benchmarks.university import NOW, Size
from maintien.sites.database.tables import MoodleTables, moodle_tables
from tests.servers.interface import DatabaseServer

ENDS_AT: Final = NOW + 365 * 24 * 60 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What was measured, in seconds of wall time and megabytes of one process."""

    database: str
    with_log: bool
    enrolments: int
    preview_seconds: float
    convert_seconds: float
    bare_seconds: float
    peak_megabytes: float
    """The larger of the two processes, preview and conversion."""

    @property
    def ratio(self) -> float:
        """Conversion to bare SQL."""
        return self.convert_seconds / self.bare_seconds

    @property
    def microseconds_a_row(self) -> float:
        """Conversion, by user enrolment."""
        return self.convert_seconds / self.enrolments * 1e6


def measure(server: DatabaseServer, database: str, enrolments: int, *, with_log: bool) -> Measurement:
    """Measure one size on one server; both sides must leave the same number of rows."""
    size = Size(enrolments=enrolments)
    tables = moodle_tables(PREFIX)
    with university(server, tables, size, with_log=with_log) as engine:
        began = monotonic()
        with engine.begin() as connection:
            insert_same_rows(connection, tables, ends_at=ENDS_AT, with_log=with_log)
        bare_seconds = monotonic() - began
        expected = _count_rows(engine, tables)
    with university(server, tables, size, with_log=with_log) as engine:
        preview_seconds, preview_peak = _convert(engine)
        convert_seconds, convert_peak = _convert(engine, "--run")
        found = _count_rows(engine, tables)
    if found != expected:
        raise RuntimeError(f"maintien left {found} rows, the bare SQL {expected}")
    return Measurement(
        database=database,
        with_log=with_log,
        enrolments=enrolments,
        preview_seconds=preview_seconds,
        convert_seconds=convert_seconds,
        bare_seconds=bare_seconds,
        peak_megabytes=max(preview_peak, convert_peak),
    )


def _convert(engine: Engine, *options: str) -> tuple[float, float]:
    return run_maintien(engine, "convert", "--all", "--until", f"@{ENDS_AT}", *options)


def _count_rows(engine: Engine, tables: MoodleTables) -> list[int]:
    counted = (
        tables.user_enrolments,
        tables.role_assignments,
        tables.cache_flags,
        tables.logstore_standard_log,
    )
    with engine.connect() as connection:
        return [connection.scalar(select(func.count()).select_from(table)) or 0 for table in counted]
