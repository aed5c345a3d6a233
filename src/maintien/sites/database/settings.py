"""Where a Moodle's database is and how to enter it, whether a URL or config.php said so."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Final

DEFAULT_PREFIX: Final = "mdl_"

DEFAULT_CHARSET: Final = "utf8mb4"

LOCK_TIMEOUT: Final = 10.0
"""Seconds to wait for a lock before trying the course again."""

CONNECT_TIMEOUT: Final = 10
"""Seconds to wait for the server."""


class Product(Enum):
    """The databases that Moodle runs on and maintien knows, and SQLite."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"
    MARIADB = "mariadb"
    """MySQL as well: the server says which of the two it is."""


class TransportSecurity(Enum):
    """libpq's words, for every product."""

    DISABLE = "disable"
    ALLOW = "allow"
    PREFER = "prefer"
    REQUIRE = "require"
    VERIFY_CA = "verify-ca"
    VERIFY_FULL = "verify-full"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseSettings:
    """Everything that a connection needs. Its repr has no password."""

    product: Product
    database: str
    """The database's name; on SQLite the path of the file."""
    host: str | None = None
    """None for the local machine."""
    port: int | None = None
    socket: str | None = None
    """The socket's file on MariaDB, its folder on PostgreSQL; goes before ``host``."""
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    prefix: str = DEFAULT_PREFIX
    charset: str = DEFAULT_CHARSET
    """Of the connection, on MariaDB."""
    search_path: str | None = None
    """PostgreSQL's schemas, as in SQL; None for the account's own."""
    is_pooled: bool = False
    """Whether a pooler stands before PostgreSQL, which may know nothing of prepared statements."""
    transport: TransportSecurity | None = None
    certificate_authority: str | None = None
    """Path of a PEM file; without ``transport`` it asks for ``verify-ca``."""
    lock_timeout: float = LOCK_TIMEOUT
    """Seconds."""
    wwwroot: str | None = None
    """The site's address, where config.php says it; it does not take part in connecting."""

    @property
    def label(self) -> str:
        """How to name the database before people: a URL without password and options."""
        if self.product is Product.SQLITE:
            return f"sqlite:///{self.database}"
        account = f"{self.user}@" if self.user else ""
        port = f":{self.port}" if self.port else ""
        return f"{self.product.value}://{account}{self.host or 'localhost'}{port}/{self.database}"
