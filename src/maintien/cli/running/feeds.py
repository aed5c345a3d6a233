"""Looks at the feeds of a site, and says what of them can't be read."""

from collections.abc import Collection

from maintien.bootstrap import Invocation, Session
from maintien.cli.console.notices import RegisterNotSeen, RegisterOutOfReach, notify
from maintien.errors.tree import SiteError
from maintien.moodle.ids import CourseId
from maintien.planning.course_planners import Policies
from maintien.uses import feeds
from maintien.uses.feeds import FeedsSeen
from maintien.uses.feeds_of_moves import reading_feeds_of_moves

__all__ = ["FeedsSeen", "look_at_feeds", "reading_feeds"]


def look_at_feeds(
    invocation: Invocation, session: Session, courses: Collection[CourseId], *, place: str | None = None
) -> FeedsSeen:
    """Read whom the register lists for these courses; one that can't be read is noticed and unknown.

    ``place`` is the URL of the register, unless it is where the site's settings say.

    Raises BadSiteUrl and UnknownUrlOption, and what reading a site raises.
    """
    seen = feeds.look_at_feeds(session, courses, place=place)
    if seen.error is not None:
        notify(invocation, RegisterNotSeen(error=seen.error))
    return seen


def reading_feeds(invocation: Invocation, session: Session, policies: Policies) -> Session:
    """Give the session a site that reads whom the feeds list, if some policy moves enrolments.

    Raises what reading a site raises; a register that can't be read is noticed and unknown.
    """

    def notice(error: SiteError) -> None:
        notify(invocation, RegisterOutOfReach(error=error))

    return reading_feeds_of_moves(session, policies, tell_unread=notice)
