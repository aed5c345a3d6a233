"""Moodle's tables for SQLAlchemy, under a site's prefix."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    MetaData,
    Numeric,
    SmallInteger,
    String,
    Table,
    Text,
    TextClause,
    text,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeEngine

from maintien.moodle.schema import (
    ColumnDefinition,
    ColumnType,
    DecimalNumber,
    LongText,
    ShortText,
    TableDefinition,
    WholeNumber,
)
from maintien.moodle.tables import TABLES
from maintien.sites.database.settings import DEFAULT_PREFIX

_PREFIX: Final = re.compile(r"[A-Za-z0-9_]{0,20}")
"""Moodle allows ten characters; what administrators made up may be longer, never stranger."""


def is_prefix(prefix: str) -> bool:
    """Whether ``prefix`` can stand before the names of tables, in SQL."""
    return _PREFIX.fullmatch(prefix) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class MoodleTables:
    """One attribute a table, named as Moodle names it."""

    prefix: str
    metadata: MetaData
    enrol: Table
    user_enrolments: Table
    role_assignments: Table
    role: Table
    context: Table
    groups: Table
    groups_members: Table
    cohort: Table
    cohort_members: Table
    course: Table
    course_categories: Table
    course_sections: Table
    user: Table
    user_lastaccess: Table
    config: Table
    config_plugins: Table
    cache_flags: Table
    logstore_standard_log: Table
    grade_categories: Table
    grade_items: Table
    grade_grades: Table
    grade_grades_history: Table
    mnet_host: Table
    sessions: Table
    groupings: Table
    groupings_groups: Table
    course_format_options: Table
    role_names: Table
    role_capabilities: Table
    user_info_field: Table
    user_info_data: Table
    user_preferences: Table
    tag: Table
    tag_instance: Table


@lru_cache(maxsize=16)
def moodle_tables(prefix: str = DEFAULT_PREFIX) -> MoodleTables:
    """Describe Moodle's tables under ``prefix``; ``.metadata.create_all(engine)`` makes empty ones.

    The same object for the same prefix, so that SQLAlchemy compiles each statement once.

    Raises:
        ValueError: the prefix is not one; check it with :func:`is_prefix` where it comes in.
    """
    if not is_prefix(prefix):
        raise ValueError(f"not a table prefix: {prefix!r}")
    metadata = MetaData()
    made = {definition.name: _table(definition, prefix, metadata) for definition in TABLES}
    return MoodleTables(prefix=prefix, metadata=metadata, **made)


def _table(definition: TableDefinition, prefix: str, metadata: MetaData) -> Table:
    name = f"{prefix}{definition.name}"
    table = Table(
        name,
        metadata,
        *(_column(column) for column in definition.columns),
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_unicode_ci",
        mysql_row_format="DYNAMIC",
        # Moodle's log and journal outlive their rows: a number is never given twice.
        sqlite_autoincrement=True,
    )
    for number, index in enumerate(definition.indexes, start=1):
        columns = (table.c[column] for column in index.columns)
        Index(f"{name}_{number}_ix", *columns, unique=index.is_unique)
    return table


def _column(definition: ColumnDefinition) -> Column[Any]:
    if definition.name == "id":
        # SQLite numbers rows only where the type is spelt INTEGER.
        number = BigInteger().with_variant(Integer(), "sqlite")
        return Column("id", number, primary_key=True, autoincrement=True)
    return Column(
        definition.name,
        _type(definition.type),
        nullable=definition.is_nullable,
        server_default=_server_default(definition.default),
    )


def _type(kind: ColumnType) -> TypeEngine[Any]:
    match kind:
        case WholeNumber(digits=digits):
            return _whole_number(digits)
        case DecimalNumber(digits=digits, decimals=decimals):
            # Grades: shown, never reckoned with; and SQLite has no exact numbers.
            return Numeric(digits, decimals, asdecimal=False)
        case ShortText(length=length):
            return String(length)
        case LongText():
            return Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")


def _whole_number(digits: int) -> TypeEngine[Any]:
    if digits > 9:  # noqa: PLR2004 -- what four bytes hold
        return BigInteger()
    if digits > 4:  # noqa: PLR2004 -- what two bytes hold
        return Integer()
    return SmallInteger()


def _server_default(default: int | str | None) -> TextClause | str | None:
    # Numbers unquoted, as Moodle makes them; a str is quoted by SQLAlchemy.
    return text(str(default)) if isinstance(default, int) else default
