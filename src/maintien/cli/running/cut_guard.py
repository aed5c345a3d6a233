"""Watches how far the cut of each course has got, and says on standard error what can't be read."""

from collections.abc import Collection

from maintien.bootstrap import Invocation, Session
from maintien.cli.console.notices import LogNotReadable, RegisterNotSeen, notify
from maintien.enrolments.withdrawals import Window
from maintien.moodle.ids import CourseId
from maintien.sites.database.removals import RemovalWishes
from maintien.uses import cut_watch
from maintien.uses.cut_watch import CutWatch, is_log_closed

__all__ = ["CutWatch", "removal_wishes", "watch_cut"]


def watch_cut(
    invocation: Invocation, session: Session, courses: Collection[CourseId]
) -> tuple[Session, CutWatch]:
    """Get ready to watch the cuts of these courses; gives the session whose site is to be read."""
    watched = cut_watch.watch_cut(session, courses)
    if watched.register_error is not None:
        notify(invocation, RegisterNotSeen(error=watched.register_error))
    if watched.is_log_closed:
        notify(invocation, LogNotReadable())
    return watched.session, watched.watch


def removal_wishes(
    invocation: Invocation, session: Session, window: Window, courses: int
) -> RemovalWishes | None:
    """Tell which unenrolments of so many courses to look for in the log; nothing where there is no log."""
    if is_log_closed(session):
        notify(invocation, LogNotReadable())
    return cut_watch.removal_wishes(session, window, courses)
