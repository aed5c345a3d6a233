"""Takes recorded archives apart into rows, by the standard library, so that they can be written again."""

import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

from maintien.mbz.writing.backup import ArchivedSection, BackupContents, References
from maintien.mbz.writing.documents.gradebook_xml import Gradebook
from maintien.mbz.writing.documents.groups_xml import Groups
from maintien.mbz.writing.documents.moodle_backup_xml import (
    BackupHeader,
    Origin,
    OriginalCourse,
    SectionEntry,
    Setting,
)
from maintien.mbz.writing.documents.users_xml import UserBelongings
from maintien.mbz.writing.rows import Row, RowStream
from maintien.mbz.writing.xml_text import NULL, Value


def members_of(path: Path) -> dict[str, bytes]:
    """Read the files of an archive, by name, in its order."""
    with tarfile.open(path) as archive:
        found = {each.name: archive.extractfile(each) for each in archive if each.isfile()}
        return {name: file.read() for name, file in found.items() if file is not None}


def time_of(path: Path) -> int:
    """Tell when the members of an archive were made."""
    with tarfile.open(path) as archive:
        return int(archive.getmember("moodle_backup.xml").mtime)


def contents_of(members: dict[str, bytes]) -> BackupContents:
    """Make rows of an archive's documents."""
    trees = {
        name: ET.fromstring(data)  # noqa: S314 -- recorded by us
        for name, data in members.items()
        if name.endswith(".xml")
    }
    course, enrolments = trees["course/course.xml"], trees["course/enrolments.xml"]
    course_roles, users = trees["course/roles.xml"], trees["users.xml"]
    instances = enrolments.findall("enrols/enrol")
    header = header_of(trees["moodle_backup.xml"])
    return BackupContents(
        header=header,
        course=stream([course]),
        category=stream(course.findall("category")),
        course_tags=stream(course.findall("tags/tag")),
        format_options=stream(course.findall("courseformatoptions/*")),
        instances=stream(instances),
        enrolments=owned(instances, "user_enrolments/*", "enrolid"),
        overrides=stream(course_roles.findall("role_overrides/*")),
        assignments=stream(course_roles.findall("role_assignments/*")),
        references=References(
            users=ids(trees["course/inforef.xml"], "userref/user/id"),
            roles=ids(trees["course/inforef.xml"], "roleref/role/id"),
        ),
        gradebook=Gradebook(),
        groups=Groups(),
        has_group_fields=trees["groups.xml"].find("groupcustomfields") is not None,
        roles=stream(trees["roles.xml"].findall("role")),
        sections=[_section(entry, trees) for entry in header.sections],
        users=stream(users.findall("user")),
        belongings=UserBelongings(
            custom_fields=owned(users, "custom_fields/*", "owner"),
            preferences=owned(users, "preferences/*", "owner"),
        ),
    )


def header_of(tree: ET.Element) -> BackupHeader:
    """Make a header of ``moodle_backup.xml``."""

    def text(name: str) -> str:
        return str(tree.findtext(f"information/{name}"))

    return BackupHeader(
        origin=Origin(
            moodle_version=text("moodle_version"),
            moodle_release=text("moodle_release"),
            backup_version=text("backup_version"),
            backup_release=text("backup_release"),
            wwwroot=text("original_wwwroot"),
            identifier_hash=text("original_site_identifier_hash"),
            system_contextid=int(text("original_system_contextid")),
        ),
        course=OriginalCourse(
            id=int(text("original_course_id")),
            contextid=int(text("original_course_contextid")),
            shortname=text("original_course_shortname"),
            fullname=text("original_course_fullname"),
            format=text("original_course_format"),
            startdate=int(text("original_course_startdate")),
            enddate=int(text("original_course_enddate")),
        ),
        backup_id=tree.find("information/details/detail").attrib["backup_id"],  # type: ignore[union-attr]
        made_at=int(text("backup_date")),
        settings=tuple(
            Setting(
                name=str(each.findtext("name")),
                value=str(each.findtext("value")),
                section=each.findtext("section"),
            )
            for each in tree.iterfind("information/settings/setting")
        ),
        sections=tuple(
            SectionEntry(id=int(str(each.findtext("sectionid"))), title=str(each.findtext("title")))
            for each in tree.iterfind("information/contents/sections/section")
        ),
    )


def stream(elements: list[ET.Element]) -> RowStream:
    """Make rows of elements: their attributes, and those of their children that are values."""
    names = dict.fromkeys(name for element in elements for name, _ in _values(element))
    rows = [dict(_values(element)) for element in elements]
    columns = tuple(_column(name) for name in names)
    return RowStream(columns=columns, rows=[[row.get(name) for name in names] for row in rows])


def owned(owners: Iterable[ET.Element], path: str, column: str) -> RowStream:
    """Make rows of the elements that belong to other elements."""
    pairs = [(owner.attrib["id"], each) for owner in owners for each in owner.iterfind(path)]
    rows = stream([each for _, each in pairs])
    owned_rows: list[Row] = [[owner, *row] for (owner, _), row in zip(pairs, rows.rows, strict=True)]
    return RowStream(columns=(column, *rows.columns), rows=owned_rows)


def ids(tree: ET.Element, path: str) -> Iterator[int]:
    """Read the ids at a path."""
    return (int(str(element.text)) for element in tree.iterfind(path))


def _values(element: ET.Element) -> Iterator[tuple[str, Value]]:
    yield from element.attrib.items()
    for child in element:
        if len(child) == 0 and "\n" not in (child.text or ""):
            yield child.tag, None if child.text == NULL else child.text or ""


def _column(name: str) -> str:
    renamed = {"number": "section", "availabilityjson": "availability"}
    renamed |= {"field_name": "shortname", "field_type": "datatype", "field_data": "data"}
    return renamed.get(name, name)


def _section(entry: SectionEntry, trees: dict[str, ET.Element]) -> ArchivedSection:
    tree = trees[f"sections/{entry.name}/section.xml"]
    rows = stream([tree])
    (row,) = rows.rows
    options = stream(tree.findall("course_format_options"))
    return ArchivedSection(entry=entry, columns=rows.columns, row=row, format_options=options)
