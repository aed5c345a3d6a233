"""What is asked to be done to manual enrolments, and whose, as facts above a result."""

from collections.abc import Iterator

from rich.text import Text

from maintien.messages import N_
from maintien.moodle.values import EnrolmentStatus
from maintien.planning.policy import EndDatePolicy, OnlyIf, UnenrolPolicy
from maintien.reports.conversion_document import ConversionHeader
from maintien.reports.filter_facts import filter_facts
from maintien.reports.language import Texts
from maintien.reports.safe_text import plain

_STATUSES = {
    EnrolmentStatus.ACTIVE: N_("active"),
    EnrolmentStatus.SUSPENDED: N_("suspended"),
}
_ONLY_IF = {
    OnlyIf.LATER: N_("people whose enrolment ends earlier now"),
    OnlyIf.EARLIER: N_("people whose enrolment ends later now"),
}


def end_date_facts(
    texts: Texts, policy: EndDatePolicy, header: ConversionHeader
) -> Iterator[tuple[str, Text]]:
    """Say what becomes of manual enrolments, and of whose."""
    if policy.ends_at is not None:
        yield texts.gettext("End date"), plain(texts.end_date(policy.ends_at, header.zone))
    if policy.starts_at is not None:
        yield texts.gettext("Start date"), plain(texts.start_date(policy.starts_at, header.zone))
    if policy.status is not None:
        yield texts.gettext("Status"), plain(texts.gettext(_STATUSES[policy.status]))
    yield from filter_facts(texts, policy.whom, header.zone, header.role_names)
    if policy.only_if is not None:
        yield texts.gettext("Only"), plain(texts.gettext(_ONLY_IF[policy.only_if]))


def unenrol_facts(
    texts: Texts, policy: UnenrolPolicy, header: ConversionHeader
) -> Iterator[tuple[str, Text]]:
    """Say whose manual enrolments are removed."""
    yield from filter_facts(texts, policy.whom, header.zone, header.role_names)
    if policy.only_ended:
        yield texts.gettext("Only"), plain(texts.gettext("manual enrolments that are over"))
    if policy.only_automatic_too:
        yield texts.gettext("Only"), plain(texts.gettext("people whom an automatic method lets in too"))
    if policy.even_last:
        yield texts.gettext("Also"), plain(texts.gettext("the last enrolment in the course"))
