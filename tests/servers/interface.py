"""What a throwaway server can do."""

from typing import Protocol


class ServerMissing(Exception):
    """The server's programs are not installed; the text names the Debian package."""


class ServerFailed(Exception):
    """The server did not start; the text ends with what it logged."""


class DatabaseServer(Protocol):
    """A running server without durability, reached over a socket as its superuser without a password."""

    def url(self, database: str) -> str:
        """SQLAlchemy's URL of a database, with the driver."""
        ...

    def create_database(self, name: str) -> None:
        """Create an empty database; it must not exist."""
        ...

    def drop_database(self, name: str) -> None:
        """Drop a database if it exists, whoever is connected to it."""
        ...
