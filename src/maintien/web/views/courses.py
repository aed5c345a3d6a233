"""The courses of a site, and one of them."""

from dataclasses import dataclass
from typing import Final, cast

from django.contrib import messages
from django.db.models import Count, Q, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from maintien.enrolments.access_over_time import Step
from maintien.enrolments.cut_timing import CutTiming
from maintien.messages import N_
from maintien.moodle.ids import CourseId
from maintien.reports.charts.access_chart import AccessChart, mark_sentence
from maintien.reports.charts.svg import draw_svg
from maintien.reports.language import Texts
from maintien.uses.access_charts import chart_course
from maintien.web import audit
from maintien.web.cut import CourseCut, ShownCut, cut_name, cut_of_course, cut_of_courses
from maintien.web.models import (
    ChartedAccess,
    CountedCategory,
    CountedCourse,
    CountedSite,
    OperationKind,
)
from maintien.web.models.counts import WHOLE_SITE
from maintien.web.models.operations import UNFINISHED, Operation
from maintien.web.operations.asking import ask
from maintien.web.paging import page_of
from maintien.web.requests import PageRequest, account_of
from maintien.web.rights.access import Scope
from maintien.web.rights.roles import Permission
from maintien.web.sites import open_site_session, require_site, zone_of

ORDERS: Final = {
    "risk": ("-at_risk", "course"),
    "name": ("shortname", "course"),
    "participants": ("-participants", "course"),
    "cut": ("-already_cut", "course"),
}
_LONGEST_SEARCH: Final = 200
_COUNTS_BY_TIMING: Final = {each.value: Count("pk", filter=Q(timing=each.value)) for each in CutTiming}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCourse:
    """A course as the list shows it."""

    row: CountedCourse
    cut: ShownCut


def list_courses(request: HttpRequest, site: str) -> HttpResponse:
    """List courses: searched, within a category, sorted, a page at a time; from the last count."""
    asked = cast("PageRequest", request)
    require_site(site)
    scope = asked.access.scope(Permission.SEE, site)
    search = request.GET.get("search", "").strip()[:_LONGEST_SEARCH]
    order = request.GET.get("order", "risk")
    category = _category(request, site, scope)
    rows = courses_within(site, scope)
    if category is not None:
        rows = rows.filter(path__startswith=category.path)
    if search:
        rows = rows.filter(
            Q(shortname__icontains=search) | Q(fullname__icontains=search) | Q(idnumber__icontains=search)
        )
    rows = rows.order_by(*ORDERS.get(order, ORDERS["risk"]))
    page = page_of(rows, request.GET)
    sums = rows.aggregate(at_risk=Sum("at_risk"), already_cut=Sum("already_cut"), **_COUNTS_BY_TIMING)
    chart = _find_chart(site, scope, category)
    categories = _categories(site, scope)
    may_prepare = asked.access.may(Permission.PREPARE, site)
    context = {
        "site": site,
        "site_tab": "courses",
        "zone": zone_of(site),
        "counted": CountedSite.objects.filter(site=site).first(),
        "counting": Operation.objects.filter(
            kind=OperationKind.COUNT, site=site, state__in=UNFINISHED
        ).first(),
        "page": page,
        "listed": [ListedCourse(row=row, cut=cut_name(asked.texts, row.timing)) for row in page.rows],
        "sums": sums,
        "cuts": cut_of_courses(asked.texts, sums),
        "chart_words": "" if chart is None else _chart_words(asked.texts, _chart_of(chart, site)),
        "search": search,
        "order": order,
        "chosen_category": category.category if category else "",
        "categories": categories,
        "above": _above(categories, category),
        "below": _below(categories, category),
        "may_prepare": may_prepare,
        "lost": sums["already_cut"] or 0,
        "rescue": _rescue_address(site, search, category) if may_prepare else "",
    }
    template = "maintien/courses_list.html" if asked.htmx else "maintien/courses.html"
    return render(request, template, context)


def draw_site_chart(request: HttpRequest, site: str) -> HttpResponse:
    """Draw how many people of a site, or of a category, have access over time; from the last chart."""
    asked = cast("PageRequest", request)
    require_site(site)
    scope = asked.access.scope(Permission.SEE, site)
    category = _category(request, site, scope)
    found = _find_chart(site, scope, category)
    if found is None:
        raise Http404
    return _picture(asked.texts, _chart_of(found, site if category is None else category.name))


def courses_within(site: str, scope: Scope) -> QuerySet[CountedCourse]:
    """Give the courses that lie where something is allowed."""
    rows = CountedCourse.objects.filter(site=site)
    return rows if scope.everywhere else rows.filter(_within(_paths(site, scope)))


def require_course(site: str, course: int, scope: Scope) -> CountedCourse:
    """Give a course; raises Http404 where there is none, or not where something is allowed."""
    row = CountedCourse.objects.filter(site=site, course=course).first()
    if row is None or not scope.covers(row.path):
        raise Http404
    return row


