"""The servers that are measured: the tests' throwaway ones, but durable and with memory to work with."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final

from tests.servers.interface import DatabaseServer
from tests.servers.mariadb import run_mariadb
from tests.servers.postgresql import run_postgresql

_POSTGRESQL: Final = (
    "fsync=on",
    "synchronous_commit=on",
    "full_page_writes=on",
    "shared_buffers=1GB",
    "max_wal_size=4GB",
    "work_mem=32MB",
)
_MARIADB: Final = (
    "skip-debug-no-sync",
    "innodb-flush-log-at-trx-commit=1",
    "innodb-doublewrite=1",
    "innodb-buffer-pool-size=2G",
    "innodb-log-file-size=1G",
)


@contextmanager
def _postgresql() -> Iterator[DatabaseServer]:
    with run_postgresql(_POSTGRESQL, place=Path(tempfile.gettempdir())) as server:
        yield server


@contextmanager
def _mariadb() -> Iterator[DatabaseServer]:
    with run_mariadb(_MARIADB, place=Path(tempfile.gettempdir())) as server:
        yield server


SERVERS: Final[Mapping[str, Callable[[], AbstractContextManager[DatabaseServer]]]] = {
    "postgresql": _postgresql,
    "mariadb": _mariadb,
}
