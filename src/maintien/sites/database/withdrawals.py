"""Reads what was taken from people within a window: from the standard log, by its indexes only.

A log has tens of millions of rows. One query a batch of courses walks the index on (courseid, anonymous,
timecreated), or the one on timecreated where the window is short, and its rows are streamed; what is kept
in memory is evidence, and grades are only counted. Rows that can't be read are counted, never guessed.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Select,
    case,
    func,
    literal,
    select,
)

from maintien.enrolments.rows import Course
from maintien.enrolments.withdrawals import LogReach, Window, Withdrawals
from maintien.moodle.events import USER_ENROLMENT_DELETED
from maintien.moodle.ids import CourseId, GroupId
from maintien.moodle.logged_events import LONGEST_OTHER
from maintien.sites.database.chunks import IN_LIMIT, chunks
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
    evidence = read_evidence(connection, tables, [course.id for course in courses], window)
    history = history_query(tables, list(evidence), window, connection.dialect.name)
    for courseid, userid, grades in connection.execute(history):
        evidence[courseid].in_history[userid] = grades
    reach = _log_reach(connection, tables)
    kept = _groups_kept(connection, tables, evidence)
    return {courseid: found.gathered(kept[courseid], reach) for courseid, found in evidence.items()}


def read_evidence(
    connection: Connection, tables: MoodleTables, courses: Sequence[CourseId], window: Window
) -> Mapping[CourseId, LogEvidence]:
    """Read what the log tells of each of these courses within ``window``."""
    evidence = {courseid: LogEvidence() for courseid in courses}
    with connection.execute(
        log_query(tables, list(evidence), window, connection.dialect.name),
        execution_options={"stream_results": True, "yield_per": _AT_ONCE},
    ) as rows:
        for row in rows:
            evidence[row.courseid].take(row)
    return evidence


def count_removed(
    connection: Connection, tables: MoodleTables, courses: Sequence[CourseId], window: Window
) -> Mapping[CourseId, int]:
    """Count the enrolments removed in each course within ``window``; courses without any are missing."""
    # More courses than go into one IN are counted with all the others: that reads the window once.
    some = courses if len(courses) <= IN_LIMIT else None
    counts = connection.execute(removed_query(tables, some, window))
    return {CourseId(courseid): count for courseid, count in counts}


def removed_query(tables: MoodleTables, courses: Sequence[CourseId] | None, window: Window) -> Select[Any]:
    """Count removed enrolments by course: of these courses, or of all."""
    log = tables.logstore_standard_log
    query = (
        select(log.c.courseid, func.count())
        .where(log.c.anonymous == 0)
        .where(log.c.timecreated.between(window.since, window.to))
        .where(log.c.eventname == USER_ENROLMENT_DELETED.eventname)
        .where(log.c.courseid.is_not(None))
        .group_by(log.c.courseid)
    )
    return query if courses is None else query.where(log.c.courseid.in_(courses))


def log_query(tables: MoodleTables, courses: Sequence[CourseId], window: Window, dialect: str) -> Select[Any]:
    """Select the log rows that are evidence, in no order; those that are too long come cut short."""
    log = tables.logstore_standard_log
    # One character more than is read: so it shows that there is more.
    other = func.substr(log.c.other, 1, LONGEST_OTHER + 1)
    query = (
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
        # Moodle logs none of these anonymously; saying so lets the index be used to its end.
        .where(log.c.anonymous == 0)
        .where(log.c.eventname.in_(EVIDENT_EVENTS))
    )
    return query.where(*_asked(dialect, courses, window, log.c.courseid, log.c.timecreated))


def history_query(
    tables: MoodleTables, courses: Sequence[CourseId], window: Window, dialect: str
) -> Select[Any]:
    """Count by course and person the grades that went with a last enrolment and are in the history."""
    item, history = tables.grade_items, tables.grade_grades_history
    return (
        select(item.c.courseid, history.c.userid, func.count())
        .join_from(item, history, history.c.itemid == item.c.id)
        .where(history.c.source == _UNENROLMENT)
        .where(*_asked(dialect, courses, window, item.c.courseid, history.c.timemodified))
        .group_by(item.c.courseid, history.c.userid)
    )


def _asked(
    dialect: str,
    courses: Sequence[CourseId],
    window: Window,
    courseid: Column[Any],
    moment: Column[Any],
) -> Sequence[ColumnElement[bool]]:
    """Ask for rows of these courses within the window, so that the course's own index is used.

    A night in which a sync did a million things has a few thousand log rows as far as PostgreSQL's figures
    tell: it would walk the index of moments, and so through that night again for each batch of courses. Where
    the bounds come from a table, even one made up here, it can't tell, and goes by the course. MariaDB looks
    into its indexes before it chooses.
    """
    if dialect != "postgresql":
        return courseid.in_(courses), moment.between(window.since, window.to)
    asked = select(
        func.unnest(literal(list(courses), ARRAY(BigInteger))).label("courseid"),
        literal(window.since, BigInteger).label("since"),
        literal(window.to, BigInteger).label("until"),
    ).subquery("asked")
    return courseid == asked.c.courseid, moment.between(asked.c.since, asked.c.until)


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
