"""Campaign files that somebody brings along: checked on a page, and again by whoever prepares the plan."""

from dataclasses import dataclass

from maintien.bootstrap import Session
from maintien.errors.campaigns import CampaignIsOff
from maintien.errors.tree import UsageError
from maintien.planning.campaign.rules import Campaign
from maintien.planning.policy import Circumstances
from maintien.runs.campaign_file.reading import parse_campaign
from maintien.runs.campaign_file.resolving import read_window
from maintien.uses.campaigns import MatchedCampaign, match_campaign, resolve_on_site


class CampaignFaults(Exception):
    """A campaign file has faults; each has a sentence of its own."""

    def __init__(self, faults: tuple[UsageError, ...]) -> None:
        super().__init__(*faults)
        self.faults = faults


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedCampaign:
    """A campaign whose file has no fault, and which is on."""

    campaign: Campaign
    fingerprint: str
    now: int
    """Unix seconds."""


def check_campaign(session: Session, name: str, text: str) -> CheckedCampaign:
    """Read a campaign file and ask the site for all that it names.

    Raises CampaignFaults, CampaignFileBroken, CampaignFileUnreadable, CampaignIsOff, and what reading a site
    raises.
    """
    now = session.clock()
    draft = parse_campaign(name, text.encode())
    resolved = resolve_on_site(session, draft, now=now)
    if resolved.faults:
        raise CampaignFaults(resolved.faults)
    window, _ = read_window(draft, session.zone)
    if not window.is_open(now):
        raise CampaignIsOff(campaign=resolved.campaign.name)
    return CheckedCampaign(campaign=resolved.campaign, fingerprint=draft.fingerprint, now=now)


def match_asked(session: Session, checked: CheckedCampaign) -> MatchedCampaign:
    """Find the rule of each course of the site.

    Raises what reading a site raises.
    """
    return match_campaign(
        session,
        checked.campaign,
        fingerprint=checked.fingerprint,
        circumstances=Circumstances(now=checked.now, operator=session.find_operator().id),
    )
