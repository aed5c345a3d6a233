"""Moodle's tables as a freshly installed Moodle has them, on each database.

The recorded catalogues (``moodle/schema`` of the shared facts) say what they are like: PostgreSQL's and
MariaDB's are created as recorded, SQLite's are translated from PostgreSQL's.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from sqlalchemy import Connection

from tests.shared_facts import shared_folder

Catalogue = Literal["4.1-pgsql", "4.3-pgsql", "4.3-mariadb"]

RECORDED_PREFIX: Final = "mdl_"
_MARIADB_OPTIONS: Final = (
    "ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: its type and default (an SQL expression, None without) in the words of its database."""

    name: str
    type: str
    is_nullable: bool
    default: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """An index; the unique one on ``id`` is the primary key."""

    columns: tuple[str, ...]
    is_unique: bool


PRIMARY_KEY: Final = Index(columns=("id",), is_unique=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table, named without a prefix; every one has the primary key ``id``."""

    name: str
    columns: tuple[Column, ...]
    indexes: frozenset[Index]


def catalogue_for(dialect: str, version: Literal["4.1", "4.3"] = "4.3") -> Mapping[str, Table]:
    """The tables that a database of this dialect has, by name without a prefix.

    4.1 was recorded on PostgreSQL only; LookupError for it on MariaDB.
    """
    recorded: Mapping[tuple[str, str], Catalogue] = {
        ("postgresql", "4.1"): "4.1-pgsql",
        ("postgresql", "4.3"): "4.3-pgsql",
        ("sqlite", "4.1"): "4.1-pgsql",
        ("sqlite", "4.3"): "4.3-pgsql",
        ("mariadb", "4.3"): "4.3-mariadb",
    }
    return _read_catalogue(shared_folder(), recorded[dialect, version])


def create_tables(
    connection: Connection,
    *,
    prefix: str = RECORDED_PREFIX,
    version: Literal["4.1", "4.3"] = "4.3",
    tables: Collection[str] | None = None,
) -> None:
    """Create Moodle's tables, all or those named (without a prefix), in the caller's transaction."""
    known = catalogue_for(connection.dialect.name, version)
    for name in known if tables is None else tables:
        for statement in _statements(connection, known[name], prefix):
            connection.exec_driver_sql(statement)


@cache
def _read_catalogue(folder: Path, catalogue: Catalogue) -> Mapping[str, Table]:
    recorded = json.loads((folder / "moodle" / "schema" / f"{catalogue}.json").read_text(encoding="utf-8"))
    tables = (_parse_table(name.removeprefix(RECORDED_PREFIX), table) for name, table in recorded.items())
    return {table.name: table for table in tables}


def _parse_table(name: str, recorded: Mapping[str, Any]) -> Table:
    return Table(
        name=name,
        columns=tuple(
            Column(
                name=column["name"],
                type=column["type"],
                is_nullable=column["null"],
                # PostgreSQL's catalogue was recorded with '' for none; an empty default is quoted there.
                default=column["default"] or None,
            )
            for column in recorded["columns"]
        ),
        indexes=frozenset(
            Index(columns=tuple(index["columns"]), is_unique=index["unique"]) for index in recorded["indexes"]
        ),
    )


def _statements(connection: Connection, table: Table, prefix: str) -> Iterator[str]:
    quote = connection.dialect.identifier_preparer.quote
    dialect = connection.dialect.name
    full_name = prefix + table.name
    columns = ", ".join(f"{quote(column.name)} {_definition(dialect, column)}" for column in table.columns)
    options = _MARIADB_OPTIONS if dialect == "mariadb" else ""
    yield f"CREATE TABLE {quote(full_name)} ({columns}) {options}"
    for number, index in enumerate(sorted(table.indexes - {PRIMARY_KEY}, key=lambda each: each.columns)):
        kind = "UNIQUE INDEX" if index.is_unique else "INDEX"
        on = ", ".join(map(quote, index.columns))
        yield f"CREATE {kind} {quote(f'{full_name}_{number}_ix')} ON {quote(full_name)} ({on})"


def _definition(dialect: str, column: Column) -> str:
    if column.name == "id":
        return _ID_DEFINITIONS[dialect].format(type=column.type)
    default = "" if column.default is None else f" DEFAULT {_default(dialect, column.default)}"
    return f"{_type(dialect, column.type)}{'' if column.is_nullable else ' NOT NULL'}{default}"


_ID_DEFINITIONS: Final = {
    "postgresql": "bigserial PRIMARY KEY",
    "mariadb": "{type} NOT NULL AUTO_INCREMENT PRIMARY KEY",
    "sqlite": "INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL",
}


def _type(dialect: str, recorded: str) -> str:
    # Only a column declared INTEGER, or with INT in its type, keeps whole numbers in SQLite.
    return recorded.replace("character varying", "VARCHAR") if dialect == "sqlite" else recorded


def _default(dialect: str, recorded: str) -> str:
    """Drop PostgreSQL's casts, which SQLite does not know."""
    return re.sub(r"::[a-z ]+$", "", recorded) if dialect == "sqlite" else recorded
