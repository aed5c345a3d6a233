"""Lets a site read with the courses what was taken from people, where a policy gives it back."""

from dataclasses import replace

from maintien.bootstrap import Session
from maintien.planning.course_planners import Policies
from maintien.planning.policy import RescuePolicy


def reading_withdrawals(session: Session, policies: Policies) -> Session:
    """Give the session a site that reads what was taken within the time that the policies name.

    Whatever plans or plans again under a rescue's policy needs one: without it nothing is given back.
    """
    policy = policies.common
    if not isinstance(policy, RescuePolicy):
        return session
    return replace(session, site=replace(session.site, withdrawn_within=policy.window))
