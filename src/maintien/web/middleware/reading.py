"""Keeps pages that are only looked at from writing to the application's own tables.

The idea is les-emplois' (itou/utils/readonly.py): whatever a link or a picture on somebody else's site
makes a browser ask for, nothing comes of it.
"""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any, Final

from django.db import connection
from django.http import HttpRequest, HttpResponse

Page = Callable[[HttpRequest], HttpResponse]

_WRITES: Final = ("INSERT", "UPDATE", "DELETE", "REPLACE")
ELSEWHERE: Final = "/elsewhere/"
"""Where people come back to from signing in at another service: by GET, which signs them in here."""
READING_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class WroteWhileReading(RuntimeError):
    """A page that was only to be looked at wrote."""


class ReadingMiddleware:
    """Refuses to write while a page is looked at; sessions are saved outside of it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Show the page."""
        reads = request.method in READING_METHODS and not request.path_info.startswith(ELSEWHERE)
        with connection.execute_wrapper(_refuse_to_write) if reads else nullcontext():
            return self.page(request)


def _refuse_to_write(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: ANN401, FBT001 -- Django's own
    if sql.lstrip().upper().startswith(_WRITES):
        raise WroteWhileReading(sql.split(maxsplit=3)[:3])
    return execute(sql, params, many, context)
