"""Journals through SQLAlchemy: an SQLite file by default, PostgreSQL by URL.

A plan is kept as compressed JSON, one value a course: a million changes are some thousand rows, written
a batch at a time, and read back one at a time.
"""

import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Engine, Row, Select, bindparam, delete, func, insert, select, update

from maintien.enrolments.state import Course
from maintien.errors.runs import UnknownRun
from maintien.moodle.ids import CourseId, UserId
from maintien.planning.encoding import decode_plan, encode_plan
from maintien.planning.plan import CoursePlan
from maintien.runs.journal import (
    CourseRecord,
    CourseStatus,
    ListedCourse,
    Process,
    RunHeader,
    RunId,
    RunKind,
    RunRecord,
    RunStatus,
    RunTotals,
)
from maintien.runs.store.asked import decode_asked, encode_asked
from maintien.runs.store.failures import store_failures
from maintien.runs.store.tables import RUN, RUN_COURSE
from maintien.sites.interface import CourseSize

_COMPRESSION: Final = 1
"""Plans are repetitive: the quickest level makes a tenth of them, and higher ones little less."""

_READ_AT_ONCE: Final = 50
"""How many plans are fetched together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseRunStore:
    """Implements :class:`~maintien.runs.journal.RunStore`."""

    engine: Engine
    name: str
    """How the store is called before people: its file, or its URL without a password."""

    def begin(self, header: RunHeader, courses: Sequence[CourseSize]) -> "DatabaseRunJournal":
        """Begin a run over these courses, all pending, in this order."""
        with store_failures(self.name), self.engine.begin() as connection:
            run_id = RunId(
                connection.scalars(insert(RUN).values(_header_values(header)).returning(RUN.c.id)).one()
            )
            if courses:
                connection.execute(
                    insert(RUN_COURSE),
                    [_pending(run_id, position, size) for position, size in enumerate(courses)],
                )
        return DatabaseRunJournal(store=self, id=run_id)

    def resume(self, run: RunId, process: Process) -> "DatabaseRunJournal":
        """Go on with a run that was interrupted. Raises UnknownRun."""
        with store_failures(self.name), self.engine.begin() as connection:
            changed = connection.execute(
                update(RUN)
                .where(RUN.c.id == run)
                .values(
                    status=RunStatus.RUNNING.value,
                    ended_at=None,
                    os_user=process.user,
                    host=process.host,
                    pid=process.pid,
                )
            )
            if changed.rowcount != 1:
                raise UnknownRun(run=run)
        return DatabaseRunJournal(store=self, id=run)

    def runs(self, site_id: str | None = None) -> list[RunRecord]:
        """List runs, of one site or of all, the newest first."""
        query = select(RUN).order_by(RUN.c.id.desc())
        if site_id is not None:
            query = query.where(RUN.c.site_id == site_id)
        with store_failures(self.name), self.engine.connect() as connection:
            return _records(connection, query)

    def run(self, run: RunId) -> RunRecord:
        """Give one run. Raises UnknownRun."""
        with store_failures(self.name), self.engine.connect() as connection:
            records = _records(connection, select(RUN).where(RUN.c.id == run))
        if not records:
            raise UnknownRun(run=run)
        return records[0]

    def course(self, run: RunId, course: CourseId) -> CourseRecord:
        """Give one course of a run. Raises UnknownRun when the run has no such course."""
        query = select(RUN_COURSE).where(RUN_COURSE.c.run_id == run, RUN_COURSE.c.course_id == course)
        with store_failures(self.name), self.engine.connect() as connection:
            row = connection.execute(query).first()
        if row is None:
            raise UnknownRun(run=run)
        return _course_record(row)

    def courses(
        self, run: RunId, statuses: Sequence[CourseStatus] = tuple(CourseStatus)
    ) -> Iterator[CourseRecord]:
        """Stream the courses of a run in their order."""
        last = -1
        while rows := self._courses_after(run, statuses, last):
            yield from map(_course_record, rows)
            last = rows[-1].position

    def list_courses(self, run: RunId) -> list[ListedCourse]:
        """List the courses of a run in their order, without reading their plans."""
        row = RUN_COURSE.c
        query = (
            select(row.course, row.status, row.people, row.changes, row.failure)
            .where(row.run_id == run)
            .order_by(row.position)
        )
        with store_failures(self.name), self.engine.connect() as connection:
            rows = connection.execute(query).all()
        return [
            ListedCourse(Course._make(json.loads(course)), CourseStatus(status), people, changes, failure)
            for course, status, people, changes, failure in rows
        ]

    def _courses_after(
        self, run: RunId, statuses: Sequence[CourseStatus], position: int
    ) -> Sequence[Row[Any]]:
        # A page at a time, so that no statement stays open while the caller works on what it got.
        page = (
            select(RUN_COURSE)
            .where(RUN_COURSE.c.run_id == run, RUN_COURSE.c.position > position)
            .where(RUN_COURSE.c.status.in_([status.value for status in statuses]))
            .order_by(RUN_COURSE.c.position)
            .limit(_READ_AT_ONCE)
        )
        with store_failures(self.name), self.engine.connect() as connection:
            return connection.execute(page).all()


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseRunJournal:
    """Implements :class:`~maintien.runs.journal.RunJournal`."""

    store: DatabaseRunStore
    id: RunId

    def planned(self, plans: Sequence[CoursePlan]) -> None:
        """Note what is about to be written."""
        self._note([_noted(plan, CourseStatus.PLANNED) for plan in plans], with_plan=True)

    def written(self, plans: Sequence[CoursePlan]) -> None:
        """Note that these plans were committed; empty ones had nothing to write."""
        unchanged = [_noted(p, CourseStatus.UNCHANGED) for p in plans if p.is_empty]
        self._note(unchanged, with_plan=True)
        written = [
            {"of_course": plan.course.id, "new_status": CourseStatus.WRITTEN.value}
            for plan in plans
            if not plan.is_empty
        ]
        self._note(written, with_plan=False)

    def failed(self, plan: CoursePlan, sentence: str) -> None:
        """Note that a course could not be written."""
        with store_failures(self.store.name), self.store.engine.begin() as connection:
            connection.execute(
                update(RUN_COURSE)
                .where(RUN_COURSE.c.run_id == self.id, RUN_COURSE.c.course_id == plan.course.id)
                .values(
                    status=CourseStatus.FAILED.value,
                    failure=sentence,
                    plan=_packed(plan),
                    people=0,
                    changes=0,
                )
            )

    def ended(self, status: RunStatus, at: int) -> None:
        """Note that the run is over."""
        with store_failures(self.store.name), self.store.engine.begin() as connection:
            connection.execute(
                update(RUN).where(RUN.c.id == self.id).values(status=status.value, ended_at=at)
            )

    def discard(self) -> None:
        """Forget the run: it found nothing to do."""
        with store_failures(self.store.name), self.store.engine.begin() as connection:
            connection.execute(delete(RUN_COURSE).where(RUN_COURSE.c.run_id == self.id))
            connection.execute(delete(RUN).where(RUN.c.id == self.id))

    def _note(self, rows: list[dict[str, Any]], *, with_plan: bool) -> None:
        if not rows:
            return
        values: dict[str, Any] = {"status": bindparam("new_status")}
        if with_plan:
            values |= {name: bindparam(f"new_{name}") for name in ("plan", "people", "changes")}
        statement = (
            update(RUN_COURSE)
            .where(RUN_COURSE.c.run_id == self.id, RUN_COURSE.c.course_id == bindparam("of_course"))
            .values(values)
        )
        with store_failures(self.store.name), self.store.engine.begin() as connection:
            connection.execute(statement, rows)


def _noted(plan: CoursePlan, status: CourseStatus) -> dict[str, Any]:
    return {
        "of_course": plan.course.id,
        "new_status": status.value,
        "new_plan": _packed(plan),
        "new_people": len(plan.converted),
        "new_changes": len(plan.changes),
    }


def _packed(plan: CoursePlan) -> bytes:
    text = json.dumps(encode_plan(plan), separators=(",", ":"))
    return zlib.compress(text.encode(), _COMPRESSION)


def _unpacked(blob: bytes) -> CoursePlan:
    return decode_plan(json.loads(zlib.decompress(blob)))


def _pending(run: RunId, position: int, size: CourseSize) -> dict[str, Any]:
    return {
        "run_id": run,
        "position": position,
        "course_id": size.course.id,
        "course": json.dumps(list(size.course)),
        "enrolments": size.enrolments,
        "status": CourseStatus.PENDING.value,
        "people": 0,
        "changes": 0,
    }


def _course_record(row: Row[Any]) -> CourseRecord:
    return CourseRecord(
        course=Course._make(json.loads(row.course)),
        enrolments=row.enrolments,
        status=CourseStatus(row.status),
        plan=None if row.plan is None else _unpacked(row.plan),
        failure=row.failure,
    )


def _header_values(header: RunHeader) -> dict[str, Any]:
    return {
        "kind": header.kind.value,
        "status": RunStatus.RUNNING.value,
        "site_id": header.site_id,
        "site_name": header.site_name,
        "operator": header.operator,
        "command": header.command,
        "version": header.version,
        "os_user": header.process.user,
        "host": header.process.host,
        "pid": header.process.pid,
        "began_at": header.began_at,
        "policies": encode_asked(header),
        "undoes": header.undoes,
        "plan_fingerprint": header.plan_fingerprint,
    }


def _records(connection: Connection, query: Select[Any]) -> list[RunRecord]:
    rows = connection.execute(query).all()
    totals = _totals(connection, [row.id for row in rows])
    return [_record(row, totals.get(row.id, RunTotals(courses={}))) for row in rows]


def _record(row: Row[Any], totals: RunTotals) -> RunRecord:
    asked = decode_asked(row.policies)
    header = RunHeader(
        kind=RunKind(row.kind),
        site_id=row.site_id,
        site_name=row.site_name,
        operator=UserId(row.operator),
        command=row.command,
        version=row.version,
        process=Process(user=row.os_user, host=row.host, pid=row.pid),
        began_at=row.began_at,
        policy=asked.common,
        course_policies=asked.of_courses,
        campaign=asked.campaign,
        undoes=None if row.undoes is None else RunId(row.undoes),
        plan_fingerprint=row.plan_fingerprint,
        archive=asked.archive,
        evidence=asked.evidence,
    )
    return RunRecord(
        id=RunId(row.id),
        header=header,
        status=RunStatus(row.status),
        ended_at=row.ended_at,
        totals=totals,
    )


def _totals(connection: Connection, runs: Sequence[RunId]) -> dict[RunId, RunTotals]:
    course = RUN_COURSE.c
    rows = connection.execute(
        select(
            course.run_id,
            course.status,
            func.count(),
            func.sum(course.people),
            func.sum(course.changes),
        )
        .where(course.run_id.in_(runs))
        .group_by(course.run_id, course.status)
    ).all()
    by_run: dict[RunId, list[Any]] = {}
    for row in rows:
        by_run.setdefault(RunId(row[0]), []).append(row)
    return {run: _sum_up(counted) for run, counted in by_run.items()}


def _sum_up(rows: Sequence[Any]) -> RunTotals:
    written = [row for row in rows if row[1] == CourseStatus.WRITTEN.value]
    return RunTotals(
        courses={CourseStatus(status): count for _, status, count, _, _ in rows},
        people=sum(int(row[3]) for row in written),
        changes=sum(int(row[4]) for row in written),
    )
