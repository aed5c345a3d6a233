"""What a backup archive says about a course: header, state, people, roles and groups.

Rows are those of :mod:`maintien.enrolments.state`, so the same rules serve an archive and a database.
Ids are those of the site the archive was made on. Every text comes from outside: escape it where it is
shown. Source: backup/moodle2/backup_stepslib.php, Moodle 2.6 to 4.3.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from maintien.enrolments.state import CourseState
from maintien.moodle.ids import ContextId, CourseId, GroupId, RoleId, UserId

MOODLE_2_FORMAT: Final = "moodle2"
"""``format`` of every backup since Moodle 2.0."""

COURSE_TYPE: Final = "course"
"""``type`` of the backup of a whole course; ``section`` and ``activity`` hold no enrolments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveHeader:
    """What ``moodle_backup.xml`` says about the archive; empty texts and 0 where it says nothing."""

    name: str
    moodle_version: str
    """Not a number: ``2016120504.02``."""
    moodle_release: str
    """As ``4.3 (Build: 20231009)``."""
    backup_version: str
    backup_release: str
    """As ``4.3``."""
    backup_date: int
    """Unix seconds."""
    has_remote_users: bool
    """``mnet_remoteusers``: some accounts belong to other sites of a Moodle network."""
    original_wwwroot: str
    original_site_identifier_hash: str
    original_course_id: CourseId
    original_course_shortname: str
    original_course_fullname: str
    original_course_format: str
    """Since Moodle 2.9."""
    original_course_startdate: int
    original_course_enddate: int
    """Since Moodle 3.2."""
    original_course_contextid: ContextId
    original_system_contextid: ContextId
    type: str
    """``course``, ``section`` or ``activity``."""
    format: str
    """``moodle2``."""
    mode: str
    """Moodle's number for what the backup was made for (``backup::MODE_*``): ``10`` general."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """The settings of the whole backup (level *root*), in the archive's order."""

    def is_on(self, setting: str) -> bool:
        """Whether a setting is in force; one that is not there is off."""
        return self.settings.get(setting, "0") not in ("", "0")

    @property
    def includes_users(self) -> bool:
        """Whether enrolled people are in it: without, there are instances and no enrolments."""
        return self.is_on("users")

    @property
    def includes_role_assignments(self) -> bool:
        """Whether the roles that people have in the course are in it."""
        return self.is_on("role_assignments")

    @property
    def includes_groups(self) -> bool:
        """Whether groups are in it. The setting is there since Moodle 3.1; before, they always were."""
        return self.is_on("groups") if "groups" in self.settings else True

    @property
    def is_anonymised(self) -> bool:
        """Whether people's names were replaced by invented ones."""
        return self.is_on("anonymize")


class ArchivedUser(NamedTuple):
    """An account in ``users.xml``: what names it, and what Moodle's restore matches it by.

    Not in archives: whether the account is suspended.
    """

    id: UserId
    username: str
    idnumber: str
    email: str
    firstname: str
    lastname: str
    auth: str
    mnethosturl: str
    """The site that the account belongs to; empty for the archive's own."""
    is_deleted: bool
    firstaccess: int
    """Unix seconds; 0 for never."""


class ArchivedRole(NamedTuple):
    """A role in ``roles.xml``."""

    id: RoleId
    shortname: str
    name: str
    """Empty for a role whose name comes from the language pack."""
    nameincourse: str
    """How the course calls it; empty where it doesn't."""
    archetype: str


class ArchivedGroup(NamedTuple):
    """A group in ``groups.xml``; the last columns are there to write it again, None where NULL or absent."""

    id: GroupId
    name: str
    idnumber: str
    description: str | None
    """Moodle's restore finds a group of the course again by its name, and its description if it has any."""
    descriptionformat: int | None
    enrolmentkey: str | None
    """A password: never shown."""
    picture: int | None
    visibility: int | None
    """Since Moodle 4.2."""
    participation: int | None
    timecreated: int | None
    timemodified: int | None


class ReferencedUser(NamedTuple):
    """A user that ``course/inforef.xml`` names; Moodle restores no others."""

    id: UserId


class ReferencedRole(NamedTuple):
    """A role that ``course/inforef.xml`` names."""

    id: RoleId


class ReferencedGroup(NamedTuple):
    """A group that ``course/inforef.xml`` names."""

    id: GroupId


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedCourse:
    """Everything of an archive that decides who may enter the course."""

    header: ArchiveHeader
    state: CourseState
    """Instances in the archive's order, which is Moodle's ``sortorder``; enrolments, roles and
    memberships in id order. ``deleted`` and ``missing`` are known where the users were read; ``suspended``
    is in no archive, and so is ``timecreated`` of enrolments, which is 0."""
    users: Mapping[UserId, ArchivedUser] = field(default_factory=dict)
    roles: Mapping[RoleId, ArchivedRole] = field(default_factory=dict)
    """The roles that something in the archive refers to."""
    groups: Mapping[GroupId, ArchivedGroup] = field(default_factory=dict)
    referenced: frozenset[UserId] = frozenset()
    """The users that ``course/inforef.xml`` names."""
