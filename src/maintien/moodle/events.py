"""The events that Moodle logs for enrolments, roles and groups, as rows of the standard log.

Source: lib/classes/event/*.php for the constants of each event, write() of
admin/tool/log/classes/helper/buffered_writer.php for the encoding of ``other``; Moodle 4.1 and 4.3.
Whether an id inside ``other`` is a number or a string depends on where Moodle's code took it from.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

from maintien.moodle.ids import ContextId, CourseId, UserId
from maintien.moodle.php_serialize import serialize

DIRTY_USERS: Final = "accesslib/dirtyusers"
"""``cache_flags.flagtype`` of people whose session has to look its access up again.

Source: mark_user_dirty and set_cache_flag (lib/accesslib.php, lib/moodlelib.php), Moodle 4.3.
"""

DIRTY_CONTEXTS: Final = "accesslib/dirtycontexts"
"""The same for everybody in a context; its name is the context's path.

Source: context::mark_dirty (lib/classes/context.php), which enrol_plugin::update_status calls.
"""

LEVEL_OTHER: Final = 0
"""``edulevel`` of what is done to enrolments, roles and groups."""

LEVEL_TEACHING: Final = 1
"""``edulevel`` of a restore."""

OtherValue: TypeAlias = "int | str | bool | Mapping[str, OtherValue] | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKind:
    """What all log rows of one event have in common."""

    eventname: str
    action: str
    target: str
    objecttable: str
    crud: str
    component: str = "core"
    edulevel: int = LEVEL_OTHER


ENROL_INSTANCE_CREATED: Final = EventKind(
    eventname="\\core\\event\\enrol_instance_created",
    action="created",
    target="enrol_instance",
    objecttable="enrol",
    crud="c",
)
ENROL_INSTANCE_UPDATED: Final = EventKind(
    eventname="\\core\\event\\enrol_instance_updated",
    action="updated",
    target="enrol_instance",
    objecttable="enrol",
    crud="u",
)
ENROL_INSTANCE_DELETED: Final = EventKind(
    eventname="\\core\\event\\enrol_instance_deleted",
    action="deleted",
    target="enrol_instance",
    objecttable="enrol",
    crud="d",
)
USER_ENROLMENT_CREATED: Final = EventKind(
    eventname="\\core\\event\\user_enrolment_created",
    action="created",
    target="user_enrolment",
    objecttable="user_enrolments",
    crud="c",
)
USER_ENROLMENT_UPDATED: Final = EventKind(
    eventname="\\core\\event\\user_enrolment_updated",
    action="updated",
    target="user_enrolment",
    objecttable="user_enrolments",
    crud="u",
)
USER_ENROLMENT_DELETED: Final = EventKind(
    eventname="\\core\\event\\user_enrolment_deleted",
    action="deleted",
    target="user_enrolment",
    objecttable="user_enrolments",
    crud="d",
)
ROLE_ASSIGNED: Final = EventKind(
    eventname="\\core\\event\\role_assigned",
    action="assigned",
    target="role",
    objecttable="role",
    crud="c",
)
ROLE_UNASSIGNED: Final = EventKind(
    eventname="\\core\\event\\role_unassigned",
    action="unassigned",
    target="role",
    objecttable="role",
    crud="d",
)
GROUP_MEMBER_ADDED: Final = EventKind(
    eventname="\\core\\event\\group_member_added",
    action="added",
    target="group_member",
    objecttable="groups",
    crud="c",
)
GROUP_MEMBER_REMOVED: Final = EventKind(
    eventname="\\core\\event\\group_member_removed",
    action="removed",
    target="group_member",
    objecttable="groups",
    crud="d",
)
COURSE_RESTORED: Final = EventKind(
    eventname="\\core\\event\\course_restored",
    action="restored",
    target="course",
    objecttable="course",
    crud="c",
    edulevel=LEVEL_TEACHING,
)

GRADE_DELETED: Final = EventKind(
    eventname="\\core\\event\\grade_deleted",
    action="deleted",
    target="grade",
    objecttable="grade_grades",
    crud="d",
)


class LoggedEvent(NamedTuple):
    """One event to log, about one course."""

    kind: EventKind
    objectid: int
    contextid: ContextId
    courseid: CourseId
    relateduserid: UserId | None
    """Whom it happened to; None for an enrolment instance or a course."""
    other: OtherValue


def encode_other(value: OtherValue, *, as_json: bool) -> str:
    """Encode ``logstore_standard_log.other`` as the site's setting ``jsonformat`` wants it."""
    if as_json:
        # PHP's json_encode leaves no spaces, writes ASCII and escapes slashes.
        return json.dumps(value, separators=(",", ":")).replace("/", "\\/")
    return serialize(value).decode()
