"""Signing in and out, the one-time link, and the choice of a language."""

from typing import Any, ClassVar, cast

from axes.helpers import get_cool_off
from django import forms
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, password_validation
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters

from maintien.messages import N_
from maintien.reports.language import LANGUAGES
from maintien.web import audit
from maintien.web.forms import TranslatedForm
from maintien.web.links import find_link, use_link
from maintien.web.middleware.language import LANGUAGE_KEY
from maintien.web.models import Account
from maintien.web.requests import PageRequest
from maintien.web.surroundings import surroundings

_PASSWORD_BACKEND = "django.contrib.auth.backends.ModelBackend"  # noqa: S105 -- the name of a class
LONGEST_PASSWORD = 200
"""Of a password that somebody signs in with: longer than new ones may be, for those from before."""
_LONGEST_NEW = 128


class SignInForm(TranslatedForm):
    """A name and a password."""

    labels: ClassVar = {"username": N_("User name"), "password": N_("Password")}
    username = forms.CharField(
        max_length=150, widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True})
    )
    password = forms.CharField(
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class NewPasswordForm(TranslatedForm):
    """A new password, twice."""

    labels: ClassVar = {"password": N_("New password"), "again": N_("New password, once more")}
    hints: ClassVar = {"password": N_("At least twelve characters; a sentence is easier to remember.")}
    password = forms.CharField(
        max_length=_LONGEST_NEW,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        max_length=_LONGEST_NEW,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's own
        super().__init__(*args, **kwargs)
        self.account = account

    def clean(self) -> dict[str, Any]:
        """Check that both are the same, and hard to guess."""
        cleaned = super().clean() or {}
        password = cleaned.get("password", "")
        if password:
            try:
                password_validation.validate_password(password, self.account)
            except forms.ValidationError as error:
                self.add_error("password", error)
        if password != cleaned.get("again", ""):
            self.add_error("again", self.texts.gettext(N_("This is not the same password.")))
        return cleaned


@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with a password; other ways begin here too."""
    asked = cast("PageRequest", request)
    if asked.account is not None:
        return redirect("sites")
    form = SignInForm(asked.texts, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        name, password = form.cleaned_data["username"], form.cleaned_data["password"]
        account = authenticate(request, username=name, password=password)
        if isinstance(account, Account):
            login(request, account)
            asked.account = account
            audit.note(asked, "signed_in")
            return redirect(_next(request))
        audit.note_of(name[:150], "sign_in_refused", details={})
        form.add_error(None, asked.texts.gettext(N_("User name or password are wrong.")))
    configuration = surroundings().configuration
    context = {
        "form": form,
        "next": request.POST.get("next") or request.GET.get("next", ""),
        "has_cas": bool(configuration.cas),
        "has_oidc": configuration.oidc is not None,
    }
    return render(request, "maintien/sign_in.html", context)


def locked_out(
    request: HttpRequest, credentials: dict[str, Any], *_args: object, **_kw: object
) -> HttpResponse:
    """Say that there were too many wrong passwords (called by axes)."""
    asked = cast("PageRequest", request)
    audit.note_of(str(credentials.get("username", ""))[:150], "locked_out", details={})
    cool_off = get_cool_off()
    minutes = int(cool_off.total_seconds() // 60) if cool_off else 0
    sentence = asked.texts.gettext(
        N_("Too many wrong passwords: try again in {minutes} minutes, or ask an administrator for a link.")
    ).format(minutes=minutes)
    return render(request, "maintien/error.html", {"sentence": sentence}, status=429)


def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out."""
    audit.note(cast("PageRequest", request), "signed_out")
    logout(request)
    return redirect("sign-in")


@sensitive_post_parameters("password", "again")
def one_time_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Let a person set a password; the link is used up only then, since mail programs look at links."""
    asked = cast("PageRequest", request)
    link = find_link(secret)
    if link is None:
        sentence = N_("This link was used already, or is too old: ask an administrator for a new one.")
        context = {"sentence": asked.texts.gettext(sentence)}
        return render(request, "maintien/error.html", context, status=404)
    form = NewPasswordForm(link.account, asked.texts, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and use_link(link, form.cleaned_data["password"]):
        login(request, link.account, backend=_PASSWORD_BACKEND)
        asked.account = link.account
        audit.note(asked, "password_set")
        messages.success(request, asked.texts.gettext(N_("Your password is set, and you have signed in.")))
        return redirect("sites")
    return render(request, "maintien/one_time_link.html", {"form": form, "whose": link.account})


def language(request: HttpRequest) -> HttpResponse:
    """Choose a language, for this session and for the account."""
    code = request.POST.get("language", "")
    if code not in LANGUAGES:
        raise Http404
    request.session[LANGUAGE_KEY] = code
    account = cast("PageRequest", request).account
    if account is not None:
        Account.objects.filter(pk=account.pk).update(language=code)
    return redirect(_next(request))


def _next(request: HttpRequest) -> str:
    """Give where somebody wanted to go, if that is here."""
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    is_here = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_here else "/"