def show_course(request: HttpRequest, site: str, course: int) -> HttpResponse:
    """Show a course's figures, and what can be done in it."""
    asked = cast("PageRequest", request)
    require_site(site)
    row = require_course(site, course, asked.access.scope(Permission.SEE, site))
    ids = [int(part) for part in row.path.split("/") if part]
    counted, zone = CountedSite.objects.get(site=site), zone_of(site)
    context = {
        "site": site,
        "site_tab": "courses",
        "zone": zone,
        "course": row,
        "cut": cut_of_course(asked.texts, cut_of_row(row), counted.counted_at, zone),
        "above": CountedCategory.objects.filter(site=site, category__in=ids).order_by("position"),
        "counted": counted,
        "may_prepare": asked.access.scope(Permission.PREPARE, site).covers(row.path),
    }
    return render(request, "maintien/course.html", context)


def draw_chart(request: HttpRequest, site: str, course: int) -> HttpResponse:
    """Draw how many people of a course have access over time."""
    asked = cast("PageRequest", request)
    require_site(site)
    require_course(site, course, asked.access.scope(Permission.SEE, site))
    with open_site_session(site) as session:
        chart = chart_course(session, session.site.find_course(CourseId(course)))
    return _picture(asked.texts, chart)


def count_again(request: HttpRequest, site: str) -> HttpResponse:
    """Ask for the site to be counted again."""
    asked = cast("PageRequest", request)
    require_site(site)
    ask(OperationKind.COUNT, site=site, account=account_of(asked))
    ask(OperationKind.CHART, site=site, account=account_of(asked))
    audit.note(asked, "count_asked", site=site)
    messages.info(request, asked.texts.gettext(N_("The courses are being counted again.")))
    return redirect("courses", site=site)


def cut_of_row(row: CountedCourse) -> CourseCut:
    """Take from a counted course how far its cut has got."""
    return CourseCut(
        timing=CutTiming(row.timing),
        waiting=row.waiting,
        withdrawn=row.withdrawn,
        without_access=row.already_cut,
    )


def _rescue_address(site: str, search: str, category: CountedCategory | None) -> str:
    """Give where access is given back in all courses that the list shows."""
    query = urlencode({"everything": 1, "search": search, "category": category.category if category else ""})
    return f"{reverse('rescue-new', args=[site])}?{query}"


def _find_chart(site: str, scope: Scope, category: CountedCategory | None) -> ChartedAccess | None:
    """Find the chart of a category, or of the whole site for whoever may see all of it."""
    if category is None and not scope.everywhere:
        return None
    number = WHOLE_SITE if category is None else category.category
    return ChartedAccess.objects.filter(site=site, category=number).first()


def _chart_of(charted: ChartedAccess, subject: str) -> AccessChart:
    return AccessChart(
        subject=subject,
        zone=zone_of(charted.site),
        now=charted.made_at,
        cut_at=charted.cut_at,
        until=charted.until,
        steps=[Step(*pair) for pair in charted.steps],
        steps_converted=[Step(*pair) for pair in charted.steps_converted],
    )


def _chart_words(texts: Texts, chart: AccessChart) -> str:
    return " ".join(f"{mark_sentence(texts, chart, mark)}." for mark in chart.marks())


def _picture(texts: Texts, chart: AccessChart) -> HttpResponse:
    response = HttpResponse(draw_svg(texts, chart), content_type="image/svg+xml; charset=utf-8")
    # Nothing in a picture runs, wherever it is opened.
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


def _category(request: HttpRequest, site: str, scope: Scope) -> CountedCategory | None:
    text = request.GET.get("category", "")
    if not (text.isascii() and text.isdecimal()):
        return None
    found = CountedCategory.objects.filter(site=site, category=int(text[:18])).first()
    return found if found is not None and scope.covers(found.path) else None


def _categories(site: str, scope: Scope) -> list[CountedCategory]:
    rows = CountedCategory.objects.filter(site=site).order_by("position")
    return [row for row in rows if scope.covers(row.path)]


def _above(categories: list[CountedCategory], chosen: CountedCategory | None) -> list[CountedCategory]:
    """Give the chosen category with those above it that the reader sees, the highest first."""
    return [] if chosen is None else [row for row in categories if chosen.path.startswith(row.path)]


def _below(categories: list[CountedCategory], chosen: CountedCategory | None) -> list[CountedCategory]:
    """Give the categories right below the chosen one; without one, the highest that the reader sees."""
    if chosen is not None:
        return [row for row in categories if _parent(row) == chosen.path]
    seen = {row.path for row in categories}
    return [row for row in categories if _parent(row) not in seen]


def _parent(category: CountedCategory) -> str:
    return category.path.removesuffix(f"{category.category}/")


def _paths(site: str, scope: Scope) -> list[str]:
    rows = CountedCategory.objects.filter(site=site, category__in=scope.categories).order_by("position")
    return [row.path for row in rows]


def _within(paths: list[str]) -> Q:
    # Of no path at all, nothing.
    within = Q(pk__in=())
    for path in paths:
        within |= Q(path__startswith=path)
    return within
