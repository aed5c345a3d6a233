"""The words for what there is to know before something is given back, and what to do about it."""

from typing import Final, assert_never

from maintien.messages import N_
from maintien.planning.findings import (
    EvidenceWithoutGroups,
    EvidenceWithoutRoles,
    Finding,
    GradesGone,
    GroupsAreCached,
    GroupsGone,
    KnownFromArchiveOnly,
    LogBeginsLate,
    LogIsSilent,
    LogRowsUnreadable,
    ManualEnrolmentsRevived,
    RescueFinding,
    RolesBelowCourseGone,
)
from maintien.reports.language import Texts

RESCUE_REMEDIES: Final[dict[type[Finding], str]] = {
    ManualEnrolmentsRevived: N_("Somebody may have suspended it on purpose: look at these people."),
    GradesGone: N_(
        "Moodle can recover grades from its history when people are enrolled once more: “Recover grades"
        " default” in Site administration > Grades > General settings. The guide says how (rescue)."
    ),
    RolesBelowCourseGone: N_("Give them again in the activity or block: Assign roles."),
    GroupsGone: N_("Create the group again, and put people in it."),
    GroupsAreCached: N_(
        "Purge Moodle's caches afterwards: Site administration > Development > Purge caches, or"
        " php admin/cli/purge_caches.php."
    ),
    LogRowsUnreadable: N_("Name a backup of the course from before the cut with --archive."),
    LogIsSilent: N_(
        "Check --since and --to, or name a backup of the course from before the cut with --archive. Moodle"
        " keeps its log for as long as “Keep logs for” says: Site administration > Plugins > Logging >"
        " Standard log."
    ),
    KnownFromArchiveOnly: N_(
        "An archive does not tell who was taken out on purpose between the backup and the cut: look at these"
        " people."
    ),
    EvidenceWithoutRoles: N_("Look at the roles afterwards, or use a backup with role assignments."),
    EvidenceWithoutGroups: N_("Put people into their groups by hand, or use a backup with groups."),
    LogBeginsLate: N_(
        "Check --since, or name a backup of the course from before the cut with --archive. Moodle keeps its"
        " log for as long as “Keep logs for” says: Site administration > Plugins > Logging > Standard log."
    ),
}


def rescue_finding_text(texts: Texts, finding: RescueFinding) -> str:  # noqa: C901, PLR0911 -- one a type
    """Say what was found, in a sentence or two."""
    match finding:
        case ManualEnrolmentsRevived(people=people):
            return texts.ngettext(
                "{n} person has a manual enrolment that was suspended; it is made active again.",
                "{n} people have a manual enrolment that was suspended; it is made active again.",
                len(people),
            ).format(n=texts.number(len(people)))
        case GradesGone():
            return _grades_text(texts, finding)
        case RolesBelowCourseGone(people=people):
            return texts.ngettext(
                "{n} person lost roles in activities or blocks of the course, which do not come back.",
                "{n} people lost roles in activities or blocks of the course, which do not come back.",
                people,
            ).format(n=texts.number(people))
        case GroupsGone(memberships=memberships):
            return texts.ngettext(
                "{n} group membership does not come back: its group is no longer in the course.",
                "{n} group memberships do not come back: their group is no longer in the course.",
                memberships,
            ).format(n=texts.number(memberships))
        case GroupsAreCached(people=people):
            return texts.ngettext(
                "{n} person joins groups again; Moodle may not notice before its caches are purged.",
                "{n} people join groups again; Moodle may not notice before its caches are purged.",
                people,
            ).format(n=texts.number(people))
        case LogRowsUnreadable(rows=rows):
            return texts.ngettext(
                "{n} log entry can't be read, and counts for nothing.",
                "{n} log entries can't be read, and count for nothing.",
                rows,
            ).format(n=texts.number(rows))
        case LogIsSilent():
            return texts.gettext(
                "The log has no entries of that time: people who were unenrolled can't be found, only"
                " those whose enrolment is suspended."
            )
        case LogBeginsLate():
            return texts.gettext(
                "The log begins after --since: people who were unenrolled before it begins can't be found."
            )
        case KnownFromArchiveOnly(people=people):
            return texts.ngettext(
                "{n} person is known from the archive alone: neither the course nor the log tells what became"
                " of the enrolment.",
                "{n} people are known from the archive alone: neither the course nor the log tells what"
                " became of their enrolment.",
                len(people),
            ).format(n=texts.number(len(people)))
        case EvidenceWithoutRoles():
            return texts.gettext("The archive holds no roles: people get the role that their method gives.")
        case EvidenceWithoutGroups():
            return texts.gettext("The archive holds no groups: it can't tell who was in which.")
        case _:
            assert_never(finding)


def _grades_text(texts: Texts, finding: GradesGone) -> str:
    people, kept = len(finding.people), finding.in_history
    gone = texts.ngettext(
        "The grades of {n} person went with the last enrolment; they are not touched.",
        "The grades of {n} people went with the last enrolment; they are not touched.",
        people,
    ).format(n=texts.number(people))
    if not kept:
        history = texts.gettext("The grade history has none of them.")
    else:
        history = texts.ngettext(
            "The grade history has those of {n} person.", "The grade history has those of {n} people.", kept
        ).format(n=texts.number(kept))
    return f"{gone} {history}"
