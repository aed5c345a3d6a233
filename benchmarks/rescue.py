"""One measurement: giving a whole university back what a night took, from a large log."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import Engine, Select, func, select

from benchmarks.cut import SINCE, fill_log
from benchmarks.places import empty_database, gather_figures
from benchmarks.processes import PREFIX, Took, measure_maintien
from benchmarks.university import FIRST_COURSE, NOW, Size, fill
from maintien.enrolments.cut_timing import LATELY
from maintien.enrolments.withdrawals import Window
from maintien.moodle.ids import CourseId, UserId
from maintien.sites.database.removals import RemovalWishes, removals_query
from maintien.sites.database.tables import MoodleTables, moodle_tables
from maintien.sites.database.withdrawals import log_query, removed_query
from tests.servers.interface import DatabaseServer

ENDS_AT: Final = NOW + 365 * 24 * 60 * 60
_BATCH: Final = 20
"""Courses whose evidence is read together, where courses have 200 enrolments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RescueMeasurement:
    """What was measured."""

    database: str
    enrolments: int
    log_rows: int
    people_back: int
    """Enrolments given back."""
    preview: Took
    run: Took
    looks: tuple[tuple[str, Took], ...]
    """What only looks, on the same log, before anything is given back: each command with what it took."""
    plans: tuple[tuple[str, Sequence[str]], ...]
    """How the database reads the log: for what, and its lines."""


def measure_rescue(
    server: DatabaseServer, database: str, enrolments: int, log_rows: int
) -> RescueMeasurement:
    """Measure one size on one server; everybody withdrawn must be enrolled by hand afterwards."""
    size = Size(enrolments=enrolments)
    tables = moodle_tables(PREFIX)
    with empty_database(server) as engine:
        tables.metadata.create_all(engine)
        with engine.begin() as connection:
            fill(connection, tables, size, with_log=True)
        fill_log(engine, tables, size, log_rows)
        names = ("logstore_standard_log", "user_enrolments", "role_assignments", "enrol", "context", "user")
        gather_figures(engine, [getattr(tables, name) for name in names])
        missing = enrolments - _count(engine, tables)
        plans = _plans(engine, tables, size)
        looks = tuple(_looks(engine))
        preview, run = _rescue(engine), _rescue(engine, "--run")
        if _count(engine, tables) != enrolments:
            raise RuntimeError("not everybody has been given access back")
    return RescueMeasurement(
        database=database,
        enrolments=enrolments,
        log_rows=log_rows,
        people_back=missing,
        preview=preview,
        run=run,
        looks=looks,
        plans=plans,
    )


def _looks(engine: Engine) -> Iterator[tuple[str, Took]]:
    """Measure what else reads the log: the timing guard at the top of a conversion's preview, too."""
    for command in (
        ("forecast", "--all"),
        ("courses", "--all"),
        ("convert", "--all", "--until", f"@{ENDS_AT}"),
        ("convert", "--course", "C1", "--until", f"@{ENDS_AT}"),
    ):
        yield " ".join(command[:3]), measure_maintien(engine, *command)


def _rescue(engine: Engine, *options: str) -> Took:
    words = ("rescue", "--all", "--since", f"@{SINCE}", "--until", f"@{ENDS_AT}", *options)
    return measure_maintien(engine, *words)


def _count(engine: Engine, tables: MoodleTables) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(tables.user_enrolments)) or 0


def _plans(engine: Engine, tables: MoodleTables, size: Size) -> tuple[tuple[str, Sequence[str]], ...]:
    window = Window(SINCE, NOW)
    batch = [CourseId(FIRST_COURSE + number) for number in range(min(_BATCH, size.courses))]
    dialect = engine.dialect.name
    some = log_query(tables, batch, window, dialect)
    cron = RemovalWishes(window=Window(NOW - LATELY, NOW), doers=frozenset({UserId(0), UserId(2)}))
    anybody = replace(cron, doers=None)
    return (
        ("how much was removed, by course", _explained(engine, removed_query(tables, None, window))),
        ("one course's evidence", _explained(engine, log_query(tables, batch[:1], window, dialect))),
        (f"the evidence of {len(batch)} courses", _explained(engine, some)),
        (
            f"whom cron withdrew in {len(batch)} courses",
            _explained(engine, removals_query(tables, batch, cron)),
        ),
        ("whom syncs withdrew in one course", _explained(engine, removals_query(tables, batch[:1], anybody))),
        (
            f"whom syncs withdrew in {len(batch)} courses",
            _explained(engine, removals_query(tables, batch, anybody)),
        ),
    )


def _explained(engine: Engine, query: Select[Any]) -> Sequence[str]:
    sql = str(query.compile(engine, compile_kwargs={"literal_binds": True})).replace("%", "%%")
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN {sql}")
        if engine.dialect.name == "postgresql":
            return [_shortened(line) for line in rows.scalars()]
        names = ("table", "type", "key", "rows", "Extra")
        return [", ".join(f"{name}: {row[name]}" for name in names) for row in rows.mappings()]


def _shortened(line: str) -> str:
    """Leave out the list of courses and of events."""
    return re.sub(r"'\{[^}]*\}'", "'{…}'", line)
