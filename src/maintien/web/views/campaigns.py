"""Maintaining access by a campaign file: uploaded or pasted, checked, and prepared as one plan."""

from typing import ClassVar, cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from maintien.errors.campaigns import CampaignElsewhere, CampaignWithoutCourse
from maintien.errors.tree import UsageError
from maintien.messages import N_
from maintien.reports.language import Texts
from maintien.reports.wording import error_text
from maintien.web.campaigns import CampaignFaults, check_campaign, match_asked
from maintien.web.forms import TranslatedForm
from maintien.web.requested import CampaignRequested
from maintien.web.requests import PageRequest
from maintien.web.rights.access import Scope
from maintien.web.rights.roles import Permission
from maintien.web.sites import open_site_session, require_site
from maintien.web.uploads import LARGEST_CAMPAIGN
from maintien.web.views.courses import courses_within
from maintien.web.views.new_plans import prepare_plan

_USUAL_NAME = "campaign.toml"


class CampaignForm(TranslatedForm):
    """A campaign file, as a file or as text."""

    labels: ClassVar = {
        "file": N_("Campaign file"),
        "text": N_("Or its text"),
        "even_if_many": N_("Go on also where more people are converted than the file allows"),
        "backup": N_("Write a backup archive of each course first"),
    }
    hints: ClassVar = {
        "text": N_("In TOML, as “maintien campaign” takes it. Where a file is chosen, the file counts."),
    }
    file = forms.FileField(required=False)
    text = forms.CharField(
        required=False,
        max_length=LARGEST_CAMPAIGN,
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "false"}),
    )
    even_if_many = forms.BooleanField(required=False)
    backup = forms.BooleanField(required=False)

    def clean(self) -> dict[str, object]:
        """Read the file, where there is one."""
        values = self.cleaned_data
        file = values.get("file")
        if file:
            try:
                values["text"] = file.read(LARGEST_CAMPAIGN).decode("utf-8-sig")
            except UnicodeDecodeError:
                sentence = self.texts.gettext(N_("This is not a text in UTF-8."))
                raise forms.ValidationError(sentence) from None
        elif not values.get("text"):
            raise forms.ValidationError(self.texts.gettext(N_("Choose a campaign file, or paste its text.")))
        return values

    @property
    def name(self) -> str:
        """The file's name, for messages."""
        file = self.cleaned_data.get("file")
        return str(file.name) if file else _USUAL_NAME


def new_campaign(request: HttpRequest, site: str) -> HttpResponse:
    """Ask for a campaign file. POST checks it, tells what is wrong, or has a worker prepare the plan."""
    asked = cast("PageRequest", request)
    require_site(site)
    form, faults = CampaignForm(asked.texts), list[str]()
    if request.method == "POST":
        form = CampaignForm(asked.texts, request.POST, request.FILES)
        if form.is_valid():
            try:
                requested = _check(asked, site, form)
            except (UsageError, CampaignFaults) as error:
                faults = _sentences(asked.texts, error)
            else:
                return redirect("plan", site=site, plan=prepare_plan(asked, site, requested).pk)
    context = {"site": site, "site_tab": "plans", "form": form, "faults": faults}
    return render(request, "maintien/campaign_new.html", context)


def _check(request: PageRequest, site: str, form: CampaignForm) -> CampaignRequested:
    with open_site_session(site) as session:
        checked = check_campaign(session, form.name, form.cleaned_data["text"])
        courses = tuple(sorted(match_asked(session, checked).matching.rule_of))
    scope = request.access.scope(Permission.PREPARE, site)
    _require_within(scope, site, checked.campaign.name, courses)
    values = form.cleaned_data
    return CampaignRequested(
        courses=courses,
        name=form.name,
        text=values["text"],
        even_if_many=values["even_if_many"],
        backup=values["backup"],
    )


def _require_within(scope: Scope, site: str, campaign: str, courses: tuple[int, ...]) -> None:
    """Check that every course of a campaign lies where the reader may prepare plans."""
    if not courses:
        raise CampaignWithoutCourse(campaign=campaign)
    if scope.everywhere:
        return
    outside = len(courses) - courses_within(site, scope).filter(course__in=courses).count()
    if outside:
        raise CampaignElsewhere(campaign=campaign, courses=outside)


def _sentences(texts: Texts, error: UsageError | CampaignFaults) -> list[str]:
    faults = error.faults if isinstance(error, CampaignFaults) else (error,)
    return [error_text(texts, fault) for fault in faults]
