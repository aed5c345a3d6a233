"""Makes a plan as a file, for somebody to look at and somebody to apply."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from maintien.bootstrap import Session
from maintien.moodle.ids import UserId
from maintien.planning.campaign.record import CampaignRecord
from maintien.planning.course_planners import CoursePlanners, Policies
from maintien.planning.plan import CoursePlan
from maintien.planning.policy import Circumstances, end_of
from maintien.runs.execute import preview
from maintien.runs.plan_file import Fingerprint
from maintien.runs.plan_file_writing import PlanFileWriter, write_plan_file
from maintien.uses.callers import Caller
from maintien.uses.campaigns import MatchedCampaign, find_refusal
from maintien.uses.conversion_request import ConversionRequest
from maintien.uses.cut_watch import CutWatch
from maintien.uses.evidence import reading_evidence
from maintien.uses.late_starts import LateStarts
from maintien.uses.manual_edits import EndDateRequest, make_end_date_policies
from maintien.uses.policies import Terms, make_policies, make_policy, make_rescue_policy
from maintien.uses.rescue_request import RescueRequest
from maintien.uses.selections import Asked, Found, find_courses
from maintien.uses.withdrawals import sized_by_withdrawals


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPlan:
    """A plan that was written to a file."""

    fingerprint: Fingerprint
    policies: Policies
    courses: int
    """How many were looked at."""


def _require_nothing() -> None:
    """Let every plan be written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanToSave:
    """A plan that only has to be made and written."""

    caller: Caller
    session: Session
    """Its site reads with the courses whatever the policies decide by."""
    found: Found
    policies: Policies
    circumstances: Circumstances
    path: Path
    campaign: CampaignRecord | None = None
    late_starts: LateStarts | None = field(default_factory=LateStarts)
    """Refuses a plan that ends before anybody begins; None where that is of no matter."""
    watch: CutWatch | None = None
    """Looks, where it is given, how far the cut of each course has got."""
    require: Callable[[], None] = _require_nothing
    """Raises, once every course was planned, where the plan is not to be written."""

    def save(self, take: Callable[[CoursePlan], None]) -> SavedPlan:
        """Plan each course, give it to ``take`` and write it. Writes nothing to the site.

        Raises EndBeforeStart, and what a site or a plan file gives rise to.
        """
        header = self.caller.plan_file_header(
            self.session,
            policies=self.policies,
            circumstances=self.circumstances,
            courses=len(self.found.sizes),
        )
        with write_plan_file(self.path, replace(header, campaign=self.campaign)) as file:
            self._write(file, take)
        return SavedPlan(fingerprint=file.fingerprint, policies=self.policies, courses=len(self.found.sizes))

    def _write(self, file: PlanFileWriter, take: Callable[[CoursePlan], None]) -> None:
        planners = CoursePlanners(
            policies=self.policies, config=self.session.config, circumstances=self.circumstances
        )
        plans = preview(
            self.session.site,
            self.found.sizes,
            planners.plan if self.watch is None else self.watch.watching(planners.plan),
            inherited_roles=planners.inherited_roles,
            observer=self.caller.observer,
        )
        for plan in plans:
            file.add(plan)
            take(plan)
            if self.late_starts is not None:
                self.late_starts.look_at(plan)
        if self.late_starts is not None:
            texts, ends_at = self.caller.invocation.texts, end_of(self.policies.common)
            self.late_starts.require_somebody_in_time(texts, self.session.zone, ends_at)
        self.require()


def save_conversion_plan(
    caller: Caller,
    session: Session,
    asked: Asked,
    request: ConversionRequest,
    path: Path,
    *,
    take: Callable[[CoursePlan], None],
    watch: CutWatch | None = None,
) -> SavedPlan:
    """Plan a conversion and write it to ``path``; ``take`` is given each course's plan. Writes nothing else.

    With ``watch``, whose site ``session`` has to have, each course's timing is there when its plan is taken.

    Raises EndBeforeStart, what :func:`~maintien.uses.policies.make_policies` raises, and what a site or a
    plan file gives rise to.
    """
    terms, found = _terms(session), find_courses(session.site, asked)
    policies = make_policies(request, found, partial(make_policy, terms=terms))
    plan = PlanToSave(
        caller=caller,
        session=reading_evidence(session, policies, at=terms.now),
        found=found,
        policies=policies,
        circumstances=_circumstances(session, terms),
        path=path,
        watch=watch,
    )
    return plan.save(take)


def save_rescue_plan(
    caller: Caller,
    session: Session,
    asked: Asked,
    request: RescueRequest,
    path: Path,
    *,
    take: Callable[[CoursePlan], None],
) -> SavedPlan:
    """Plan a rescue and write it to ``path``; ``take`` is given each course's plan. Writes nothing else.

    Raises what :func:`~maintien.uses.policies.make_rescue_policy` raises, and what a site or a plan file
    gives rise to.
    """
    terms, found = _terms(session), find_courses(session.site, asked)
    policies = make_policies(request, found, partial(make_rescue_policy, terms=terms))
    plan = PlanToSave(
        caller=caller,
        session=reading_evidence(session, policies, at=terms.now),
        found=sized_by_withdrawals(session, found, policies),
        policies=policies,
        circumstances=_circumstances(session, terms),
        path=path,
        late_starts=None,
    )
    return plan.save(take)


def save_campaign_plan(
    caller: Caller,
    campaign: MatchedCampaign,
    path: Path,
    *,
    even_if_many: bool,
    take: Callable[[CoursePlan], None],
) -> SavedPlan:
    """Plan a campaign and write it to ``path``; ``take`` is given each course's plan. Writes nothing else.

    Raises CampaignTooLarge and CampaignShareTooLarge, unless it may be ``even_if_many``, and what a site or a
    plan file gives rise to.
    """
    people: set[UserId] = set()

    def count(plan: CoursePlan) -> None:
        people.update(plan.converted)
        take(plan)

    def require_within_limits() -> None:
        refusal = None if even_if_many else find_refusal(campaign, len(people))
        if refusal is not None:
            raise refusal

    plan = PlanToSave(
        caller=caller,
        session=campaign.session,
        found=Found(sizes=campaign.sizes),
        policies=campaign.policies,
        circumstances=campaign.circumstances,
        path=path,
        campaign=campaign.record,
        late_starts=None,
        require=require_within_limits,
    )
    return plan.save(count)


def save_end_date_plan(
    caller: Caller,
    session: Session,
    asked: Asked,
    request: EndDateRequest,
    path: Path,
    *,
    take: Callable[[CoursePlan], None],
) -> SavedPlan:
    """Plan how manual enrolments change and write it to ``path``; ``take`` is given each course's plan.

    Raises what :func:`~maintien.uses.manual_edits.make_end_date_policies` raises, and what a site or a plan
    file gives rise to.
    """
    terms, found = _terms(session), find_courses(session.site, asked)
    policies = make_end_date_policies(request, session, found, terms.now)
    plan = PlanToSave(
        caller=caller,
        session=reading_evidence(session, policies, at=terms.now),
        found=found,
        policies=policies,
        circumstances=_circumstances(session, terms),
        path=path,
        late_starts=None,
    )
    return plan.save(take)


def _terms(session: Session) -> Terms:
    return Terms(config=session.config, zone=session.zone, now=session.clock())


def _circumstances(session: Session, terms: Terms) -> Circumstances:
    return Circumstances(now=terms.now, operator=session.find_operator().id)
