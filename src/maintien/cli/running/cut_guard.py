"""Watches how far the cut of each course has got, and says on standard error what can't be read."""

from collections.abc import Collection

from maintien.bootstrap import Invocation, Session
from maintien.cli.console.notices import LogNotReadable, RegisterNotSeen, notify
from maintien.moodle.ids import CourseId
from maintien.uses import cut_watch
from maintien.uses.cut_watch import CutWatch

__all__ = ["CutWatch", "watch_cut"]


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
