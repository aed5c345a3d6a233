"""``course/course.xml``: the course's own settings, its category, tags and course format options.

Source: backup_course_structure_step (backup/moodle2/backup_stepslib.php), Moodle 4.1 to 5.1. Custom
fields and what plugins add are in tables of their own, which maintien does not read.
"""

from collections.abc import Iterator
from typing import Final

from maintien.mbz.writing.elements import Document, Shape, Writer, document, rows_as_elements, wrapped
from maintien.mbz.writing.links import NO_LINKS, LinkEncoder
from maintien.mbz.writing.rows import RowStream

COURSE: Final = Shape(
    name="course",
    attributes=("id", "contextid"),
    fields=(
        "shortname",
        "fullname",
        "idnumber",
        "summary",
        "summaryformat",
        "format",
        "showgrades",
        "newsitems",
        "startdate",
        "enddate",
        "marker",
        "maxbytes",
        "legacyfiles",
        "showreports",
        "visible",
        "groupmode",
        "groupmodeforce",
        "defaultgroupingid",
        "lang",
        "theme",
        "timecreated",
        "timemodified",
        "requested",
        "showactivitydates",
        "showcompletionconditions",
        "pdfexportfont",
        "enablecompletion",
        "completionstartonenrol",
        "completionnotify",
        "enableaitools",
        "enabledaiactions",
    ),
)
CATEGORY: Final = Shape(name="category", fields=("name", "description"))
TAG: Final = Shape(name="tag", fields=("name", "rawname"))
FORMAT_OPTION: Final = Shape(
    name="courseformatoption", attributes=(), fields=("courseid", "format", "sectionid", "name", "value")
)


def course_document(
    course: RowStream,
    *,
    category: RowStream,
    tags: RowStream,
    format_options: RowStream,
    links: LinkEncoder = NO_LINKS,
) -> Document:
    """Write the one row of ``course``, which has the column ``contextid`` too, and what belongs to it."""

    def content() -> Iterator[str]:
        writer = Writer(COURSE, course.columns, depth=0, links=links)
        for row in course.rows:
            yield writer.opening(row)
            yield from rows_as_elements(CATEGORY, category, depth=1, links=links)
            yield from wrapped("tags", rows_as_elements(TAG, tags, depth=2, links=links), depth=1)
            yield from wrapped("customfields", (), depth=1)
            options = rows_as_elements(FORMAT_OPTION, format_options, depth=2, links=links)
            yield from wrapped("courseformatoptions", options, depth=1)
            yield writer.closing

    return document(content())
