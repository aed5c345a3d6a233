"""Long work, watched: how far it is, what came of it, and a button that stops it between two courses."""

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from maintien.web import audit
from maintien.web.models import Operation, OperationKind, OperationState
from maintien.web.operations.outcomes import failure_text
from maintien.web.requests import PageRequest
from maintien.web.rights.roles import Permission
from maintien.web.sites import require_site, zone_of

_STOP_POLLING = 286
"""htmx takes this status as: do not ask again."""


def show_operation(request: HttpRequest, site: str, operation: int) -> HttpResponse:
    """Show how far an operation is; htmx asks again every second until it is over."""
    asked = cast("PageRequest", request)
    found = require_operation(asked, site, operation)
    context = {
        "site": site,
        "site_tab": "plans" if found.plan_id else "runs",
        "zone": zone_of(site),
        "operation": found,
        "failure": failure_text(asked.texts, found.failure) if found.state == OperationState.FAILED else "",
        "may_stop": not found.is_over and may_change(asked, found),
    }
    if not asked.htmx:
        return render(request, "maintien/operation.html", context)
    response = render(request, "maintien/operation_progress.html", context)
    if found.is_over:
        response.headers["HX-Refresh"] = "true"
    return response


def stop_operation(request: HttpRequest, site: str, operation: int) -> HttpResponse:
    """Ask an operation to stop at the next course."""
    asked = cast("PageRequest", request)
    found = require_operation(asked, site, operation)
    if not may_change(asked, found):
        raise Http404
    Operation.objects.filter(pk=found.pk).update(is_to_stop=True)
    audit.note(asked, "stop_asked", site=site, operation=found.pk)
    return redirect("operation", site=site, operation=found.pk)


def require_operation(request: PageRequest, site: str, number: int) -> Operation:
    """Give an operation that the reader may see: their own, or anybody's where they see the whole site."""
    require_site(site)
    operation = Operation.objects.select_related("plan", "account").filter(site=site, pk=number).first()
    if operation is None:
        raise Http404
    sees_all = request.access.scope(Permission.SEE, site).everywhere
    is_own = request.account is not None and operation.account_id == request.account.pk
    if not (sees_all or is_own):
        raise Http404
    return operation


def may_change(request: PageRequest, operation: Operation) -> bool:
    """Whether the reader may stop an operation: who asked for it, or who may do everything on the site."""
    if operation.kind in (OperationKind.COUNT, OperationKind.CHART):
        return False
    is_own = request.account is not None and operation.account_id == request.account.pk
    return is_own or request.access.scope(Permission.APPLY, operation.site).everywhere
