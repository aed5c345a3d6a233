"""Databases to measure in: made for one measurement, and dropped after it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, Table, create_engine, text

from benchmarks.university import Size, fill
from maintien.sites.database.tables import MoodleTables
from tests.servers.interface import DatabaseServer


@contextmanager
def university(
    server: DatabaseServer, tables: MoodleTables, size: Size, *, with_log: bool
) -> Iterator[Engine]:
    """A university in a database of its own, its figures up to date."""
    with empty_database(server) as engine:
        tables.metadata.create_all(engine)
        with engine.begin() as connection:
            fill(connection, tables, size, with_log=with_log)
        names = ("user_enrolments", "role_assignments", "enrol", "context", "user", "course")
        gather_figures(engine, [getattr(tables, name) for name in names])
        yield engine


@contextmanager
def empty_database(server: DatabaseServer) -> Iterator[Engine]:
    """A database without tables."""
    server.drop_database("university")
    server.create_database("university")
    engine = create_engine(server.url("university"), isolation_level="READ COMMITTED")
    try:
        yield engine
    finally:
        engine.dispose()
        server.drop_database("university")


def gather_figures(engine: Engine, tables: list[Table]) -> None:
    """Bring the planner's figures up to date, and the disk to rest."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        _gather(connection, tables)


def _gather(connection: Connection, tables: list[Table]) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("VACUUM ANALYZE"))
        connection.execute(text("CHECKPOINT"))
        return
    connection.execute(text(f"ANALYZE TABLE {', '.join(table.name for table in tables)}"))
