"""Maintaining access, step by step: who, until when; what would be done; confirm; what was done."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final, cast

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from maintien.errors import UsageError
from maintien.messages import N_
from maintien.moodle.dates import parse_end_date
from maintien.moodle.ids import CourseId
from maintien.planning import left_alone
from maintien.planning.left_alone import Reason
from maintien.reports.language import Texts
from maintien.reports.reason_wording import reason_label
from maintien.reports.wording import error_text
from maintien.runs.plan_file import Fingerprint, short_form
from maintien.web import audit
from maintien.web.forms import TranslatedForm
from maintien.web.models import (
    CountedCourse,
    Operation,
    OperationKind,
    PlanState,
    PreparedPlan,
)
from maintien.web.operations.asking import ask
from maintien.web.operations.outcomes import failure_text
from maintien.web.paging import page_of
from maintien.web.plan_files import open_plan, path_of_plan
from maintien.web.requested import Requested
from maintien.web.requests import PageRequest, account_of
from maintien.web.rights.access import Scope
from maintien.web.rights.roles import Permission
from maintien.web.sites import open_site_session, require_site, zone_of
from maintien.web.surroundings import now
from maintien.web.throttling import throttle
from maintien.web.views.courses import courses_within
from maintien.web.views.people import people_of_plan

TYPED_ABOVE: Final = 500
"""People above whom their number has to be typed to confirm."""
_MOST_COURSES: Final = 20_000


class PlanForm(TranslatedForm):
    """Until when, and for whom."""

    labels: ClassVar = {
        "until": N_("Last day of access"),
        "roles": N_("Roles"),
        "include_suspended": N_("Suspended enrolments too"),
        "keep_groups": N_("Keep memberships of groups"),
        "enable_manual": N_("Enable manual enrolments where they are disabled"),
    }
    hints: ClassVar = {
        "until": N_("Access lasts to the end of this day, in the site’s time zone."),
        "roles": N_("People who have one of these roles in the course. Usually students only."),
    }
    until = forms.CharField(max_length=40, widget=forms.DateInput(attrs={"type": "date"}))
    roles = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)
    include_suspended = forms.BooleanField(required=False)
    keep_groups = forms.BooleanField(required=False, initial=True)
    enable_manual = forms.BooleanField(required=False)

    def __init__(self, roles: list[str], zone: Any, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's own
        super().__init__(*args, **kwargs)
        self.zone = zone
        self.fields["roles"].choices = [(role, role) for role in roles]  # type: ignore[attr-defined]  # a choice

    def clean_until(self) -> str:
        """Check the date as the command line does."""
        until: str = self.cleaned_data["until"]
        try:
            parse_end_date(until, self.zone, now(), may_be_past=False)
        except UsageError as error:
            raise forms.ValidationError(error_text(self.texts, error)) from error
        return until


def list_plans(request: HttpRequest, site: str) -> HttpResponse:
    """List the plans that the reader may see, the newest first."""
    asked = cast("PageRequest", request)
    require_site(site)
    rows = PreparedPlan.objects.select_related("account", "decided_by").filter(site=site).order_by("-id")
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


def new_plan(request: HttpRequest, site: str) -> HttpResponse:
    """Steps one and two: who, and until when. POST has a worker prepare the plan."""
    asked = cast("PageRequest", request)
    require_site(site)
    scope = asked.access.scope(Permission.PREPARE, site)
    chosen = _chosen(request.POST if request.method == "POST" else request.GET, site, scope)
    with open_site_session(site) as session:
        roles, zone = sorted(session.config.roles), session.zone
    data = request.POST if request.method == "POST" else None
    form = PlanForm(roles, zone, asked.texts, data, initial={"roles": ["student"], "keep_groups": True})
    if data is not None and chosen and form.is_valid():
        throttle(asked, "plan")
        values = form.cleaned_data
        requested = Requested(
            courses=tuple(sorted(course.course for course in chosen)),
            until=values["until"],
            roles=",".join(values["roles"]),
            include_suspended=values["include_suspended"],
            keep_groups=values["keep_groups"],
            enable_manual=values["enable_manual"],
        )
        plan = PreparedPlan(site=site, account=account_of(asked), request=requested.as_json(), made_at=now())
        plan.save()
        ask(OperationKind.PREPARE, site=site, account=plan.account, plan=plan)
        audit.note(asked, "plan_asked", site=site, plan=plan.pk, courses=len(chosen), until=values["until"])
        return redirect("plan", site=site, plan=plan.pk)
    context = {
        "site": site,
        "site_tab": "plans",
        "zone": zone,
        "form": form,
        "chosen": chosen,
        "first": chosen[:10],
        "more": max(0, len(chosen) - 10),
        "people": sum(course.at_risk for course in chosen),
    }
    return render(request, "maintien/plan_new.html", context)


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
    context = {
        "site": site,
        "site_tab": "plans",
        "zone": zone_of(site),
        "plan": found,
        "states": PlanState,
        "operation": operation,
        "failure": failure_text(asked.texts, operation.failure) if operation and operation.failure else "",
        "page": page_of(found.planned.order_by("-people", "position"), request.GET),
        "reasons": _reasons(asked.texts, found),
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


def _chosen(query: QueryDict, site: str, scope: Scope) -> list[CountedCourse]:
    """Find the courses that a form names, as far as they are within the reader's rights.

    Named one by one, or all of a search and a category, as the list of courses was filtered.
    """
    rows = courses_within(site, scope)
    if "everything" in query:
        category, search = query.get("category", ""), query.get("search", "").strip()
        if category.isascii() and category.isdecimal():
            rows = rows.filter(path__contains=f"/{int(category)}/")
        if search:
            rows = (
                rows.filter(shortname__icontains=search)
                | rows.filter(fullname__icontains=search)
                | (rows.filter(idnumber__icontains=search))
            )
    else:
        wanted = {int(text) for text in query.getlist("course") if text.isascii() and text.isdecimal()}
        rows = rows.filter(course__in=sorted(wanted)[:_MOST_COURSES])
    return list(rows.order_by("-at_risk", "course")[:_MOST_COURSES])


def _reasons(texts: Texts, plan: PreparedPlan) -> list[tuple[str, int]]:
    kinds: Mapping[str, type[Reason]] = {
        name: kind for name, kind in vars(left_alone).items() if isinstance(kind, type)
    }
    return [
        (reason_label(texts, kinds[name]), number)
        for name, number in sorted(plan.reasons.items(), key=lambda item: -item[1])
        if name in kinds
    ]


def _digits(text: str) -> str:
    """Take a number as people type it, with or without spaces between thousands."""
    return "".join(character for character in text if character.isdecimal())
