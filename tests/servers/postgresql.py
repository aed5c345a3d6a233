"""A throwaway PostgreSQL, which can clone databases."""

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg
from psycopg.sql import SQL, Composed, Identifier

from tests.servers.folders import fastest_place, server_folder
from tests.servers.programs import find_program, run_program, running_server, wait_until_ready

_SUPERUSER: Final = "postgres"
_WITHOUT_DURABILITY: Final = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
)
_SMALL: Final = ("shared_buffers=32MB", "max_connections=50", "timezone=UTC")


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresqlServer:
    """A running PostgreSQL; ``folder`` holds its socket."""

    folder: Path

    def url(self, database: str) -> str:
        """SQLAlchemy's URL of a database, with the driver."""
        return f"postgresql+psycopg://{_SUPERUSER}@/{database}?host={self.folder}"

    def create_database(self, name: str, *, template: str = "template0") -> None:
        """Create a database as a clone of ``template``, to which nobody may be connected."""
        # Copying files is twice as fast as logging their content, PostgreSQL 15's default.
        names = {"name": Identifier(name), "template": Identifier(template)}
        self._execute(SQL("CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy").format(**names))

    def drop_database(self, name: str) -> None:
        """Drop a database if it exists, whoever is connected to it."""
        self._execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))

    def require_answer(self) -> None:
        """Connect and leave; raises psycopg's OperationalError while the server starts."""
        self._execute(SQL("SELECT 1"))

    def _execute(self, statement: SQL | Composed) -> None:
        with psycopg.connect(
            host=str(self.folder), user=_SUPERUSER, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement)


@contextmanager
def run_postgresql(settings: Sequence[str] = (), *, place: Path | None = None) -> Iterator[PostgresqlServer]:
    """Run a PostgreSQL of the newest version installed; ``settings`` (name=value) override its own.

    ``place`` is where its data lives, if not in the fastest place there is.

    Raises:
        ServerMissing: PostgreSQL is not installed.
        ServerFailed: it does not start.
    """
    postgres = find_program("postgres", "postgresql", _program_folders())
    with server_folder(place or fastest_place()) as folder:
        _create_cluster(postgres.with_name("initdb"), folder)
        options = [f"unix_socket_directories={folder}", "listen_addresses=", *_WITHOUT_DURABILITY, *_SMALL]
        command = [
            str(postgres),
            "-D",
            str(folder / "data"),
            *(f"--{each}" for each in [*options, *settings]),
        ]
        # Quits at once, since what it holds is thrown away. Killed, it would leave shared memory.
        with running_server(command, folder, signal.SIGQUIT) as server:
            postgresql = PostgresqlServer(folder=folder)
            wait_until_ready(server, folder, postgresql.require_answer, (psycopg.OperationalError,))
            yield postgresql


def _program_folders() -> list[Path]:
    """Debian's folders of each version, the newest first."""
    versions = Path("/usr/lib/postgresql").glob("[0-9]*")
    return [each / "bin" for each in sorted(versions, key=lambda each: int(each.name), reverse=True)]


def _create_cluster(initdb: Path, folder: Path) -> None:
    options = ["--encoding=UTF8", "--locale=C.UTF-8", "--auth=trust", "--no-sync", "--no-instructions"]
    run_program([initdb, "-D", folder / "data", "-U", _SUPERUSER, *options], folder)
