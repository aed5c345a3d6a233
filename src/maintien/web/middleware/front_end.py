"""Believes what a proxy says, and nobody else: headers can be sent by anyone."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

from maintien.web.surroundings import surroundings

Page = Callable[[HttpRequest], HttpResponse]

_FORWARDED: Final = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_FORWARDED",
)


def believe_only_front_ends(page: Page) -> Page:
    """Take headers away that only a configured front end may send."""

    def answer(request: HttpRequest) -> HttpResponse:
        configuration = surroundings().configuration
        if request.META.get("REMOTE_ADDR", "") not in configuration.front_ends:
            names = [*_FORWARDED]
            if configuration.user_header:
                names.append(meta_name(configuration.user_header))
            for name in names:
                request.META.pop(name, None)
        return page(request)

    return answer


def meta_name(header: str) -> str:
    """Give the name under which Django keeps a header."""
    return f"HTTP_{header.upper().replace('-', '_')}"


def client_address(request: HttpRequest) -> str:
    """Tell where a request comes from: what the nearest front end saw, or who connects."""
    connected: str = request.META.get("REMOTE_ADDR", "")
    front_ends = surroundings().configuration.front_ends
    if connected not in front_ends:
        return connected
    # The last ones were added by front ends; what was there before, anybody may have written.
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    return next((hop for hop in reversed(hops) if hop not in front_ends), connected)[:64]
