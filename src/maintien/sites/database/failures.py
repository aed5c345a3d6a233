"""Drivers' errors become maintien's here, once: no SQL, no parameters, never a password."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import quote, quote_plus

from sqlalchemy.exc import DBAPIError

from maintien.errors.sites import CannotConnect, DatabaseFailed, ReadOnlyAccount
from maintien.sites.database.driver_errors import (
    DRIVER_ERRORS,
    Meaning,
    connecting_reason,
    first_words,
    meaning_of,
)
from maintien.sites.interface import Contention, StateMoved

_LONGEST_REASON: Final = 300

_SPACE: Final = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")


@contextmanager
def database_failures(
    site_name: str, *, password: str | None = None, is_writing: bool = False
) -> Iterator[None]:
    """Turn what drivers raise inside into errors that say what is wrong with ``site_name``.

    A refusal means a read-only account only where something was being written; ``password`` is kept
    out of whatever the driver says.

    Raises:
        CannotConnect: no connection could be made.
        ReadOnlyAccount: the account, the server or the file may only be read.
        Contention: a deadlock or a lock timeout; nothing was written.
        StateMoved: a row that was to be new is there already; nothing was written.
        DatabaseFailed: anything else.
    """
    try:
        yield
    except DRIVER_ERRORS as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        failure = _failure(cause, site_name, password, is_writing=is_writing)
        _raise(failure, error, password)


@contextmanager
def connecting_failures(site_name: str, *, password: str | None = None) -> Iterator[None]:
    """Turn what drivers raise while connecting into CannotConnect.

    Raises:
        CannotConnect: whatever the driver says.
    """
    try:
        yield
    except DRIVER_ERRORS as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        _raise(_no_connection(cause, site_name, password), error, password)


def _raise(failure: Exception, error: Exception, password: str | None) -> None:
    """Raise, with the driver's error as the cause unless it holds the password."""
    chain = f"{error} {error.__cause__} {error.__context__}"
    if scrubbed(chain, password) != chain:
        raise failure from None
    raise failure from error


def _failure(
    cause: BaseException | None, site_name: str, password: str | None, *, is_writing: bool
) -> Exception:
    reason = clean_reason(cause, password)
    match meaning_of(cause):
        case Meaning.NO_CONNECTION:
            return _no_connection(cause, site_name, password)
        case Meaning.CONTENTION:
            return Contention(reason)
        case Meaning.DUPLICATE if is_writing:
            return StateMoved(reason)
        case Meaning.DENIED if is_writing:
            return ReadOnlyAccount(site=site_name)
        case _:
            return DatabaseFailed(site=site_name, reason=reason)


def _no_connection(cause: BaseException | None, site_name: str, password: str | None) -> CannotConnect:
    reason = connecting_reason(cause) or clean_reason(cause, password)
    return CannotConnect(site=site_name, reason=reason)


def clean_reason(cause: BaseException | None, password: str | None) -> str:
    """Make one line of the driver's sentence: no control characters, of bounded length."""
    line = _SPACE.sub(" ", first_words(cause)).strip().rstrip(".")
    return scrubbed(line, password)[:_LONGEST_REASON] or type(cause).__name__


def scrubbed(text: str, password: str | None) -> str:
    """Take ``password`` out of ``text``, in whatever form a driver may have put it there."""
    if not password:
        return text
    forms = {password, quote(password), quote(password, safe=""), quote_plus(password)}
    forms.add(repr(password)[1:-1])
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, "***")
    return text
