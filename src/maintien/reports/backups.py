"""What went into a backup archive, for the screen and as a document."""

from typing import Final

from rich.table import Table

from maintien.enrolments.state import Course
from maintien.mbz.writing.course_archives import WrittenArchive
from maintien.messages import N_
from maintien.reports.documents import Document, course_document
from maintien.reports.language import Texts
from maintien.reports.safe_text import plain
from maintien.reports.screen import facts_table

_KILOBYTE: Final = 1000

_NAMES: Final = {True: N_("invented"), False: N_("as they are")}


def archive_document(course: Course, archive: WrittenArchive, *, is_anonymised: bool) -> Document:
    """Describe an archive that was written."""
    tally = archive.tally
    return {
        "archive": str(archive.path),
        "bytes": archive.size,
        "course": course_document(course),
        "anonymised": is_anonymised,
        "instances": tally.instances,
        "enrolments": tally.enrolments,
        "role_assignments": tally.role_assignments,
        "users": tally.users,
        "groups": tally.groups,
        "memberships": tally.memberships,
    }


def archive_table(texts: Texts, course: Course, archive: WrittenArchive, *, is_anonymised: bool) -> Table:
    """Show an archive that was written."""
    tally = archive.tally
    counts = {
        texts.gettext("Enrolment methods"): tally.instances,
        texts.gettext("Enrolments"): tally.enrolments,
        texts.gettext("Role assignments"): tally.role_assignments,
        texts.gettext("Accounts"): tally.users,
        texts.gettext("Groups"): tally.groups,
        texts.gettext("Group memberships"): tally.memberships,
    }
    size = texts.gettext("{n} kB").format(n=texts.number(-(-archive.size // _KILOBYTE)))
    facts = [
        (texts.gettext("Course"), plain(f"{course.shortname} – {course.fullname}")),
        (texts.gettext("Archive"), plain(f"{archive.path} ({size})")),
        (texts.gettext("Names"), plain(texts.gettext(_NAMES[is_anonymised]))),
        *((heading, plain(texts.number(count))) for heading, count in counts.items()),
    ]
    return facts_table(facts)
