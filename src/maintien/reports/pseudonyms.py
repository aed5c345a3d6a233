"""Pseudonyms: the same person has the same one in every report of a site; nobody finds out whose it is.

A pseudonym is a keyed hash (HMAC-SHA-256) of the account's id, under a key made of a secret of this machine
and the site's identifier. Trying every id gives nothing away without the secret. Two sites never share
pseudonyms; without the secret's file, reports made later can't be linked to earlier ones.
"""

import hmac
from base64 import b32encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Final

from maintien.reports.tables import Cell, Column, Kind, Personal, Table, Tables, TableWriter

SECRET_LENGTH: Final = 32
"""Bytes."""
_LENGTH: Final = 12
"""Letters and digits, 60 bits: that two of a million people share one is as likely as one in two million."""
_DIGEST: Final = "sha256"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pseudonyms:
    """Gives the people of one site their pseudonyms."""

    secret: bytes = field(repr=False)
    site_id: str

    def of(self, userid: int) -> str:
        """Give somebody's pseudonym: ``p-`` and twelve letters and digits."""
        key = hmac.digest(self.secret, self.site_id.encode(), _DIGEST)
        digest = hmac.digest(key, str(userid).encode(), _DIGEST)
        return f"p-{b32encode(digest).decode()[:_LENGTH].lower()}"


def without_people(tables: Tables) -> dict[str, Table]:
    """Describe tables whose people have pseudonyms."""
    return {key: Table(table.name, tuple(_columns(table))) for key, table in tables.items()}


def _columns(table: Table) -> list[Column]:
    kept = [column for column in table.columns if column.personal is not Personal.DETAIL]
    return [
        column if column.personal is Personal.NOTHING else column._replace(kind=Kind.TEXT) for column in kept
    ]


class PseudonymousWriter:
    """Takes rows of people and writes rows of pseudonyms, sorted by them within what stands together.

    Rows come by course, and in a course by the people's ids: that order would tell who is who of those whom
    somebody else can list. So rows that begin alike are kept until one begins otherwise. Close it at the end.
    """

    def __init__(self, writer: TableWriter, tables: Tables, pseudonyms: Pseudonyms) -> None:
        self._writer = writer
        self._tables = tables
        self._pseudonyms = pseudonyms
        self._waiting: dict[str, list[tuple[str, list[Cell]]]] = {}
        self._begins: dict[str, Cell] = {}

    def add(self, table: str, row: Sequence[Cell]) -> None:
        """Take a row."""
        if row[0] != self._begins.setdefault(table, row[0]):
            self._write(table)
            self._begins[table] = row[0]
        self._waiting.setdefault(table, []).append(self._disguised(table, row))

    def close(self) -> None:
        """Write what is left."""
        for table in list(self._waiting):
            self._write(table)

    def _write(self, table: str) -> None:
        for _, row in sorted(self._waiting.pop(table, ()), key=itemgetter(0)):
            self._writer.add(table, row)

    def _disguised(self, table: str, row: Sequence[Cell]) -> tuple[str, list[Cell]]:
        """Give a row without its people, and the pseudonym to sort it by."""
        who, cells = "", list[Cell]()
        for column, cell in zip(self._tables[table].columns, row, strict=True):
            match column.personal:
                case Personal.NOTHING:
                    cells.append(cell)
                case Personal.DETAIL:
                    continue
                case Personal.WHO:
                    who = self._pseudonyms.of(cell) if isinstance(cell, int) else ""
                    cells.append(who or None)
        return who, cells
