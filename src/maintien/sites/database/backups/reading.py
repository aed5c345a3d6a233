"""Reads a backup of a course's people, all as of one moment: whole documents as streams of rows."""

from dataclasses import dataclass
from hashlib import md5

from maintien.enrolments.state import Course
from maintien.mbz.writing.anonymising import anonymised
from maintien.mbz.writing.backup import BackupContents, BackupRequest, References
from maintien.mbz.writing.documents.groups_xml import Groups
from maintien.mbz.writing.documents.moodle_backup_xml import BackupHeader, OriginalCourse, SectionEntry
from maintien.mbz.writing.documents.users_xml import UserBelongings
from maintien.mbz.writing.links import LinkEncoder
from maintien.mbz.writing.releases import has_group_fields, has_plugin_file_links
from maintien.mbz.writing.rows import RowStream
from maintien.mbz.writing.settings import root_settings, section_settings
from maintien.sites.database.backups import course as courses
from maintien.sites.database.backups import enrolments, gradebook, groups, people
from maintien.sites.database.backups.groups import GroupIds
from maintien.sites.database.backups.origin import SiteFacts
from maintien.sites.database.backups.people import Accounts
from maintien.sites.database.backups.source import BackupSource


def read_backup(
    source: BackupSource, facts: SiteFacts, course: Course, request: BackupRequest
) -> BackupContents:
    """Prepare a backup of ``course``: few rows are read now, the others when their document is written.

    The streams have to be gone through in the order of the archive's members, within the transaction.
    """
    reading = _Reading(source=source, facts=facts, course=course, request=request)
    original = courses.read_original_course(source, course)
    sections = courses.read_sections(source, course, original.format)
    instances = enrolments.read_instances(source, course)
    referred = enrolments.read_referred_users(source, course)
    everybody = enrolments.read_all_users(source, course) if request.with_groups else referred
    accounts = people.read_accounts(source, everybody, facts.local_host_id)
    roles = enrolments.read_referred_roles(source, course, instances)
    group_ids = groups.read_group_ids(source, course) if request.with_groups else GroupIds()
    groupings = {*groups.read_default_grouping(source, course), *group_ids.groupings}
    return BackupContents(
        header=reading.header(original, [section.entry for section in sections], accounts),
        course=courses.read_course(source, course),
        category=courses.read_category(source, course),
        course_tags=courses.read_tags(source, course),
        format_options=courses.read_format_options(source, course, facts.release),
        instances=instances.stream,
        enrolments=enrolments.read_enrolments(source, instances),
        overrides=enrolments.read_overrides(source, course.contextid),
        assignments=enrolments.read_assignments(source, course.contextid),
        references=References(
            users=referred, groupings=sorted(groupings), groups=group_ids.groups, roles=sorted(roles)
        ),
        gradebook=gradebook.read_gradebook(
            source,
            course,
            min_max_to_use=facts.min_max_to_use,
            calculations_freeze=facts.freezes.get(course.id, ""),
        ),
        groups=groups.read_groups(source, course) if request.with_groups else Groups(),
        has_group_fields=has_group_fields(facts.release),
        roles=enrolments.read_roles(source, course, roles | reading.roles_of_accounts(accounts)),
        sections=sections,
        users=reading.users(accounts),
        belongings=reading.belongings(accounts),
        links=LinkEncoder(facts.origin.wwwroot, with_plugin_files=has_plugin_file_links(facts.release)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """One backup while it is prepared."""

    source: BackupSource
    facts: SiteFacts
    course: Course
    request: BackupRequest

    def users(self, accounts: Accounts) -> RowStream:
        found = people.read_users(self.source, accounts.ids, local_host=self.facts.local_host)
        return anonymised(found) if self.request.is_anonymised else found

    def belongings(self, accounts: Accounts) -> UserBelongings:
        if self.request.is_anonymised:
            return UserBelongings()
        return people.read_belongings(self.source, accounts.ids)

    def roles_of_accounts(self, accounts: Accounts) -> set[int]:
        """Find the roles with overrides in the accounts' own contexts, which go with the accounts."""
        if self.request.is_anonymised or not self.facts.roles_overridden_for_users:
            return set()
        ids = frozenset(accounts.ids)
        return {roleid for roleid, userid in self.facts.roles_overridden_for_users if userid in ids}

    def header(
        self, original: OriginalCourse, sections: list[SectionEntry], accounts: Accounts
    ) -> BackupHeader:
        request = self.request
        settings = root_settings(
            self.facts.release, is_anonymised=request.is_anonymised, with_groups=request.with_groups
        )
        return BackupHeader(
            origin=self.facts.origin,
            course=original,
            backup_id=self._backup_id(),
            made_at=request.now,
            settings=(*settings, *section_settings(sections)),
            sections=tuple(sections),
            has_remote_users=accounts.are_some_remote,
        )

    def _backup_id(self) -> str:
        """Make an id as unlike others as Moodle's own, but the same for the same backup."""
        request = self.request
        parts = (self.facts.origin.identifier_hash, self.course.id, request.now)
        text = "/".join(map(str, (*parts, request.is_anonymised, request.with_groups)))
        return md5(text.encode(), usedforsecurity=False).hexdigest()
