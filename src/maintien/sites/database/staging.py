"""Temporary tables that hold the rows of a batch, for set-based statements to join with."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from sqlalchemy import BigInteger, Column, Connection, Integer, MetaData, String, Table
from sqlalchemy.dialects import mysql

from maintien.sites.database.bulk import Value, bulk_insert

TEXT_LENGTH: Final = 100
"""No staged text is longer: components."""

_EXACT_TEXT: Final = mysql.VARCHAR(TEXT_LENGTH, charset="utf8mb4", collation="utf8mb4_bin")
"""Compares with Moodle's columns whatever their collation; MariaDB lets a binary one win."""


@contextmanager
def staged(
    connection: Connection,
    name: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Value]],
    *,
    text_columns: Sequence[str] = (),
) -> Iterator[Table]:
    """Hold ``rows`` in a temporary table while the block runs; the first column is its key.

    Columns are whole numbers unless named in ``text_columns``. The caller's transaction goes on.
    """
    table = Table(
        name,
        MetaData(),
        *(_column(column, is_text=column in text_columns, is_key=column == columns[0]) for column in columns),
        prefixes=["TEMPORARY"],
        mysql_charset="utf8mb4",
    )
    if _keeps_temporary_tables_on_rollback(connection):
        connection.exec_driver_sql(f"DROP TEMPORARY TABLE IF EXISTS {name}")
    table.create(connection, checkfirst=False)
    bulk_insert(connection, table, columns, rows)
    if connection.dialect.name == "postgresql":
        # Nothing else gathers figures on a temporary table, and without them the plan is a guess.
        connection.exec_driver_sql(f"ANALYZE {name}")
    yield table
    # After a failure the table goes with the transaction, or is dropped by whoever comes next.
    if _keeps_temporary_tables_on_rollback(connection):
        # Without the word TEMPORARY, MariaDB and MySQL would commit the caller's transaction here.
        connection.exec_driver_sql(f"DROP TEMPORARY TABLE {name}")
    else:
        table.drop(connection, checkfirst=False)


def _keeps_temporary_tables_on_rollback(connection: Connection) -> bool:
    return connection.dialect.name in ("mariadb", "mysql")


def _column(name: str, *, is_text: bool, is_key: bool) -> Column[int] | Column[str]:
    if is_text:
        text = String(TEXT_LENGTH).with_variant(_EXACT_TEXT, "mysql", "mariadb")
        return Column(name, text, primary_key=is_key, nullable=False)
    number = BigInteger().with_variant(Integer(), "sqlite")
    # MariaDB would number a whole-number key by itself.
    return Column(name, number, primary_key=is_key, autoincrement=False, nullable=False)
