"""Writes the new archive: the manual method, who is in it, their roles and groups, and nothing else.

There is no section, no course setting, no block, activity, file, question, event or badge in it, so that
a restore can change none. Moodle insists on a few documents, which are empty: files, outcomes, questions
and scales. Accounts and roles are the archive's own elements, to the letter.

Source: restore_root_task, restore_course_task and restore_prechecks_helper (backup/), Moodle 4.1 and 4.3.
"""

from collections.abc import Iterable, Iterator
from functools import partial
from hashlib import md5
from typing import Final

from maintien.enrolments.state import EnrolmentInstance
from maintien.mbz.archive import ArchivedGroup, ArchiveHeader
from maintien.mbz.container.member import Member as SourceMember
from maintien.mbz.converting.columns import contains
from maintien.mbz.converting.conversion import Converted
from maintien.mbz.converting.scanning import Scan
from maintien.mbz.converting.slices import cut_elements, enclosed
from maintien.mbz.limits import ArchiveLimits
from maintien.mbz.parts import Part
from maintien.mbz.source import ArchiveSource
from maintien.mbz.walking import Walk
from maintien.mbz.writing.documents.course_roles_xml import OVERRIDE, course_roles_document
from maintien.mbz.writing.documents.empty_xml import (
    FILES,
    OUTCOMES,
    QUESTIONS,
    SCALES,
    empty_document,
)
from maintien.mbz.writing.documents.enrolments_xml import enrolments_document
from maintien.mbz.writing.documents.groups_xml import Groups, groups_document
from maintien.mbz.writing.documents.inforef_xml import inforef_document
from maintien.mbz.writing.documents.moodle_backup_xml import (
    BackupHeader,
    Origin,
    OriginalCourse,
    moodle_backup_document,
)
from maintien.mbz.writing.elements import Document
from maintien.mbz.writing.releases import has_group_fields
from maintien.mbz.writing.rows import RowStream, no_rows
from maintien.mbz.writing.settings import root_settings
from maintien.mbz.writing.tgz import Member, encoded
from maintien.mbz.writing.xml_text import Value, text_content
from maintien.moodle.ids import GroupId
from maintien.moodle.release import Release, parse_release

_INSTANCE_COLUMNS: Final = {
    "id": "id",
    "enrol": "method",
    "status": "status",
    "name": "name",
    "enrolperiod": "enrolperiod",
    "expirynotify": "expirynotify",
    "expirythreshold": "expirythreshold",
    "notifyall": "notifyall",
    "roleid": "roleid",
    "customint1": "customint1",
    "customint2": "customint2",
    "timecreated": "timecreated",
    "timemodified": "timemodified",
}
"""Columns of ``enrol`` by what the rules call them."""


def converted_members(
    converted: Converted, scan: Scan, source: ArchiveSource, limits: ArchiveLimits
) -> Iterator[Member]:
    """Give the members of the new archive, in Moodle's order; accounts are read again from ``source``.

    Raises what reading the archive raises, while the members are gone through.
    """
    for path, document in _documents(converted, scan):
        yield path, encoded(document)
    yield Part.ROLES.value, _roles(converted, scan, source.name)
    yield "scales.xml", encoded(empty_document(SCALES))
    yield Part.USERS.value, _users(converted, source, limits)


def _documents(converted: Converted, scan: Scan) -> Iterator[tuple[str, Document]]:
    header = converted.header
    release = parse_release(header.backup_release)
    groups = _groups_of(converted, scan)
    references = inforef_document(
        users=converted.people,
        groups=[group.id for group in groups],
        roles=sorted(_role_ids(converted, scan)),
    )
    yield Part.INFOREF.value, references
    roles = RowStream(
        columns=("id", "roleid", "contextid", "userid", *_OWNER, "modifierid", "timemodified", "sortorder"),
        rows=converted.roles,
    )
    yield (
        Part.ROLE_ASSIGNMENTS.value,
        course_roles_document(overrides=no_rows("id", *OVERRIDE.fields), assignments=roles),
    )
    yield Part.ENROLMENTS.value, _enrolments(converted)
    yield "files.xml", empty_document(FILES)
    has_fields = has_group_fields(release)
    yield (
        Part.GROUPS.value,
        groups_document(_groups(groups, converted), with_custom_fields=has_fields),
    )
    yield Part.HEADER.value, moodle_backup_document(_header(header, release, with_groups=bool(groups)))
    yield "outcomes.xml", empty_document(OUTCOMES)
    yield "questions.xml", empty_document(QUESTIONS)


