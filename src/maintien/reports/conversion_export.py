"""What stands above the tables of a conversion, a rescue or an edit, previewed or made just now."""

from collections.abc import Mapping
from typing import Final

from maintien.messages import N_
from maintien.planning.policy import EndDatePolicy, RescuePolicy, UnenrolPolicy
from maintien.reports.conversion import ConversionReport
from maintien.reports.filter_facts import CONTAINING
from maintien.reports.language import Texts
from maintien.reports.tables import Heading

_CONVERSION: Final = (N_("Preview of a conversion"), N_("Conversion"))
_TITLES: Final[Mapping[type, tuple[str, str]]] = {
    RescuePolicy: (N_("Preview of a rescue"), N_("Rescue")),
    EndDatePolicy: (N_("Preview of changed manual enrolments"), N_("Changed manual enrolments")),
    UnenrolPolicy: (N_("Preview of removed manual enrolments"), N_("Removed manual enrolments")),
}
"""Before and after it is written, by what the policy asks for."""


def conversion_heading(texts: Texts, report: ConversionReport, *, names_people: bool) -> Heading:
    """Say what is done to courses, and what it comes to as far as it has got.

    Without ``names_people`` it leaves out a filter's words, which may be somebody's name.
    """
    header, counts = report.header, report.totals.counts
    left_out = set() if names_people else {texts.gettext(CONTAINING)}
    facts = [(label, fact.plain) for label, fact in report.screen({}).facts(texts) if label not in left_out]
    facts.append((texts.gettext("Courses"), texts.number(report.totals.courses)))
    numbers = [
        (texts.gettext("New enrolments"), counts.enrolments_added),
        (texts.gettext("Changed enrolments"), counts.enrolments_changed),
        (texts.gettext("Removed enrolments"), counts.enrolments_removed),
        (texts.gettext("Left alone"), counts.people_left_alone),
    ]
    facts += [(label, texts.number(number)) for label, number in numbers if number]
    preview, written = _TITLES.get(type(header.policy), _CONVERSION)
    return Heading(texts.gettext(written if header.written else preview), facts)
