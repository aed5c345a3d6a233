"""The words for what only a restore finds, and what to do about it."""

from typing import Final, assert_never

from maintien.messages import N_
from maintien.planning.findings import (
    ArchiveHasGroups,
    ArchiveIsAnonymised,
    ArchiveOfAnotherCourse,
    ArchiveOfAnotherSite,
    ArchiveWithoutRoles,
    Finding,
    ManualInstanceFromArchive,
    PeopleInDoubt,
    PeopleNotFound,
    RestoreFinding,
    RestoreLeavesAsTheyAre,
    RoleNotFound,
    RoleReplaced,
    SyncNotTriggered,
)
from maintien.reports.language import Texts
from maintien.reports.safe_text import printable

RESTORE_REMEDIES: Final[dict[type[Finding], str]] = {
    ManualInstanceFromArchive: "",
    ArchiveOfAnotherSite: N_("Look at who is found before you add --run."),
    ArchiveOfAnotherCourse: N_("Make sure that --into names the course you mean."),
    ArchiveIsAnonymised: N_("Make the backup again without “Anonymize user information”."),
    ArchiveWithoutRoles: N_("Make the backup again with “Include user role assignments”."),
    ArchiveHasGroups: N_("Put people into their groups by hand: Participants > Groups."),
    PeopleNotFound: N_("If they are to be in the course, make their accounts first, and restore again."),
    PeopleInDoubt: N_("Enrol those who are to be in the course by hand."),
    RoleNotFound: N_("Give people another role by hand: Participants."),
    RoleReplaced: N_("If that is not what you want, correct it by hand: Participants."),
    SyncNotTriggered: "",
    RestoreLeavesAsTheyAre: N_(
        "Set their end date in the course after the restore: Participants, with the filter Enrolment methods:"
        " Manual enrolments."
    ),
}


def restore_finding_text(texts: Texts, finding: RestoreFinding) -> str:  # noqa: C901, PLR0911, PLR0912 -- one a type
    """Say what a restore found, in a sentence."""
    match finding:
        case ManualInstanceFromArchive():
            return texts.gettext(
                "The course has no method Manual enrolments: it is added as the archive describes it."
            )
        case ArchiveOfAnotherSite(address=address):
            return texts.gettext(
                "The archive was made on another site ({address}): people are found again by their user"
                " name together with their e-mail address or their first access."
            ).format(address=printable(address) or "?")
        case ArchiveOfAnotherCourse(course=course):
            return texts.gettext("The archive was made of another course ({course}).").format(
                course=printable(course) or "?"
            )
        case ArchiveIsAnonymised():
            return texts.gettext(
                "The archive has invented names for people, who can't be found again by them."
            )
        case ArchiveWithoutRoles():
            return texts.gettext("The archive holds no roles: people are enrolled without one.")
        case ArchiveHasGroups(memberships=memberships):
            return texts.ngettext(
                "The archive holds {n} group membership, which is not restored.",
                "The archive holds {n} group memberships, which are not restored.",
                memberships,
            ).format(n=texts.number(memberships))
        case PeopleNotFound(people=people):
            return texts.ngettext(
                "{n} person of the archive has no account on this site; none is made.",
                "{n} people of the archive have no account on this site; none is made.",
                people,
            ).format(n=texts.number(people))
        case PeopleInDoubt(people=people):
            return texts.ngettext(
                "{n} person of the archive can't be told from another account, and is left out.",
                "{n} people of the archive can't be told from other accounts, and are left out.",
                people,
            ).format(n=texts.number(people))
        case RoleNotFound(role=role):
            return texts.gettext(
                "This site has no role like “{role}” of the archive: nobody is given it."
            ).format(role=printable(role))
        case RoleReplaced(role=role, by=by):
            return texts.gettext(
                "This site has no role “{role}”: people get “{by}”, which is of the same kind."
            ).format(role=printable(role), by=printable(by))
        case SyncNotTriggered():
            return texts.gettext(
                "Moodle's own restore would first run the external database's sync for this course;"
                " this one does not."
            )
        case RestoreLeavesAsTheyAre(people=people):
            return texts.ngettext(
                "{n} person has a manual enrolment already whose dates Moodle's restore does not change.",
                "{n} people have manual enrolments already whose dates Moodle's restore does not change.",
                people,
            ).format(n=texts.number(people))
        case _:
            assert_never(finding)
