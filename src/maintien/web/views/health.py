"""Whether the application answers, for whoever watches it."""

from django.http import HttpRequest, HttpResponse

from maintien.web.models import Account


def health(_request: HttpRequest) -> HttpResponse:
    """Answer once the database has; say nothing else."""
    Account.objects.exists()
    return HttpResponse("ok\n", content_type="text/plain")
