"""Finds the participants that a filter selects, for a batch of courses together.

Each value of a filter is a query over the whole batch, through the index that its table has on courses,
instances, roles or groups, and answers with ids alone; they are put together as
:mod:`maintien.enrolments.filtering` says. One statement with all of them would leave it to the database's
planner how often the sets are gone through: PostgreSQL goes through one again for each person as soon as
it is too large for its memory.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, or_, select

from maintien.enrolments.filtering import People, select_people
from maintien.enrolments.participant_filter import ParticipantFilter, ParticipantStatus
from maintien.enrolments.state import Course
from maintien.moodle.ids import CourseId, GroupId, InstanceId, RoleId, UserId
from maintien.sites.database.fetching import fetch_all
from maintien.sites.database.participant_values import ByCourse, ParticipantValues
from maintien.sites.database.some_people import few_or_everybody, rows_of
from maintien.sites.database.tables import MoodleTables

_NOBODY: People = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choosing:
    """Which participants to choose."""

    wanted: ParticipantFilter
    at: int
    """Unix seconds of what counts as now."""

    def find(
        self, connection: Connection, tables: MoodleTables, courses: Sequence[Course]
    ) -> Mapping[CourseId, People]:
        """Find them; see :func:`find_participants`."""
        return find_participants(connection, tables, courses, self.wanted, self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlreadyChosen:
    """People who have been found before, so that nothing is asked for them again."""

    people: Mapping[CourseId, frozenset[UserId]]

    def find(
        self, _connection: Connection, _tables: MoodleTables, _courses: Sequence[Course]
    ) -> Mapping[CourseId, frozenset[UserId]]:
        """Give them."""
        return self.people


def find_participants(
    connection: Connection,
    tables: MoodleTables,
    courses: Sequence[Course],
    wanted: ParticipantFilter,
    at: int,
) -> Mapping[CourseId, People]:
    """Find whom the filter selects in each of these courses at Unix time ``at``.

    Courses in which it selects nobody are missing. Deleted accounts are never selected.
    """
    values = ParticipantValues(connection, tables, courses, at)
    found = {
        course.id: select_people(_Source(values=values, courseid=course.id), wanted) for course in courses
    }
    gone = _accounts_gone(connection, tables, values.instanceids, frozenset().union(*found.values()))
    left = {courseid: people - gone for courseid, people in found.items()}
    return {courseid: people for courseid, people in left.items() if people}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """Implements :class:`~maintien.enrolments.filtering.ParticipantSource` for one course of the batch."""

    values: ParticipantValues
    courseid: CourseId

    def everybody(self) -> People:
        return self._here(self.values.everybody())

    def enrolled_among(self, people: People) -> People:
        return self._here(self.values.enrolled_among(people))

    def enrolled_by(self, method: str | InstanceId) -> People:
        return self._here(self.values.enrolled_by(method))

    def with_status(self, status: ParticipantStatus) -> People:
        return self._here(self.values.with_status(status))

    def with_other_status(self, statuses: Collection[ParticipantStatus]) -> People:
        return self._here(self.values.with_other_status(frozenset(statuses)))

    def with_role(self, roleid: RoleId | None) -> People:
        return self._here(self.values.with_role(roleid))

    def in_groups(self, groups: Collection[GroupId] | None) -> People:
        return self._here(self.values.in_groups(None if groups is None else frozenset(groups)))

    def named(self, keyword: str) -> People:
        return self._here(self.values.named(keyword))

    def there_since(self, moment: int) -> People:
        return self._here(self.values.there_since(moment))

    def _here(self, by_course: ByCourse) -> People:
        return by_course.get(self.courseid, _NOBODY)


def _accounts_gone(
    connection: Connection, tables: MoodleTables, instanceids: Sequence[InstanceId], people: People
) -> People:
    """Find whose account is deleted, or missing altogether, among these people of these instances."""
    user, row = tables.user, tables.user_enrolments
    query = (
        select(row.c.userid)
        .distinct()
        .select_from(row.outerjoin(user, user.c.id == row.c.userid))
        .where(row.c.enrolid.in_(instanceids), or_(user.c.id.is_(None), user.c.deleted != 0))
    )
    return frozenset(
        UserId(userid)
        for theirs in rows_of(row.c.userid, few_or_everybody(people))
        for (userid,) in fetch_all(connection, query.where(theirs))
    )
