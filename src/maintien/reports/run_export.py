"""Runs as tables for spreadsheets: the list, and of one run its courses, changes and people left alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from maintien.enrolments.people import Person
from maintien.enrolments.state import (
    EnrolmentInstance,
    GroupMembership,
    RoleAssignment,
    UserEnrolment,
)
from maintien.messages import N_
from maintien.moodle.ids import RoleId, UserId
from maintien.moodle.values import is_unlimited
from maintien.planning.changes import Added, Change, Changed, Removed, Row, row_of
from maintien.reports.journalled_failures import failure_of
from maintien.reports.language import Texts
from maintien.reports.reason_wording import reason_detail, reason_label
from maintien.reports.run_wording import COURSE_STATUSES, kind_text, state_text
from maintien.reports.runs import ListedRun, RunsView
from maintien.reports.screen import person_name
from maintien.reports.spreadsheets import Cell, Moment, Table, TableWriter
from maintien.reports.wording import error_text
from maintien.runs.history import courses_to_do
from maintien.runs.journal import CourseRecord, CourseStatus

RUNS: Final = "runs"
COURSES: Final = "courses"
CHANGES: Final = "changes"
LEFT_ALONE: Final = "left-alone"

_RUN_HEADINGS: Final = (
    *(N_("run"), N_("what"), N_("status"), N_("began"), N_("ended"), N_("site"), N_("system user")),
    *(N_("host"), N_("operator"), N_("courses written"), N_("courses failed"), N_("courses to do")),
    *(N_("people"), N_("changes"), N_("command")),
)
_COURSE: Final = (N_("course id"), N_("course"))
_PERSON: Final = (N_("person id"), N_("person"))
_TABLES: Final = {
    COURSES: (
        N_("Courses"),
        (
            *(*_COURSE, N_("full name"), N_("ID number"), N_("status"), N_("people"), N_("changes")),
            *(N_("left alone"), N_("failure")),
        ),
    ),
    CHANGES: (
        N_("Changes"),
        (
            *(*_COURSE, *_PERSON, N_("table"), N_("what"), N_("row id"), N_("status before")),
            *(N_("status after"), N_("start before"), N_("start after"), N_("end before"), N_("end after")),
            *(N_("role"), N_("group id"), N_("owner before"), N_("owner after")),
        ),
    ),
    LEFT_ALONE: (N_("Left alone"), (*_COURSE, *_PERSON, N_("reason"), N_("detail"))),
}

_MOODLE_TABLES: Final[Mapping[type[Row], str]] = {
    EnrolmentInstance: "enrol",
    UserEnrolment: "user_enrolments",
    RoleAssignment: "role_assignments",
    GroupMembership: "groups_members",
}


def list_table(texts: Texts) -> Table:
    """Describe the table of all runs."""
    return Table(texts.gettext("Runs"), tuple(texts.gettext(heading) for heading in _RUN_HEADINGS))


def run_tables(texts: Texts) -> dict[str, Table]:
    """Describe the tables of one run, by their keys."""
    return {
        key: Table(texts.gettext(name), tuple(texts.gettext(heading) for heading in headings))
        for key, (name, headings) in _TABLES.items()
    }


def write_list(writer: TableWriter, texts: Texts, runs: Sequence[ListedRun], view: RunsView) -> None:
    """Write the list of runs."""
    for run in runs:
        header, record = run.record.header, run.record
        courses = record.totals.courses
        failed = courses.get(CourseStatus.FAILED, 0)
        cells: list[Cell] = [
            record.id,
            kind_text(texts, header),
            state_text(texts, run.state, run.undone_by),
            Moment(header.began_at),
            None if record.ended_at is None else Moment(record.ended_at),
            header.site_name,
            header.process.user,
            header.process.host,
            person_name(view.people, header.operator),
            courses.get(CourseStatus.WRITTEN, 0),
            failed,
            courses_to_do(record) - failed,
            record.totals.people,
            record.totals.changes,
            header.command,
        ]
        writer.add(RUNS, cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunExport:
    """Writes the courses of one run."""

    writer: TableWriter
    texts: Texts
    view: RunsView
    """The zone, and the people known."""
    roles: Mapping[RoleId, str] = field(default_factory=dict)

    def add(self, record: CourseRecord, people: Mapping[UserId, Person]) -> None:
        """Write one course: nothing but its failure where it failed."""
        self._add_course(record)
        if record.plan is None or record.status is not CourseStatus.WRITTEN:
            changes: Sequence[Change] = ()
        else:
            changes = record.plan.changes
        course = (record.course.id, record.course.shortname)
        for change in changes:
            self.writer.add(CHANGES, [*course, *self._change_cells(change, people)])
        if record.plan is not None and record.status is not CourseStatus.FAILED:
            for userid, reason in record.plan.left_alone:
                label = reason_label(self.texts, type(reason))
                detail = reason_detail(self.texts, reason, self.view.zone)
                self.writer.add(LEFT_ALONE, [*course, *_person_cells(userid, people), label, detail])

    def _add_course(self, record: CourseRecord) -> None:
        course, plan = record.course, record.plan
        is_written = plan is not None and record.status is CourseStatus.WRITTEN
        failure = failure_of(record)
        cells: list[Cell] = [
            course.id,
            course.shortname,
            course.fullname,
            course.idnumber,
            self.texts.gettext(COURSE_STATUSES[record.status]),
            len(plan.converted) if plan is not None and is_written else 0,
            len(plan.changes) if plan is not None and is_written else 0,
            0 if plan is None or failure is not None else len(plan.left_alone),
            None if failure is None else error_text(self.texts, failure),
        ]
        self.writer.add(COURSES, cells)

    def _change_cells(self, change: Change, people: Mapping[UserId, Person]) -> Iterator[Cell]:
        row = row_of(change)
        before, after = _both(change)
        userid = UserId(0) if isinstance(row, EnrolmentInstance) else row.userid
        yield from _person_cells(userid, people)
        yield _MOODLE_TABLES[type(row)]
        yield self._kind(change)
        yield row.id or None
        for each in (before, after):
            yield self._status(each.status) if isinstance(each, UserEnrolment | EnrolmentInstance) else None
        for each in (before, after):
            yield self._start(each.starts_at) if isinstance(each, UserEnrolment) else None
        for each in (before, after):
            yield self._end(each.ends_at) if isinstance(each, UserEnrolment) else None
        yield self._role(row) if isinstance(row, RoleAssignment) else None
        yield row.groupid if isinstance(row, GroupMembership) else None
        for each in (before, after):
            yield _owner(each) if isinstance(each, RoleAssignment | GroupMembership) else None

    def _role(self, row: RoleAssignment) -> str:
        return self.roles.get(row.roleid, str(row.roleid))

    def _kind(self, change: Change) -> str:
        match change:
            case Added():
                return self.texts.gettext("added")
            case Changed():
                return self.texts.gettext("changed")
            case Removed():
                return self.texts.gettext("removed")

    def _status(self, status: int) -> str:
        return self.texts.gettext("suspended") if status else self.texts.gettext("active")

    def _end(self, unix: int) -> Cell:
        return self.texts.gettext("unlimited") if is_unlimited(unix) else Moment(unix)

    def _start(self, unix: int) -> Cell:
        return Moment(unix) if unix else self.texts.gettext("always")


def _both(change: Change) -> tuple[Row | None, Row | None]:
    match change:
        case Added(row):
            return None, row
        case Changed(before, after):
            return before, after
        case Removed(row):
            return row, None


def _owner(row: RoleAssignment | GroupMembership) -> str:
    return f"{row.component} {row.itemid}" if row.component else ""


def _person_cells(userid: UserId, people: Mapping[UserId, Person]) -> tuple[Cell, Cell]:
    if not userid:
        return None, None
    person = people.get(userid)
    return userid, None if person is None else person.fullname
