"""Looks at the feeds: the register once, before any course is read; cohorts are read with the courses."""

from collections.abc import Collection
from dataclasses import dataclass

from maintien.bootstrap import Session
from maintien.errors.tree import SiteError
from maintien.moodle.ids import CourseId
from maintien.moodle.values import DATABASE, UnenrolAction
from maintien.reports.forecast_document import RegisterState
from maintien.sites.database.reading_rolls import FeedsRead
from maintien.sites.database.urls import parse_database_url
from maintien.sites.feeds.register_listings import RegisterListings, read_register_listings
from maintien.sites.feeds.register_people import RegisterNotRead
from maintien.sites.feeds.register_settings import NoRegister


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedsSeen:
    """What a look at the feeds found."""

    read: FeedsRead
    state: RegisterState
    error: SiteError | None = None
    """Why the register could not be read; then it is unknown whom it lists."""


def look_at_feeds(session: Session, courses: Collection[CourseId], *, place: str | None = None) -> FeedsSeen:
    """Read whom the register lists for these courses.

    ``place`` is the URL of the register, unless it is where the site's settings say.

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
            return FeedsSeen(read=FeedsRead(register=None), state=RegisterState.UNREADABLE, error=error)
        case NoRegister():
            return FeedsSeen(read=FeedsRead(register=None), state=RegisterState.NOT_CONFIGURED)
