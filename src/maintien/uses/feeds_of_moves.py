"""Lets a site read its feeds with the courses, where a policy moves enrolments: whom a feed lists stays."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from maintien.bootstrap import Session
from maintien.errors.tree import SiteError
from maintien.planning.course_planners import Policies
from maintien.planning.policy import ConversionPolicy, Mode
from maintien.sites.database.read_feeds import DATABASE, ReadFeeds
from maintien.sites.feeds.register_people import RegisterNotRead, RegisterRead, read_register_people


def nobody_told(_error: SiteError) -> None:
    """Tell nobody that the register can't be read: the plan names the people whom that leaves alone."""


def reading_feeds_of_moves(
    session: Session, policies: Policies, *, tell_unread: Callable[[SiteError], None] = nobody_told
) -> Session:
    """Give the session a site that reads whom the feeds list, if some policy moves enrolments.

    Whatever plans or plans again under such a policy needs one: without it nobody is moved. A register that
    can't be read is told to ``tell_unread``, and unknown.

    Raises what reading a site raises.
    """
    moves = [*_moves(policies)]
    if not moves:
        return session
    people = None
    if any(policy.asks_for_method(DATABASE) for policy in moves):
        reading = read_register_people(session.site)
        if isinstance(reading, RegisterNotRead):
            tell_unread(reading.error)
        people = reading.people if isinstance(reading, RegisterRead) else None
    return replace(session, site=replace(session.site, feeds=ReadFeeds(register=people)))


def _moves(policies: Policies) -> Iterator[ConversionPolicy]:
    for policy in (policies.common, *policies.of_courses.values()):
        if isinstance(policy, ConversionPolicy) and policy.mode is Mode.MOVE:
            yield policy
