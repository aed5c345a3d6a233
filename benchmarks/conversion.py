"""One measurement: the conversion of a whole university, and the bare SQL for the same rows."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Final

from sqlalchemy import Connection, Engine, create_engine, func, select, text
from sqlalchemy.engine import make_url

from benchmarks.bare import insert_same_rows
from benchmarks.university import NOW, Size, fill
from maintien.sites.database.tables import MoodleTables, moodle_tables
from tests.servers.interface import DatabaseServer

ENDS_AT: Final = NOW + 365 * 24 * 60 * 60
PREFIX: Final = "mdl_"


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
    command = ("convert", "--all", "--until", f"@{ENDS_AT}")
    with university(server, tables, size, with_log=with_log) as engine:
        preview_seconds, preview_peak = run_maintien(engine, *command)
        convert_seconds, convert_peak = run_maintien(engine, *command, "--run")
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


@contextmanager
def university(
    server: DatabaseServer, tables: MoodleTables, size: Size, *, with_log: bool
) -> Iterator[Engine]:
    """Have a university of this size on the server for the length of a block."""
    server.drop_database("university")
    server.create_database("university")
    engine = create_engine(server.url("university"), isolation_level="READ COMMITTED")
    try:
        tables.metadata.create_all(engine)
        with engine.begin() as connection:
            fill(connection, tables, size, with_log=with_log)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            _gather_figures(connection, tables)
        yield engine
    finally:
        engine.dispose()
        server.drop_database("university")


def _gather_figures(connection: Connection, tables: MoodleTables) -> None:
    """Bring the planner's figures up to date, and the disk to rest."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("VACUUM ANALYZE"))
        connection.execute(text("CHECKPOINT"))
        return
    names = (
        tables.user_enrolments,
        tables.role_assignments,
        tables.enrol,
        tables.context,
        tables.user,
        tables.course,
    )
    connection.execute(text(f"ANALYZE TABLE {', '.join(table.name for table in names)}"))


def run_maintien(engine: Engine, *arguments: str) -> tuple[float, float]:
    """Run the whole program; give its seconds and its peak memory in megabytes."""
    url = make_url(engine.url).set(drivername=engine.url.get_backend_name())
    url = url.difference_update_query(["charset"]).update_query_dict({"prefix": PREFIX})
    command = [sys.executable, "-m", "maintien", "--now", f"@{NOW}", *arguments]
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


def _count_rows(engine: Engine, tables: MoodleTables) -> list[int]:
    counted = (
        tables.user_enrolments,
        tables.role_assignments,
        tables.cache_flags,
        tables.logstore_standard_log,
    )
    with engine.connect() as connection:
        return [connection.scalar(select(func.count()).select_from(table)) or 0 for table in counted]
