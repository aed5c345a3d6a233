"""The words for why a person is left alone."""

from datetime import tzinfo
from typing import Final

from maintien.messages import N_
from maintien.planning.left_alone import (
    DeletedAccount,
    ManualEnrolmentKeepsItsEnd,
    ManualEnrolmentSuffices,
    ManualMethodUnavailable,
    MethodNotAskedFor,
    NoRole,
    Reason,
    RoleNotAskedFor,
    StartsAfterEndDate,
    SuspendedAccount,
    SuspendedEnrolment,
    SuspendedManualEnrolment,
)
from maintien.reports.language import Texts
from maintien.reports.safe_text import printable
from maintien.reports.wording import method_names

LABELS: Final[dict[type[Reason], str]] = {
    DeletedAccount: N_("deleted account"),
    SuspendedAccount: N_("account suspended on the whole site"),
    SuspendedEnrolment: N_("suspended enrolment"),
    MethodNotAskedFor: N_("enrolled by other methods only"),
    NoRole: N_("no role in the course"),
    RoleNotAskedFor: N_("other roles only"),
    SuspendedManualEnrolment: N_("manual enrolment suspended by somebody"),
    ManualEnrolmentSuffices: N_("manual enrolment that suffices already"),
    ManualEnrolmentKeepsItsEnd: N_("manual enrolment that keeps its end date"),
    StartsAfterEndDate: N_("enrolment that begins after the end date"),
    ManualMethodUnavailable: N_("course that takes no manual enrolments now"),
}

SENTENCES: Final[dict[type[Reason], str]] = {
    DeletedAccount: N_("The account is deleted."),
    SuspendedAccount: N_("The account is suspended on the whole site."),
    SuspendedEnrolment: N_(
        "The automatic enrolment is suspended, or its method is disabled in the course;"
        " --include-suspended takes it too."
    ),
    MethodNotAskedFor: N_("Enrolled by other methods only: {detail}."),
    NoRole: N_("Has no role in the course."),
    RoleNotAskedFor: N_("Has other roles only: {detail}."),
    SuspendedManualEnrolment: N_("Somebody suspended the manual enrolment; it is not revived."),
    ManualEnrolmentSuffices: N_("Has a manual enrolment that suffices already (end: {detail})."),
    ManualEnrolmentKeepsItsEnd: N_(
        "Has a manual enrolment that keeps its end date ({detail}): a conversion makes none unlimited."
    ),
    StartsAfterEndDate: N_("The enrolment begins after the end date ({detail})."),
    ManualMethodUnavailable: N_("The course takes no manual enrolments now; its obstacle says why."),
}


def reason_label(texts: Texts, reason: type[Reason]) -> str:
    """Name a kind of reason in a few words, for counts."""
    return texts.gettext(LABELS[reason])


def reason_detail(texts: Texts, reason: Reason, zone: tzinfo) -> str:
    """Say in a word or two what is particular to one person; empty where nothing is."""
    match reason:
        case MethodNotAskedFor(methods=methods):
            return method_names(texts, methods)
        case RoleNotAskedFor(roles=roles):
            return texts.join(printable(role) for role in roles)
        case ManualEnrolmentSuffices(ends_at=ends_at) | ManualEnrolmentKeepsItsEnd(ends_at=ends_at):
            return texts.end_date(ends_at, zone)
        case StartsAfterEndDate(starts_at=starts_at):
            return texts.start_date(starts_at, zone)
        case _:
            return ""


def reason_text(texts: Texts, reason: Reason, zone: tzinfo) -> str:
    """Say why a person is left alone, in a sentence."""
    detail = reason_detail(texts, reason, zone)
    return texts.gettext(SENTENCES[type(reason)]).format(detail=detail)
