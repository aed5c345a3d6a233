"""Reads the course itself: its row, its category, tags, options and sections."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import literal, select

from maintien.enrolments.state import Course
from maintien.mbz.writing.backup import ArchivedSection
from maintien.mbz.writing.documents import course_xml, section_xml
from maintien.mbz.writing.documents.moodle_backup_xml import OriginalCourse, SectionEntry
from maintien.mbz.writing.releases import has_section_options_apart
from maintien.mbz.writing.rows import Row, RowStream
from maintien.mbz.writing.xml_text import Value
from maintien.moodle.release import Release
from maintien.sites.database.backups.source import BackupSource, shown

_OPTION_COLUMNS: Final = ("sectionid", "id", "format", "name", "value")

_SECTION_COLUMNS: Final = (
    "id",
    *(section_xml.SECTION.renamed.get(name, name) for name in section_xml.SECTION.fields),
)


def read_course(source: BackupSource, course: Course) -> RowStream:
    """Stream the course's one row, with its context."""
    table = source.tables.course
    names = source.columns.names(table, ("id", *course_xml.COURSE.fields))
    query = select(*(shown(table, name) for name in names), literal(course.contextid).label("contextid"))
    rows = source.stream(query.where(table.c.id == course.id))
    return RowStream(columns=(*names, "contextid"), rows=rows)


def read_original_course(source: BackupSource, course: Course) -> OriginalCourse:
    """Read what the header says of the course."""
    table = source.tables.course
    names = ("shortname", "fullname", "format", "startdate", "enddate")
    query = select(*(table.c[name] for name in names)).where(table.c.id == course.id)
    row = source.connection.execute(query).one()
    return OriginalCourse(id=course.id, contextid=course.contextid, **dict(zip(names, row, strict=True)))


def read_category(source: BackupSource, course: Course) -> RowStream:
    """Stream the category that the course is in."""
    table = source.tables.course_categories
    return source.rows(table, ("id", *course_xml.CATEGORY.fields), table.c.id == course.categoryid)


def read_tags(source: BackupSource, course: Course) -> RowStream:
    """Stream the course's tags, by id."""
    tag, instance = source.tables.tag, source.tables.tag_instance
    query = (
        select(tag.c.id, tag.c.name, tag.c.rawname)
        .join_from(tag, instance, instance.c.tagid == tag.c.id)
        .where(instance.c.itemtype == "course", instance.c.itemid == course.id)
        .order_by(tag.c.id, instance.c.id)
    )
    rows = source.stream(query) if source.columns.has(tag) and source.columns.has(instance) else ()
    return RowStream(columns=("id", "name", "rawname"), rows=rows)


def read_format_options(source: BackupSource, course: Course, release: Release | None) -> RowStream:
    """Stream the options of the course's formats, by id."""
    table = source.tables.course_format_options
    is_wanted = table.c.courseid == course.id
    if has_section_options_apart(release):
        is_wanted &= table.c.sectionid == 0
    return source.rows(table, ("id", "format", "sectionid", "name", "value"), is_wanted, table.c.id)


def read_sections(source: BackupSource, course: Course, course_format: str) -> list[ArchivedSection]:
    """Read the course's sections with their options, in the order in which the course shows them."""
    table = source.tables.course_sections
    found = source.rows(table, _SECTION_COLUMNS, table.c.course == course.id, table.c.section, table.c.id)
    rows = list(found.rows)
    options = _section_options(source, course, course_format)
    return [
        ArchivedSection(
            entry=_entry(dict(zip(found.columns, row, strict=True))),
            columns=found.columns,
            row=row,
            format_options=RowStream(columns=_OPTION_COLUMNS, rows=options.get(row[0], ())),
        )
        for row in rows
    ]


def _entry(section: dict[str, Any]) -> SectionEntry:
    return SectionEntry(id=section["id"], title=section["name"] or str(section["section"]))


def _section_options(source: BackupSource, course: Course, course_format: str) -> Mapping[Value, list[Row]]:
    table = source.tables.course_format_options
    is_wanted = (table.c.courseid == course.id) & (table.c.sectionid != 0) & (table.c.format == course_format)
    of_sections: dict[Value, list[Row]] = defaultdict(list)
    for row in source.rows(table, _OPTION_COLUMNS, is_wanted, table.c.id).rows:
        of_sections[row[0]].append(row)
    return of_sections
