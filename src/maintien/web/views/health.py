"""What programs ask for: whether the application answers, and its icon."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static

from maintien.web.models import Account


def health(_request: HttpRequest) -> HttpResponse:
    """Answer once the database has; say nothing else."""
    Account.objects.exists()
    return HttpResponse("ok\n", content_type="text/plain")


def icon(_request: HttpRequest) -> HttpResponse:
    """Lead to the icon.

    Browsers ask for it by themselves, beside somebody's first page: a page that says that there is none
    would give them another form token than that page did.
    """
    return redirect(static("maintien/icon.svg"))
