"""Who may sign in, and their rights."""

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import messages
from django.core.validators import RegexValidator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from maintien.messages import N_
from maintien.reports.language import Texts
from maintien.web import audit
from maintien.web.forms import TranslatedForm
from maintien.web.links import make_link
from maintien.web.models import Account, CountedCategory, OneTimeLink, Right
from maintien.web.paging import page_of
from maintien.web.requests import PageRequest, account_of
from maintien.web.rights.roles import Role
from maintien.web.rights.words import ROLE_NAMES
from maintien.web.sites import site_names

_USERNAME = RegexValidator(r"^[\w.@+-]+$")


class AccountForm(TranslatedForm):
    """A person."""

    labels: ClassVar = {
        "username": N_("User name"),
        "name": N_("Name"),
        "moodle_username": N_("User name in Moodle"),
    }
    hints: ClassVar = {
        "moodle_username": N_("In whose name changes are written. Empty: the site’s first administrator."),
    }
    username = forms.CharField(max_length=150, validators=[_USERNAME])
    name = forms.CharField(max_length=200, required=False)
    moodle_username = forms.CharField(max_length=100, required=False)

    def clean_username(self) -> str:
        """Check that nobody has the name."""
        username: str = self.cleaned_data["username"]
        if Account.objects.filter(username=username).exists():
            raise forms.ValidationError(self.texts.gettext(N_("There is an account of this name.")))
        return username


class RightForm(TranslatedForm):
    """A role somewhere."""

    labels: ClassVar = {"role": N_("Role"), "site": N_("Site"), "category": N_("Course category, by its id")}
    hints: ClassVar = {"category": N_("Empty: the whole site. Categories below it are included.")}
    role = forms.ChoiceField()
    site = forms.ChoiceField(required=False)
    category = forms.IntegerField(required=False, min_value=1)

    def __init__(self, texts: Texts, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's own
        super().__init__(texts, *args, **kwargs)
        roles = [(role.value, texts.gettext(ROLE_NAMES[role])) for role in Role]
        sites = [("", texts.gettext(N_("All sites"))), *((name, name) for name in site_names())]
        self.fields["role"].choices = roles  # type: ignore[attr-defined]  # a ChoiceField's
        self.fields["site"].choices = sites  # type: ignore[attr-defined]  # same

    def clean(self) -> dict[str, Any]:
        """Check that a category is one of a site."""
        cleaned = super().clean() or {}
        category, site = cleaned.get("category"), cleaned.get("site")
        if category is None:
            return cleaned
        if not site:
            self.add_error("site", self.texts.gettext(N_("A category is one of a site: choose the site.")))
        elif not CountedCategory.objects.filter(site=site, category=category).exists():
            self.add_error("category", self.texts.gettext(N_("This site has no such category.")))
        return cleaned


def list_accounts(request: HttpRequest) -> HttpResponse:
    """List everybody."""
    rows = Account.objects.order_by("username").prefetch_related("rights")
    return render(request, "maintien/accounts.html", {"page": page_of(rows, request.GET)})


def new_account(request: HttpRequest) -> HttpResponse:
    """Make an account, with its first right and a one-time link."""
    asked = cast("PageRequest", request)
    data = request.POST if request.method == "POST" else None
    form, right = AccountForm(asked.texts, data), RightForm(asked.texts, data)
    if data is not None and form.is_valid() and right.is_valid():
        with transaction.atomic():
            account = Account.objects.create_account(
                form.cleaned_data["username"], name=form.cleaned_data["name"]
            )
            account.moodle_username = form.cleaned_data["moodle_username"]
            account.save()
            _add_right(account, right)
            audit.note(asked, "account_made", whose=account.username, right=_described(right))
        return _show(asked, account, link=make_link(account))
    return render(request, "maintien/account_new.html", {"form": form, "right": right})


def show_account(request: HttpRequest, number: int) -> HttpResponse:
    """Show an account; POST changes its names."""
    asked = cast("PageRequest", request)
    account = _require(number)
    if request.method == "POST":
        account.name = request.POST.get("name", "")[:200]
        account.moodle_username = request.POST.get("moodle_username", "")[:100]
        account.save()
        audit.note(asked, "account_changed", whose=account.username)
        messages.success(request, asked.texts.gettext(N_("Saved.")))
        return redirect("account", number=account.pk)
    return _show(asked, account)


def new_link(request: HttpRequest, number: int) -> HttpResponse:
    """Make a new one-time link; it is shown once."""
    asked = cast("PageRequest", request)
    account = _require(number)
    audit.note(asked, "link_made", whose=account.username)
    return _show(asked, account, link=make_link(account))


def change_right(request: HttpRequest, number: int) -> HttpResponse:
    """Give a right, or take one."""
    asked = cast("PageRequest", request)
    account = _require(number)
    taken = request.POST.get("take", "")
    if taken.isdecimal():
        right = account.rights.filter(pk=int(taken)).first()
        if right is None or _is_own_last(asked, account, right):
            messages.error(
                request,
                asked.texts.gettext(N_("You can’t take your own right to administer the application.")),
            )
        else:
            audit.note(asked, "right_taken", whose=account.username, right=str(right))
            right.delete()
        return redirect("account", number=account.pk)
    form = RightForm(asked.texts, request.POST)
    if not form.is_valid():
        return _show(asked, account, right=form)
    _add_right(account, form)
    audit.note(asked, "right_given", whose=account.username, right=_described(form))
    return redirect("account", number=account.pk)


def change_active(request: HttpRequest, number: int) -> HttpResponse:
    """Bar an account, or let it in again."""
    asked = cast("PageRequest", request)
    account = _require(number)
    if account == account_of(asked):
        messages.error(request, asked.texts.gettext(N_("You can’t bar your own account.")))
        return redirect("account", number=account.pk)
    account.is_active = not account.is_active
    account.save()
    OneTimeLink.of_account(account).delete()
    audit.note(asked, "account_let_in" if account.is_active else "account_barred", whose=account.username)
    return redirect("account", number=account.pk)


def _show(
    request: PageRequest, account: Account, *, link: str = "", right: RightForm | None = None
) -> HttpResponse:
    address = request.build_absolute_uri(reverse("one-time-link", args=[link])) if link else ""
    context = {
        "whose": account,
        "rights": [
            {
                "pk": each.pk,
                "role_text": request.texts.gettext(ROLE_NAMES[Role(each.role)]),
                "site": each.site,
                "category": each.category,
            }
            for each in account.rights.order_by("id")
        ],
        "right": right or RightForm(request.texts),
        "link": address,
        "is_own": account == request.account,
    }
    return render(request, "maintien/account.html", context)


def _require(number: int) -> Account:
    account = Account.objects.filter(pk=number).first()
    if account is None:
        raise Http404
    return account


def _add_right(account: Account, form: RightForm) -> None:
    values = form.cleaned_data
    Right.objects.get_or_create(
        account=account, role=values["role"], site=values["site"], category=values["category"]
    )


def _described(form: RightForm) -> str:
    values = form.cleaned_data
    return str(Right(role=values["role"], site=values["site"], category=values["category"]))


def _is_own_last(request: PageRequest, account: Account, right: Right) -> bool:
    is_own = account == request.account and right.role == Role.ADMINISTRATOR.value
    return is_own and right.site == "" and right.category is None
