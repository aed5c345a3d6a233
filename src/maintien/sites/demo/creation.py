"""Makes the embedded university: an SQLite Moodle of about two thousand people, and its register."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from sqlite3 import Connection as SqliteConnection
from tempfile import mkstemp
from typing import Final

from sqlalchemy import Engine, event

from maintien.sites.database.connecting import connect_engine
from maintien.sites.database.failures import database_failures
from maintien.sites.database.settings import DatabaseSettings, Product
from maintien.sites.database.tables import moodle_tables
from maintien.sites.demo.book import RowBook
from maintien.sites.demo.calendar import UniversityCalendar, university_calendar
from maintien.sites.demo.catalogue import Catalogue
from maintien.sites.demo.configuration import add_configuration
from maintien.sites.demo.contexts import add_system_context
from maintien.sites.demo.enrolling import Enrolling
from maintien.sites.demo.people import Accounts
from maintien.sites.demo.register import RegisterEntry, write_register
from maintien.sites.demo.rolls import Rolls
from maintien.sites.demo.site import DemoSite, register_dsn, require_free_names
from maintien.sites.demo.traces import add_traces

SEED: Final = 1432
"""Means nothing; another one gives other people in the same courses."""

DELETED_ACCOUNTS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class University:
    """Everything that is to be written, in Moodle and in the register."""

    book: RowBook
    entries: tuple[RegisterEntry, ...]
    next_year: tuple[str, ...]
    """Whom the feeds list next year too."""


def create_demo(folder: Path, *, now: int, seed: int = SEED) -> DemoSite:
    """Make the university in ``folder``, as ``university.sqlite`` and ``register.sqlite``.

    ``now``, in Unix seconds, places it in a university year; the same ``now`` and ``seed`` give the same
    rows. An earlier university of these names is replaced. Takes about a second.

    Raises:
        DemoFolderTaken: a file of one of these names is something else.
        OSError, DatabaseFailed: the folder can't be made or written to.
    """
    demo = DemoSite(folder=folder, calendar=university_calendar(now))
    folder.mkdir(parents=True, exist_ok=True)
    require_free_names(demo)
    university = invent_university(demo.calendar, register_dsn(demo), seed)
    with _new_database(demo.register_path) as engine:
        write_register(engine, university.entries, university.next_year)
    with _new_database(demo.site_path) as engine:
        tables = moodle_tables()
        with engine.begin() as connection:
            tables.metadata.create_all(connection)
            university.book.write(connection, tables)
    return demo


def invent_university(calendar: UniversityCalendar, register: str, seed: int = SEED) -> University:
    """Invent every row; ``register`` is how the site's settings name the register."""
    book, random = RowBook(), Random(seed)  # noqa: S311 -- nothing secret is drawn
    system = add_system_context(book)
    add_configuration(book, calendar, register)
    degrees = Catalogue(book=book, calendar=calendar, system=system).add_everything()
    accounts = Accounts(book=book, calendar=calendar, system=system, random=random)
    accounts.add_installed()
    rolls = Rolls(book=book, calendar=calendar)
    enrolling = Enrolling(accounts=accounts, rolls=rolls, random=random)
    for degree in degrees:
        enrolling.fill(degree)
    for _ in range(DELETED_ACCOUNTS):
        accounts.add_deleted()
    add_traces(book, calendar, random, degrees, tuple(rolls.seats))
    return University(book=book, entries=tuple(enrolling.entries), next_year=tuple(enrolling.staying))


@contextmanager
def _new_database(path: Path) -> Iterator[Engine]:
    """An engine for a new file, which takes its name once the block has succeeded."""
    handle, name = mkstemp(prefix=f".{path.stem}-", suffix=".unfinished", dir=path.parent)
    os.close(handle)
    unfinished = Path(name)
    settings = DatabaseSettings(product=Product.SQLITE, database=name)
    engine = connect_engine(settings)
    event.listen(engine, "connect", _write_carelessly)
    try:
        with database_failures(settings.label, is_writing=True):
            yield engine
        engine.dispose()
        unfinished.replace(path)
    finally:
        engine.dispose()
        unfinished.unlink(missing_ok=True)


def _write_carelessly(connection: SqliteConnection, _record: object) -> None:
    # What is half written after a power cut is made anew.
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
