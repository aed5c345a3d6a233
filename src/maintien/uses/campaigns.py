"""Brings a campaign file and a site together: which course is under which rule, and with which policy."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from maintien.bootstrap import Session
from maintien.errors.campaigns import CampaignShareTooLarge, CampaignTooLarge
from maintien.errors.tree import MaintienError, SiteError
from maintien.moodle.config import SiteConfig
from maintien.moodle.ids import CourseId
from maintien.planning.campaign.limits import TooLargeShare, TooManyPeople, find_excess
from maintien.planning.campaign.matching import Matching, match_courses, policies_of
from maintien.planning.campaign.record import CampaignRecord, record_campaign
from maintien.planning.campaign.rules import Campaign
from maintien.planning.course_planners import CoursePlanners, Policies
from maintien.planning.policy import AUTOMATIC_METHODS, Circumstances, ConversionPolicy
from maintien.reports.wording import METHOD_NAMES
from maintien.runs.campaign_file.reading import CampaignDraft
from maintien.runs.campaign_file.resolving import Resolved, Terms, resolve_campaign
from maintien.sites.interface import CourseSize, Selection
from maintien.uses.evidence import reading_evidence
from maintien.uses.feeds_of_moves import nobody_told


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedCampaign:
    """A campaign that only has to be looked at or carried out."""

    session: Session
    """Its site reads with the courses whatever the policies decide by."""
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

    def within(self, courses: Collection[int]) -> Self:
        """Give the campaign in these courses only."""
        rule_of = {course: rule for course, rule in self.matching.rule_of.items() if course in courses}
        of_courses = {
            course: policy for course, policy in self.policies.of_courses.items() if course in courses
        }
        return replace(
            self,
            matching=replace(self.matching, rule_of=rule_of),
            record=replace(self.record, rule_of=rule_of),
            policies=replace(self.policies, of_courses=of_courses),
        )

    def planners(self) -> CoursePlanners:
        """Give what plans the courses, each under its rule."""
        return CoursePlanners(
            policies=self.policies, config=self.session.config, circumstances=self.circumstances
        )


def resolve_on_site(session: Session, draft: CampaignDraft, *, now: int) -> Resolved:
    """Ask the site for what a campaign file names; with every fault of the file.

    Raises what reading a site raises.
    """
    terms = Terms(config=session.config, zone=session.zone, now=now, methods=_known_methods(session.config))
    return resolve_campaign(draft, session.site, terms)


def match_campaign(
    session: Session,
    campaign: Campaign,
    *,
    fingerprint: str,
    circumstances: Circumstances,
    tell_unread: Callable[[SiteError], None] = nobody_told,
) -> MatchedCampaign:
    """Find the rule of each course of the site; ``fingerprint`` is the campaign file's.

    Raises what reading a site raises; a register that can't be read is told to ``tell_unread``.
    """
    everything = session.site.select(Selection(everything=True))
    courses = [size.course for size in everything]
    matching = match_courses(campaign, courses)
    policies = _policies(campaign, policies_of(campaign, matching, courses))
    return MatchedCampaign(
        session=reading_evidence(session, policies, at=circumstances.now, tell_unread=tell_unread),
        campaign=campaign,
        record=record_campaign(campaign, matching, fingerprint),
        everything=everything,
        matching=matching,
        policies=policies,
        circumstances=circumstances,
    )


def find_refusal(matched: MatchedCampaign, people: int) -> MaintienError | None:
    """Find why so many people may not be converted; None where they may."""
    limits, name = matched.campaign.limits, matched.campaign.name
    enrolled = 0 if limits.share is None else matched.session.site.count_enrolled_people()
    match find_excess(limits, people=people, enrolled=enrolled):
        case None:
            return None
        case TooManyPeople() as excess:
            return CampaignTooLarge(campaign=name, people=excess.people, limit=excess.limit)
        case TooLargeShare() as excess:
            return CampaignShareTooLarge(
                campaign=name, people=excess.people, enrolled=excess.enrolled, limit=excess.limit
            )


def _known_methods(config: SiteConfig) -> frozenset[str]:
    known = {*METHOD_NAMES, *AUTOMATIC_METHODS, *(config.enabled_methods or ()), *config.unenrol_actions}
    return frozenset(known - {"manual"})


def _policies(campaign: Campaign, of_courses: Mapping[CourseId, ConversionPolicy]) -> Policies:
    """Put the courses' policies together; each course has one, so what is common is never used."""
    return Policies(common=campaign.rules[0].policy, of_courses=of_courses)
