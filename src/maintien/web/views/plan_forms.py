"""The forms of plans: until when, for whom, and what else the person decides."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from django import forms

from maintien.bootstrap import Session
from maintien.errors.selection import SinceAfterTo, SinceInTheFuture
from maintien.errors.tree import UsageError
from maintien.messages import N_
from maintien.moodle.dates import parse_end_date
from maintien.moodle.values import AUTOMATIC_METHODS
from maintien.reports.language import Texts
from maintien.reports.wording import METHOD_NAMES, error_text, method_name
from maintien.uses.policies import Terms, make_rescue_policy
from maintien.uses.rescue_request import RescueRequest
from maintien.web.forms import TranslatedForm
from maintien.web.requested import Requested, RescueRequested

_MANUAL: Final = "manual"


class PlanForm(TranslatedForm):
    """Until when, and for whom."""

    labels: ClassVar[Mapping[str, str]] = {
        "until": N_("Last day of access"),
        "roles": N_("Roles"),
        "methods": N_("Enrolment methods"),
        "keep_groups": N_("Keep memberships of groups"),
        "enable_manual": N_("Enable manual enrolments where they are disabled"),
        "backup": N_("Write a backup archive of each course first"),
    }
    hints: ClassVar[Mapping[str, str]] = {
        "until": N_("Access lasts to the end of this day, in the site’s time zone."),
        "roles": N_("People who have one of these roles in the course. Usually students only."),
        "backup": N_("With enrolments, roles and groups, to download afterwards. It holds personal data."),
    }
    until = forms.CharField(max_length=40, widget=forms.DateInput(attrs={"type": "date"}))
    methods = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, required=False)
    roles = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)
    keep_groups = forms.BooleanField(required=False)
    enable_manual = forms.BooleanField(required=False)
    backup = forms.BooleanField(required=False)

    def __init__(self, session: Session, texts: Texts, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's own
        kwargs.setdefault("initial", {})
        kwargs["initial"] |= {
            "roles": ["student"],
            "methods": sorted(AUTOMATIC_METHODS),
            "keep_groups": True,
        }
        super().__init__(texts, *args, **kwargs)
        self.terms = Terms(config=session.config, zone=session.zone, now=session.clock())
        self._offer("roles", {role: role for role in sorted(session.config.roles)})
        self._offer("methods", method_choices(texts))

    def clean_until(self) -> str:
        """Check the date as the command line does."""
        until: str = self.cleaned_data["until"]
        try:
            parse_end_date(until, self.terms.zone, self.terms.now, may_be_past=False)
        except UsageError as error:
            raise forms.ValidationError(error_text(self.texts, error)) from error
        return until

    def _offer(self, name: str, choices: Mapping[str, str]) -> None:
        self.fields[name].choices = list(choices.items())  # type: ignore[attr-defined]  # a choice


class MaintainForm(PlanForm):
    """Until when access is maintained, and for whom."""

    labels: ClassVar = {**PlanForm.labels, "include_suspended": N_("Suspended enrolments too")}
    include_suspended = forms.BooleanField(required=False)
    field_order = ("until", "roles", "methods", "include_suspended", "keep_groups", "enable_manual", "backup")

    def requested(self, courses: tuple[int, ...]) -> Requested:
        """Put together what was asked for."""
        values = self.cleaned_data
        return Requested(
            courses=courses,
            backup=values["backup"],
            until=values["until"],
            roles=",".join(values["roles"]),
            methods=",".join(values["methods"]),
            include_suspended=values["include_suspended"],
            keep_groups=values["keep_groups"],
            enable_manual=values["enable_manual"],
        )


class RescueForm(PlanForm):
    """When access was taken, until when it is given back, and to whom."""

    labels: ClassVar = {
        **PlanForm.labels,
        "since": N_("Access was taken from"),
        "to": N_("To"),
        "until": N_("Last day of the access given back"),
        "keep_groups": N_("Give memberships of groups back"),
        "also_by_people": N_("Give back too what people took by hand"),
    }
    hints: ClassVar = {
        **PlanForm.hints,
        "since": N_("When the cut began, in the site’s time zone; rather too early than too late."),
        "to": N_("When the cut was over. Leave it empty for now."),
        "methods": N_("Those whose people were cut off."),
        "roles": N_("People who had one of these roles get it back. Usually students only."),
        "also_by_people": N_("Without it these people are listed and left alone."),
    }
    since = forms.CharField(max_length=40, widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    to = forms.CharField(
        max_length=40, required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    also_by_people = forms.BooleanField(required=False)
    field_order = (
        *("since", "to", "until", "roles", "methods"),
        *("keep_groups", "enable_manual", "also_by_people", "backup"),
    )

    def clean(self) -> dict[str, Any]:
        """Check the times as the command line does."""
        values = self.cleaned_data
        if {"since", "to", "until"} <= values.keys():
            request = RescueRequest(since=values["since"], to=values["to"] or None, until=values["until"])
            try:
                make_rescue_policy(request, self.terms)
            except UsageError as error:
                self.add_error(*self._blame(error))
        return values

    def requested(self, courses: tuple[int, ...]) -> RescueRequested:
        """Put together what was asked for."""
        values = self.cleaned_data
        return RescueRequested(
            courses=courses,
            backup=values["backup"],
            since=values["since"],
            to=values["to"],
            until=values["until"],
            roles=",".join(values["roles"]),
            methods=",".join(values["methods"]),
            keep_groups=values["keep_groups"],
            enable_manual=values["enable_manual"],
            also_by_people=values["also_by_people"],
        )

    def _blame(self, error: UsageError) -> tuple[str, str]:
        """Tell which field is wrong, and why, without the command line's options."""
        gettext = self.texts.gettext
        match error:
            case SinceInTheFuture():
                return "since", gettext(
                    "This is still to come: give the day before the cut, or an earlier one."
                )
            case SinceAfterTo():
                return "to", gettext(N_("This is before the beginning."))
            case _:
                return "since", error_text(self.texts, error)


def method_choices(texts: Texts) -> dict[str, str]:
    """Name the enrolment methods that can be converted, the automatic ones first."""
    methods = {method: method_name(texts, method) for method in METHOD_NAMES if method != _MANUAL}
    return dict(sorted(methods.items(), key=lambda item: (item[0] not in AUTOMATIC_METHODS, item[1])))
