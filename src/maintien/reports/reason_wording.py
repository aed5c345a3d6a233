"""The words for why a person is left alone."""

from datetime import tzinfo
from typing import Final

from maintien.messages import N_
from maintien.planning.left_alone import (
    AccountInDoubt,
    AlreadySo,
    ChangedSince,
    DeletedAccount,
    EndsEarlierAlready,
    EndsLaterAlready,
    ExcludedPerson,
    FeedUnknown,
    HadNoAccess,
    HasAccess,
    InOtherManualInstance,
    LastEnrolment,
    ManualEnrolmentKeepsItsEnd,
    ManualEnrolmentSuffices,
    ManualMethodUnavailable,
    MethodGone,
    MethodNotAskedFor,
    NoManualEnrolment,
    NoRole,
    NotEnded,
    NotFoundAgain,
    NotLetInAutomatically,
    OverSince,
    Reason,
    RoleNotAskedFor,
    StartsAfterEndDate,
    StillEnrolled,
    StillListed,
    SuspendedAccount,
    SuspendedEnrolment,
    SuspendedManualEnrolment,
    TakenByPerson,
    TakenEarlier,
    TakenUnreadably,
)
from maintien.reports.changed_since import row_name, values_text
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
    StillListed: N_("still listed by the feed"),
    FeedUnknown: N_("feed that can't be read"),
    ExcludedPerson: N_("excluded by a decision"),
    ChangedSince: N_("changed since the run"),
    MethodGone: N_("enrolment method that is gone from the course"),
    HasAccess: N_("access all the same"),
    HadNoAccess: N_("nothing lost that gave access"),
    OverSince: N_("enrolment that would be over by now"),
    TakenByPerson: N_("access taken by a person, not by a sync"),
    TakenUnreadably: N_("log entry that can't be read"),
    NoManualEnrolment: N_("no manual enrolment"),
    InOtherManualInstance: N_("in another method Manual enrolments of the course"),
    AlreadySo: N_("so already"),
    EndsLaterAlready: N_("manual enrolment that ends no earlier"),
    EndsEarlierAlready: N_("manual enrolment that ends no later"),
    NotEnded: N_("manual enrolment that is not over"),
    NotLetInAutomatically: N_("not enrolled automatically too"),
    LastEnrolment: N_("last enrolment in the course"),
    TakenEarlier: N_("enrolment that went before the time asked for"),
    StillEnrolled: N_("enrolment that is still there, without access"),
    NotFoundAgain: N_("person of the archive without an account here"),
    AccountInDoubt: N_("account that may be somebody else's"),
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
    StillListed: N_("The feed still lists the person ({detail}): the next sync would enrol them again."),
    FeedUnknown: N_(
        "Whether the feed still lists the person is unknown ({detail}); --feed-is-gone says that it does not."
    ),
    ExcludedPerson: N_("Somebody decided to leave this person alone; the campaign file says who and why."),
    MethodGone: N_("The enrolment method that it came from is no longer in the course."),
    ChangedSince: N_("Somebody changed it since the run, so it stays as it is: {detail}."),
    HasAccess: N_("Has access to the course all the same."),
    HadNoAccess: N_(
        "What was taken gave no access: it was suspended, over or not begun, or its method is disabled."
    ),
    OverSince: N_("The enrolment would be over by now ({detail})."),
    TakenByPerson: N_(
        "A person took the access away, not a sync ({detail}); --also-by-people gives it back too."
    ),
    TakenUnreadably: N_("The log says that the person was unenrolled, and not how: it can't be read."),
    NoManualEnrolment: N_("Has no manual enrolment in the course."),
    InOtherManualInstance: N_(
        "Is enrolled in another method Manual enrolments of the course than the one that is edited."
    ),
    AlreadySo: N_("The manual enrolment is so already (end: {detail})."),
    EndsLaterAlready: N_("The manual enrolment ends no earlier ({detail}), and --only-later was given."),
    EndsEarlierAlready: N_("The manual enrolment ends no later ({detail}), and --only-earlier was given."),
    NotEnded: N_("The manual enrolment is not over (end: {detail})."),
    NotLetInAutomatically: N_("No automatic method lets the person into the course as well."),
    LastEnrolment: N_(
        "It is the last enrolment in the course, with which roles and groups would go; --even-last removes it"
        " too."
    ),
    TakenEarlier: N_("The enrolment that the archive tells of went before the time asked for ({detail})."),
    StillEnrolled: N_(
        "The enrolment is still there and gives no access: it was suspended at another time, has other dates,"
        " or its method is disabled."
    ),
    NotFoundAgain: N_("Nobody on the site can be told to be this person of the archive."),
    AccountInDoubt: N_("The account may be that of this person of the archive, or somebody else's."),
}


def reason_label(texts: Texts, reason: type[Reason]) -> str:
    """Name a kind of reason in a few words, for counts."""
    return texts.gettext(LABELS[reason])


def reason_detail(texts: Texts, reason: Reason, zone: tzinfo) -> str:  # noqa: PLR0911 -- one a detail
    """Say in a word or two what is particular to one person; empty where nothing is."""
    match reason:
        case MethodNotAskedFor(methods=methods) | StillListed(methods=methods) | FeedUnknown(methods=methods):
            return method_names(texts, methods)
        case RoleNotAskedFor(roles=roles):
            return texts.join(printable(role) for role in roles)
        case (
            ManualEnrolmentSuffices(ends_at=ends_at)
            | ManualEnrolmentKeepsItsEnd(ends_at=ends_at)
            | OverSince(ends_at=ends_at)
            | AlreadySo(ends_at=ends_at)
            | EndsLaterAlready(ends_at=ends_at)
            | EndsEarlierAlready(ends_at=ends_at)
            | NotEnded(ends_at=ends_at)
        ):
            return texts.end_date(ends_at, zone)
        case StartsAfterEndDate(starts_at=starts_at):
            return texts.start_date(starts_at, zone)
        case TakenByPerson(taken_at=taken_at, by=by):
            date = texts.date_time(taken_at, zone)
            return texts.gettext("{date}, by account {id}").format(date=date, id=by)
        case TakenEarlier(taken_at=taken_at):
            return texts.date_time(taken_at, zone)
        case ChangedSince():
            return _both_values(texts, reason, zone)
        case _:
            return ""


def reason_text(texts: Texts, reason: Reason, zone: tzinfo) -> str:
    """Say why a person is left alone, in a sentence."""
    detail = reason_detail(texts, reason, zone)
    return texts.gettext(SENTENCES[type(reason)]).format(detail=detail)


def _both_values(texts: Texts, reason: ChangedSince, zone: tzinfo) -> str:
    row, found = row_name(texts, reason.row), values_text(texts, reason, reason.found, zone)
    if not reason.ours:
        return f"{row}, {found}"
    ours = values_text(texts, reason, reason.ours, zone)
    return texts.gettext("{row}, {found} instead of {ours}").format(row=row, found=found, ours=ours)
