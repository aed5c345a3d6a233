"""The parts of an archive that maintien knows, each a document at a fixed place."""

from enum import Enum
from typing import Final


class Part(Enum):
    """A document; its value is the member's name."""

    HEADER = "moodle_backup.xml"
    COURSE = "course/course.xml"
    ENROLMENTS = "course/enrolments.xml"
    ROLE_ASSIGNMENTS = "course/roles.xml"
    INFOREF = "course/inforef.xml"
    ROLES = "roles.xml"
    GROUPS = "groups.xml"
    USERS = "users.xml"


ALL_PARTS: Final = frozenset(Part)

OF_COURSE: Final = frozenset({Part.COURSE, Part.ENROLMENTS, Part.ROLE_ASSIGNMENTS, Part.INFOREF})
"""What the backup of an activity or a section has not."""

PEOPLE_PARTS: Final = (
    *(Part.ENROLMENTS, Part.ROLE_ASSIGNMENTS, Part.INFOREF),
    *(Part.ROLES, Part.USERS, Part.GROUPS),
)
"""What tells of people, besides the header."""

INDEX: Final = ".ARCHIVE_INDEX"
"""The first member of a gzip tar lists the others."""

MOODLE_1: Final = "moodle.xml"
"""What a backup of Moodle 1.x has instead of a header."""

COMMON_CARTRIDGE: Final = "imsmanifest.xml"
"""What an IMS Common Cartridge has instead of a header."""
