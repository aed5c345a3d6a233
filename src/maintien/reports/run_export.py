"""Runs as typed tables: the list, and of one run its courses, changes and people left alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Final

from maintien.enrolments.people import Person
from maintien.enrolments.state import (
    Course,
    EnrolmentInstance,
    GroupMembership,
    RoleAssignment,
    UserEnrolment,
)
from maintien.errors.tree import CourseFailed
from maintien.messages import N_
from maintien.moodle.ids import CourseId, RoleId, UserId
from maintien.moodle.values import is_unlimited
from maintien.planning.changes import Added, Change, Changed, Removed, Row, row_of
from maintien.planning.plan import CoursePlan
from maintien.reports.journalled_failures import failure_of
from maintien.reports.language import Texts
from maintien.reports.reason_wording import reason_detail, reason_label
from maintien.reports.run_wording import COURSE_STATUSES, kind_text, state_text
from maintien.reports.runs import ListedRun, RunsView
from maintien.reports.screen import person_name
from maintien.reports.tables import Cell, Column, Kind, Moment, Personal, Table, TableWriter
from maintien.reports.wording import error_text
from maintien.runs.history import courses_to_do
from maintien.runs.journal import CourseRecord, CourseStatus

RUNS: Final = "runs"
COURSES: Final = "courses"
CHANGES: Final = "changes"
LEFT_ALONE: Final = "left-alone"
RUN_TABLES: Final = (COURSES, CHANGES, LEFT_ALONE)
"""What there is of a plan, or of one run that is no campaign's."""

_RUN_COLUMNS: Final = (
    Column(N_("run"), Kind.ID),
    Column(N_("what")),
    Column(N_("status")),
    Column(N_("began"), Kind.MOMENT),
    Column(N_("ended"), Kind.MOMENT),
    Column(N_("site")),
    Column(N_("system user"), personal=Personal.DETAIL),
    Column(N_("host")),
    Column(N_("operator"), personal=Personal.DETAIL),
    Column(N_("courses written"), Kind.NUMBER),
    Column(N_("courses failed"), Kind.NUMBER),
    Column(N_("courses to do"), Kind.NUMBER),
    Column(N_("people"), Kind.NUMBER),
    Column(N_("changes"), Kind.NUMBER),
    Column(N_("command"), personal=Personal.DETAIL),
)
COURSE: Final = (Column(N_("course id"), Kind.ID), Column(N_("course")))
PERSON: Final = (
    Column(N_("person id"), Kind.ID, Personal.WHO),
    Column(N_("person"), personal=Personal.DETAIL),
)
_COURSE_COLUMNS: Final = (
    *COURSE,
    Column(N_("full name")),
    Column(N_("ID number")),
    Column(N_("status")),
    Column(N_("people"), Kind.NUMBER),
    Column(N_("changes"), Kind.NUMBER),
    Column(N_("left alone"), Kind.NUMBER),
    Column(N_("failure")),
)
_RULE: Final = Column(N_("rule"))
_CHANGE_COLUMNS: Final = (
    *COURSE,
    *PERSON,
    Column(N_("table")),
    Column(N_("what")),
    # Rows are numbered as people came: a pseudonym beside the number would tell less than it hides.
    Column(N_("row id"), Kind.ID, Personal.DETAIL),
    Column(N_("status before")),
    Column(N_("status after")),
    Column(N_("start before"), Kind.MOMENT),
    Column(N_("start after"), Kind.MOMENT),
    Column(N_("end before"), Kind.MOMENT),
    Column(N_("end after"), Kind.MOMENT),
    Column(N_("role")),
    Column(N_("group id"), Kind.ID),
    Column(N_("owner before")),
    Column(N_("owner after")),
)
_LEFT_ALONE_COLUMNS: Final = (
    *COURSE,
    *PERSON,
    Column(N_("reason")),
    # It may name whoever changed a row since.
    Column(N_("detail"), personal=Personal.DETAIL),
)

_MOODLE_TABLES: Final[Mapping[type[Row], str]] = {
    EnrolmentInstance: "enrol",
    UserEnrolment: "user_enrolments",
    RoleAssignment: "role_assignments",
    GroupMembership: "groups_members",
}


def translated(texts: Texts, name: str, columns: Sequence[Column]) -> Table:
    """Describe a table in somebody's language."""
    headings = (column._replace(heading=texts.gettext(column.heading)) for column in columns)
    return Table(texts.gettext(name), tuple(headings))


def list_table(texts: Texts) -> Table:
    """Describe the table of all runs."""
    return translated(texts, N_("Runs"), _RUN_COLUMNS)


