"""``groups.xml``: the course's groups, and who is in them.

Source: backup_groups_structure_step (backup/moodle2/backup_stepslib.php), Moodle 2.6 to 4.3.
"""

from collections.abc import Iterator
from typing import Final, TypeAlias

from maintien.enrolments.state import GroupMembership
from maintien.mbz.archive import ArchivedGroup
from maintien.mbz.container.member import Member
from maintien.mbz.documents.values import Values
from maintien.mbz.limits import ArchiveLimits
from maintien.mbz.xml_reading import read_records
from maintien.mbz.xml_shapes import Shape
from maintien.moodle.ids import UNSAVED, GroupId, MembershipId, UserId

GroupRow: TypeAlias = ArchivedGroup | GroupMembership

_GROUP: Final = Shape(
    path="groups/group",
    columns=frozenset(
        {
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
        }
    ),
)
_MEMBER: Final = Shape(
    path="groups/group/group_members/group_member",
    columns=frozenset({"userid", "timeadded", "component", "itemid"}),
)


def parse_groups(member: Member, limits: ArchiveLimits) -> Iterator[GroupRow]:
    """Give every group, each before its members.

    Raises ArchiveError.
    """
    group = GroupId(UNSAVED)
    for record in read_records(member, (_GROUP, _MEMBER), limits):
        values = Values(member, record)
        if record.shape is _MEMBER:
            yield _membership(values, group)
        else:
            group = GroupId(values.number("id"))
            yield _group(values, group)


def _group(values: Values, id_: GroupId) -> ArchivedGroup:
    return ArchivedGroup(
        id=id_,
        name=values.text("name"),
        idnumber=values.text_or_empty("idnumber"),
        description=values.text_or_null("description"),
        descriptionformat=values.number_or_null("descriptionformat"),
        enrolmentkey=values.text_or_null("enrolmentkey"),
        picture=values.number_or_null("picture"),
        visibility=values.number_or_null("visibility"),
        participation=values.number_or_null("participation"),
        timecreated=values.number_or_null("timecreated"),
        timemodified=values.number_or_null("timemodified"),
    )


def _membership(values: Values, group: GroupId) -> GroupMembership:
    return GroupMembership(
        id=MembershipId(values.number("id")),
        groupid=group,
        userid=UserId(values.number("userid")),
        component=values.common_text("component"),
        itemid=values.number_or_zero("itemid"),
        timeadded=values.number_or_zero("timeadded"),
    )
