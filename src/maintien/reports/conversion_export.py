"""What stands above the tables of a conversion or a rescue, previewed or made just now."""

from maintien.reports.conversion import ConversionReport
from maintien.reports.language import Texts
from maintien.reports.tables import Heading


def conversion_heading(texts: Texts, report: ConversionReport) -> Heading:
    """Say what a conversion or a rescue is, and what it comes to as far as it has got; names nobody."""
    header, counts = report.header, report.totals.counts
    facts = [(label, fact.plain) for label, fact in report.screen({}).facts(texts)]
    facts += [
        (texts.gettext("Courses"), texts.number(report.totals.courses)),
        (texts.gettext("New enrolments"), texts.number(counts.enrolments_added)),
        (texts.gettext("Changed enrolments"), texts.number(counts.enrolments_changed)),
        (texts.gettext("Left alone"), texts.number(counts.people_left_alone)),
    ]
    return Heading(_title(texts, is_rescue=header.is_rescue, is_written=header.written), facts)


def _title(texts: Texts, *, is_rescue: bool, is_written: bool) -> str:
    if is_rescue:
        return texts.gettext("Rescue") if is_written else texts.gettext("Preview of a rescue")
    return texts.gettext("Conversion") if is_written else texts.gettext("Preview of a conversion")
