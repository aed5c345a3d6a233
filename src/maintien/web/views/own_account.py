"""What people change of their own account: the password, with the old one."""

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import messages
from django.contrib.auth import authenticate, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters

from maintien.messages import N_
from maintien.web import audit
from maintien.web.models import OneTimeLink
from maintien.web.requests import PageRequest, account_of
from maintien.web.views.signing_in import LONGEST_PASSWORD, NewPasswordForm


class ChangePasswordForm(NewPasswordForm):
    """The old password, and a new one twice."""

    labels: ClassVar = {"old": N_("Present password"), **NewPasswordForm.labels}
    old = forms.CharField(
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's own
        super().__init__(*args, **kwargs)
        self.request = request
        self.order_fields(["old", "password", "again"])

    def clean(self) -> dict[str, Any]:
        """Check the new password first, so that a slip in it costs none of the attempts at the old one."""
        cleaned = super().clean()
        if self.errors:
            return cleaned
        known = authenticate(
            self.request, username=self.account.get_username(), password=cleaned.get("old", "")
        )
        if known != self.account:
            self.add_error("old", self.texts.gettext(N_("This is not your present password.")))
        return cleaned


@sensitive_post_parameters("old", "password", "again")
def own_account(request: HttpRequest) -> HttpResponse:
    """Show who has signed in, and change the password."""
    asked = cast("PageRequest", request)
    account = account_of(asked)
    if not account.has_usable_password():
        return render(request, "maintien/own_account.html", {"form": None})
    data = request.POST if request.method == "POST" else None
    form = ChangePasswordForm(request, account, asked.texts, data)
    if request.method == "POST" and form.is_valid():
        account.set_password(form.cleaned_data["password"])
        account.save(update_fields=["password"])
        OneTimeLink.of_account(account).delete()
        # This session goes on; the account's others end.
        update_session_auth_hash(request, account)
        audit.note(asked, "password_changed")
        messages.success(request, asked.texts.gettext(N_("Your password is changed.")))
        return redirect("own-account")
    if "old" in form.errors:
        audit.note(asked, "password_refused")
    return render(request, "maintien/own_account.html", {"form": form})
