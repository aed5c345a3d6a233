"""The conditions in SQL that filters of participants put on a course and a person."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, assert_never

from sqlalchemy import (
    ColumnElement,
    Tuple,
    and_,
    collate,
    func,
    literal,
    not_,
    or_,
    select,
)

from maintien.enrolments.participant_filter import (
    Filter,
    GroupFilter,
    Join,
    KeywordFilter,
    LastAccess,
    LastAccessFilter,
    MethodFilter,
    Never,
    NotSince,
    ParticipantFilter,
    ParticipantStatus,
    PeopleFilter,
    RoleFilter,
    Since,
    StatusFilter,
)
from maintien.moodle.ids import ContextId, CourseId, GroupId, RoleId
from maintien.moodle.values import FOREVER, NO_END, ContextLevel, EnrolmentStatus, InstanceStatus
from maintien.sites.database.tables import MoodleTables

Condition = ColumnElement[bool]

_TEXT_COLUMNS: Final = ("username", "email", "idnumber")
_OTHER_NAME_COLUMNS: Final = ("middlename", "alternatename", "firstnamephonetic", "lastnamephonetic")
_BETWEEN_TEXTS: Final = "\n"
"""Stands in no keyword."""
_ESCAPE: Final = "!"


@dataclass(frozen=True, slots=True, kw_only=True)
class RolesAbove:
    """That somebody has a role in a context, which some of the courses lie in."""

    contextid: ContextId
    roleid: RoleId
    courseids: tuple[CourseId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """Makes the conditions that filters put on the people of some courses."""

    tables: MoodleTables
    courseids: Sequence[CourseId]
    courseid: ColumnElement[Any]
    userid: ColumnElement[Any]
    pair: Tuple
    """Both together: whom the condition is put on."""
    at: int
    """Unix seconds of now."""
    above: Sequence[RolesAbove]
    is_mysql: bool

    def of(self, wanted: ParticipantFilter) -> Condition:
        """Say that the filter selects the person; it has filters."""
        return _joined(wanted.join, map(self._matches, wanted.filters))

    def _matches(self, wanted: Filter) -> Condition:
        if isinstance(wanted, StatusFilter) and wanted.join is Join.NONE:
            return self._is_enrolled(not_(or_(*map(self._is, wanted.statuses))))
        return _joined(wanted.join, self._values_of(wanted))

    def _values_of(self, wanted: Filter) -> Iterable[Condition]:  # noqa: PLR0911 -- one a filter
        match wanted:
            case MethodFilter(methods=methods):
                return map(self._is_enrolled_by, methods)
            case StatusFilter(statuses=statuses):
                return (self._is_enrolled(self._is(status)) for status in statuses)
            case RoleFilter():
                return self._has_roles(wanted)
            case GroupFilter():
                return self._is_in_groups(wanted)
            case KeywordFilter(keywords=keywords):
                return map(self._is_named, keywords)
            case LastAccessFilter(accesses=accesses):
                return map(self._was_there, accesses)
            case PeopleFilter(people=people):
                return (self.userid == userid for userid in sorted(people))
            case _:
                assert_never(wanted)

    def _is_enrolled(self, condition: Condition) -> Condition:
        """Say that some enrolment of the person in the course fulfils a condition."""
        enrol, row = self.tables.enrol, self.tables.user_enrolments
        return self.pair.in_(
            select(enrol.c.courseid, row.c.userid)
            .join_from(enrol, row, row.c.enrolid == enrol.c.id)
            .where(enrol.c.courseid.in_(self.courseids), condition)
        )

    def _is_enrolled_by(self, method: str | int) -> Condition:
        enrol = self.tables.enrol.c
        is_method = enrol.enrol == method if isinstance(method, str) else enrol.id == method
        return self._is_enrolled(is_method)

    def _is(self, status: ParticipantStatus) -> Condition:
        """Say what an enrolment is, whose columns stand in the same query."""
        row = self.tables.user_enrolments.c
        is_in_force = row.status == EnrolmentStatus.ACTIVE
        match status:
            case ParticipantStatus.ACTIVE:
                return and_(is_in_force, self._is_current())
            case ParticipantStatus.SUSPENDED:
                return not_(is_in_force)
            case ParticipantStatus.NOT_CURRENT:
                return and_(is_in_force, not_(self._is_current()))
            case ParticipantStatus.INACTIVE:
                return not_(and_(is_in_force, self._is_current()))

    def _is_current(self) -> Condition:
        row = self.tables.user_enrolments.c
        return and_(
            self.tables.enrol.c.status == InstanceStatus.ENABLED,
            row.timestart <= self.at,
            or_(row.timeend.in_((NO_END, FOREVER)), row.timeend > self.at),
        )

    def _has_roles(self, wanted: RoleFilter) -> Iterator[Condition]:
        assignment = self.tables.role_assignments.c
        for roleid in wanted.roles:
            above = (each for each in self.above if each.roleid == roleid)
            yield or_(self._has_role_here(assignment.roleid == roleid), *map(self._has_role_above, above))
        if wanted.no_role:
            yield not_(or_(self._has_role_here(), *map(self._has_role_above, self.above)))

    def _has_role_here(self, *conditions: Condition) -> Condition:
        context, assignment = self.tables.context, self.tables.role_assignments
        return self.pair.in_(
            select(context.c.instanceid, assignment.c.userid)
            .join_from(context, assignment, assignment.c.contextid == context.c.id)
            .where(context.c.contextlevel == ContextLevel.COURSE, context.c.instanceid.in_(self.courseids))
            .where(*conditions)
        )

    def _has_role_above(self, above: RolesAbove) -> Condition:
        assignment = self.tables.role_assignments.c
        holders = select(assignment.userid).where(
            assignment.contextid == above.contextid, assignment.roleid == above.roleid
        )
        return and_(self.courseid.in_(above.courseids), self.userid.in_(holders))

    def _is_in_groups(self, wanted: GroupFilter) -> Iterator[Condition]:
        for groups in wanted.groups:
            yield self._is_in_group(groups)
        if wanted.no_group:
            yield not_(self._is_in_group(None))

    def _is_in_group(self, among: Collection[GroupId] | None) -> Condition:
        group, member = self.tables.groups, self.tables.groups_members
        query = (
            select(group.c.courseid, member.c.userid)
            .join_from(group, member, member.c.groupid == group.c.id)
            .where(group.c.courseid.in_(self.courseids))
        )
        return self.pair.in_(query if among is None else query.where(group.c.id.in_(sorted(among))))

    def _is_named(self, keyword: str) -> Condition:
        """Say that a text of the person contains a keyword; both in small letters, as the database has it."""
        pattern: ColumnElement[str] = func.lower(literal(f"%{_escaped(keyword)}%"))
        if self.is_mysql:
            # Moodle's columns compare e with é; the keyword's own comparison wins over theirs.
            pattern = collate(pattern, "utf8mb4_bin")
        return func.lower(self._texts()).like(pattern, escape=_ESCAPE)

    def _texts(self) -> ColumnElement[str]:
        user = self.tables.user.c
        texts = user.firstname + " " + user.lastname
        for name in _TEXT_COLUMNS:
            texts = texts + _BETWEEN_TEXTS + user[name]
        for name in _OTHER_NAME_COLUMNS:
            texts = texts + _BETWEEN_TEXTS + func.coalesce(user[name], "")
        return texts

    def _was_there(self, access: LastAccess) -> Condition:
        """Say when the person was last in the course, whose ``user_lastaccess`` stands in the same query."""
        last = func.coalesce(self.tables.user_lastaccess.c.timeaccess, 0)
        match access:
            case NotSince(moment=moment):
                return last < moment
            case Since(moment=moment):
                return and_(last != 0, last >= moment)
            case Never():
                return last == 0


def _joined(join: Join, conditions: Iterable[Condition]) -> Condition:
    match join:
        case Join.ALL:
            return and_(*conditions)
        case Join.ANY:
            return or_(*conditions)
        case Join.NONE:
            return not_(or_(*conditions))


def _escaped(text: str) -> str:
    for special in (_ESCAPE, "%", "_"):
        text = text.replace(special, _ESCAPE + special)
    return text
