"""Maintaining access, step by step: who, until when; what would be done; confirm; what was done."""

import itertools
from typing import Final, cast

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from maintien.messages import N_
from maintien.moodle.ids import CourseId
from maintien.planning.encoding import REASON_KINDS
from maintien.planning.left_alone import TakenByPerson
from maintien.reports.language import Texts
from maintien.reports.reason_wording import reason_label
from maintien.runs.plan_file import Fingerprint, short_form
from maintien.web import audit
from maintien.web.backup_files import find_backups
from maintien.web.cut import cut_name, cut_of_courses
from maintien.web.models import (
    Operation,
    OperationKind,
    PlanKind,
    PlanState,
    PreparedPlan,
)
from maintien.web.operations.asking import ask
from maintien.web.operations.outcomes import failure_text
from maintien.web.paging import page_of
from maintien.web.plan_files import open_plan, path_of_plan
from maintien.web.requested import read_requested
from maintien.web.requests import PageRequest, account_of
from maintien.web.rights.access import Scope
from maintien.web.rights.roles import Permission
from maintien.web.sites import open_site_session, require_site, zone_of
from maintien.web.views.courses import courses_within, require_course
from maintien.web.views.people import people_of_plan
from maintien.web.views.rules import CourseSums, RuleRow, rule_rows

TYPED_ABOVE: Final = 500
"""People above whom their number has to be typed to confirm."""
_MOST_COURSES: Final = 20_000


def list_plans(request: HttpRequest, site: str) -> HttpResponse:
    """List the plans that the reader may see, the newest first."""
    asked = cast("PageRequest", request)
    require_site(site)
    rows = PreparedPlan.objects.select_related("account", "decided_by").filter(site=site).order_by("-id")
    # What was asked for may name thousands of courses, or hold a campaign file.
    rows = rows.defer("request")
    if not asked.access.scope(Permission.SEE, site).everywhere:
        rows = rows.filter(account=account_of(asked))
    context = {
        "site": site,
        "site_tab": "plans",
        "zone": zone_of(site),
        "page": page_of(rows, request.GET),
        "may_prepare": asked.access.may(Permission.PREPARE, site),
    }
    return render(request, "maintien/plans.html", context)


def show_plan(request: HttpRequest, site: str, plan: int) -> HttpResponse:
    """Step three: what would be done, course by course; while it is prepared or applied, how far it is."""
    asked = cast("PageRequest", request)
    found = require_plan(asked, site, plan)
    operation = Operation.objects.filter(plan=found).order_by("-id").first()
    settings = require_site(site)
    is_own = found.account_id == account_of(asked).pk
    may_apply = asked.access.may(Permission.APPLY, site) and _covers_plan(
        found, asked.access.scope(Permission.APPLY, site)
    )
    page = page_of(found.planned.order_by("-people", "position"), request.GET)
    context = {
        "site": site,
        "site_tab": "plans",
        "zone": zone_of(site),
        "plan": found,
        "states": PlanState,
        "operation": operation,
        "failure": failure_text(asked.texts, operation.failure) if operation and operation.failure else "",
        "backups": find_backups(found),
        "backs_up": read_requested(found.kind, found.request).backup,
        "rules": _rules(found),
        "page": page,
        "listed": [(row, cut_name(asked.texts, row.timing) if row.timing else None) for row in page.rows],
        "cuts": cut_of_courses(asked.texts, found.cut),
        "lost": found.already_cut,
        "rescue": f"{reverse('courses', args=[site])}?order=cut",
        "reasons": _reasons(asked.texts, found),
        "removed": found.reasons.get(TakenByPerson.__name__, 0),
        "fingerprint": short_form(Fingerprint(found.fingerprint)) if found.fingerprint else "",
        "needs_approval": settings.needs_four_eyes,
        "may_apply": may_apply and found.state == PlanState.READY,
        "may_approve": found.state == PlanState.AWAITING
        and not is_own
        and _covers_plan(found, asked.access.scope(Permission.APPROVE, site)),
        "is_own": is_own,
        "has_to_type": found.people > TYPED_ABOVE,
    }
    template = "maintien/plan_state.html" if asked.htmx else "maintien/plan.html"
    response = render(request, template, context)
    if asked.htmx and (operation is None or operation.is_over):
        response.headers["HX-Refresh"] = "true"
    return response


def show_planned_course(request: HttpRequest, site: str, plan: int, course: int) -> HttpResponse:
    """Show everybody of one course: before and after, and why others are left alone."""
    asked = cast("PageRequest", request)
    found = require_plan(asked, site, plan)
    row = found.planned.filter(course=course).first()
    if row is None or not found.fingerprint:
        raise Http404
    planned = open_plan(found).plan_of(CourseId(course))
    with open_site_session(site) as session:
        context = {
            "site": site,
            "site_tab": "plans",
            "zone": session.zone,
            "plan": found,
            "course": row,
            **people_of_plan(asked.texts, session, planned, request.GET),
        }
    return render(request, "maintien/plan_course.html", context)


def download_plan(request: HttpRequest, site: str, plan: int) -> FileResponse:
    """Give the plan's file, which ``maintien apply`` takes."""
    asked = cast("PageRequest", request)
    found = require_plan(asked, site, plan)
    if not found.fingerprint:
        raise Http404
    audit.note(asked, "plan_downloaded", site=site, plan=found.pk)
    return FileResponse(path_of_plan(found).open("rb"), as_attachment=True, filename=f"plan-{found.pk}.jsonl")


