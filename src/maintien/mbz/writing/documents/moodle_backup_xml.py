"""``moodle_backup.xml``: where and when the archive was made, what is in it, and with which settings.

Source: backup_main_structure_step (backup/moodle2/backup_stepslib.php) and
backup_controller_dbops::get_moodle_backup_information, Moodle 4.1 to 5.1.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from maintien.mbz.writing.elements import Document, Shape, Writer, document, leaves, wrapped
from maintien.mbz.writing.links import NO_LINKS, LinkEncoder
from maintien.mbz.writing.xml_text import Value

DETAIL: Final = Shape(
    name="detail",
    attributes=("backup_id",),
    fields=("type", "format", "interactive", "mode", "execution", "executiontime"),
)
GENERAL_MODE: Final = 10
"""``backup::MODE_GENERAL``."""

RUN_AT_ONCE: Final = 1
"""``backup::EXECUTION_INMEDIATE``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The site that the archive is made on, and its Moodle."""

    moodle_version: str
    moodle_release: str
    backup_version: str
    backup_release: str
    wwwroot: str
    identifier_hash: str
    """The MD5 of config ``siteidentifier``: by it a restore knows its own site."""
    system_contextid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginalCourse:
    """The course that the archive is made of."""

    id: int
    contextid: int
    shortname: str
    fullname: str
    format: str
    startdate: int
    enddate: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A setting in force: of the whole backup, or of one section (``section_N``)."""

    name: str
    value: str
    section: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionEntry:
    """A section that is in the archive."""

    id: int
    title: str
    """Its name; its number where it has none."""

    @property
    def name(self) -> str:
        """How settings and folders call it."""
        return f"section_{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupHeader:
    """What ``moodle_backup.xml`` says."""

    origin: Origin
    course: OriginalCourse
    backup_id: str
    """32 hexadecimal digits, never the same twice."""
    made_at: int
    """Unix seconds."""
    settings: tuple[Setting, ...]
    sections: tuple[SectionEntry, ...] = ()
    has_remote_users: bool = False
    """Whether accounts belong to other sites of a Moodle network."""
    name: str = "backup.mbz"
    """What Moodle calls the file, whatever its name is."""


def moodle_backup_document(header: BackupHeader, *, links: LinkEncoder = NO_LINKS) -> Document:
    """Write the header of an archive that holds no files."""

    def information() -> Iterator[str]:
        yield from leaves(_facts(header), depth=2)
        yield from wrapped("details", [_detail(header)], depth=2)
        yield from wrapped("contents", _contents(header, links), depth=2)
        settings = (piece for each in header.settings for piece in _setting(each))
        yield from wrapped("settings", settings, depth=2)

    return document(wrapped("moodle_backup", wrapped("information", information(), depth=1), depth=0))


def _facts(header: BackupHeader) -> dict[str, Value]:
    origin, course = header.origin, header.course
    return {
        "name": header.name,
        "moodle_version": origin.moodle_version,
        "moodle_release": origin.moodle_release,
        "backup_version": origin.backup_version,
        "backup_release": origin.backup_release,
        "backup_date": header.made_at,
        "mnet_remoteusers": int(header.has_remote_users),
        "include_files": 0,
        "include_file_references_to_external_content": 0,
        "original_wwwroot": origin.wwwroot,
        "original_site_identifier_hash": origin.identifier_hash,
        "original_course_id": course.id,
        "original_course_format": course.format,
        "original_course_fullname": course.fullname,
        "original_course_shortname": course.shortname,
        "original_course_startdate": course.startdate,
        "original_course_enddate": course.enddate,
        "original_course_contextid": course.contextid,
        "original_system_contextid": origin.system_contextid,
    }


def _detail(header: BackupHeader) -> str:
    row = (header.backup_id, "course", "moodle2", "", GENERAL_MODE, RUN_AT_ONCE, 0)
    return Writer(DETAIL, ("backup_id", *DETAIL.fields), depth=3).whole(row)


def _contents(header: BackupHeader, links: LinkEncoder) -> Iterator[str]:
    if header.sections:
        sections = (piece for each in header.sections for piece in _section(each, links))
        yield from wrapped("sections", sections, depth=3)
    course: dict[str, Value] = {
        "courseid": header.course.id,
        "title": links.encode(header.course.shortname),
        "directory": "course",
    }
    yield from wrapped("course", leaves(course, depth=4), depth=3)


def _section(section: SectionEntry, links: LinkEncoder) -> Iterable[str]:
    entry: dict[str, Value] = {
        "sectionid": section.id,
        "title": links.encode(section.title),
        "directory": f"sections/{section.name}",
    }
    return wrapped("section", leaves(entry, depth=5), depth=4)


def _setting(setting: Setting) -> Iterable[str]:
    leaf: dict[str, Value] = {"level": "root" if setting.section is None else "section"}
    if setting.section is not None:
        leaf["section"] = setting.section
    leaf |= {"name": setting.name, "value": setting.value}
    return wrapped("setting", leaves(leaf, depth=4), depth=3)
