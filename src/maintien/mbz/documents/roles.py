"""``roles.xml``: the roles that something in the archive refers to.

Source: backup_final_roles_structure_step (backup/moodle2/backup_stepslib.php), Moodle 2.6 to 4.3.
"""

from collections.abc import Iterator
from typing import Final

from maintien.mbz.archive import ArchivedRole
from maintien.mbz.container.member import Member
from maintien.mbz.documents.values import Values
from maintien.mbz.limits import ArchiveLimits
from maintien.mbz.xml_reading import read_records
from maintien.mbz.xml_shapes import Shape
from maintien.moodle.ids import RoleId

_ROLE: Final = Shape(
    path="roles_definition/role", columns=frozenset({"name", "shortname", "nameincourse", "archetype"})
)


def parse_roles(member: Member, limits: ArchiveLimits) -> Iterator[ArchivedRole]:
    """Give every role.

    Raises ArchiveError.
    """
    for record in read_records(member, (_ROLE,), limits):
        values = Values(member, record)
        yield ArchivedRole(
            id=RoleId(values.number("id")),
            shortname=values.text("shortname"),
            name=values.text_or_empty("name"),
            nameincourse=values.text_or_empty("nameincourse"),
            archetype=values.text_or_empty("archetype"),
        )
