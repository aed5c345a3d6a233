"""A backup of a course's people: every document that Moodle writes, from streams of rows.

Source: backup_course_task, backup_section_task and backup_final_task (backup/moodle2), Moodle 4.1 and
4.3. Members come in the order in which real archives have them; each stream is gone through when its
member is, one after the other.
"""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeAlias

from maintien.enrolments.state import Course
from maintien.mbz.writing.documents.course_roles_xml import course_roles_document
from maintien.mbz.writing.documents.course_xml import course_document
from maintien.mbz.writing.documents.empty_xml import (
    COMPLETION_DEFAULTS,
    FILES,
    OUTCOMES,
    QUESTIONS,
    SCALES,
    empty_document,
)
from maintien.mbz.writing.documents.enrolments_xml import enrolments_document
from maintien.mbz.writing.documents.gradebook_xml import (
    Gradebook,
    grade_history_document,
    gradebook_document,
)
from maintien.mbz.writing.documents.groups_xml import Groups, groups_document
from maintien.mbz.writing.documents.inforef_xml import inforef_document
from maintien.mbz.writing.documents.moodle_backup_xml import (
    BackupHeader,
    SectionEntry,
    moodle_backup_document,
)
from maintien.mbz.writing.documents.roles_xml import roles_document
from maintien.mbz.writing.documents.section_xml import section_document
from maintien.mbz.writing.documents.users_xml import UserBelongings, users_document
from maintien.mbz.writing.elements import Document
from maintien.mbz.writing.links import NO_LINKS, LinkEncoder
from maintien.mbz.writing.rows import Row, RowStream
from maintien.mbz.writing.tgz import Member, encoded


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupRequest:
    """What a backup of a course's people is to hold."""

    now: int
    """When it is made, in Unix seconds."""
    is_anonymised: bool = False
    with_groups: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """The ids that the course refers to, each once, in order; users beside them come with the groups."""

    users: Iterable[int]
    groupings: Iterable[int] = ()
    groups: Iterable[int] = ()
    roles: Iterable[int] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedSection:
    """A section of the course."""

    entry: SectionEntry
    columns: tuple[str, ...]
    row: Row
    """Of ``course_sections``."""
    format_options: RowStream


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupContents:
    """Everything that a backup of a course's people holds; see the documents for what each stream has."""

    header: BackupHeader
    course: RowStream
    category: RowStream
    course_tags: RowStream
    format_options: RowStream
    instances: RowStream
    enrolments: RowStream
    overrides: RowStream
    assignments: RowStream
    references: References
    gradebook: Gradebook | None
    """None where Moodle writes none, because the course has grades of activities."""
    groups: Groups = field(default_factory=Groups)
    has_group_fields: bool
    """Whether the site's Moodle gives custom fields to groups."""
    roles: RowStream
    sections: Iterable[ArchivedSection] = ()
    users: RowStream
    belongings: UserBelongings = field(default_factory=UserBelongings)
    links: LinkEncoder = NO_LINKS


class Backups(Protocol):
    """Where backups of courses are read."""

    def read(self, course: Course, request: BackupRequest) -> AbstractContextManager[BackupContents]:
        """Read a backup of one course, all as of one moment, for as long as the block runs.

        Its streams have to be gone through in the order of the archive's members. Raises
        :class:`~maintien.errors.sites.DatabaseFailed`, also while they are gone through.
        """
        ...


_Part: TypeAlias = tuple[str, Document]

_EMPTY_AFTER_HEADER: Final = {"outcomes.xml": OUTCOMES, "questions.xml": QUESTIONS}


def backup_members(contents: BackupContents) -> Iterator[Member]:
    """Give the members of the archive, in Moodle's order."""
    return ((path, encoded(pieces)) for path, pieces in _parts(contents))


def _parts(contents: BackupContents) -> Iterator[_Part]:
    yield from _course(contents)
    yield "files.xml", empty_document(FILES)
    yield from _gradebook(contents)
    groups = groups_document(
        contents.groups, with_custom_fields=contents.has_group_fields, links=contents.links
    )
    yield "groups.xml", groups
    yield "moodle_backup.xml", moodle_backup_document(contents.header, links=contents.links)
    for path, root in _EMPTY_AFTER_HEADER.items():
        yield path, empty_document(root)
    yield "roles.xml", roles_document(contents.roles, links=contents.links)
    yield "scales.xml", empty_document(SCALES)
    for section in contents.sections:
        yield from _section(section, contents.links)
    yield "users.xml", users_document(contents.users, contents.belongings, links=contents.links)


def _course(contents: BackupContents) -> Iterator[_Part]:
    links, references = contents.links, contents.references
    course = course_document(
        contents.course,
        category=contents.category,
        tags=contents.course_tags,
        format_options=contents.format_options,
        links=links,
    )
    yield "course/course.xml", course
    inforef = inforef_document(
        users=references.users,
        groupings=references.groupings,
        groups=references.groups,
        roles=references.roles,
    )
    yield "course/inforef.xml", inforef
    roles = course_roles_document(overrides=contents.overrides, assignments=contents.assignments)
    yield "course/roles.xml", roles
    yield "course/completiondefaults.xml", empty_document(COMPLETION_DEFAULTS)
    enrolments = enrolments_document(contents.instances, contents.enrolments, links=links)
    yield "course/enrolments.xml", enrolments


def _gradebook(contents: BackupContents) -> Iterator[_Part]:
    if contents.gradebook is not None:
        yield "grade_history.xml", grade_history_document()
        yield "gradebook.xml", gradebook_document(contents.gradebook, links=contents.links)


def _section(section: ArchivedSection, links: LinkEncoder) -> Iterator[_Part]:
    folder = f"sections/{section.entry.name}"
    yield f"{folder}/inforef.xml", inforef_document()
    pieces = section_document(
        section.columns, section.row, format_options=section.format_options, links=links
    )
    yield f"{folder}/section.xml", pieces
