"""The parts of an archive that maintien knows, each a document at a fixed place."""

from enum import Enum


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


ALL_PARTS = frozenset(Part)