_OWNER: Final = ("component", "itemid")


def _enrolments(converted: Converted) -> Document:
    instances = RowStream(columns=tuple(_INSTANCE_COLUMNS), rows=[_instance_row(converted.instance)])
    enrolments = RowStream(
        columns=(
            *("id", "enrolid", "userid", "status", "timestart", "timeend", "modifierid"),
            *("timecreated", "timemodified"),
        ),
        rows=converted.enrolments,
    )
    return enrolments_document(instances, enrolments)


def _instance_row(instance: EnrolmentInstance) -> list[int | str | None]:
    return [getattr(instance, name) for name in _INSTANCE_COLUMNS.values()]


def _groups_of(converted: Converted, scan: Scan) -> list[ArchivedGroup]:
    """Give the groups with members, without what would keep a restore from finding them again.

    Moodle takes a group with another description for another group, and adds a second one of the same name:
    so it does if the description was edited since, and always if it has a link to the course, which archives
    hold encoded. Without a description the name alone decides. A picture's file is not in the archive.

    Source: restore_groups_structure_step::process_group (backup/moodle2/restore_stepslib.php), Moodle 4.3.
    """
    ids = {row.groupid for row in converted.memberships}
    groups = (scan.groups[GroupId(groupid)] for groupid in sorted(ids))
    return [group._replace(description=None, picture=0) for group in groups]


def _groups(groups: Iterable[ArchivedGroup], converted: Converted) -> Groups:
    members = sorted((row.groupid, row.id, row) for row in converted.memberships)
    return Groups(
        groups=RowStream(columns=ArchivedGroup._fields, rows=list(groups)),
        members=RowStream(
            columns=("id", "groupid", "userid", *_OWNER, "timeadded"), rows=[row for _, _, row in members]
        ),
    )


def _role_ids(converted: Converted, scan: Scan) -> set[int]:
    """Find the roles that the new archive refers to, and the old one knows."""
    given = {row.roleid for row in converted.roles}
    return {roleid for roleid in (*given, converted.instance.roleid or 0) if roleid in scan.roles}


def _roles(converted: Converted, scan: Scan, archive: str) -> Iterator[bytes]:
    document, wanted = scan.roles_document, _role_ids(converted, scan)
    member = SourceMember(
        archive=archive, path=Part.ROLES.value, size=len(document), chunks=lambda: iter([document])
    )
    elements = dict(cut_elements(member, "role", wanted.__contains__))
    return enclosed("roles_definition", (elements[roleid] for roleid in sorted(elements)))


def _users(converted: Converted, source: ArchiveSource, limits: ArchiveLimits) -> Iterator[bytes]:
    def elements() -> Iterator[bytes]:
        for _, member in Walk(source, {Part.USERS}, limits).documents():
            if member.path == Part.USERS.value:
                for _, element in cut_elements(member, "user", partial(contains, converted.people)):
                    yield element

    return enclosed("users", elements())


def _header(header: ArchiveHeader, release: Release | None, *, with_groups: bool) -> BackupHeader:
    """Say of the new archive what the old one says of its origin, and with which settings it is made."""
    return BackupHeader(
        origin=Origin(
            moodle_version=header.moodle_version,
            moodle_release=header.moodle_release,
            backup_version=header.backup_version,
            backup_release=header.backup_release,
            wwwroot=header.original_wwwroot,
            identifier_hash=header.original_site_identifier_hash,
            system_contextid=header.original_system_contextid,
        ),
        course=OriginalCourse(
            id=header.original_course_id,
            contextid=header.original_course_contextid,
            shortname=header.original_course_shortname,
            fullname=header.original_course_fullname,
            format=header.original_course_format,
            startdate=header.original_course_startdate,
            enddate=header.original_course_enddate,
        ),
        backup_id=_backup_id(header),
        made_at=header.backup_date,
        settings=tuple(root_settings(release, is_anonymised=header.is_anonymised, with_groups=with_groups)),
        has_remote_users=header.has_remote_users,
    )


def _backup_id(header: ArchiveHeader) -> str:
    """Make a number of the archive's origin: the same for every conversion, so that nothing differs.

    Of the origin as it is written: what XML has no place for is left out there.
    """
    origin: tuple[Value, ...] = (
        header.original_site_identifier_hash,
        header.original_wwwroot,
        header.original_course_id,
        header.backup_date,
    )
    return md5("\n".join(map(text_content, origin)).encode(), usedforsecurity=False).hexdigest()
