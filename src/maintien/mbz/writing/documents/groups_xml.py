"""``groups.xml``: the course's groups with their members, and its groupings with their groups.

Source: backup_groups_structure_step (backup/moodle2/backup_stepslib.php), Moodle 4.1 to 5.1. Custom
fields of groups, which Moodle 4.3 brought, are in tables that maintien does not read.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from maintien.mbz.writing.elements import Document, Shape, Writer, document, wrapped
from maintien.mbz.writing.links import NO_LINKS, LinkEncoder
from maintien.mbz.writing.rows import Followed, RowStream, no_rows

GROUP: Final = Shape(
    name="group",
    fields=(
        "name",
        "idnumber",
        "description",
        "descriptionformat",
        "enrolmentkey",
        "picture",
        "visibility",
        "participation",
        "timecreated",
        "timemodified",
    ),
)
MEMBER: Final = Shape(name="group_member", fields=("userid", "timeadded", "component", "itemid"))
GROUPING: Final = Shape(
    name="grouping",
    fields=(
        "name",
        "idnumber",
        "description",
        "descriptionformat",
        "configdata",
        "timecreated",
        "timemodified",
    ),
)
GROUPING_GROUP: Final = Shape(name="grouping_group", fields=("groupid", "timeadded"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """Everything that ``groups.xml`` holds; nothing, where groups are not included."""

    groups: RowStream = field(default_factory=lambda: no_rows("id"))
    members: RowStream = field(default_factory=lambda: no_rows("id", "groupid"))
    """Of the groups, group by group in their order, which the column ``groupid`` names."""
    groupings: RowStream = field(default_factory=lambda: no_rows("id"))
    grouping_groups: RowStream = field(default_factory=lambda: no_rows("id", "groupingid"))
    """Of the groupings, grouping by grouping in their order, which the column ``groupingid`` names."""


def groups_document(groups: Groups, *, with_custom_fields: bool, links: LinkEncoder = NO_LINKS) -> Document:
    """Write ``groups``; ``with_custom_fields`` where the site's Moodle has any, whose place stays empty."""

    def content() -> Iterator[str]:
        yield from _owners((GROUP, groups.groups), (MEMBER, groups.members), "group_members", 1, links)
        if with_custom_fields:
            yield from wrapped("groupcustomfields", (), depth=1)
        yield from wrapped("groupings", groupings(), depth=1)

    def groupings() -> Iterator[str]:
        of_groupings = (GROUPING_GROUP, groups.grouping_groups)
        yield from _owners((GROUPING, groups.groupings), of_groupings, "grouping_groups", 2, links)
        if with_custom_fields:
            yield from wrapped("groupingcustomfields", (), depth=2)

    return document(wrapped("groups", content(), depth=0))


def _owners(
    owners: tuple[Shape, RowStream],
    belongings: tuple[Shape, RowStream],
    wrapper: str,
    depth: int,
    links: LinkEncoder,
) -> Iterator[str]:
    (shape, rows), (belonging_shape, belonging_rows) = owners, belongings
    owner, number = Writer(shape, rows.columns, depth=depth, links=links), rows.place("id")
    belonging = Writer(belonging_shape, belonging_rows.columns, depth=depth + 2)
    followed = Followed(belonging_rows, f"{shape.name}id")
    for row in rows.rows:
        yield owner.opening(row)
        yield from wrapped(wrapper, map(belonging.whole, followed.rows_of(row[number])), depth=depth + 1)
        yield owner.closing
    followed.require_end()
