"""Brings a campaign file and a site together: which course is under which rule, and with which policy."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from maintien.bootstrap import Invocation, Session, open_session
from maintien.cli.feeds import reading_feeds
from maintien.cli.notices import notify
from maintien.cli.operators import require_operator
from maintien.cli.output import say
from maintien.errors import FaultyCampaign, MaintienError, UsageError
from maintien.moodle.config import SiteConfig
from maintien.moodle.ids import CourseId
from maintien.planning.campaign.matching import Matching, match_courses, policies_of
from maintien.planning.campaign.record import CampaignRecord, record_campaign
from maintien.planning.campaign.rules import Campaign, Window
from maintien.planning.course_planners import CoursePlanners, Policies
from maintien.planning.policy import AUTOMATIC_METHODS, Circumstances, ConversionPolicy
from maintien.reports.wording import METHOD_NAMES, error_text
from maintien.runs.campaign_file.reading import CampaignDraft, read_campaign_file
from maintien.runs.campaign_file.resolving import Terms, read_window, resolve_campaign
from maintien.sites.interface import CourseSize, Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedCampaign:
    """A campaign that only has to be looked at or carried out."""

    invocation: Invocation
    session: Session
    campaign: Campaign
    record: CampaignRecord
    everything: Sequence[CourseSize]
    """Every course of the site, by id."""
    matching: Matching
    policies: Policies
    circumstances: Circumstances

    @property
    def sizes(self) -> list[CourseSize]:
        """The courses that a rule has, by id."""
        return [size for size in self.everything if size.course.id in self.matching.rule_of]

    def planners(self) -> CoursePlanners:
        """Give what plans the courses, each under its rule."""
        return CoursePlanners(
            policies=self.policies, config=self.session.config, circumstances=self.circumstances
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedCampaign:
    """A campaign file, and the site that it is for."""

    invocation: Invocation
    session: Session
    draft: CampaignDraft
    window: Window
    now: int
    """Unix seconds."""

    @property
    def is_on(self) -> bool:
        """Whether the campaign is on now."""
        return self.window.is_open(self.now)

    def prepare(self) -> PreparedCampaign:
        """Ask the site for what the file names, and find the rule of each course.

        Raises the fault of the file, or FaultyCampaign where it has several, each of which was said.
        """
        session = self.session
        terms = Terms(
            config=session.config,
            zone=session.zone,
            now=self.now,
            methods=_known_methods(session.config),
        )
        resolved = resolve_campaign(self.draft, session.site, terms)
        require_no_fault(self.invocation, self.draft.path, resolved.faults)
        campaign = resolved.campaign
        everything = session.site.select(Selection(everything=True))
        courses = [size.course for size in everything]
        matching = match_courses(campaign, courses)
        policies = _policies(campaign, policies_of(campaign, matching, courses))
        operator = require_operator(self.invocation, session)
        return PreparedCampaign(
            invocation=self.invocation,
            session=reading_feeds(self.invocation, session, policies),
            campaign=campaign,
            record=record_campaign(campaign, matching, self.draft.fingerprint),
            everything=everything,
            matching=matching,
            policies=policies,
            circumstances=Circumstances(now=self.now, operator=operator),
        )


@contextmanager
def open_campaign(invocation: Invocation, path: str) -> Iterator[OpenedCampaign]:
    """Read a campaign file and open the site that it is for.

    Raises CampaignFileUnreadable, CampaignFileBroken, what opening a site raises and, where the site can't
    be opened, the faults that the file has without it.
    """
    draft = read_campaign_file(path)
    with ExitStack() as stack:
        try:
            session = stack.enter_context(open_session(invocation))
        except MaintienError:
            require_no_fault(invocation, path, draft.faults)
            raise
        notify(invocation, *session.warnings)
        window, _ = read_window(draft, session.zone)
        yield OpenedCampaign(
            invocation=invocation, session=session, draft=draft, window=window, now=session.clock()
        )


def require_no_fault(invocation: Invocation, path: str, faults: Sequence[UsageError]) -> None:
    """Raise the fault of a file; where there are several, say each, and raise FaultyCampaign."""
    if not faults:
        return
    if len(faults) == 1:
        raise faults[0]
    for fault in faults:
        say(error_text(invocation.texts, fault))
    raise FaultyCampaign(path=path, faults=len(faults))


def _known_methods(config: SiteConfig) -> frozenset[str]:
    known = {*METHOD_NAMES, *AUTOMATIC_METHODS, *(config.enabled_methods or ()), *config.unenrol_actions}
    return frozenset(known - {"manual"})


def _policies(campaign: Campaign, of_courses: Mapping[CourseId, ConversionPolicy]) -> Policies:
    """Put the courses' policies together; each course has one, so what is common is never used."""
    return Policies(common=campaign.rules[0].policy, of_courses=of_courses)
