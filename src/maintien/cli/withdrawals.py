"""Lets a site read with the courses what was taken from people, where a policy gives it back."""

from dataclasses import replace

from maintien.bootstrap import Session
from maintien.planning.course_planners import Policies
from maintien.planning.policy import RescuePolicy
from maintien.uses.selections import Found


def sized_by_withdrawals(session: Session, found: Found, policies: Policies) -> Found:
    """Give the courses found the size that they have for a rescue: with the people who are gone."""
    policy = policies.common
    if not isinstance(policy, RescuePolicy):
        return found
    return replace(found, sizes=session.site.with_removed(found.sizes, policy.window))


def reading_withdrawals(session: Session, policies: Policies) -> Session:
    """Give the session a site that reads what was taken within the time that the policies name.

    Whatever plans or plans again under a rescue's policy needs one: without it nothing is given back.
    """
    policy = policies.common
    if not isinstance(policy, RescuePolicy):
        return session
    return replace(session, site=replace(session.site, withdrawn_within=policy.window))
