"""Lets a site read its feeds with the courses, where a policy depends on whom they list."""

from collections.abc import Collection, Iterator
from dataclasses import replace

from maintien.bootstrap import Invocation, Session
from maintien.cli.notices import RegisterNotSeen, RegisterOutOfReach, notify
from maintien.moodle.ids import CourseId
from maintien.planning.course_planners import Policies
from maintien.planning.policy import ConversionPolicy, Mode
from maintien.sites.database.read_feeds import DATABASE, ReadFeeds
from maintien.sites.feeds.register_people import (
    RegisterNotRead,
    RegisterRead,
    read_register_people,
)
from maintien.uses import feeds
from maintien.uses.feeds import FeedsSeen

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

    Whatever plans or plans again under such a policy needs one: without it nobody is moved.

    Raises what reading a site raises; a register that can't be read is noticed and unknown.
    """
    moves = [*_moves(policies)]
    if not moves:
        return session
    people = None
    if any(policy.asks_for_method(DATABASE) for policy in moves):
        reading = read_register_people(session.site)
        if isinstance(reading, RegisterNotRead):
            notify(invocation, RegisterOutOfReach(error=reading.error))
        people = reading.people if isinstance(reading, RegisterRead) else None
    return replace(session, site=replace(session.site, feeds=ReadFeeds(register=people)))


def _moves(policies: Policies) -> Iterator[ConversionPolicy]:
    for policy in (policies.common, *policies.of_courses.values()):
        if isinstance(policy, ConversionPolicy) and policy.mode is Mode.MOVE:
            yield policy
