"""Makes of an archive what can be restored into a course of a site: its rows, in the site's own ids."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from maintien.enrolments.state import Course, CourseState
from maintien.errors.archives import (
    ArchiveIsAnonymous,
    ArchiveOfFrontPage,
    ArchiveOfPartOfCourse,
    ArchiveWithoutUsers,
)
from maintien.mbz.archive import COURSE_TYPE, ArchivedCourse, ArchiveHeader
from maintien.mbz.matching.archived_people import (
    ArchivedPeople,
    PeopleSite,
    UnmatchedPerson,
    is_same_site,
)
from maintien.mbz.matching.people import SeveralAccounts, UsernameTaken
from maintien.mbz.matching.roles import MatchedRoles, match_roles
from maintien.moodle.config import SiteConfig
from maintien.moodle.ids import RoleId
from maintien.planning.findings import (
    ArchiveHasGroups,
    ArchiveIsAnonymised,
    ArchiveOfAnotherCourse,
    ArchiveOfAnotherSite,
    ArchiveWithoutRoles,
    Finding,
    PeopleInDoubt,
    PeopleNotFound,
    RoleNotFound,
    RoleReplaced,
    SyncNotTriggered,
)
from maintien.planning.plan import RestoredFrom
from maintien.planning.restore import Restoration

_FRONT_PAGE_FORMAT: Final = "site"

_NO_ROLE: Final = RoleId(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """An archive that can be restored."""

    restoration: Restoration
    unmatched: Sequence[UnmatchedPerson]
    """By their ids in the archive."""


def require_people(header: ArchiveHeader, archive: str) -> None:
    """Refuse an archive that holds no enrolments; ``archive`` is what it is called in sentences.

    Raises ArchiveOfPartOfCourse, ArchiveOfFrontPage and ArchiveWithoutUsers.
    """
    if header.type != COURSE_TYPE:
        raise ArchiveOfPartOfCourse(archive=archive)
    if header.original_course_format == _FRONT_PAGE_FORMAT:
        raise ArchiveOfFrontPage(archive=archive)
    if not header.includes_users:
        raise ArchiveWithoutUsers(archive=archive)


def require_named_people(header: ArchiveHeader, archive: str) -> None:
    """Refuse also an archive with invented names, whose people Moodle's restore would create.

    Raises what :func:`require_people` raises, and ArchiveIsAnonymous.
    """
    require_people(header, archive)
    if header.is_anonymised:
        raise ArchiveIsAnonymous(archive=archive)


def prepare_restoration(
    archived: ArchivedCourse, site: PeopleSite, config: SiteConfig, course: Course
) -> Prepared:
    """Find the archive's people and roles again on the site, to restore it into ``course``."""
    identity = site.read_identity()
    same_site = is_same_site(archived.header, site, identity)
    people = ArchivedPeople(archived, site, identity, is_same_site=same_site)
    state = archived.state
    people.find({row.userid for row in state.enrolments} | {row.userid for row in state.roles})
    roles = match_roles(
        (archived.roles[roleid] for roleid in sorted(archived.roles)),
        site.read_roles(),
        is_same_site=same_site,
    )
    header = archived.header
    findings = (
        *_findings_of_archive(archived, course, is_same_site=same_site),
        *_findings_of_people(people),
        *(RoleNotFound(role=role.shortname) for role in roles.missing),
        *(RoleReplaced(role=role.shortname, by=by.shortname) for role, by in roles.replaced),
        *((SyncNotTriggered(),) if config.is_enabled("database") else ()),
    )
    restoration = Restoration(
        source=_translated(archived.state, people, roles),
        origin=RestoredFrom(is_same_site=same_site, courseid=header.original_course_id),
        findings=findings,
    )
    return Prepared(restoration=restoration, unmatched=people.unmatched)


def _findings_of_people(people: ArchivedPeople) -> Iterator[Finding]:
    """Sum up what became of the people."""
    if people.are_anonymous or people.archived.header.is_anonymised:
        yield ArchiveIsAnonymised()
    in_doubt = sum(isinstance(p.reason, UsernameTaken | SeveralAccounts) for p in people.unmatched)
    if not_found := len(people.unmatched) - in_doubt:
        yield PeopleNotFound(people=not_found)
    if in_doubt:
        yield PeopleInDoubt(people=in_doubt)


def _findings_of_archive(
    archived: ArchivedCourse, course: Course, *, is_same_site: bool
) -> Iterator[Finding]:
    header = archived.header
    if not is_same_site:
        yield ArchiveOfAnotherSite(address=header.original_wwwroot)
    is_same_course = (
        header.original_course_id == course.id
        if is_same_site
        else header.original_course_shortname == course.shortname
    )
    if not is_same_course:
        yield ArchiveOfAnotherCourse(course=header.original_course_shortname)
    if not header.includes_role_assignments:
        yield ArchiveWithoutRoles()
    if archived.state.memberships:
        yield ArchiveHasGroups(memberships=len(archived.state.memberships))


def _translated(state: CourseState, people: ArchivedPeople, roles: MatchedRoles) -> CourseState:
    """Give people and roles the site's ids; rows of those not found again are left out."""
    targets = people.targets
    role_ids = {roleid: target.id for roleid, target in roles.targets.items()}
    return CourseState(
        course=state.course,
        instances=tuple(
            row._replace(roleid=role_ids.get(RoleId(row.roleid), _NO_ROLE) if row.roleid else row.roleid)
            for row in state.instances
        ),
        enrolments=tuple(
            row._replace(userid=targets[row.userid]) for row in state.enrolments if row.userid in targets
        ),
        roles=tuple(
            row._replace(userid=targets[row.userid], roleid=role_ids[row.roleid])
            for row in state.roles
            if row.userid in targets and row.roleid in role_ids
        ),
        deleted=frozenset(people.deleted),
    )
