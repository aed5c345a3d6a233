"""Whether a site may be written to, and what stands in the way."""

from dataclasses import dataclass
from typing import NamedTuple, TypeAlias


class MissingPrivilege(NamedTuple):
    """A privilege that the account lacks."""

    privilege: str
    """In SQL's words: INSERT, UPDATE, DELETE, USAGE, CREATE TEMPORARY TABLES."""
    table: str | None
    """The table, with its prefix; None for the database itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MayWrite:
    """Nothing stands in the way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileIsReadOnly:
    """The SQLite file, or its folder, may not be written by whoever runs the program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerIsReadOnly:
    """The server is a standby, or takes no changes at present."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivilegesMissing:
    """The account lacks privileges."""

    missing: tuple[MissingPrivilege, ...]
    """By table; at least one."""


WriteAccess: TypeAlias = MayWrite | FileIsReadOnly | ServerIsReadOnly | PrivilegesMissing
