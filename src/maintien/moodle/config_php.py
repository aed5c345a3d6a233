"""Reads how to reach Moodle's database from its config.php, without running PHP.

Rules of Moodle that decide what the settings mean:

1. ``dbuser`` and ``dbpass`` are empty where they are not set; so is ``prefix``, which PostgreSQL needs.
2. Options are off where they are empty as PHP has it: ``''``, ``'0'``, 0, false, null.
3. MariaDB and MySQL are reached by a socket when ``dbhost`` is empty or ``localhost``, whatever the
   options; ``dbsocket`` is its path if there is a slash in it. A port may stand in ``dbhost``.
4. PostgreSQL is reached by a socket when ``dbsocket`` is on and ``dbhost`` is local, or when ``dbhost``
   is empty or a path (libpq's own rule).
5. Without ``dblibrary``, the driver names of Moodle 1.9 stand for today's.

Source: setup_DB (lib/dmllib.php) and raw_connect of the drivers in lib/dml; Moodle 4.1 and 4.3. That
PHP's mysqlnd reads ``host:port`` was observed with PHP 8.2.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final, NamedTuple

from maintien.errors.sites import BrokenConfigPhp
from maintien.messages import N_
from maintien.moodle.config_properties import ConfigProperties, read_properties
from maintien.moodle.config_values import (
    Options,
    find_options,
    find_text,
    read_port,
    require_text,
)
from maintien.moodle.php_strings import utf8_text
from maintien.moodle.unreadable_php import Reason, UnreadablePhp

MAX_BYTES: Final = 1024 * 1024
DEFAULT_SOCKET: Final = ""
"""A ``dbsocket`` that leaves the path to the driver."""

UNUSABLE_TYPE: Final = N_(
    "$CFG->dbtype is not a database that maintien can use: it can use pgsql, mariadb, mysqli and auroramysql."
)
NO_PREFIX: Final = N_("$CFG->prefix is empty, which Moodle doesn't allow on PostgreSQL.")
BAD_SSL: Final = N_("$CFG->dboptions['ssl'] is not a mode that Moodle knows for this database.")
TOO_BIG: Final = N_("this file is bigger than a Moodle config.php can be: give Moodle's own.")
NOT_READABLE: Final = N_("this file can't be read ({cause}): check its path and who may read it.")


class DatabaseType(StrEnum):
    """Moodle's drivers, ``$CFG->dbtype``, for the databases that maintien can use."""

    PGSQL = "pgsql"
    MARIADB = "mariadb"
    MYSQLI = "mysqli"
    AURORAMYSQL = "auroramysql"


class SslMode(StrEnum):
    """``$CFG->dboptions['ssl']``, in libpq's words; MariaDB and MySQL have the last two."""

    DISABLE = "disable"
    PREFER = "prefer"
    REQUIRE = "require"
    """Encrypted; the server's certificate is not checked."""
    VERIFY_FULL = "verify-full"


@dataclass(frozen=True, slots=True, kw_only=True)
class MoodleDatabaseSettings:
    """How Moodle reaches its database."""

    dbtype: DatabaseType
    dbhost: str
    """A name or an address, without a port; meaningless when ``dbsocket`` is given."""
    dbname: str
    dbuser: str
    dbpass: str = field(repr=False)
    prefix: str
    """Of all table names; any text, since the file may hold any."""
    dbport: int | None = None
    """None for the driver's default; for PostgreSQL, part of the socket's name too."""
    dbsocket: str | None = None
    """None to connect by TCP, :data:`DEFAULT_SOCKET`, or a path: of PostgreSQL's it is the folder."""
    wwwroot: str | None = None
    """The site's address; None where only running PHP would tell."""
    ssl: SslMode | None = None
    """None for the driver's default."""
    dbschema: str | None = None
    """PostgreSQL's search_path; None for the account's own."""
    dbhandlesoptions: bool = False
    """PostgreSQL: behind a pooler that refuses options on connecting, search_path included."""


class _Place(NamedTuple):
    host: str
    port: int | None
    socket: str | None


_OLD_TYPES: Final = {"mysql": "mysqli", "postgres7": "pgsql"}
_HOST_AND_PORT: Final = re.compile(r"([^:]+):([0-9]+)")


