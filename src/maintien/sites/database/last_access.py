"""Reads when people were last in courses."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, and_

from maintien.moodle.ids import CourseId, UserId
from maintien.sites.database.fetching import fetch_rows
from maintien.sites.database.some_people import few_or_everybody, rows_of
from maintien.sites.database.tables import MoodleTables


def read_last_access(
    connection: Connection, tables: MoodleTables, courses: Sequence[CourseId], people: Collection[UserId]
) -> Mapping[CourseId, Mapping[UserId, int]]:
    """Read when these people were last in these courses, in Unix seconds; who never was is missing.

    Others may be in the answer too.
    """
    last = tables.user_lastaccess.c
    found: defaultdict[CourseId, dict[UserId, int]] = defaultdict(dict)
    for theirs in rows_of(last.userid, few_or_everybody(people)):
        here = and_(last.courseid.in_(courses), theirs)
        for courseid, userid, moment in fetch_rows(
            connection, [last.courseid, last.userid, last.timeaccess], here
        ):
            found[courseid][userid] = moment
    return found
