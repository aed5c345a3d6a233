"""Makes of an archive evidence of what the people of its course had, in the ids of the archive's own site."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from maintien.enrolments.accounts import SiteRole
from maintien.enrolments.archive_evidence import ArchivedEnrolment, ArchiveEvidence, GroupTraits
from maintien.errors.archives import ArchiveWithoutDate
from maintien.mbz.archive import ArchivedCourse, ArchivedRole, ArchiveHeader
from maintien.mbz.matching.archived_people import ArchivedPeople, PeopleSite
from maintien.mbz.matching.people import SeveralAccounts, UsernameTaken
from maintien.mbz.restoring import require_named_people
from maintien.moodle.ids import GroupId, RoleId, UserId
from maintien.moodle.values import MANUAL, NO_COMPONENT, component_of

_ENROLMENT: Final = component_of("")


def require_evidence(header: ArchiveHeader, archive: str) -> None:
    """Refuse an archive that tells nothing of people; ``archive`` is what it is called in sentences.

    Raises ArchiveOfPartOfCourse, ArchiveOfFrontPage, ArchiveWithoutUsers, ArchiveIsAnonymous and
    ArchiveWithoutDate.
    """
    require_named_people(header, archive)
    if header.backup_date <= 0:
        raise ArchiveWithoutDate(archive=archive)


def make_evidence(archived: ArchivedCourse, site: PeopleSite) -> ArchiveEvidence:
    """Find the people and the roles again, and keep what tells of enrolments that are not manual.

    The archive is taken to be the site's own. A role that was renamed since is known by its id; none stands
    in for another.
    """
    enrolments = tuple(_enrolments(archived))
    people = ArchivedPeople(archived, site, site.read_identity(), is_same_site=True)
    people.find({enrolment.row.userid for enrolment in enrolments})
    known = frozenset(people.targets.values())
    strangers = {each.id: each.reason for each in people.unmatched if each.id not in known}
    roles = _roles_again(archived.roles, site.read_roles())
    memberships = _memberships(archived, people.targets)
    filled = frozenset[GroupId]().union(*memberships.values())
    return ArchiveEvidence(
        made_at=archived.header.backup_date,
        enrolments=tuple(_translated(enrolments, people.targets, strangers)),
        tells_roles=archived.header.includes_role_assignments,
        tells_groups=archived.header.includes_groups,
        roles=_roles(archived, people.targets, roles),
        memberships=memberships,
        groups={
            groupid: GroupTraits(name=group.name, idnumber=group.idnumber)
            for groupid, group in archived.groups.items()
            if groupid in filled
        },
        not_found=frozenset(id_ for id_, reason in strangers.items() if not _is_doubt(reason)),
        in_doubt=frozenset(id_ for id_, reason in strangers.items() if _is_doubt(reason)),
        missing_roles=tuple(sorted(r.shortname for id_, r in archived.roles.items() if id_ not in roles)),
    )


def _is_doubt(reason: object) -> bool:
    return isinstance(reason, UsernameTaken | SeveralAccounts)


def _enrolments(archived: ArchivedCourse) -> Iterator[ArchivedEnrolment]:
    instances = {instance.id: instance for instance in archived.state.instances}
    for row in archived.state.enrolments:
        instance = instances.get(row.instanceid)
        if instance is not None and instance.method != MANUAL:
            yield ArchivedEnrolment(row, instance.method, instance.is_enabled)


def _translated(
    enrolments: Collection[ArchivedEnrolment],
    targets: Mapping[UserId, UserId],
    strangers: Collection[UserId],
) -> Iterator[ArchivedEnrolment]:
    """Give people the site's ids; those who were not found again keep the archive's."""
    for enrolment in enrolments:
        userid = enrolment.row.userid
        if userid in strangers:
            yield enrolment
        elif userid in targets:
            yield enrolment._replace(row=enrolment.row._replace(userid=targets[userid]))


def _roles_again(
    roles: Mapping[RoleId, ArchivedRole], site_roles: Collection[SiteRole]
) -> Mapping[RoleId, RoleId]:
    """Find the site's roles by the archive's ids: the same short name, or the same id and archetype."""
    by_name = {role.shortname: role.id for role in site_roles}
    archetypes = {role.id: role.archetype for role in site_roles}
    return {
        role.id: by_name.get(role.shortname, role.id)
        for role in roles.values()
        if role.shortname in by_name or (role.archetype and archetypes.get(role.id) == role.archetype)
    }


def _roles(
    archived: ArchivedCourse, targets: Mapping[UserId, UserId], roles: Mapping[RoleId, RoleId]
) -> Mapping[UserId, frozenset[RoleId]]:
    """Give the roles in the course by person, those given by hand or by an enrolment method."""
    found: defaultdict[UserId, set[RoleId]] = defaultdict(set)
    for row in archived.state.roles:
        is_ours = row.component == NO_COMPONENT or row.component.startswith(_ENROLMENT)
        if is_ours and row.userid in targets and row.roleid in roles:
            found[targets[row.userid]].add(roles[row.roleid])
    return {userid: frozenset(of_person) for userid, of_person in found.items()}


def _memberships(
    archived: ArchivedCourse, targets: Mapping[UserId, UserId]
) -> Mapping[UserId, frozenset[GroupId]]:
    found: defaultdict[UserId, set[GroupId]] = defaultdict(set)
    for row in archived.state.memberships:
        if row.userid in targets and row.groupid in archived.groups:
            found[targets[row.userid]].add(row.groupid)
    return {userid: frozenset(of_person) for userid, of_person in found.items()}
