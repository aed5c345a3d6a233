"""``gradebook.xml`` and ``grade_history.xml``: grades that belong to no activity.

Moodle writes neither where the course has grades of activities, since the activities are left out.
Source: backup_gradebook_structure_step and backup_grade_history_structure_step
(backup/moodle2/backup_stepslib.php), Moodle 4.1 to 5.1. Grade letters, and settings of the gradebook
that differ from the site's, are in tables that maintien does not read.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from maintien.mbz.writing.elements import (
    Document,
    Shape,
    Writer,
    document,
    leaves,
    rows_as_elements,
    wrapped,
)
from maintien.mbz.writing.links import NO_LINKS, LinkEncoder
from maintien.mbz.writing.rows import Followed, RowStream, no_rows
from maintien.mbz.writing.xml_text import Value

CATEGORY: Final = Shape(
    name="grade_category",
    fields=(
        "parent",
        "depth",
        "path",
        "fullname",
        "aggregation",
        "keephigh",
        "droplow",
        "aggregateonlygraded",
        "aggregateoutcomes",
        "timecreated",
        "timemodified",
        "hidden",
    ),
)
ITEM: Final = Shape(
    name="grade_item",
    fields=(
        "categoryid",
        "itemname",
        "itemtype",
        "itemmodule",
        "iteminstance",
        "itemnumber",
        "iteminfo",
        "idnumber",
        "calculation",
        "gradetype",
        "grademax",
        "grademin",
        "scaleid",
        "outcomeid",
        "gradepass",
        "multfactor",
        "plusfactor",
        "aggregationcoef",
        "aggregationcoef2",
        "weightoverride",
        "sortorder",
        "display",
        "decimals",
        "hidden",
        "locked",
        "locktime",
        "needsupdate",
        "timecreated",
        "timemodified",
    ),
)
GRADE: Final = Shape(
    name="grade_grade",
    fields=(
        "userid",
        "rawgrade",
        "rawgrademax",
        "rawgrademin",
        "rawscaleid",
        "usermodified",
        "finalgrade",
        "hidden",
        "locked",
        "locktime",
        "exported",
        "overridden",
        "excluded",
        "feedback",
        "feedbackformat",
        "information",
        "informationformat",
        "timecreated",
        "timemodified",
        "aggregationstatus",
        "aggregationweight",
    ),
)
_SETTING: Final = '\n    <grade_setting id="">'


@dataclass(frozen=True, slots=True, kw_only=True)
class Gradebook:
    """Grades that belong to no activity."""

    categories: RowStream = field(default_factory=lambda: no_rows("id"))
    """Parents before their children."""
    items: RowStream = field(default_factory=lambda: no_rows("id"))
    grades: RowStream = field(default_factory=lambda: no_rows("itemid"))
    """Item by item in their order, which the column ``itemid`` names."""
    min_max_to_use: str = "1"
    """Config ``grade_minmaxtouse``."""
    calculations_freeze: str = ""
    """Config ``gradebook_calculations_freeze_`` of the course; empty where there is none."""


def gradebook_document(gradebook: Gradebook, *, links: LinkEncoder = NO_LINKS) -> Document:
    """Write the gradebook."""

    def content() -> Iterator[str]:
        frozen = {"calculations_freeze": gradebook.calculations_freeze}
        frozen_at: dict[str, Value] = {name: value for name, value in frozen.items() if value}
        yield from wrapped("attributes", leaves(frozen_at, depth=2), depth=1)
        categories = rows_as_elements(CATEGORY, gradebook.categories, depth=2, links=links)
        yield from wrapped("grade_categories", categories, depth=1)
        yield from wrapped("grade_items", _items(gradebook, links), depth=1)
        yield from wrapped("grade_letters", (), depth=1)
        yield "\n  <grade_settings>"
        yield _SETTING
        yield from leaves({"name": "minmaxtouse", "value": gradebook.min_max_to_use}, depth=3)
        yield "\n    </grade_setting>"
        yield "\n  </grade_settings>"

    return document(wrapped("gradebook", content(), depth=0))


def grade_history_document() -> Document:
    """Write the history, which is left empty: its setting is off."""
    return document(wrapped("grade_history", wrapped("grade_grades", (), depth=1), depth=0))


def _items(gradebook: Gradebook, links: LinkEncoder) -> Iterator[str]:
    items = gradebook.items
    item, number = Writer(ITEM, items.columns, depth=2, links=links), items.place("id")
    grade = Writer(GRADE, gradebook.grades.columns, depth=4, links=links)
    followed = Followed(gradebook.grades, "itemid")
    for row in items.rows:
        yield item.opening(row)
        yield from wrapped("grade_grades", map(grade.whole, followed.rows_of(row[number])), depth=3)
        yield item.closing
    followed.require_end()
