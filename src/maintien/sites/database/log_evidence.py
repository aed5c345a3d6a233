"""Sorts the rows of the standard log that are evidence, as they come in."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from maintien.enrolments.rows import UserEnrolment
from maintien.enrolments.withdrawals import (
    Deed,
    LeftGroup,
    LogReach,
    LostGrades,
    RemovedEnrolment,
    UnassignedRole,
    UnreadableEvent,
    UpdatedEnrolment,
    Withdrawals,
)
from maintien.moodle.events import (
    GRADE_DELETED,
    GROUP_MEMBER_REMOVED,
    ROLE_UNASSIGNED,
    USER_ENROLMENT_DELETED,
    USER_ENROLMENT_UPDATED,
)
from maintien.moodle.ids import ContextId, EnrolmentId, GroupId, InstanceId, RoleId, UserId
from maintien.moodle.logged_events import (
    UnreadableOther,
    parse_deleted_enrolment,
    parse_method,
    parse_owner,
)

_Place: TypeAlias = tuple[int, int]
"""When a log row was written, and its id: rows of one second are in the order of their ids."""


@dataclass(slots=True)
class LogEvidence:
    """What has been found so far about one course; the log's order is kept beside each finding."""

    removed: list[tuple[_Place, RemovedEnrolment]] = field(default_factory=list)
    updated: dict[EnrolmentId, tuple[_Place, UpdatedEnrolment]] = field(default_factory=dict)
    roles: list[tuple[_Place, UnassignedRole]] = field(default_factory=list)
    left_groups: list[tuple[_Place, LeftGroup]] = field(default_factory=list)
    grades: defaultdict[UserId, int] = field(default_factory=lambda: defaultdict(int))
    in_history: dict[UserId, int] = field(default_factory=dict)
    unreadable: list[tuple[_Place, UnreadableEvent]] = field(default_factory=list)

    def take(self, row: Any) -> None:  # noqa: ANN401 -- a row of log_query
        """Sort one log row in."""
        # A database that ignores case may find names that Moodle never wrote.
        take = _TAKERS.get(row.eventname)
        if take is None:
            return
        try:
            take(self, row)
        except UnreadableOther:
            is_unenrolment = row.eventname == USER_ENROLMENT_DELETED.eventname
            event = UnreadableEvent(UserId(row.relateduserid or 0), is_unenrolment, _deed(row))
            self.unreadable.append((_place(row), event))

    def take_removal(self, row: Any) -> None:  # noqa: ANN401 -- a row of log_query
        """Take a ``user_enrolment_deleted``."""
        was = parse_deleted_enrolment(row.other, objectid=row.objectid, userid=row.relateduserid)
        enrolment = UserEnrolment(
            id=EnrolmentId(was.id),
            instanceid=InstanceId(was.enrolid),
            userid=UserId(was.userid),
            status=was.status,
            starts_at=was.timestart,
            ends_at=was.timeend,
            modifierid=UserId(was.modifierid),
            timecreated=was.timecreated,
            timemodified=was.timemodified,
        )
        removal = RemovedEnrolment(enrolment, was.method, was.was_last, _deed(row))
        self.removed.append((_place(row), removal))

    def take_update(self, row: Any) -> None:  # noqa: ANN401 -- a row of log_query
        """Take a ``user_enrolment_updated``, if it is the last of its row so far."""
        place, enrolmentid = _place(row), EnrolmentId(_told(row.objectid))
        known = self.updated.get(enrolmentid)
        if known is None or known[0] < place:
            userid, method = UserId(_told(row.relateduserid)), parse_method(row.other)
            self.updated[enrolmentid] = place, UpdatedEnrolment(enrolmentid, userid, method, _deed(row))

    def take_role(self, row: Any) -> None:  # noqa: ANN401 -- a row of log_query
        """Take a ``role_unassigned``."""
        owner = parse_owner(row.other)
        role = UnassignedRole(
            UserId(_told(row.relateduserid)),
            RoleId(_told(row.objectid)),
            ContextId(row.contextid),
            owner.component,
            owner.itemid,
            _deed(row),
        )
        self.roles.append((_place(row), role))

    def take_membership(self, row: Any) -> None:  # noqa: ANN401 -- a row of log_query
        """Take a ``group_member_removed``, whose ``other`` says nothing."""
        membership = LeftGroup(UserId(_told(row.relateduserid)), GroupId(_told(row.objectid)), _deed(row))
        self.left_groups.append((_place(row), membership))

    def take_grade(self, row: Any) -> None:  # noqa: ANN401 -- a row of log_query
        """Count a ``grade_deleted``."""
        self.grades[UserId(_told(row.relateduserid))] += 1

    def gathered(self, groups: frozenset[GroupId], reach: LogReach | None) -> Withdrawals:
        """Give what was found, in the order of time."""
        people = sorted(self.grades.keys() | self.in_history.keys())
        return Withdrawals(
            removed=_in_order(self.removed),
            updated={enrolmentid: event for enrolmentid, (_, event) in sorted(self.updated.items())},
            roles=_in_order(self.roles),
            left_groups=_in_order(self.left_groups),
            grades=tuple(
                LostGrades(userid, self.grades.get(userid, 0), self.in_history.get(userid, 0))
                for userid in people
            ),
            unreadable=_in_order(self.unreadable),
            groups=groups,
            log=reach,
        )


def _place(row: Any) -> _Place:  # noqa: ANN401 -- a row of log_query
    return row.timecreated, row.id


def _in_order(found: Iterable[tuple[_Place, Any]]) -> tuple[Any, ...]:
    return tuple(each for _, each in sorted(found, key=lambda pair: pair[0]))


def _deed(row: Any) -> Deed:  # noqa: ANN401 -- a row of log_query
    return Deed(row.timecreated, row.origin or "", UserId(row.userid))


def _told(number: int | None) -> int:
    if number is None:
        raise UnreadableOther("it does not say who or what")
    return number


_TAKERS: Final[Mapping[str, Callable[[LogEvidence, Any], None]]] = {
    USER_ENROLMENT_DELETED.eventname: LogEvidence.take_removal,
    USER_ENROLMENT_UPDATED.eventname: LogEvidence.take_update,
    ROLE_UNASSIGNED.eventname: LogEvidence.take_role,
    GROUP_MEMBER_REMOVED.eventname: LogEvidence.take_membership,
    GRADE_DELETED.eventname: LogEvidence.take_grade,
}
EVIDENT_EVENTS: Final = tuple(_TAKERS)
"""Names of the events that are evidence."""

EVENTS_WITH_OTHER: Final = tuple(name for name in EVIDENT_EVENTS if name != GRADE_DELETED.eventname)
"""Those whose ``other`` is read."""
