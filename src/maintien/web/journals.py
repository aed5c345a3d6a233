"""The journal of runs, open for a page; one connection pool a process."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Final

from maintien.bootstrap import open_store
from maintien.runs.store.database import DatabaseRunStore
from maintien.web.sites import invocation_for
from maintien.web.surroundings import surroundings

_kept: Final[dict[str, DatabaseRunStore]] = {}
_lock: Final = Lock()


@contextmanager
def open_journal() -> Iterator[DatabaseRunStore]:
    """Give the journal.

    Raises BadStateUrl, RunStoreFailed or RunStoreTooNew.
    """
    state = surroundings().machine.state
    with _lock:
        if state not in _kept:
            _kept[state] = open_store(invocation_for("", None))
    yield _kept[state]


def close_journals() -> None:
    """Close every connection."""
    with _lock:
        while _kept:
            _kept.popitem()[1].engine.dispose()
