"""Prepares a plan: reads, plans, writes the plan's file, and nothing to the site."""

from collections import Counter

from django.db import transaction

from maintien.bootstrap import Session
from maintien.enrolments.cut_timing import CutCounts
from maintien.errors.tree import MaintienError
from maintien.moodle.ids import CourseId
from maintien.planning.left_alone import Reason
from maintien.planning.plan import CoursePlan
from maintien.planning.policy import end_of
from maintien.sites.interface import Selection
from maintien.uses.conversion_request import ConversionRequest
from maintien.uses.cut_watch import CutWatch, watch_cut
from maintien.uses.manual_edits import EndDateRequest
from maintien.uses.rescue_request import RescueRequest
from maintien.uses.saved_plans import (
    SavedPlan,
    save_campaign_plan,
    save_conversion_plan,
    save_end_date_plan,
    save_rescue_plan,
)
from maintien.uses.selections import Asked
from maintien.web.campaigns import CampaignFaults, CheckedCampaign, check_campaign, match_asked
from maintien.web.models import OperationState, PlannedCourse, PlanState, PreparedPlan
from maintien.web.operations.outcomes import Outcome
from maintien.web.operations.work import Work
from maintien.web.plan_files import path_of_plan
from maintien.web.requested import (
    ACTIVATE,
    SUSPEND,
    CampaignRequested,
    EndDateRequested,
    Requested,
    RescueRequested,
    read_requested,
)
from maintien.web.sites import open_site_session


class _Left(Exception):
    """The work is to be left at this course."""


class _Tally:
    """Sums a plan up, a course at a time."""

    def __init__(self, plan: PreparedPlan, work: Work) -> None:
        self.plan = plan
        self.work = work
        self.rows: list[PlannedCourse] = []
        self.reasons: Counter[type[Reason]] = Counter()
        self.watch: CutWatch | None = None
        """Looks how far the cut has got, where the plan comes before it."""
        self.cut = CutCounts.none()

    def take(self, plan: CoursePlan) -> None:
        """Take one course in."""
        if self.work.heart.has_to_leave:
            raise _Left
        self.reasons.update(type(person.reason) for person in plan.left_alone)
        timing = None if self.watch is None else self.watch.timings.pop(plan.course.id)
        if timing is not None:
            self.cut.add(timing)
        if plan.changes or plan.obstacle or plan.left_alone:
            self.rows.append(
                PlannedCourse(
                    plan=self.plan,
                    position=len(self.rows),
                    course=plan.course.id,
                    shortname=plan.course.shortname,
                    fullname=plan.course.fullname,
                    people=len(plan.converted),
                    changes=len(plan.changes),
                    left_alone=len(plan.left_alone),
                    is_obstructed=plan.obstacle is not None,
                    timing="" if timing is None else timing.timing.value,
                )
            )


def prepare(work: Work) -> Outcome:
    """Prepare the plan of an operation."""
    plan = work.operation.plan
    if plan is None:
        raise RuntimeError("nothing to prepare")
    tally = _Tally(plan, work)
    try:
        with open_site_session(work.operation.site, work.operation.account) as session:
            saved = _save(work, session, plan, tally)
    except _Left:
        if work.heart.is_to_stop:
            _fail(plan)
            return Outcome(state=OperationState.STOPPED)
        return Outcome(state=OperationState.WAITING)
    except MaintienError:
        _fail(plan)
        raise
    _ready(plan, saved, tally)
    return Outcome(state=OperationState.DONE)


def _save(work: Work, session: Session, plan: PreparedPlan, tally: _Tally) -> SavedPlan:
    caller, path = work.caller, path_of_plan(plan)
    match read_requested(plan.kind, plan.request):
        case Requested() as requested:
            asked, request = _asked(requested.courses), _conversion(requested)
            watched = watch_cut(session, [CourseId(number) for number in requested.courses])
            tally.watch = watched.watch
            return save_conversion_plan(
                caller, watched.session, asked, request, path, take=tally.take, watch=watched.watch
            )
        case RescueRequested() as requested:
            asked, request_back = _asked(requested.courses), _rescue(requested)
            return save_rescue_plan(caller, session, asked, request_back, path, take=tally.take)
        case CampaignRequested() as requested:
            campaign = match_asked(session, _check_again(session, requested))
            return save_campaign_plan(
                caller,
                campaign.within(frozenset(requested.courses)),
                path,
                even_if_many=requested.even_if_many,
                take=tally.take,
            )
        case EndDateRequested() as requested:
            asked, edit = _asked(requested.courses), _end_date(requested)
            return save_end_date_plan(caller, session, asked, edit, path, take=tally.take)


def _check_again(session: Session, requested: CampaignRequested) -> CheckedCampaign:
    try:
        return check_campaign(session, requested.name, requested.text)
    except CampaignFaults as error:
        # The page has told them all; the site has changed since.
        raise error.faults[0] from None


def _end_date(requested: EndDateRequested) -> EndDateRequest:
    return EndDateRequest(
        people=requested.whom.request,
        until=requested.until or None,
        clear=requested.is_unlimited,
        start=requested.start or None,
        suspend=requested.change_status == SUSPEND,
        activate=requested.change_status == ACTIVATE,
    )


def _asked(courses: tuple[int, ...]) -> Asked:
    return Asked(selection=Selection(courses=tuple(f"id:{number}" for number in courses)))


def _conversion(requested: Requested) -> ConversionRequest:
    return ConversionRequest(
        until=requested.until,
        roles=requested.roles or None,
        end_roles=requested.roles or None,
        methods=requested.methods or None,
        include_suspended=requested.include_suspended,
        no_keep_groups=not requested.keep_groups,
        enable_manual=requested.enable_manual,
    )


def _rescue(requested: RescueRequested) -> RescueRequest:
    return RescueRequest(
        since=requested.since,
        to=requested.to or None,
        until=requested.until,
        roles=requested.roles or None,
        methods=requested.methods or None,
        no_keep_groups=not requested.keep_groups,
        enable_manual=requested.enable_manual,
        also_by_people=requested.also_by_people,
    )


def _fail(plan: PreparedPlan) -> None:
    PreparedPlan.objects.filter(pk=plan.pk).update(state=PlanState.FAILED)


def _ready(plan: PreparedPlan, saved: SavedPlan, tally: _Tally) -> None:
    plan.fingerprint = saved.fingerprint
    plan.ends_at = end_of(saved.policies.common)
    plan.courses = saved.courses
    plan.courses_changed = sum(row.changes > 0 for row in tally.rows)
    plan.people = sum(row.people for row in tally.rows)
    plan.left_alone = sum(row.left_alone for row in tally.rows)
    plan.reasons = {reason.__name__: number for reason, number in tally.reasons.most_common()}
    plan.cut = {timing.value: number for timing, number in tally.cut.courses.items()}
    plan.already_cut = tally.cut.without_access
    plan.state = PlanState.READY
    with transaction.atomic():
        PlannedCourse.objects.filter(plan=plan).delete()
        PlannedCourse.objects.bulk_create(tally.rows, batch_size=500)
        plan.save()
