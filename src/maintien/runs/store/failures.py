"""A store's driver errors become maintien's, once."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from maintien.errors.runs import RunStoreFailed


@contextmanager
def store_failures(name: str) -> Iterator[None]:
    """Turn what the driver raises inside into RunStoreFailed, naming the store.

    Raises:
        RunStoreFailed: the store could not be read or written.
    """
    try:
        yield
    except SQLAlchemyError as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        reason = " ".join(str(cause).split())[:300] or type(cause).__name__
        raise RunStoreFailed(store=name, reason=reason) from error
