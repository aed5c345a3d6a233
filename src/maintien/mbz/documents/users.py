"""``users.xml``: the people that something in the archive refers to.

Source: backup_users_structure_step (backup/moodle2/backup_stepslib.php), Moodle 2.6 to 4.3.
"""

from collections.abc import Iterator
from typing import Final

from maintien.mbz.archive import ArchivedUser
from maintien.mbz.container.member import Member
from maintien.mbz.documents.values import Values
from maintien.mbz.limits import ArchiveLimits
from maintien.mbz.xml_reading import read_records
from maintien.mbz.xml_shapes import Shape
from maintien.moodle.ids import UserId

_USER: Final = Shape(
    path="users/user",
    columns=frozenset(
        {
            "username",
            "idnumber",
            "email",
            "firstname",
            "lastname",
            "auth",
            "mnethosturl",
            "deleted",
            "firstaccess",
        }
    ),
)


def parse_users(member: Member, limits: ArchiveLimits) -> Iterator[ArchivedUser]:
    """Give every account, deleted ones too. Passwords, which some archives hold, are not read.

    Raises ArchiveError.
    """
    for record in read_records(member, (_USER,), limits):
        values = Values(member, record)
        yield ArchivedUser(
            id=UserId(values.number("id")),
            username=values.text("username"),
            idnumber=values.text_or_empty("idnumber"),
            email=values.text_or_empty("email"),
            firstname=values.text_or_empty("firstname"),
            lastname=values.text_or_empty("lastname"),
            auth=values.common_text("auth"),
            mnethosturl=values.common_text("mnethosturl"),
            is_deleted=values.number_or_zero("deleted") != 0,
            firstaccess=values.number_or_zero("firstaccess"),
        )
