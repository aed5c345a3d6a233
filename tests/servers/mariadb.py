"""A throwaway MariaDB."""

import signal
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pymysql

from tests.servers.folders import fastest_place, server_folder
from tests.servers.programs import find_program, run_program, running_server, wait_until_ready

_SUPERUSER: Final = "root"
_WITHOUT_DURABILITY: Final = (
    "debug-no-sync",
    "innodb-flush-log-at-trx-commit=0",
    "innodb-doublewrite=0",
    "skip-log-bin",
)
_SMALL: Final = (
    "innodb-buffer-pool-size=64M",
    "innodb-log-file-size=16M",
    "max-connections=50",
    "performance-schema=OFF",
    # Containers have little room for asynchronous requests, and the server warns when it runs out.
    "innodb-use-native-aio=0",
)
_LIKE_MOODLE: Final = ("character-set-server=utf8mb4", "collation-server=utf8mb4_unicode_ci")


@dataclass(frozen=True, slots=True, kw_only=True)
class MariadbServer:
    """A running MariaDB, with ``socket``."""

    socket: Path

    def url(self, database: str) -> str:
        """SQLAlchemy's URL of a database, with the driver."""
        return f"mariadb+pymysql://{_SUPERUSER}@/{database}?unix_socket={self.socket}&charset=utf8mb4"

    def create_database(self, name: str) -> None:
        """Create an empty database; it must not exist."""
        self._execute(f"CREATE DATABASE {_quoted(name)}")

    def drop_database(self, name: str) -> None:
        """Drop a database if it exists, whoever is connected to it."""
        self.disconnect_everybody(name)
        self._execute(f"DROP DATABASE IF EXISTS {_quoted(name)}")

    def disconnect_everybody(self, database: str) -> None:
        """End the connections to a database, and with them every lock held there."""
        own = "SELECT id FROM information_schema.processlist WHERE db = %s AND id <> CONNECTION_ID()"
        for (connection_id,) in self._execute(own, database):
            with suppress(pymysql.OperationalError):  # it may have ended by itself
                self._execute(f"KILL CONNECTION {int(connection_id)}")

    def require_answer(self) -> None:
        """Connect and leave; raises OSError or pymysql's OperationalError while the server starts."""
        # PyMySQL does not close the socket of an attempt that fails.
        with socket.socket(socket.AF_UNIX) as attempt:
            attempt.connect(str(self.socket))
        self._execute("SELECT 1")

    def _execute(self, statement: str, *parameters: str) -> tuple[tuple[int, ...], ...]:
        with (
            pymysql.connect(unix_socket=str(self.socket), user=_SUPERUSER, autocommit=True) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, parameters)
            return tuple(cursor.fetchall())


@contextmanager
def run_mariadb(settings: Sequence[str] = (), *, place: Path | None = None) -> Iterator[MariadbServer]:
    """Run a MariaDB; ``settings`` (name=value) override its own.

    ``place`` is where its data lives, if not in the fastest place there is.

    Raises:
        ServerMissing: MariaDB is not installed.
        ServerFailed: it does not start.
    """
    mariadbd = find_program("mariadbd", "mariadb-server", [Path("/usr/sbin")])
    install = find_program("mariadb-install-db", "mariadb-server", [Path("/usr/bin")])
    with server_folder(place or fastest_place()) as folder:
        options = [f"--{each}" for each in (*_WITHOUT_DURABILITY, *_SMALL, *_LIKE_MOODLE, *settings)]
        _create_data(install, folder, options)
        mariadb = MariadbServer(socket=folder / "mariadb.sock")
        command = _server_command(mariadbd, folder, mariadb.socket, options)
        # Killed, since what it holds is thrown away.
        with running_server(command, folder, signal.SIGKILL) as server:
            wait_until_ready(server, folder, mariadb.require_answer, (OSError, pymysql.OperationalError))
            yield mariadb


def _create_data(install: Path, folder: Path, options: Sequence[str]) -> None:
    how = ["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"]
    run_program([install, *how, f"--datadir={folder / 'data'}", *options], folder)


def _server_command(mariadbd: Path, folder: Path, address: Path, options: Sequence[str]) -> list[str | Path]:
    where = [f"--datadir={folder / 'data'}", f"--socket={address}", f"--tmpdir={folder}", "--skip-networking"]
    return [mariadbd, "--no-defaults", *where, f"--pid-file={folder / 'pid'}", *options]


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
