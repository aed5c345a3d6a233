"""Finds whom syncs have unenrolled lately: the signs of a cut, for however many courses, from few log rows.

One query a batch of courses. Where it is told whose deeds matter, it walks the log's index that begins with
who did it: a sync in cron runs in an administrator's name, and is all but alone in deleting there. Otherwise
it walks the one on (courseid, anonymous, timecreated), and so also meets syncs that ran when somebody signed
in, in that person's name, among everything else that happened in the course.

Source: sync_enrolments and cron_setup_user's callers (lib/cronlib.php), Moodle 4.1 and 4.3.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Select, and_, func, select

from maintien.enrolments.withdrawals import Deed, Window, is_by_person
from maintien.moodle.events import LEVEL_OTHER, USER_ENROLMENT_DELETED
from maintien.moodle.ids import CourseId, UserId
from maintien.moodle.logged_events import LONGEST_OTHER, UnreadableOther, parse_deleted_enrolment
from maintien.moodle.values import AUTOMATIC_METHODS, ContextLevel
from maintien.sites.database.tables import MoodleTables

_AT_ONCE: Final = 2_000
"""Rows that are fetched together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovalWishes:
    """Which removals to look for."""

    window: Window
    doers: frozenset[UserId] | None = None
    """In whose names; None for anybody's, which takes longer where much else was logged."""


def read_removals(
    connection: Connection, tables: MoodleTables, courses: Sequence[CourseId], wishes: RemovalWishes
) -> Mapping[CourseId, frozenset[UserId]]:
    """Find the people whom a sync of an automatic method has unenrolled from each of these courses.

    People whose account is deleted or suspended are left out. Courses without any are missing.
    """
    removed: defaultdict[CourseId, set[UserId]] = defaultdict(set)
    with connection.execute(
        removals_query(tables, courses, wishes),
        execution_options={"stream_results": True, "yield_per": _AT_ONCE},
    ) as rows:
        for row in rows:
            if _is_by_sync(row):
                removed[CourseId(row.courseid)].add(UserId(row.relateduserid))
    return {courseid: frozenset(people) for courseid, people in removed.items()}


def removals_query(tables: MoodleTables, courses: Sequence[CourseId], wishes: RemovalWishes) -> Select[Any]:
    """Select the log rows of unenrolments, in no order; what is too long to be read comes cut short."""
    log, user = tables.logstore_standard_log, tables.user
    query = (
        select(
            log.c.courseid,
            log.c.objectid,
            log.c.relateduserid,
            log.c.userid,
            log.c.origin,
            log.c.timecreated,
            func.substr(log.c.other, 1, LONGEST_OTHER + 1).label("other"),
        )
        .select_from(log.join(user, user.c.id == log.c.relateduserid))
        .where(user.c.deleted == 0, user.c.suspended == 0)
        .where(log.c.eventname == USER_ENROLMENT_DELETED.eventname)
        .where(log.c.timecreated.between(wishes.window.since, wishes.window.to))
    )
    if wishes.doers is None:
        # Moodle logs none of these anonymously; saying so lets the index be used to its end.
        return query.where(log.c.courseid.in_(courses), log.c.anonymous == 0)
    return query.where(
        and_(
            log.c.userid.in_(sorted(wishes.doers)),
            log.c.contextlevel == int(ContextLevel.COURSE),
            log.c.contextinstanceid.in_(courses),
            log.c.crud == USER_ENROLMENT_DELETED.crud,
            log.c.edulevel == LEVEL_OTHER,
        )
    )


def _is_by_sync(row: Any) -> bool:  # noqa: ANN401 -- a row of removals_query
    # A database that ignores case may find names that Moodle never wrote; so the row has to be readable.
    try:
        was = parse_deleted_enrolment(row.other, objectid=row.objectid, userid=row.relateduserid)
    except UnreadableOther:
        return False
    deed = Deed(row.timecreated, row.origin or "", UserId(row.userid))
    return was.method in AUTOMATIC_METHODS and not is_by_person(deed, UserId(was.userid), was.method)
