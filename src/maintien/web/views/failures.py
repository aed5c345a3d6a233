"""Pages for what can't be shown."""

from http import HTTPStatus
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from maintien.messages import N_
from maintien.web.middleware.language import texts_in
from maintien.web.requests import PageRequest
from maintien.web.rights.access import Access


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 -- Django's own
    """Say that the rights do not suffice."""
    sentence = N_(
        "Your rights do not suffice for this. An administrator of this application can extend them."
    )
    return _failure(request, sentence, HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 -- Django's own
    """Say that there is no such page."""
    return _failure(request, N_("There is no such page, or you may not see it."), HTTPStatus.NOT_FOUND)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 -- Django's own
    """Say that the request can't be understood."""
    return _failure(request, N_("This request can’t be understood."), HTTPStatus.BAD_REQUEST)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 -- Django's own
    """Say that a form has to be sent again."""
    sentence = N_(
        "This form was opened too long ago, or in another session: go back, reload it, send it again."
    )
    return _failure(request, sentence, HTTPStatus.FORBIDDEN)


def broken(request: HttpRequest) -> HttpResponse:
    """Say that the program is at fault."""
    sentence = N_("Something went wrong in the program. Nothing more is known here; its log says what.")
    return _failure(request, sentence, HTTPStatus.INTERNAL_SERVER_ERROR)


def _failure(request: HttpRequest, sentence: str, status: HTTPStatus) -> HttpResponse:
    asked = cast("PageRequest", request)
    if not hasattr(asked, "texts"):
        # It failed before anybody was asked about languages.
        asked.texts, asked.account, asked.access = texts_in("en"), None, Access()
    context = {"sentence": asked.texts.gettext(sentence)}
    return render(request, "maintien/error.html", context, status=status)
