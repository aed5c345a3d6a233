"""Runs: who did what, when, on which courses; each in detail; taking one back, going on with one."""

from collections.abc import Mapping
from typing import Any, Final, cast

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from maintien.bootstrap import Session, site_identity
from maintien.enrolments.people import Person
from maintien.errors.tree import UsageError
from maintien.messages import N_
from maintien.moodle.ids import CourseId, UserId
from maintien.reports.journalled_failures import failure_of
from maintien.reports.language import Texts
from maintien.reports.run_wording import COURSE_STATUSES, author_text, kind_text, state_text
from maintien.reports.runs import ListedRun
from maintien.reports.safe_text import printable
from maintien.reports.wording import error_text
from maintien.runs.history import RunState, courses_to_do, state_of, undone_by
from maintien.runs.journal import CourseStatus, ListedCourse, RunId, RunRecord
from maintien.runs.store.database import DatabaseRunStore
from maintien.uses.taking_back import require_resumable, require_something_written
from maintien.web import audit
from maintien.web.journals import open_journal
from maintien.web.models import Operation, OperationKind, OperationState
from maintien.web.operations.asking import ask
from maintien.web.paging import page_of_list
from maintien.web.plan_files import find_plan_of_run
from maintien.web.requests import PageRequest, account_of
from maintien.web.rights.access import Scope
from maintien.web.rights.roles import Permission
from maintien.web.sites import open_site_session, require_site
from maintien.web.surroundings import surroundings
from maintien.web.throttling import throttle
from maintien.web.views.courses import courses_within
from maintien.web.views.people import people_of_plan
from maintien.web.views.rules import CourseSums, rule_rows
from maintien.web.workbooks import write_workbook

_UNFINISHED: Final = (
    *(RunState.INTERRUPTED, RunState.RUNNING_OR_INTERRUPTED),
    *(RunState.STOPPED, RunState.DONE_IN_PART),
)
"""What can be gone on with: a run that still goes on elsewhere holds the site, and is waited for."""


def list_runs(request: HttpRequest, site: str) -> HttpResponse:
    """List the runs of a site, the newest first; those in other people's categories are not shown."""
    asked = cast("PageRequest", request)
    require_site(site)
    scope = asked.access.scope(Permission.SEE, site)
    with open_site_session(site) as session, open_journal() as store:
        records = store.runs(site_identity(session))
        undone = undone_by(records)
        if not scope.everywhere:
            records = [record for record in records if covers_run(store, site, record, scope)]
        page = page_of_list(records, request.GET)
        people = session.site.read_people({record.header.operator for record in page.rows})
        zone = session.zone
    rows = [_run_row(asked, _listed(record, undone), people) for record in page.rows]
    context = {"site": site, "site_tab": "runs", "zone": zone, "page": page, "runs": rows}
    return render(request, "maintien/runs.html", context)


def show_run(request: HttpRequest, site: str, run: int) -> HttpResponse:
    """Show a run, its courses, and what can be done about it."""
    asked = cast("PageRequest", request)
    require_site(site)
    with open_site_session(site) as session, open_journal() as store:
        listed = _require(asked, session, store, site, run, Permission.SEE)
        record = listed.record
        courses = store.list_courses(record.id)
        page = page_of_list(courses, request.GET)
        people = session.site.read_people({record.header.operator})
        may_apply = covers_run(store, site, record, asked.access.scope(Permission.APPLY, site))
        zone = session.zone
    hindrance = _find_hindrance(site, listed)
    context = {
        "site": site,
        "site_tab": "runs",
        "zone": zone,
        "run": _run_row(asked, listed, people),
        "page": page,
        "rules": rule_rows(
            record.header.campaign,
            record.header.course_policies,
            (CourseSums(row.course.id, row.people, row.changes) for row in courses),
        ),
        "courses": [_course_row(asked.texts, row) for row in page.rows],
        "may_undo": may_apply and _can_be_undone(listed),
        "may_resume": may_apply and listed.state in _UNFINISHED and hindrance is None,
        "hindrance": error_text(asked.texts, hindrance)
        if may_apply and listed.state in _UNFINISHED and hindrance is not None
        else "",
    }
    return render(request, "maintien/run.html", context)


def show_run_course(request: HttpRequest, site: str, run: int, course: int) -> HttpResponse:
    """Show everybody of one course of a run."""
    asked = cast("PageRequest", request)
    require_site(site)
    with open_site_session(site) as session, open_journal() as store:
        _require(asked, session, store, site, run, Permission.SEE)
        record = store.course(RunId(run), CourseId(course))
        context = {
            "site": site,
            "site_tab": "runs",
            "zone": session.zone,
            "run": run,
            "course": record.course,
            **people_of_plan(asked.texts, session, record.plan, request.GET),
        }
    return render(request, "maintien/run_course.html", context)


def download_table(request: HttpRequest, site: str, run: int) -> FileResponse:
    """Give the courses, changes and people left alone of a run as a workbook."""
    asked = cast("PageRequest", request)
    require_site(site)
    with open_site_session(site) as session, open_journal() as store:
        listed = _require(asked, session, store, site, run, Permission.SEE)
        path = write_workbook(asked.texts, session, store, listed)
    audit.note(asked, "table_downloaded", site=site, run=run)
    file = path.open("rb")
    # The open file is read to its end all the same.
    path.unlink()
    return FileResponse(file, as_attachment=True, filename=f"run-{run}.xlsx")


