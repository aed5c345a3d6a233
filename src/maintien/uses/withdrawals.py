"""Lets a site read with the courses what was taken from people, where a policy gives it back."""

from collections.abc import Sequence
from dataclasses import replace

from maintien.bootstrap import Session
from maintien.planning.course_planners import Policies
from maintien.planning.policy import RescuePolicy
from maintien.sites.interface import CourseSize
from maintien.uses.selections import Found


def sized_by_withdrawals(session: Session, found: Found, policies: Policies) -> Found:
    """Give the courses found the size that they have for a rescue: with the people who are gone."""
    return replace(found, sizes=sizes_with_withdrawals(session, found.sizes, policies))


def sizes_with_withdrawals(
    session: Session, sizes: Sequence[CourseSize], policies: Policies
) -> Sequence[CourseSize]:
    """Give courses the size that they have under these policies: in a rescue with the people who are gone."""
    policy = policies.common
    if not isinstance(policy, RescuePolicy):
        return sizes
    return session.site.with_removed(sizes, policy.window)


def reading_withdrawals(session: Session, policies: Policies) -> Session:
    """Give the session a site that reads what was taken within the time that the policies name.

    Whatever plans or plans again under a rescue's policy needs one: without it nothing is given back.
    """
    policy = policies.common
    if not isinstance(policy, RescuePolicy):
        return session
    return replace(session, site=replace(session.site, withdrawn_within=policy.window))
