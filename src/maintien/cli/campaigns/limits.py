"""Holds what a campaign would do against what its file allows."""

from maintien.cli.campaigns.preparing import PreparedCampaign
from maintien.cli.console.progress import observer_of
from maintien.moodle.ids import UserId
from maintien.runs.execute import preview
from maintien.uses.campaigns import find_refusal


def require_within_limits(prepared: PreparedCampaign) -> None:
    """Plan everything and count, before anything is written.

    Raises CampaignTooLarge and CampaignShareTooLarge.
    """
    limits = prepared.campaign.limits
    if limits.people is None and limits.share is None:
        return
    planners = prepared.planners()
    plans = preview(
        prepared.session.site,
        prepared.sizes,
        planners.plan,
        inherited_roles=planners.inherited_roles,
        observer=observer_of(prepared.invocation),
    )
    people: set[UserId] = set()
    for plan in plans:
        people |= plan.converted
    refusal = find_refusal(prepared, len(people))
    if refusal is not None:
        raise refusal
