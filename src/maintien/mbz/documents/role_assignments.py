"""``course/roles.xml``: the roles that people have in the course.

Source: backup_roles_structure_step (backup/moodle2/backup_stepslib.php), Moodle 2.6 to 4.3.
"""

from collections.abc import Iterator
from typing import Final

from maintien.enrolments.state import RoleAssignment
from maintien.mbz.container.member import Member
from maintien.mbz.documents.values import Values
from maintien.mbz.limits import ArchiveLimits
from maintien.mbz.xml_reading import read_records
from maintien.mbz.xml_shapes import Shape
from maintien.moodle.ids import UNSAVED, ContextId, RoleAssignmentId, RoleId, UserId

_ASSIGNMENT: Final = Shape(
    path="roles/role_assignments/assignment",
    columns=frozenset({"roleid", "userid", "timemodified", "modifierid", "component", "itemid", "sortorder"}),
)


def parse_role_assignments(member: Member, limits: ArchiveLimits) -> Iterator[RoleAssignment]:
    """Give every assignment, in no order; their context is UNSAVED.

    Raises ArchiveError.
    """
    for record in read_records(member, (_ASSIGNMENT,), limits):
        values = Values(member, record)
        yield RoleAssignment(
            id=RoleAssignmentId(values.number("id")),
            roleid=RoleId(values.common_number("roleid")),
            contextid=ContextId(UNSAVED),
            userid=UserId(values.number("userid")),
            component=values.common_text("component"),
            itemid=values.number_or_zero("itemid"),
            modifierid=UserId(values.number_or_zero("modifierid")),
            timemodified=values.number_or_zero("timemodified"),
            sortorder=values.number_or_zero("sortorder"),
        )
