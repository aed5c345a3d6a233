"""The sites, and a site's own settings here."""

from dataclasses import dataclass
from datetime import tzinfo
from typing import ClassVar, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from maintien.messages import N_
from maintien.web import audit
from maintien.web.forms import TranslatedForm
from maintien.web.models import CountedSite
from maintien.web.requests import PageRequest
from maintien.web.rights.roles import Permission
from maintien.web.sites import require_site, sites_to_see, zone_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedSite:
    """A site as the list shows it."""

    name: str
    counted: CountedSite | None
    zone: tzinfo
    sees_everything: bool
    """Whether the sums over the whole site are for this reader."""


def list_sites(request: HttpRequest) -> HttpResponse:
    """List the sites that the reader may see; a single one is shown at once."""
    asked = cast("PageRequest", request)
    names = sites_to_see(asked.access)
    counted = {row.site: row for row in CountedSite.objects.filter(site__in=names)}
    listed = [
        ListedSite(
            name=name,
            counted=counted.get(name),
            zone=zone_of(name),
            sees_everything=asked.access.scope(Permission.SEE, name).everywhere,
        )
        for name in names
    ]
    return render(request, "maintien/sites.html", {"sites": listed})


class SiteForm(TranslatedForm):
    """A site's own settings."""

    labels: ClassVar = {"needs_four_eyes": N_("Plans have to be approved by a second person")}
    needs_four_eyes = forms.BooleanField(required=False)


def site_settings(request: HttpRequest, site: str) -> HttpResponse:
    """Change a site's settings."""
    asked = cast("PageRequest", request)
    known = require_site(site)
    form = SiteForm(
        asked.texts,
        request.POST if request.method == "POST" else None,
        initial={"needs_four_eyes": known.needs_four_eyes},
    )
    if request.method == "POST" and form.is_valid():
        known.needs_four_eyes = form.cleaned_data["needs_four_eyes"]
        known.save()
        audit.note(asked, "site_changed", site=site, needs_four_eyes=known.needs_four_eyes)
        messages.success(request, asked.texts.gettext(N_("Saved.")))
        return redirect("site-settings", site=site)
    return render(
        request, "maintien/site_settings.html", {"site": site, "form": form, "site_tab": "settings"}
    )