def read_config_php(path: str) -> MoodleDatabaseSettings:
    """Read the config.php at ``path``, which needn't be UTF-8 where it doesn't matter.

    Raises:
        BrokenConfigPhp: it can't be opened, or as :func:`parse_config_php`.
    """
    try:
        with Path(path).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = Reason(NOT_READABLE, cause=str(error.strerror))
        raise BrokenConfigPhp(path, 1, reason) from error
    if len(data) > MAX_BYTES:
        raise BrokenConfigPhp(path, 1, Reason(TOO_BIG))
    # Bytes of another encoding survive, and are refused only within a value that is needed.
    return parse_config_php(data.decode("utf-8", "surrogateescape"), path)


def parse_config_php(text: str, path: str) -> MoodleDatabaseSettings:
    """Read the config.php that holds ``text``; ``path`` is for the error's sentence.

    Raises:
        BrokenConfigPhp: it is not PHP that can be read without running it, or a setting is missing,
            or is known only to PHP. The sentence never holds a value from the file.
    """
    try:
        return _settings(read_properties(text))
    except UnreadablePhp as error:
        raise BrokenConfigPhp(path, error.line, error.reason) from error


def _settings(properties: ConfigProperties) -> MoodleDatabaseSettings:
    dbtype = _database_type(properties)
    options = find_options(properties, "dboptions")
    place = _place(dbtype, properties, options)
    return MoodleDatabaseSettings(
        dbtype=dbtype,
        dbhost=place.host,
        dbname=require_text(properties, "dbname"),
        dbuser=find_text(properties, "dbuser") or "",
        dbpass=find_text(properties, "dbpass") or "",
        prefix=_prefix(dbtype, properties),
        dbport=place.port,
        dbsocket=place.socket,
        wwwroot=_wwwroot(properties),
        ssl=_ssl(dbtype, options),
        dbschema=options.text("dbschema") if dbtype is DatabaseType.PGSQL else None,
        dbhandlesoptions=dbtype is DatabaseType.PGSQL and options.is_on("dbhandlesoptions"),
    )


def _database_type(properties: ConfigProperties) -> DatabaseType:
    name = require_text(properties, "dbtype")
    if name in _OLD_TYPES and find_text(properties, "dblibrary") is None:
        name = _OLD_TYPES[name]
    try:
        return DatabaseType(name)
    except ValueError:
        # The cause would show what the file has.
        raise UnreadablePhp(_line_of(properties, "dbtype"), Reason(UNUSABLE_TYPE)) from None


def _prefix(dbtype: DatabaseType, properties: ConfigProperties) -> str:
    prefix = find_text(properties, "prefix") or ""
    if not prefix and dbtype is DatabaseType.PGSQL:
        raise UnreadablePhp(_line_of(properties, "prefix"), Reason(NO_PREFIX))
    return prefix


def _line_of(properties: ConfigProperties, name: str) -> int:
    found = properties.find(name)
    return properties.last_line if found is None else found.line


def _wwwroot(properties: ConfigProperties) -> str | None:
    """Give the site's address if it is plain; many sites compute it, and nothing depends on it."""
    found = properties.find("wwwroot")
    return utf8_text(found.value) if found and isinstance(found.value, str) else None


def _ssl(dbtype: DatabaseType, options: Options) -> SslMode | None:
    word = options.word("ssl")
    modes = [*SslMode] if dbtype is DatabaseType.PGSQL else [SslMode.REQUIRE, SslMode.VERIFY_FULL]
    if word is not None and word not in modes:
        raise UnreadablePhp(options.line, Reason(BAD_SSL))
    return None if word is None else SslMode(word)


def _place(dbtype: DatabaseType, properties: ConfigProperties, options: Options) -> _Place:
    host = require_text(properties, "dbhost", may_be_empty=True)
    port = options.port("dbport")
    if dbtype is DatabaseType.PGSQL:
        return _Place(host, port, _postgresql_socket(host, options))
    host = host.removeprefix("p:")
    if host.lower() in {"", "localhost"}:
        return _Place(host, port, _socket_path(options, ("/", "\\")))
    found = _HOST_AND_PORT.fullmatch(host)
    if found is None:
        return _Place(host, port, None)
    line = _line_of(properties, "dbhost")
    return _Place(found[1], read_port(found[2], "$CFG->dbhost", line), None)


def _postgresql_socket(host: str, options: Options) -> str | None:
    if options.is_on("dbsocket") and host in {"localhost", "127.0.0.1"}:
        return _socket_path(options, ("/",))
    if host.startswith(("/", "@")):
        return host
    return None if host else DEFAULT_SOCKET


def _socket_path(options: Options, slashes: Sequence[str]) -> str:
    path = options.text("dbsocket") or ""
    return path if any(slash in path for slash in slashes) else DEFAULT_SOCKET
