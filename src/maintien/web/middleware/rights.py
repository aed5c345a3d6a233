"""Asks each request for the permission that its page needs, and keeps personal data out of caches."""

from collections.abc import Callable
from typing import Any, Final, cast

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from maintien.web.models import Account, Right
from maintien.web.requests import PageRequest
from maintien.web.rights.access import Access, Grant
from maintien.web.rights.pages import PAGES, permission_for
from maintien.web.rights.roles import Permission, Role
from maintien.web.views.failures import forbidden

Page = Callable[[HttpRequest], HttpResponse]

_NOTHING: Final = Access()


class RightsMiddleware:
    """Lets a request reach its page only with the permission that the table of pages asks for."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Work out the rights, and let no cache keep what the page shows."""
        asked = cast("PageRequest", request)
        asked.access = _NOTHING if asked.account is None else access_of(asked.account)
        response = self.page(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_view(
        self, request: HttpRequest, _view: object, _args: object, arguments: dict[str, Any]
    ) -> HttpResponse | None:
        """Answer instead of the page where the permission is missing."""
        match = request.resolver_match
        page = match.url_name if match else None
        if page is None or page not in PAGES:
            # Third parties' views that sign people in; see urls.py.
            return None if match and match.namespace == "sign_in_elsewhere" else forbidden(request)
        method = request.method or ""
        permission = permission_for(page, method)
        if permission is None:
            return HttpResponseNotAllowed(sorted(PAGES[page]))
        access = cast("PageRequest", request).access
        if access.may(permission, arguments.get("site")):
            return None
        return _refuse(request, access, permission)


def access_of(account: Account) -> Access:
    """Work out the rights of an account."""
    rights = Right.objects.filter(account=account).order_by("id")
    return Access(
        is_signed_in=True,
        grants=tuple(Grant(Role(right.role), right.site, right.category) for right in rights),
    )


def _refuse(request: HttpRequest, access: Access, permission: Permission) -> HttpResponse:
    if not access.is_signed_in:
        if request.method == "GET":
            return redirect(f"{reverse('sign-in')}?{urlencode({'next': request.get_full_path()})}")
        return redirect("sign-in")
    if permission is Permission.SEE:
        # Whoever may not see a site is not told that there is one.
        raise Http404
    return forbidden(request)
