"""Editing selected user enrolments: of whom, and what becomes of them; the plan goes the way of any other."""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, Final, cast

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from maintien.bootstrap import Session
from maintien.enrolments.participants import by_name
from maintien.enrolments.people import Person
from maintien.errors.tree import UsageError
from maintien.messages import N_
from maintien.moodle.dates import parse_end_date, parse_first_moment
from maintien.reports.safe_text import printable
from maintien.reports.wording import error_text
from maintien.uses.participant_filters import make_filter
from maintien.uses.policies import Terms
from maintien.web.forms import TranslatedForm
from maintien.web.requested import ACTIVATE, SUSPEND, EndDateRequested, PeopleAsked
from maintien.web.requests import PageRequest
from maintien.web.rights.roles import Permission
from maintien.web.sites import open_site_session, require_site
from maintien.web.views.courses import require_course
from maintien.web.views.new_plans import prepare_plan
from maintien.web.views.participants import find_course, read_filters

_MOST_TICKED: Final = 1_000
"""People named one by one; a page of the list has far fewer."""
_SHOWN: Final = 10
_DATE: Final = forms.DateInput(attrs={"type": "date"})


class EndDateForm(TranslatedForm):
    """What becomes of the enrolments."""

    labels: ClassVar = {
        "until": N_("End date"),
        "is_unlimited": N_("No end date"),
        "start": N_("Start date"),
        "change_status": N_("Status"),
    }
    hints: ClassVar = {
        "until": N_(
            "Access lasts to the end of this day, in the site’s time zone. Empty: it stays as it is."
        ),
        "start": N_("From the beginning of this day. Empty: it stays as it is."),
    }
    until = forms.CharField(max_length=40, required=False, widget=_DATE)
    is_unlimited = forms.BooleanField(required=False)
    start = forms.CharField(max_length=40, required=False, widget=_DATE)
    change_status = forms.ChoiceField(required=False)

    def __init__(self, terms: Terms, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's own
        super().__init__(*args, **kwargs)
        self.terms = terms
        gettext = self.texts.gettext
        self.fields["change_status"].choices = [  # type: ignore[attr-defined]  # a choice
            ("", gettext(N_("no change"))),
            (ACTIVATE, gettext(N_("active"))),
            (SUSPEND, gettext(N_("suspended"))),
        ]

    def clean_until(self) -> str:
        """Check the end date; as in Moodle, one that has passed is taken, and the preview warns of it."""
        self._end(self.cleaned_data["until"])
        return str(self.cleaned_data["until"])

    def clean_start(self) -> str:
        """Check the start date."""
        self._start(self.cleaned_data["start"])
        return str(self.cleaned_data["start"])

    def clean(self) -> dict[str, Any]:
        """Check that the dates go together, and that anything changes at all."""
        cleaned = super().clean() or {}
        gettext, until, start = self.texts.gettext, cleaned.get("until", ""), cleaned.get("start", "")
        if until and cleaned.get("is_unlimited"):
            self.add_error("is_unlimited", gettext(N_("Give an end date or none, not both.")))
        elif until and start and (self._end(until) or 0) <= (self._start(start) or 0):
            self.add_error("until", gettext(N_("This is before the start date.")))
        changes = ("until", "is_unlimited", "start", "change_status")
        if not self.errors and not any(cleaned.get(name) for name in changes):
            sentence = N_("Nothing changes yet: give an end date, a start date or a status.")
            self.add_error(None, gettext(sentence))
        return cleaned

    def _end(self, text: str) -> int | None:
        return self._read(
            text, partial(parse_end_date, zone=self.terms.zone, now=self.terms.now, may_be_past=True)
        )

    def _start(self, text: str) -> int | None:
        return self._read(text, partial(parse_first_moment, zone=self.terms.zone))

    def _read(self, text: str, parse: Callable[[str], int]) -> int | None:
        try:
            return parse(text) if text else None
        except UsageError as error:
            raise forms.ValidationError(error_text(self.texts, error)) from error


def edit_end_dates(request: HttpRequest, site: str, course: int) -> HttpResponse:
    """Ask what becomes of the enrolments of the people selected. POST has a worker prepare the plan."""
    asked = cast("PageRequest", request)
    require_site(site)
    row = require_course(site, course, asked.access.scope(Permission.PREPARE, site))
    query = request.POST if request.method == "POST" else request.GET
    whom = _whom(query)
    with open_site_session(site) as session:
        terms = Terms(config=session.config, zone=session.zone, now=session.clock())
        people = [] if whom is None else _people(session, terms, course, whom)
    form = EndDateForm(terms, asked.texts, request.POST if request.method == "POST" else None)
    if whom is not None and people and form.is_valid():
        requested = EndDateRequested(courses=(course,), whom=whom, **form.cleaned_data)
        return redirect("plan", site=site, plan=prepare_plan(asked, site, requested).pk)
    context = {
        "site": site,
        "site_tab": "courses",
        "zone": terms.zone,
        "course": row,
        "form": form,
        "number": len(people),
        "first": [printable(person.fullname) for person in people[:_SHOWN]],
        "more": max(0, len(people) - _SHOWN),
        "filters": read_filters(query).filters.items(),
        "everyone": "everyone" in query,
        "ticked": () if whom is None else whom.people,
    }
    return render(request, "maintien/end_date_new.html", context)


def _whom(query: QueryDict) -> PeopleAsked | None:
    """Read of whom: everybody whom the filters select, or those ticked; None for nobody."""
    if "everyone" in query:
        return read_filters(query)
    words = query.getlist("person")[:_MOST_TICKED]
    ticked = {int(word[:18]) for word in words if word.isascii() and word.isdecimal()}
    return PeopleAsked(people=tuple(sorted(ticked))) if ticked else None


def _people(session: Session, terms: Terms, course: int, whom: PeopleAsked) -> list[Person]:
    """Find those of them who are enrolled in the course; whoever else a form names is nobody here."""
    known = find_course(session, course)
    wanted = make_filter(whom.request, session.site, [known.id], terms)
    selected = session.site.find_participants([known], wanted, terms.now).get(known.id, frozenset())
    return sorted(session.site.read_people(selected).values(), key=by_name)
