"""A restore as a JSON document."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo

from maintien.errors.tree import CourseFailed
from maintien.mbz.archive import ArchiveHeader
from maintien.mbz.matching.archived_people import NotInArchive, UnmatchedPerson
from maintien.mbz.matching.people import NoAccount, SeveralAccounts, UsernameTaken
from maintien.moodle.ids import RoleId
from maintien.planning.plan import CoursePlan
from maintien.reports.conversion_document import counts_document, person_document
from maintien.reports.documents import (
    Document,
    course_document,
    error_document,
    kind_of,
    moment_document,
    typed_document,
)
from maintien.reports.people_changes import people_changes
from maintien.reports.summary import CourseSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreHeader:
    """What a restore is about."""

    site: str
    """The site's name, without a password."""
    written: bool
    """Whether it was written, or only shown."""
    zone: tzinfo
    """The site's time zone."""
    archive: str
    """As the command line named it; without secrets."""
    made: ArchiveHeader | None = None
    """What the archive says of itself; None where only the journal is read."""
    roles: Mapping[str, RoleId] = field(default_factory=dict)
    """Role ids by shortname (``SiteConfig.roles``)."""
    sha256: str | None = None
    run: int | None = None
    """The run in the journal, if it was kept in one."""
    remaining: int = 0
    """Courses that a run which was written has not reached: 1 where it was interrupted."""
    cut_since: int | None = None
    """Unix seconds: from when on signs of the cut were looked for; None where they were not."""

    def role_name(self, roleid: RoleId) -> str:
        """Name a role by its shortname, or by its id where it has none."""
        return next((name for name, known in self.roles.items() if known == roleid), str(roleid))

    def role_names(self, roleids: Iterable[RoleId]) -> list[str]:
        """Name several roles, in alphabetical order."""
        return sorted(self.role_name(roleid) for roleid in roleids)


def restore_document(header: RestoreHeader, unmatched: Iterable[UnmatchedPerson]) -> Document:
    """Describe a restore, all but what becomes of the course."""
    made = header.made
    return {
        "run": header.run,
        "written": header.written,
        "site": header.site,
        "archive": {
            "path": header.archive,
            "sha256": header.sha256,
            "made": None
            if made is None
            else {
                "at": moment_document(made.backup_date, header.zone),
                "site": made.original_wwwroot,
                "course": made.original_course_shortname,
                "release": made.moodle_release,
            },
        },
        "not_restored": [_unmatched_document(person) for person in unmatched],
    }


def _unmatched_document(person: UnmatchedPerson) -> Document:
    document: Document = {
        "archived_user": person.id,
        "username": person.username,
        "fullname": person.fullname,
        "reason": kind_of(person.reason),
    }
    match person.reason:
        case UsernameTaken(userid=userid):
            return document | {"users": [userid]}
        case SeveralAccounts(userids=userids):
            return document | {"users": list(userids)}
        case NoAccount() | NotInArchive():
            return document | {"users": []}


def restored_course_document(
    header: RestoreHeader, plan: CoursePlan, summary: CourseSummary, failure: CourseFailed | None
) -> Document:
    """Describe what happens in the course. Where it failed nothing does."""
    people = [] if failure is not None else people_changes(plan)
    return course_document(plan.course) | {
        **counts_document(summary.counts),
        "warnings": [typed_document(warning, header.zone) for warning in plan.warnings],
        "failure": None if failure is None else error_document(failure),
        "people": [person_document(person, plan, header) for person in people],
    }
