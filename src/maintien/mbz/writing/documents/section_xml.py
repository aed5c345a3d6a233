"""``sections/section_N/section.xml``: a section of the course, with its options.

Source: backup_section_structure_step (backup/moodle2/backup_stepslib.php), Moodle 4.1 to 5.1.
"""

from collections.abc import Iterator
from typing import Final

from maintien.mbz.writing.elements import Document, Shape, Writer, document, rows_as_elements
from maintien.mbz.writing.links import NO_LINKS, LinkEncoder
from maintien.mbz.writing.rows import Row, RowStream

SECTION: Final = Shape(
    name="section",
    fields=(
        "number",
        "name",
        "summary",
        "summaryformat",
        "sequence",
        "visible",
        "availabilityjson",
        "component",
        "itemid",
        "timemodified",
    ),
    renamed={"number": "section", "availabilityjson": "availability"},
)
FORMAT_OPTION: Final = Shape(name="course_format_options", fields=("format", "name", "value"))


def section_document(
    columns: tuple[str, ...], section: Row, *, format_options: RowStream, links: LinkEncoder = NO_LINKS
) -> Document:
    """Write one row of ``course_sections``, and the options of the section in the course's format."""

    def content() -> Iterator[str]:
        writer = Writer(SECTION, columns, depth=0, links=links)
        yield writer.opening(section)
        yield from rows_as_elements(FORMAT_OPTION, format_options, depth=1, links=links)
        yield writer.closing

    return document(content())
