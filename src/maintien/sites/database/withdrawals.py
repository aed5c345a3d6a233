"""Reads what was taken from people within a window: from the standard log, by its indexes only.

A log has tens of millions of rows. One query a batch of courses walks the index on (courseid, anonymous,
timecreated), or the one on timecreated where the window is short, and its rows are streamed; what is kept
in memory is evidence, and grades are only counted. Rows that can't be read are counted, never guessed.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Select, case, func, select

from maintien.enrolments.rows import Course
from maintien.enrolments.withdrawals import LogReach, Window, Withdrawals
from maintien.moodle.ids import CourseId, GroupId
from maintien.moodle.logged_events import LONGEST_OTHER
from maintien.sites.database.chunks import chunks
from maintien.sites.database.log_evidence import EVENTS_WITH_OTHER, EVIDENT_EVENTS, LogEvidence
from maintien.sites.database.tables import MoodleTables

_AT_ONCE: Final = 2_000
"""Rows that are fetched together."""

_UNENROLMENT: Final = "userdelete"
"""``grade_grades_history.source`` of what went with the last enrolment.

Source: grade_user_unenrol (lib/gradelib.php), Moodle 4.1 and 4.3.
"""


def read_withdrawals(
    connection: Connection, tables: MoodleTables, courses: Sequence[Course], window: Window
) -> Mapping[CourseId, Withdrawals]:
    """Read what was taken from the people of each of these courses within ``window``."""
    if not courses:
        return {}
    evidence = {course.id: LogEvidence() for course in courses}
    with connection.execute(
        log_query(tables, list(evidence), window),
        execution_options={"stream_results": True, "yield_per": _AT_ONCE},
    ) as rows:
        for row in rows:
            evidence[row.courseid].take(row)
    for courseid, userid, grades in connection.execute(history_query(tables, list(evidence), window)):
        evidence[courseid].in_history[userid] = grades
    reach = _log_reach(connection, tables)
    kept = _groups_kept(connection, tables, evidence)
    return {courseid: found.gathered(kept[courseid], reach) for courseid, found in evidence.items()}


def log_query(tables: MoodleTables, courses: Sequence[CourseId], window: Window) -> Select[Any]:
    """Select the log rows that are evidence, in no order; those that are too long come cut short."""
    log = tables.logstore_standard_log
    # One character more than is read: so it shows that there is more.
    other = func.substr(log.c.other, 1, LONGEST_OTHER + 1)
    return (
        select(
            log.c.id,
            log.c.courseid,
            log.c.eventname,
            log.c.objectid,
            log.c.contextid,
            log.c.userid,
            log.c.relateduserid,
            log.c.timecreated,
            log.c.origin,
            case((log.c.eventname.in_(EVENTS_WITH_OTHER), other)).label("other"),
        )
        .where(log.c.courseid.in_(courses))
        # Moodle logs none of these anonymously; saying so lets the index be used to its end.
        .where(log.c.anonymous == 0)
        .where(log.c.timecreated.between(window.since, window.to))
        .where(log.c.eventname.in_(EVIDENT_EVENTS))
    )


def history_query(tables: MoodleTables, courses: Sequence[CourseId], window: Window) -> Select[Any]:
    """Count by course and person the grades that went with a last enrolment and are in the history."""
    item, history = tables.grade_items, tables.grade_grades_history
    return (
        select(item.c.courseid, history.c.userid, func.count())
        .join_from(item, history, history.c.itemid == item.c.id)
        .where(item.c.courseid.in_(courses))
        .where(history.c.timemodified.between(window.since, window.to))
        .where(history.c.source == _UNENROLMENT)
        .group_by(item.c.courseid, history.c.userid)
    )


def _log_reach(connection: Connection, tables: MoodleTables) -> LogReach | None:
    moment = tables.logstore_standard_log.c.timecreated
    oldest, newest = connection.execute(select(func.min(moment), func.max(moment))).one()
    return None if oldest is None else LogReach(oldest, newest)


def _groups_kept(
    connection: Connection, tables: MoodleTables, evidence: Mapping[CourseId, LogEvidence]
) -> Mapping[CourseId, frozenset[GroupId]]:
    """Find those groups that people left which are still in their course."""
    group = tables.groups
    left = {row.groupid for found in evidence.values() for _, row in found.left_groups}
    kept: dict[CourseId, set[GroupId]] = defaultdict(set)
    for ids in chunks(sorted(left)):
        for groupid, courseid in connection.execute(
            select(group.c.id, group.c.courseid).where(group.c.id.in_(ids))
        ):
            kept[courseid].add(groupid)
    return {courseid: frozenset(kept[courseid]) for courseid in evidence}
