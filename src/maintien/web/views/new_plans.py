"""The first steps of maintaining access and of giving it back: who, and until when."""

from typing import Final, cast

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from maintien.web import audit
from maintien.web.models import CountedCourse, OperationKind, PreparedPlan
from maintien.web.operations.asking import ask
from maintien.web.requested import AnyRequested
from maintien.web.requests import PageRequest, account_of
from maintien.web.rights.roles import Permission
from maintien.web.sites import open_site_session, require_site
from maintien.web.surroundings import now
from maintien.web.throttling import throttle
from maintien.web.views.chosen_courses import chosen_courses
from maintien.web.views.plan_forms import MaintainForm, RescueForm

_SHOWN: Final = 10
"""Courses that are named, of many."""


def new_plan(request: HttpRequest, site: str) -> HttpResponse:
    """Ask who keeps access, and until when. POST has a worker prepare the plan."""
    return _ask_for_plan(cast("PageRequest", request), site, MaintainForm, "maintien/plan_new.html")


def new_rescue(request: HttpRequest, site: str) -> HttpResponse:
    """Ask what was taken when, and until when it is given back. POST has a worker prepare the plan."""
    return _ask_for_plan(cast("PageRequest", request), site, RescueForm, "maintien/rescue_new.html")


def _ask_for_plan(
    request: PageRequest, site: str, form_type: type[MaintainForm | RescueForm], template: str
) -> HttpResponse:
    require_site(site)
    scope = request.access.scope(Permission.PREPARE, site)
    query = request.POST if request.method == "POST" else request.GET
    chosen = chosen_courses(query, site, scope)
    with open_site_session(site) as session:
        form = form_type(session, request.texts, request.POST if request.method == "POST" else None)
        zone = session.zone
    if chosen and form.is_valid():
        requested = form.requested(tuple(sorted(course.course for course in chosen)))
        return redirect("plan", site=site, plan=prepare_plan(request, site, requested).pk)
    return render(request, template, {"site": site, "zone": zone, "form": form, **_words_for(chosen, query)})


def prepare_plan(request: PageRequest, site: str, requested: AnyRequested) -> PreparedPlan:
    """Have a worker prepare a plan.

    Raises TooManyRequests.
    """
    throttle(request, "plan")
    plan = PreparedPlan(
        site=site,
        account=account_of(request),
        kind=requested.kind,
        request=requested.as_json(),
        made_at=now(),
    )
    plan.save()
    ask(OperationKind.PREPARE, site=site, account=plan.account, plan=plan)
    audit.note(request, "plan_asked", site=site, plan=plan.pk, kind=plan.kind, courses=len(requested.courses))
    return plan


def _words_for(chosen: list[CountedCourse], query: QueryDict) -> dict[str, object]:
    return {
        "site_tab": "plans",
        "chosen": chosen,
        "first": chosen[:_SHOWN],
        "more": max(0, len(chosen) - _SHOWN),
        "people": sum(course.at_risk for course in chosen),
        "cut": sum(course.already_cut for course in chosen),
        "query": query.urlencode() if "csrfmiddlewaretoken" not in query else "",
    }
