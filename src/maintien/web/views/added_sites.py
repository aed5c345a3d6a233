"""Sites that administrators add here, with passwords that no page ever shows."""

from typing import Any, ClassVar, Final, cast

from django import forms
from django.contrib import messages
from django.core.validators import RegexValidator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters

from maintien.errors.tree import MaintienError, UsageError
from maintien.messages import N_
from maintien.reports.wording import error_text
from maintien.web import audit
from maintien.web.added_sites import lock_password, parse_added_url
from maintien.web.forms import TranslatedForm
from maintien.web.models import (
    AddedSite,
    ChartedAccess,
    CountedCategory,
    CountedCourse,
    CountedSite,
    KnownSite,
    Right,
)
from maintien.web.requests import PageRequest
from maintien.web.sites import close_site, names_in_site_file, open_site_session, site_names
from maintien.web.surroundings import now
from maintien.web.throttling import throttle

_NAME: Final = RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9_-]*$")
_LONGEST_NAME: Final = 63
_LONGEST_PASSWORD: Final = 500


class AddedSiteForm(TranslatedForm):
    """Where a site's database is, and how to enter it."""

    labels: ClassVar = {
        "name": N_("Name"),
        "url": N_("Address of the database"),
        "password": N_("Password of the database’s account"),
    }
    hints: ClassVar = {
        "name": N_("Letters, digits, - and _. It stands in addresses, and is not changed later."),
        "url": N_(
            "postgresql://account@server/database, mariadb://… or mysql://…, with ?prefix=… where it is not"
            " mdl_. Without the password."
        ),
    }
    name = forms.CharField(max_length=_LONGEST_NAME, validators=[_NAME])
    url = forms.CharField(max_length=500)
    password = forms.CharField(
        max_length=_LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, added: AddedSite | None, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's own
        super().__init__(*args, **kwargs)
        self.added = added
        if added is not None:
            del self.fields["name"]
            self.fields["password"].required = False
            self.fields["password"].help_text = self.texts.gettext(
                N_("Leave it empty to keep the one that is stored. A new address needs it again.")
            )

    def clean_name(self) -> str:
        """Check that no site has the name."""
        name: str = self.cleaned_data["name"]
        if name.lower() in {known.lower() for known in site_names()}:
            raise forms.ValidationError(self.texts.gettext(N_("There is a site of this name.")))
        return name

    def clean_url(self) -> str:
        """Check the URL as the command line does, and more strictly."""
        url: str = self.cleaned_data["url"]
        try:
            parse_added_url(url)
        except UsageError as error:
            raise forms.ValidationError(error_text(self.texts, error)) from error
        return url

    def clean(self) -> dict[str, Any]:
        """Check that a stored password is never sent to another server than it was entered for."""
        cleaned = super().clean() or {}
        is_elsewhere = self.added is not None and cleaned.get("url") not in (None, self.added.url)
        if is_elsewhere and not cleaned.get("password"):
            self.add_error("password", self.texts.gettext(N_("A new address needs the password again.")))
        return cleaned


def list_added(request: HttpRequest) -> HttpResponse:
    """List the sites that were added here, and name those of the site file."""
    context = {"added": AddedSite.objects.order_by("name"), "in_file": names_in_site_file()}
    return render(request, "maintien/added_sites.html", context)


@sensitive_post_parameters("password", "url")
def new_site(request: HttpRequest) -> HttpResponse:
    """Add a site, and try whether it answers."""
    asked = cast("PageRequest", request)
    form = AddedSiteForm(None, asked.texts, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        added = AddedSite(name=form.cleaned_data["name"])
        _store(added, form)
        audit.note(asked, "site_added", site=added.name, url=added.url)
        _try(asked, added)
        return redirect("added-site", number=added.pk)
    return render(request, "maintien/added_site.html", {"form": form, "added": None})


@sensitive_post_parameters("password", "url")
def show_added(request: HttpRequest, number: int) -> HttpResponse:
    """Show an added site without its password; POST changes where it is, or its password."""
    asked = cast("PageRequest", request)
    added = _require(number)
    data = request.POST if request.method == "POST" else None
    form = AddedSiteForm(added, asked.texts, data, initial={"url": added.url})
    if request.method == "POST" and form.is_valid():
        _store(added, form)
        is_new = bool(form.cleaned_data["password"])
        audit.note(asked, "added_site_changed", site=added.name, url=added.url, password_changed=is_new)
        _try(asked, added)
        return redirect("added-site", number=added.pk)
    return render(request, "maintien/added_site.html", {"form": form, "added": added})


def try_added(request: HttpRequest, number: int) -> HttpResponse:
    """Try whether an added site answers."""
    asked = cast("PageRequest", request)
    added = _require(number)
    audit.note(asked, "site_tried", site=added.name)
    _try(asked, added)
    return redirect("added-site", number=added.pk)


def remove_added(request: HttpRequest, number: int) -> HttpResponse:
    """Forget an added site, its counts, and the rights on it: a later site of this name is another one."""
    asked = cast("PageRequest", request)
    added = _require(number)
    with transaction.atomic():
        if added.name not in names_in_site_file():
            Right.objects.filter(site=added.name).delete()
            KnownSite.objects.filter(name=added.name).delete()
            for counts in (CountedCourse, CountedCategory, CountedSite, ChartedAccess):
                counts.objects.filter(site=added.name).delete()
        added.delete()
        audit.note(asked, "site_removed", site=added.name)
    close_site(added.name)
    return redirect("added-sites")


def _store(added: AddedSite, form: AddedSiteForm) -> None:
    added.url, added.changed_at = form.cleaned_data["url"], now()
    if form.cleaned_data["password"]:
        lock_password(added, form.cleaned_data["password"])
    added.save()
    close_site(added.name)


def _try(request: PageRequest, added: AddedSite) -> None:
    """Connect, and tell the reader in a sentence what came of it.

    Raises TooManyRequests.
    """
    throttle(request, "site")
    texts = request.texts
    close_site(added.name)
    try:
        with open_site_session(added.name) as session:
            sentence = texts.gettext(N_("{site} answers: Moodle {release}."))
            messages.success(request, sentence.format(site=added.name, release=session.config.release))
    except MaintienError as error:
        messages.error(request, error_text(texts, error))


def _require(number: int) -> AddedSite:
    added = AddedSite.objects.filter(pk=number).first()
    if added is None:
        raise Http404
    return added
