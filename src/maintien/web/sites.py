"""Opens sites for pages and the worker, of the site file and added here; open ones are kept for a while."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import tzinfo
from threading import Lock
from typing import Final

from django.http import Http404

from maintien.bootstrap import Invocation, Session, Wishes, open_session
from maintien.moodle.dates import find_zone
from maintien.reports.language import Texts, load_texts
from maintien.sites.site_file import read_site_names
from maintien.web.added_sites import find_added, settings_of
from maintien.web.models import Account, AddedSite, CountedSite, KnownSite
from maintien.web.rights.access import Access
from maintien.web.rights.roles import Permission
from maintien.web.surroundings import surroundings

KEPT: Final = 60.0
"""Seconds: how long a site's settings may be out of date on a page."""


def site_names() -> tuple[str, ...]:
    """Name the sites that the site file has and those added here, in alphabetical order."""
    return tuple(sorted({*names_in_site_file(), *AddedSite.objects.values_list("name", flat=True)}))


def names_in_site_file() -> tuple[str, ...]:
    """Name the sites that the site file has."""
    return read_site_names(surroundings().machine.site_file)


def sites_to_see(access: Access) -> list[str]:
    """Name the sites that somebody may see."""
    return [name for name in site_names() if access.may(Permission.SEE, name)]


def require_site(name: str) -> KnownSite:
    """Give the settings of a site; raises Http404 where there is no such site."""
    if name not in site_names():
        raise Http404
    return KnownSite.objects.filter(name=name).first() or KnownSite(name=name)


def zone_of(name: str) -> tzinfo:
    """Give a site's time zone without opening it, as it was when it was counted."""
    counted = CountedSite.objects.filter(site=name).first()
    return find_zone(counted.zone if counted else None, surroundings().machine.zone)


def invocation_for(site: str, account: Account | None, *, texts: Texts | None = None) -> Invocation:
    """Call the program for an account, as a command line would."""
    operator = account.moodle_username if account else ""
    return Invocation(
        machine=surroundings().machine,
        texts=texts or load_texts("en"),
        arguments=("web",),
        wishes=Wishes(site=site, operator=operator or None, progress=False),
    )


def _opening(site: str) -> Invocation:
    """Call the program to open a site, with its settings where it was added here."""
    invocation = invocation_for(site, None)
    added = None if site in names_in_site_file() else find_added(site)
    if added is None:
        return invocation
    return replace(invocation, wishes=replace(invocation.wishes, settings=settings_of(added)))


@dataclass(slots=True)
class _Kept:
    """An open site, and until when it serves."""

    session: Session
    until: float
    stack: ExitStack


_kept: Final[dict[str, _Kept]] = {}
_locks: Final[dict[str, Lock]] = {}
_lock: Final = Lock()


@contextmanager
def open_site_session(site: str, account: Account | None = None) -> Iterator[Session]:
    """Give an open site, from the page before if that was just now.

    Raises what opening a site raises.
    """
    moodle_username = (account.moodle_username if account else "") or None
    # One that does not answer keeps nobody from the others.
    with _lock_of(site):
        kept = _still_kept(site)
        if kept is None:
            stack = ExitStack()
            session = stack.enter_context(open_session(_opening(site)))
            kept = _kept[site] = _Kept(session, surroundings().machine.stopwatch() + KEPT, stack)
    yield replace(kept.session, operator_asked_for=moodle_username)


def _lock_of(site: str) -> Lock:
    with _lock:
        return _locks.setdefault(site, Lock())


def close_site(name: str) -> None:
    """Close a site of which something has changed; other processes do so within a minute."""
    with _lock_of(name):
        kept = _kept.pop(name, None)
        if kept is not None:
            kept.stack.close()


def close_sites() -> None:
    """Close every site that is kept open."""
    for name in list(_kept):
        close_site(name)


def _still_kept(site: str) -> _Kept | None:
    kept = _kept.get(site)
    if kept is None or surroundings().machine.stopwatch() < kept.until:
        return kept
    # Connections in use stay usable; only those at rest are closed.
    kept.stack.close()
    del _kept[site]
    return None
