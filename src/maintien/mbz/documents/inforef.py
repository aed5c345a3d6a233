"""``course/inforef.xml``: whom and what the course's documents refer to.

Moodle restores only the users that such a list names, whatever ``users.xml`` holds. Source:
backup_inforef_structure_step (backup/moodle2/backup_stepslib.php) and restore_load_included_users
(backup/moodle2/restore_stepslib.php), Moodle 4.3.
"""

from collections.abc import Iterator
from typing import Final, TypeAlias

from maintien.mbz.archive import ReferencedGroup, ReferencedRole, ReferencedUser
from maintien.mbz.container.member import Member
from maintien.mbz.documents.values import Values
from maintien.mbz.limits import ArchiveLimits
from maintien.mbz.xml_reading import read_records
from maintien.mbz.xml_shapes import Shape
from maintien.moodle.ids import GroupId, RoleId, UserId

Reference: TypeAlias = ReferencedUser | ReferencedRole | ReferencedGroup

_USER: Final = Shape(path="inforef/userref/user", columns=frozenset({"id"}), attributes=frozenset())
_ROLE: Final = Shape(path="inforef/roleref/role", columns=frozenset({"id"}), attributes=frozenset())
_GROUP: Final = Shape(path="inforef/groupref/group", columns=frozenset({"id"}), attributes=frozenset())


def parse_inforef(member: Member, limits: ArchiveLimits) -> Iterator[Reference]:
    """Give every reference to a user, a role or a group; the other kinds are passed over.

    Raises ArchiveError.
    """
    for record in read_records(member, (_USER, _ROLE, _GROUP), limits):
        id_ = Values(member, record).number("id")
        if record.shape is _USER:
            yield ReferencedUser(UserId(id_))
        elif record.shape is _ROLE:
            yield ReferencedRole(RoleId(id_))
        else:
            yield ReferencedGroup(GroupId(id_))
