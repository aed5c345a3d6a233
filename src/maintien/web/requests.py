"""A request as pages see it: with rights, texts and htmx's headers."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from maintien.reports.language import Texts
from maintien.web.models import Account
from maintien.web.rights.access import Access


class PageRequest(HttpRequest):
    """What the middleware adds to a request; only ever a type."""

    access: Access
    texts: Texts
    htmx: HtmxDetails
    account: Account | None
    """Who has signed in."""


def account_of(request: PageRequest) -> Account:
    """Give who has signed in, on a page that asks for it."""
    if request.account is None:
        raise RuntimeError("a page without a permission asks who has signed in")
    return request.account
