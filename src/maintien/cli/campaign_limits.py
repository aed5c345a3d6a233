"""Holds what a campaign would do against what its file allows."""

from maintien.cli.campaign_preparing import PreparedCampaign
from maintien.cli.progress import observer_of
from maintien.errors import CampaignShareTooLarge, CampaignTooLarge, MaintienError
from maintien.moodle.ids import UserId
from maintien.planning.campaign.limits import TooLargeShare, TooManyPeople, find_excess
from maintien.runs.execute import preview


def find_refusal(prepared: PreparedCampaign, people: int) -> MaintienError | None:
    """Find why so many people may not be converted; None where they may."""
    limits = prepared.campaign.limits
    enrolled = 0 if limits.share is None else prepared.session.site.count_enrolled_people()
    name = prepared.campaign.name
    match find_excess(limits, people=people, enrolled=enrolled):
        case None:
            return None
        case TooManyPeople() as excess:
            return CampaignTooLarge(campaign=name, people=excess.people, limit=excess.limit)
        case TooLargeShare() as excess:
            return CampaignShareTooLarge(
                campaign=name, people=excess.people, enrolled=excess.enrolled, limit=excess.limit
            )


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