def preview_undo(request: HttpRequest, site: str, run: int) -> HttpResponse:
    """Have a worker look what taking a run back would do."""
    asked = cast("PageRequest", request)
    _require_to_apply(asked, site, run)
    throttle(asked, "undo")
    operation = ask(OperationKind.PREVIEW_UNDO, site=site, account=account_of(asked), target=run)
    audit.note(asked, "undo_previewed", site=site, run=run)
    return redirect("operation", site=site, operation=operation.pk)


def undo(request: HttpRequest, site: str, run: int) -> HttpResponse:
    """Take a run back; where people would lose their only access, that has to be said."""
    asked = cast("PageRequest", request)
    _require_to_apply(asked, site, run)
    preview = Operation.objects.filter(
        site=site, kind=OperationKind.PREVIEW_UNDO, target=run, state=OperationState.DONE
    ).first()
    if preview is None:
        return redirect("run", site=site, run=run)
    if preview.result.get("losing") and "even_if_access_is_lost" not in request.POST:
        sentence = N_("Tick the box to confirm that these people lose their only access; nothing was done.")
        messages.error(request, asked.texts.gettext(sentence))
        return redirect("operation", site=site, operation=preview.pk)
    operation = ask(OperationKind.UNDO, site=site, account=account_of(asked), target=run)
    audit.note(asked, "undo_asked", site=site, run=run)
    return redirect("operation", site=site, operation=operation.pk)


def resume(request: HttpRequest, site: str, run: int) -> HttpResponse:
    """Go on with a run that was interrupted."""
    asked = cast("PageRequest", request)
    _require_to_apply(asked, site, run)
    operation = ask(OperationKind.RESUME, site=site, account=account_of(asked), target=run)
    audit.note(asked, "resume_asked", site=site, run=run)
    return redirect("operation", site=site, operation=operation.pk)


def _can_be_undone(run: ListedRun) -> bool:
    try:
        require_something_written(run.record)
    except UsageError:
        return False
    return run.undone_by is None and run.state is not RunState.RUNNING


def _find_hindrance(site: str, run: ListedRun) -> UsageError | None:
    """Find why a run can't be gone on with from here, and what to do instead."""
    has_plan = find_plan_of_run(site, run.record) is not None
    try:
        require_resumable(run.record, undone_by=run.undone_by, has_plan=has_plan)
    except UsageError as error:
        return error
    return None


def covers_run(store: DatabaseRunStore, site: str, record: RunRecord, scope: Scope) -> bool:
    """Whether all courses of a run lie where something is allowed now."""
    if scope.everywhere:
        return True
    ids = {course.course.id for course in store.list_courses(record.id)}
    return bool(ids) and courses_within(site, scope).filter(course__in=ids).count() == len(ids)


def _require(
    request: PageRequest,
    session: Session,
    store: DatabaseRunStore,
    site: str,
    run: int,
    permission: Permission,
) -> ListedRun:
    records = store.runs(site_identity(session))
    record = next((each for each in records if each.id == run), None)
    if record is None or not covers_run(store, site, record, request.access.scope(permission, site)):
        raise Http404
    return _listed(record, undone_by(records))


def _require_to_apply(request: PageRequest, site: str, run: int) -> None:
    require_site(site)
    with open_site_session(site) as session, open_journal() as store:
        _require(request, session, store, site, run, Permission.APPLY)


def _listed(record: RunRecord, undone: Mapping[RunId, RunId]) -> ListedRun:
    here = surroundings().machine.process
    return ListedRun(record=record, state=state_of(record, here), undone_by=undone.get(record.id))


def _run_row(request: PageRequest, run: ListedRun, people: Mapping[UserId, Person]) -> dict[str, Any]:
    texts, record = request.texts, run.record
    failed = record.totals.courses.get(CourseStatus.FAILED, 0)
    return {
        "id": record.id,
        "kind": kind_text(texts, record.header),
        "campaign": "" if record.header.campaign is None else printable(record.header.campaign.name),
        "state": state_text(texts, run.state, run.undone_by),
        "state_name": run.state.value,
        "by": author_text(record.header, people),
        "command": record.header.command,
        "began_at": record.header.began_at,
        "ended_at": record.ended_at,
        "written": record.totals.courses.get(CourseStatus.WRITTEN, 0),
        "failed": failed,
        "remaining": courses_to_do(record) - failed,
        "people": record.totals.people,
        "changes": record.totals.changes,
        "undone_by": run.undone_by,
    }


def _course_row(texts: Texts, row: ListedCourse) -> dict[str, Any]:
    failure = failure_of(row)
    return {
        "id": row.course.id,
        "shortname": row.course.shortname,
        "fullname": row.course.fullname,
        "status": texts.gettext(COURSE_STATUSES[row.status]),
        "failure": "" if failure is None else error_text(texts, failure),
        "people": row.people,
        "changes": row.changes,
    }