def download_backup(request: HttpRequest, site: str, plan: int, course: int) -> FileResponse:
    """Give the backup of a course that was made before the plan was applied."""
    asked = cast("PageRequest", request)
    found = require_plan(asked, site, plan)
    require_course(site, course, asked.access.scope(Permission.APPLY, site))
    path = find_backups(found).get(course)
    if path is None:
        raise Http404
    audit.note(asked, "backup_downloaded", site=site, plan=found.pk, course=course)
    return FileResponse(
        path.open("rb"), as_attachment=True, filename=path.name, content_type="application/octet-stream"
    )


def apply_plan(request: HttpRequest, site: str, plan: int) -> HttpResponse:
    """Step four: confirm. The plan is applied, or sent to somebody else to be approved."""
    asked = cast("PageRequest", request)
    found = require_plan(asked, site, plan)
    if found.state != PlanState.READY or not _covers_plan(found, asked.access.scope(Permission.APPLY, site)):
        raise Http404
    if found.people > TYPED_ABOVE and _digits(request.POST.get("people", "")) != str(found.people):
        messages.error(
            request, asked.texts.gettext(N_("Type the number of people to confirm; nothing was done."))
        )
        return redirect("plan", site=site, plan=found.pk)
    if require_site(site).needs_four_eyes:
        _move(found, PlanState.READY, PlanState.AWAITING)
        audit.note(asked, "plan_sent", site=site, plan=found.pk, fingerprint=found.fingerprint)
        messages.info(request, asked.texts.gettext(N_("The plan waits for somebody else to approve it.")))
        return redirect("plan", site=site, plan=found.pk)
    _begin(asked, found, PlanState.READY, "plan_applied")
    return redirect("plan", site=site, plan=found.pk)


def approve_plan(request: HttpRequest, site: str, plan: int) -> HttpResponse:
    """Apply a plan that somebody else prepared."""
    asked = cast("PageRequest", request)
    found = _require_to_decide(asked, site, plan)
    _begin(asked, found, PlanState.AWAITING, "plan_approved")
    return redirect("plan", site=site, plan=found.pk)


def reject_plan(request: HttpRequest, site: str, plan: int) -> HttpResponse:
    """Refuse a plan that somebody else prepared."""
    asked = cast("PageRequest", request)
    found = _require_to_decide(asked, site, plan)
    found.decided_by = account_of(asked)
    found.save(update_fields=["decided_by"])
    _move(found, PlanState.AWAITING, PlanState.REJECTED)
    audit.note(asked, "plan_rejected", site=site, plan=found.pk, fingerprint=found.fingerprint)
    return redirect("plan", site=site, plan=found.pk)


def require_plan(request: PageRequest, site: str, number: int) -> PreparedPlan:
    """Give a plan that the reader may see: their own, or one whose courses are all theirs to see."""
    require_site(site)
    found = PreparedPlan.objects.select_related("account", "decided_by").filter(site=site, pk=number).first()
    if found is None:
        raise Http404
    is_own = request.account is not None and found.account_id == request.account.pk
    if not _covers_plan(found, request.access.scope(Permission.SEE, site)) and not is_own:
        raise Http404
    return found


def _require_to_decide(request: PageRequest, site: str, number: int) -> PreparedPlan:
    found = require_plan(request, site, number)
    is_own = found.account_id == account_of(request).pk
    covers = _covers_plan(found, request.access.scope(Permission.APPROVE, site))
    if found.state != PlanState.AWAITING or is_own or not covers:
        raise Http404
    return found


def _begin(request: PageRequest, plan: PreparedPlan, state: PlanState, action: str) -> None:
    account = account_of(request)
    if not _move(plan, state, PlanState.APPLYING):
        return
    if account.pk != plan.account_id:
        PreparedPlan.objects.filter(pk=plan.pk).update(decided_by=account)
    ask(OperationKind.APPLY, site=plan.site, account=account, plan=plan)
    audit.note(request, action, site=plan.site, plan=plan.pk, fingerprint=plan.fingerprint)


def _move(plan: PreparedPlan, before: PlanState, after: PlanState) -> bool:
    """Move a plan on; False where somebody else was quicker."""
    return bool(PreparedPlan.objects.filter(pk=plan.pk, state=before).update(state=after))


def _covers_plan(plan: PreparedPlan, scope: Scope) -> bool:
    """Whether all courses of a plan lie where something is allowed now."""
    if scope.everywhere:
        return True
    ids = set(plan.request["courses"])
    allowed = courses_within(plan.site, scope).filter(course__in=ids).count()
    return bool(ids) and allowed == len(ids)


def _rules(plan: PreparedPlan) -> list[RuleRow]:
    if plan.kind != PlanKind.CAMPAIGN or not plan.fingerprint:
        return []
    rows = plan.planned.order_by("position").values_list("course", "people", "changes")
    header = open_plan(plan).header
    return rule_rows(header.campaign, header.policies.of_courses, itertools.starmap(CourseSums, rows))


def _reasons(texts: Texts, plan: PreparedPlan) -> list[tuple[str, int]]:
    return [
        (reason_label(texts, REASON_KINDS[name]), number)
        for name, number in sorted(plan.reasons.items(), key=lambda item: -item[1])
        if name in REASON_KINDS
    ]


def _digits(text: str) -> str:
    """Take a number as people type it, with or without spaces between thousands."""
    return "".join(character for character in text if character.isdecimal())