def run_tables(texts: Texts, *, has_rules: bool = False) -> dict[str, Table]:
    """Describe the tables of one run, by their keys; a campaign's courses have rules."""
    courses = (*_COURSE_COLUMNS, _RULE) if has_rules else _COURSE_COLUMNS
    return {
        COURSES: translated(texts, N_("Courses"), courses),
        CHANGES: translated(texts, N_("Changes"), _CHANGE_COLUMNS),
        LEFT_ALONE: translated(texts, N_("Left alone"), _LEFT_ALONE_COLUMNS),
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
class ExportedCourse:
    """A course of a run, or of what a run would do."""

    course: Course
    status: str
    """In English, marked for the catalogues."""
    plan: CoursePlan | None
    """None where nothing is known of it yet."""
    has_changes: bool
    """Whether the plan's changes are written, or are to be."""
    failure: CourseFailed | None = None
    """Then nothing of the plan counts."""

    def people(self) -> Iterator[UserId]:
        """Tell whom the tables name."""
        if self.plan is not None:
            yield from (userid for userid, _ in self.plan.left_alone)
            yield from (getattr(row_of(change), "userid", UserId(0)) for change in self.plan.changes)


def recorded_course(record: CourseRecord) -> ExportedCourse:
    """Describe a course as the journal knows it."""
    return ExportedCourse(
        course=record.course,
        status=COURSE_STATUSES[record.status],
        plan=record.plan,
        has_changes=record.status is CourseStatus.WRITTEN,
        failure=failure_of(record),
    )


def planned_course(plan: CoursePlan, failure: CourseFailed | None, *, is_written: bool) -> ExportedCourse:
    """Describe a course that was gone through just now."""
    if failure is not None:
        status = COURSE_STATUSES[CourseStatus.FAILED]
    elif plan.is_empty:
        status = COURSE_STATUSES[CourseStatus.UNCHANGED]
    else:
        status = COURSE_STATUSES[CourseStatus.WRITTEN] if is_written else N_("to be written")
    return ExportedCourse(
        course=plan.course, status=status, plan=plan, has_changes=failure is None, failure=failure
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RunExport:
    """Writes the courses of one run."""

    writer: TableWriter
    texts: Texts
    zone: tzinfo
    roles: Mapping[RoleId, str] = field(default_factory=dict)
    rules: Mapping[CourseId, str] | None = None
    """The rule of each course, where the run is a campaign's."""

    def people_in(self, course: ExportedCourse) -> Iterator[UserId]:
        """Tell whom the tables name of a course."""
        return course.people()

    def add(self, course: ExportedCourse, people: Mapping[UserId, Person]) -> None:
        """Write one course: nothing but its failure where it failed."""
        self._add_course(course)
        plan = course.plan
        if plan is None or course.failure is not None:
            return
        names = (course.course.id, course.course.shortname)
        for change in plan.changes if course.has_changes else ():
            self.writer.add(CHANGES, [*names, *self._change_cells(change, people)])
        for userid, reason in plan.left_alone:
            label = reason_label(self.texts, type(reason))
            detail = reason_detail(self.texts, reason, self.zone)
            self.writer.add(LEFT_ALONE, [*names, *person_cells(userid, people), label, detail])

    def _add_course(self, exported: ExportedCourse) -> None:
        course, plan, failure = exported.course, exported.plan, exported.failure
        is_written = plan is not None and exported.has_changes and failure is None
        cells: list[Cell] = [
            course.id,
            course.shortname,
            course.fullname,
            course.idnumber,
            self.texts.gettext(exported.status),
            len(plan.converted) if plan is not None and is_written else 0,
            len(plan.changes) if plan is not None and is_written else 0,
            0 if plan is None or failure is not None else len(plan.left_alone),
            None if failure is None else error_text(self.texts, failure),
        ]
        if self.rules is not None:
            cells.append(self.rules.get(course.id))
        self.writer.add(COURSES, cells)

    def _change_cells(self, change: Change, people: Mapping[UserId, Person]) -> Iterator[Cell]:
        row = row_of(change)
        before, after = _both(change)
        userid = UserId(0) if isinstance(row, EnrolmentInstance) else row.userid
        yield from person_cells(userid, people)
        yield _MOODLE_TABLES[type(row)]
        yield self._kind(change)
        yield row.id or None
        for each in (before, after):
            yield self._status(each.status) if isinstance(each, UserEnrolment | EnrolmentInstance) else None
        for each in (before, after):
            yield self._start(each.starts_at) if isinstance(each, UserEnrolment) else None
        for each in (before, after):
            yield end_cell(self.texts, each.ends_at) if isinstance(each, UserEnrolment) else None
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

    def _start(self, unix: int) -> Cell:
        return Moment(unix) if unix else self.texts.gettext("always")


def end_cell(texts: Texts, unix: int) -> Cell:
    """Give when an enrolment ends, or the word for never."""
    return texts.gettext("unlimited") if is_unlimited(unix) else Moment(unix)


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


def person_cells(userid: UserId, people: Mapping[UserId, Person]) -> tuple[Cell, Cell]:
    """Give a person's id and name, the cells of :data:`PERSON`; neither for nobody."""
    if not userid:
        return None, None
    person = people.get(userid)
    return userid, None if person is None else person.fullname
