"""The demo university after its cut: people were withdrawn by a sync, and one by a person."""

import sqlite3
from dataclasses import replace
from pathlib import Path

from maintien.sites.demo.calendar import university_calendar
from maintien.sites.demo.new_year import cut_access
from maintien.sites.demo.site import DemoSite

HOUR = 3600


def cut_university(folder: Path, *, began_at: int, cut_at: int) -> None:
    """Let the syncs withdraw people; both in Unix seconds."""
    calendar = replace(university_calendar(began_at), cut_at=cut_at)
    cut_access(DemoSite(folder=folder, calendar=calendar))


def blame_a_person(folder: Path, course: int) -> str:
    """Make the log say that a person unenrolled somebody of a course; give that somebody's name."""
    connection = sqlite3.connect(folder / "university.sqlite")
    with connection:
        (userid,) = connection.execute(
            "SELECT l.relateduserid FROM mdl_logstore_standard_log l JOIN mdl_role r ON r.id = l.objectid"
            " WHERE l.courseid = ? AND l.eventname = '\\core\\event\\role_unassigned'"
            " AND r.shortname = 'student' ORDER BY l.id DESC LIMIT 1",
            (course,),
        ).fetchone()
        (teacher,) = connection.execute(
            "SELECT ra.userid FROM mdl_role_assignments ra JOIN mdl_role r ON r.id = ra.roleid"
            " JOIN mdl_context c ON c.id = ra.contextid WHERE r.shortname = 'editingteacher'"
            " AND c.contextlevel = 50 AND c.instanceid = ? LIMIT 1",
            (course,),
        ).fetchone()
        connection.execute(
            "UPDATE mdl_logstore_standard_log SET userid = ?, origin = 'web' WHERE relateduserid = ?"
            " AND courseid = ?",
            (teacher, userid, course),
        )
        (username,) = connection.execute("SELECT username FROM mdl_user WHERE id = ?", (userid,)).fetchone()
    connection.close()
    return str(username)


def leave_cohorts(folder: Path, *, courses: int) -> list[int]:
    """Let everybody leave their cohorts, without a sync; give courses that were filled from one."""
    connection = sqlite3.connect(folder / "university.sqlite")
    with connection:
        rows = connection.execute(
            "SELECT e.courseid FROM mdl_enrol e JOIN mdl_user_enrolments ue ON ue.enrolid = e.id"
            " WHERE e.enrol = 'cohort' AND e.status = 0 AND ue.status = 0 GROUP BY e.courseid"
            " ORDER BY count(*) DESC LIMIT ?",
            (courses,),
        ).fetchall()
        connection.execute("DELETE FROM mdl_cohort_members")
    connection.close()
    return sorted(course for (course,) in rows)
