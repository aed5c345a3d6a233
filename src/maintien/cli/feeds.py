"""Looks at the feeds of a site, and says what of them can't be read."""

from collections.abc import Collection
from dataclasses import dataclass

from maintien.bootstrap import Invocation, Session
from maintien.cli.notices import RegisterNotSeen, RegisterOutOfReach, notify
from maintien.errors import SiteError
from maintien.moodle.ids import CourseId
from maintien.moodle.values import UnenrolAction
from maintien.planning.course_planners import Policies
from maintien.reports.forecast_document import RegisterState
from maintien.sites.database.read_feeds import DATABASE
from maintien.sites.database.reading_rolls import FeedsRead
from maintien.sites.database.urls import parse_database_url
from maintien.sites.feeds.register_listings import RegisterListings, read_register_listings
from maintien.sites.feeds.register_people import RegisterNotRead
from maintien.sites.feeds.register_settings import NoRegister
from maintien.uses.feeds_of_moves import reading_feeds_of_moves


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedsSeen:
    """What a look at the feeds found."""

    read: FeedsRead
    state: RegisterState


def look_at_feeds(
    invocation: Invocation, session: Session, courses: Collection[CourseId], *, place: str | None = None
) -> FeedsSeen:
    """Read whom the feeds list for these courses: the register once, cohorts with each batch of courses.

    ``place`` is the URL of the register, unless it is where the site's settings say. A register that can't
    be read is noticed and unknown.

    Raises BadSiteUrl and UnknownUrlOption, and what reading a site raises.
    """
    settings = None if place is None else parse_database_url(place)
    reading = read_register_listings(session.site, courses=courses, place=settings)
    match reading:
        case RegisterListings(people=people, is_empty=is_empty):
            unenrols = session.config.unenrol_action(DATABASE) is UnenrolAction.UNENROL
            return FeedsSeen(
                read=FeedsRead(register=people, register_spares_everybody=is_empty and unenrols),
                state=RegisterState.EMPTY if is_empty else RegisterState.READ,
            )
        case RegisterNotRead(error=error):
            notify(invocation, RegisterNotSeen(error=error))
            return FeedsSeen(read=FeedsRead(register=None), state=RegisterState.UNREADABLE)
        case NoRegister():
            return FeedsSeen(read=FeedsRead(register=None), state=RegisterState.NOT_CONFIGURED)


def reading_feeds(invocation: Invocation, session: Session, policies: Policies) -> Session:
    """Give the session a site that reads whom the feeds list, if some policy moves enrolments.

    Raises what reading a site raises; a register that can't be read is noticed and unknown.
    """

    def notice(error: SiteError) -> None:
        notify(invocation, RegisterOutOfReach(error=error))

    return reading_feeds_of_moves(session, policies, tell_unread=notice)
