"""Turns errors of the program into pages that say what is wrong and what to do."""

import logging
from collections.abc import Callable
from typing import Final, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from maintien.errors.tree import EXIT_USAGE, MaintienError
from maintien.reports.wording import error_text
from maintien.web.requests import PageRequest

Page = Callable[[HttpRequest], HttpResponse]
log: Final = logging.getLogger("maintien.web")

_BAD_REQUEST: Final = 400
_UNAVAILABLE: Final = 503


class ErrorMiddleware:
    """Answers with the sentence of an error that a page did not expect."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on to the page."""
        return self.page(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer where the error has a sentence; leave programmers' mistakes to Django."""
        if not isinstance(exception, MaintienError):
            return None
        log.warning("%s: %s", request.path, exception)
        texts = cast("PageRequest", request).texts
        status = _BAD_REQUEST if exception.exit_status == EXIT_USAGE else _UNAVAILABLE
        context = {"sentence": error_text(texts, exception)}
        return render(request, "maintien/error.html", context, status=status)
