"""The language of a page: the account's choice, else the session's, else the browser's."""

from collections.abc import Callable
from functools import cache
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from maintien.reports.language import ENGLISH, LANGUAGES, Texts, load_texts
from maintien.web.models import Account
from maintien.web.requests import PageRequest

Page = Callable[[HttpRequest], HttpResponse]

LANGUAGE_KEY = "language"


def speak_the_language(page: Page) -> Page:
    """Give each request its texts; Django's own sentences follow."""

    def answer(request: HttpRequest) -> HttpResponse:
        asked = cast("PageRequest", request)
        account = request.user if isinstance(request.user, Account) else None
        asked.account = account if account is not None and account.is_active else None
        code = _choose(request, asked.account)
        asked.texts = texts_in(code)
        with translation.override(code):
            response = page(request)
        response.headers["Content-Language"] = code
        return response

    return answer


@cache
def texts_in(code: str) -> Texts:
    """Load the texts of a language, once a process."""
    return load_texts(code)


def _choose(request: HttpRequest, account: Account | None) -> str:
    chosen = request.session.get(LANGUAGE_KEY) or (account.language if account else "")
    return chosen if chosen in LANGUAGES else _of_browser(request)


def _of_browser(request: HttpRequest) -> str:
    wishes = request.headers.get("Accept-Language", "").split(",")
    codes = (wish.split(";")[0].strip().split("-")[0].lower() for wish in wishes)
    return next((code for code in codes if code in LANGUAGES), ENGLISH)
