"""Reads what is known since archives of courses were made: groups that are still there, and the log."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import Connection, select

from maintien.enrolments.archive_evidence import ArchivedPast, ArchiveEvidence, GroupTraits
from maintien.enrolments.withdrawals import Window, Withdrawals
from maintien.moodle.ids import CourseId, GroupId
from maintien.sites.database.chunks import chunks
from maintien.sites.database.log_evidence import LogEvidence
from maintien.sites.database.tables import MoodleTables
from maintien.sites.database.withdrawals import read_evidence


def add_archives(
    connection: Connection,
    tables: MoodleTables,
    withdrawals: Mapping[CourseId, Withdrawals],
    archives: Mapping[CourseId, ArchiveEvidence],
    window: Window,
) -> Mapping[CourseId, Withdrawals]:
    """Add to what was taken in each course within ``window`` what an archive of the course tells."""
    archives = {courseid: archives[courseid] for courseid in withdrawals if courseid in archives}
    if not archives:
        return withdrawals
    groups = _read_groups(connection, tables, archives)
    earlier = _read_earlier(connection, tables, archives, window)
    pasts = {
        courseid: _past(evidence, groups[courseid], earlier.get(courseid))
        for courseid, evidence in archives.items()
    }
    return {
        courseid: replace(of_course, archived=pasts.get(courseid))
        for courseid, of_course in withdrawals.items()
    }


def _past(
    evidence: ArchiveEvidence, groups: Mapping[GroupId, GroupTraits], earlier: LogEvidence | None
) -> ArchivedPast:
    still_there = evidence.groups_still_there(groups)
    if earlier is None:
        return ArchivedPast(evidence=evidence, groups=still_there)
    known = earlier.gathered(frozenset(), None)
    made_at = evidence.made_at
    return ArchivedPast(
        evidence=evidence,
        groups=still_there,
        removed_since={
            (removal.row.userid, removal.row.instanceid): removal.deed.at
            for removal in known.removed
            if removal.deed.at >= made_at
        },
        unreadably_since={
            event.userid: event.deed.at
            for event in known.unreadable
            if event.is_unenrolment and event.deed.at >= made_at
        },
    )


def _read_groups(
    connection: Connection, tables: MoodleTables, archives: Mapping[CourseId, ArchiveEvidence]
) -> Mapping[CourseId, Mapping[GroupId, GroupTraits]]:
    group = tables.groups
    query = select(group.c.courseid, group.c.id, group.c.name, group.c.idnumber)
    found: defaultdict[CourseId, dict[GroupId, GroupTraits]] = defaultdict(dict)
    for courses in chunks(sorted(archives)):
        for courseid, groupid, name, idnumber in connection.execute(
            query.where(group.c.courseid.in_(courses))
        ):
            found[courseid][groupid] = GroupTraits(name=name, idnumber=idnumber)
    return found


def _read_earlier(
    connection: Connection,
    tables: MoodleTables,
    archives: Mapping[CourseId, ArchiveEvidence],
    window: Window,
) -> Mapping[CourseId, LogEvidence]:
    """Read what the log knows from when the archives were made to the beginning of ``window``."""
    older = {courseid: each.made_at for courseid, each in archives.items() if each.made_at < window.since}
    if not older:
        return {}
    earlier = Window(min(older.values()), window.since - 1)
    return read_evidence(connection, tables, sorted(older), earlier)
