"""The words for what the pre-checks find, and what to do about it.

Settings and pages go by the names that Moodle gives them in its language packs.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Final

from maintien.messages import N_
from maintien.moodle.values import UnenrolAction
from maintien.planning.findings import (
    EnablingGivesAccess,
    EndDateIsPast,
    EndDateShortens,
    ExpiryActs,
    ExpiryNotice,
    FeedUnenrolAction,
    Finding,
    ManualInstanceDisabled,
    ManualInstanceFromArchive,
    ManualInstanceMissing,
    ManualInstanceWouldBeDisabled,
    ManualMethodDisabledOnSite,
    OtherRolesGo,
    ParticipantFinding,
    RescueFinding,
    RestoreFinding,
    SyncNotTriggered,
    WelcomeMessage,
)
from maintien.reports.language import Texts
from maintien.reports.participant_finding_wording import PARTICIPANT_REMEDIES, participant_finding_text
from maintien.reports.rescue_finding_wording import RESCUE_REMEDIES, rescue_finding_text
from maintien.reports.restore_finding_wording import RESTORE_REMEDIES, restore_finding_text
from maintien.reports.wording import method_name


class Severity(Enum):
    """How much a finding matters."""

    OBSTACLE = "obstacle"
    WARNING = "warning"
    OK = "ok"


def severity(finding: Finding) -> Severity:
    """Tell how much a finding matters."""
    match finding:
        case ManualMethodDisabledOnSite() | ManualInstanceDisabled() | ManualInstanceWouldBeDisabled():
            return Severity.OBSTACLE
        case ManualInstanceMissing() | FeedUnenrolAction(action=UnenrolAction.KEEP):
            return Severity.OK
        case ManualInstanceFromArchive() | SyncNotTriggered():
            return Severity.OK
        case _:
            return Severity.WARNING


_FEED_DROPS: Final = {
    UnenrolAction.UNENROL: N_(
        "{method} unenrols people whom its feed has dropped: roles and groups go, and with the last"
        " enrolment in the course the grades too."
    ),
    UnenrolAction.KEEP: N_("{method} keeps people whom its feed has dropped enrolled."),
    UnenrolAction.SUSPEND: N_("{method} suspends the enrolment of people whom its feed has dropped."),
    UnenrolAction.SUSPEND_AND_REMOVE_ROLES: N_(
        "{method} suspends the enrolment of people whom its feed has dropped, and removes their roles."
    ),
}
_EXPIRY_ACTS: Final = {
    UnenrolAction.UNENROL: N_(
        "At the end date Moodle unenrols people: their roles and groups go, and with the last"
        " enrolment in the course their grades too."
    ),
    UnenrolAction.KEEP: N_("At the end date access ends, and nothing else happens."),
    UnenrolAction.SUSPEND: N_("At the end date Moodle suspends the enrolment."),
    UnenrolAction.SUSPEND_AND_REMOVE_ROLES: N_(
        "At the end date Moodle suspends the enrolment and removes people's roles in the course."
    ),
}

_REMEDIES: Final[Mapping[type[Finding], str]] = {
    ManualMethodDisabledOnSite: N_(
        "Switch it on in Site administration > Plugins > Enrolments > Manage enrol plugins."
    ),
    ManualInstanceDisabled: N_(
        "Enable it in the course (Participants > Enrolment methods), or add --enable-manual."
    ),
    ManualInstanceWouldBeDisabled: N_(
        "Add --enable-manual, or set “Enable manual enrolments” to “Yes” in Site"
        " administration > Plugins > Enrolments > Manual enrolments."
    ),
    ManualInstanceMissing: "",
    EnablingGivesAccess: N_(
        "Suspend those who are to stay out: Participants, with the filter Enrolment methods:"
        " Manual enrolments."
    ),
    ExpiryActs: N_(
        "If people are to stay on the list, set “Enrolment expiry action” to “Keep user"
        " enrolled” in Site administration > Plugins > Enrolments > Manual enrolments."
    ),
    ExpiryNotice: N_(
        "If nobody is to be written to, set “Notify before enrolment expires” to “No” in the"
        " course: Participants > Enrolment methods > Manual enrolments."
    ),
    WelcomeMessage: N_("Write to people yourself if they are to know."),
    FeedUnenrolAction: N_(
        "Convert before the feed drops people; or set “External unenrol action” to “Keep user"
        " enrolled” in Site administration > Plugins > Enrolments > {method}."
    ),
    EndDateIsPast: N_("Give a later date with --until."),
    EndDateShortens: N_(
        "To leave them as they are, convert without --like-moodle and without --end-for all-manual."
    ),
    OtherRolesGo: N_("If they are to keep these roles too, name them with --roles."),
    **RESCUE_REMEDIES,
    **RESTORE_REMEDIES,
    **PARTICIPANT_REMEDIES,
}


def finding_text(texts: Texts, finding: Finding) -> str:  # noqa: C901, PLR0911, PLR0912 -- one a type
    """Say what a pre-check found, in a sentence."""
    match finding:
        case ManualMethodDisabledOnSite():
            return texts.gettext(
                "The method Manual enrolments is switched off on the whole site: nobody can be"
                " enrolled by hand."
            )
        case ManualInstanceDisabled():
            return texts.gettext(
                "The method Manual enrolments is disabled in the course: enrolling by hand would"
                " give nobody access."
            )
        case ManualInstanceWouldBeDisabled():
            return texts.gettext(
                "The course has no method Manual enrolments, and this site adds it disabled:"
                " enrolling by hand would give nobody access."
            )
        case ManualInstanceMissing():
            return texts.gettext(
                "The course has no method Manual enrolments: it is added, with the site's defaults."
            )
        case EnablingGivesAccess(people=people):
            return texts.ngettext(
                "Enabling the method Manual enrolments also lets in {n} person who is not converted.",
                "Enabling the method Manual enrolments also lets in {n} people who are not converted.",
                people,
            ).format(n=texts.number(people))
        case ExpiryActs(action=action):
            return texts.gettext(_EXPIRY_ACTS[action])
        case ExpiryNotice():
            return _notice_text(texts, finding)
        case WelcomeMessage():
            return texts.gettext(
                "The method Manual enrolments of the course has a welcome message; it is not sent."
            )
        case FeedUnenrolAction(method=method, action=action):
            return texts.gettext(_FEED_DROPS[action]).format(method=method_name(texts, method))
        case EndDateIsPast():
            return texts.gettext("The end date has passed already: it takes access away.")
        case EndDateShortens(people=people):
            return texts.ngettext(
                "{n} person has a manual enrolment that ends later; the end date shortens it.",
                "{n} people have manual enrolments that end later; the end date shortens them.",
                people,
            ).format(n=texts.number(people))
        case OtherRolesGo(people=people):
            return texts.ngettext(
                "{n} person who is converted has another role from the feed too, which goes with it.",
                "{n} people who are converted have another role from the feed too, which goes with it.",
                people,
            ).format(n=texts.number(people))
        case _:
            return _other_finding_text(texts, finding)


def _other_finding_text(texts: Texts, finding: RescueFinding | RestoreFinding | ParticipantFinding) -> str:
    if isinstance(finding, RescueFinding):
        return rescue_finding_text(texts, finding)
    if isinstance(finding, ParticipantFinding):
        return participant_finding_text(texts, finding)
    return restore_finding_text(texts, finding)


def _notice_text(texts: Texts, notice: ExpiryNotice) -> str:
    if notice.to_participants:
        message = texts.gettext(
            "Moodle writes to participants, and to whoever enrolled them, {time} before the end date."
        )
    else:
        message = texts.gettext("Moodle writes to whoever enrolled people {time} before the end date.")
    return message.format(time=texts.duration(notice.threshold))


def remedy_text(texts: Texts, finding: Finding) -> str:
    """Say what to do about a finding, and where in Moodle; empty when nothing needs doing."""
    match finding:
        case ExpiryActs(action=UnenrolAction.KEEP) | FeedUnenrolAction(action=UnenrolAction.KEEP):
            return ""
        case FeedUnenrolAction(method=method):
            remedy = texts.gettext(_REMEDIES[FeedUnenrolAction])
            return remedy.format(method=method_name(texts, method))
        case _:
            return texts.gettext(_REMEDIES[type(finding)])
