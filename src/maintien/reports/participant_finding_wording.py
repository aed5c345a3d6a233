"""The words for what there is to know before manual enrolments are changed or removed, and what to do."""

from typing import Final, assert_never

from maintien.messages import N_
from maintien.planning.findings import (
    AccessGoes,
    EditedMethodDisabled,
    EditShortens,
    EndsBeforeItBegins,
    Finding,
    NoManualMethod,
    ParticipantFinding,
    PeopleLeave,
    SeveralManualMethods,
)
from maintien.reports.language import Texts

PARTICIPANT_REMEDIES: Final[dict[type[Finding], str]] = {
    NoManualMethod: N_("“maintien convert” makes automatic enrolments manual, and adds the method."),
    SeveralManualMethods: N_("Edit the others in the course: Participants > Enrolment methods."),
    EditedMethodDisabled: N_("Enable it in the course: Participants > Enrolment methods."),
    EditShortens: N_("--only-later leaves them as they are."),
    EndsBeforeItBegins: N_("Give a later end, or an earlier --start."),
    AccessGoes: N_("Make sure that this is what you want; “maintien undo” gives it back."),
    PeopleLeave: N_(
        "Grades, last access, forum subscriptions and roles in activities stay in Moodle's tables, where the"
        " course does not show them; the guide says what that means (unenrol)."
    ),
}


def participant_finding_text(texts: Texts, finding: ParticipantFinding) -> str:  # noqa: PLR0911 -- one a type
    """Say what was found, in a sentence or two."""
    match finding:
        case NoManualMethod():
            return texts.gettext(
                "The course has no method Manual enrolments: there is nothing to change in it."
            )
        case SeveralManualMethods():
            return texts.gettext(
                "The course has several methods Manual enrolments: only the first of its page is edited, as"
                " Moodle does it."
            )
        case EditedMethodDisabled():
            return texts.gettext(
                "The method Manual enrolments is disabled in the course: its enrolments give nobody access,"
                " whatever their dates."
            )
        case EditShortens(people=people):
            return texts.ngettext(
                "{n} person's manual enrolment ends earlier than before.",
                "{n} people's manual enrolments end earlier than before.",
                people,
            ).format(n=texts.number(people))
        case EndsBeforeItBegins(people=people):
            return texts.ngettext(
                "{n} person's manual enrolment would end before it begins, and never give access.",
                "{n} people's manual enrolments would end before they begin, and never give access.",
                people,
            ).format(n=texts.number(people))
        case AccessGoes(people=people):
            return texts.ngettext(
                "{n} person can enter the course now, and can't any more afterwards.",
                "{n} people can enter the course now, and can't any more afterwards.",
                people,
            ).format(n=texts.number(people))
        case PeopleLeave():
            return _leavers_text(texts, finding)
        case _:
            assert_never(finding)


def _leavers_text(texts: Texts, finding: PeopleLeave) -> str:
    people = texts.ngettext(
        "{n} person loses the last enrolment in the course, and with it every role and group there.",
        "{n} people lose their last enrolment in the course, and with it every role and group there.",
        finding.people,
    ).format(n=texts.number(finding.people))
    lost = texts.gettext("Roles: {roles}; group memberships: {groups}.")
    return f"{people} {lost.format(roles=texts.number(finding.roles), groups=texts.number(finding.groups))}"
