"""Carries runs out: applies a plan, takes a run back, goes on with one. Never the same one twice."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from maintien.bootstrap import Session, site_identity
from maintien.runs.conduct import UnderWay
from maintien.runs.execute import Safeguard
from maintien.runs.history import undone_by
from maintien.runs.journal import CourseStatus, RunId, RunRecord, RunStatus
from maintien.runs.store.database import DatabaseRunStore
from maintien.uses.backups import open_backup_folder
from maintien.uses.reviewed_runs import begin_reviewed, resume_reviewed
from maintien.uses.taking_back import (
    begin_undo,
    preview_undo,
    require_of_site,
    require_resumable,
    require_undoable,
    resume_run,
)
from maintien.web import audit
from maintien.web.backup_files import backups_of_plan
from maintien.web.models import Operation, OperationKind, OperationState, PlanState, PreparedPlan
from maintien.web.operations.outcomes import Outcome
from maintien.web.operations.work import Work
from maintien.web.plan_files import find_plan_of_run, open_plan
from maintien.web.requested import read_requested
from maintien.web.sites import open_site_session

_FINISHED = (RunStatus.DONE, RunStatus.DONE_IN_PART)
_WRITING = frozenset({OperationKind.APPLY, OperationKind.UNDO, OperationKind.RESUME})


def apply(work: Work) -> Outcome:
    """Apply a plan, or go on with the run that began to."""
    plan = work.operation.plan
    if plan is None:
        raise RuntimeError("nothing to apply")
    file = open_plan(plan)
    with (
        open_site_session(work.operation.site, work.operation.account) as session,
        journal(work) as store,
    ):
        begun = _find_own_run(work, session, store)
        if begun is not None and begun.status in _FINISHED:
            return _outcome_of(store, begun.id)
        safeguard = _safeguard(session, plan)
        if begun is None:
            run = begin_reviewed(work.caller, session, store, file, safeguard=safeguard)
        else:
            run = resume_reviewed(work.caller, session, store, file, begun.id, safeguard=safeguard)
        return _go_through(work, store, run)


def undo(work: Work) -> Outcome:
    """Take a run back, or go on with the run that began to."""
    with (
        open_site_session(work.operation.site, work.operation.account) as session,
        journal(work) as store,
    ):
        begun = _find_own_run(work, session, store)
        if begun is not None and begun.status in _FINISHED:
            return _outcome_of(store, begun.id)
        if begun is None:
            require_undoable(session, store.run(_target(work)))
            run = begin_undo(work.caller, session, store, _target(work)).under_way
        else:
            run = resume_run(work.caller, session, store, begun.id)
        return _go_through(work, store, run)


def resume(work: Work) -> Outcome:
    """Go on with a run that was interrupted."""
    with (
        open_site_session(work.operation.site, work.operation.account) as session,
        journal(work) as store,
    ):
        record = store.run(_target(work))
        if record.status is RunStatus.DONE and work.operation.attempts > 1:
            return _outcome_of(store, record.id)
        plan = find_plan_of_run(work.operation.site, record)
        require_of_site(session, record)
        undone = undone_by(store.runs(record.header.site_id)).get(record.id)
        require_resumable(record, undone_by=undone, has_plan=plan is not None)
        if plan is None:
            return _go_through(work, store, resume_run(work.caller, session, store, record.id))
        run = resume_reviewed(
            work.caller,
            session,
            store,
            open_plan(plan),
            record.id,
            safeguard=_safeguard(session, plan),
        )
        return _go_through(work, store, run)


def preview_undoing(work: Work) -> Outcome:
    """Sum up what taking a run back would do, and who would lose their only access."""
    courses = rows = changed_since = losing = 0
    with (
        open_site_session(work.operation.site, work.operation.account) as session,
        journal(work) as store,
    ):
        require_undoable(session, store.run(_target(work)))
        for plan, people in preview_undo(work.caller, session, store, _target(work)):
            if work.heart.has_to_leave:
                state = OperationState.STOPPED if work.heart.is_to_stop else OperationState.WAITING
                return Outcome(state=state)
            courses += bool(plan.changes)
            rows += len(plan.changes)
            changed_since += len(plan.left_alone)
            losing += len(people)
    return Outcome(
        state=OperationState.DONE,
        result={"courses": courses, "rows": rows, "changed_since": changed_since, "losing": losing},
    )


def note_end(operation: Operation) -> None:
    """Note in the audit trail, and at its plan, how an operation ended that writes to a site."""
    if OperationKind(operation.kind) not in _WRITING or not operation.is_over:
        return
    who = operation.account.get_username() if operation.account else ""
    details = {"operation": operation.pk, "run": operation.run, "state": operation.state}
    audit.note_of(who, f"{operation.kind}_ended", site=operation.site, details=details)
    plan = operation.plan
    if plan is None:
        return
    has_run = operation.run is not None or operation.state == OperationState.DONE
    plan.state = PlanState.APPLIED if has_run else PlanState.READY
    plan.run = operation.run
    plan.save(update_fields=["state", "run"])


@contextmanager
def journal(work: Work) -> Iterator[DatabaseRunStore]:
    """Open the journal for the length of a block."""
    store = work.caller.open_store()
    try:
        yield store
    finally:
        store.engine.dispose()


def _safeguard(session: Session, plan: PreparedPlan) -> Safeguard | None:
    """Give what backs courses up first, where the plan asks for that."""
    if not read_requested(plan.kind, plan.request).backup:
        return None
    return open_backup_folder(session, backups_of_plan(plan))


def _target(work: Work) -> RunId:
    if work.operation.target is None:
        raise RuntimeError("no run to work on")
    return RunId(work.operation.target)


def _find_own_run(work: Work, session: Session, store: DatabaseRunStore) -> RunRecord | None:
    """Find the run that an earlier attempt at this operation began: its journal names the operation."""
    if work.operation.attempts <= 1:
        return None
    command = work.caller.command
    runs = store.runs(site_identity(session))
    return next((record for record in runs if record.header.command == command), None)


def _go_through(work: Work, store: DatabaseRunStore, run: UnderWay) -> Outcome:
    """Carry a run out; leave it between two courses where somebody wants it to stop."""
    heart, known = work.heart, False
    # Closed at once where it is left early, so that its journal says so.
    with closing(run.outcomes()) as outcomes:  # type: ignore[type-var]  # it is a generator
        for _ in outcomes:
            if not known:
                known = True
                # A failure later leaves the operation with its run, for somebody to go on with or undo.
                work.operation.run = run.run
                Operation.objects.filter(pk=work.operation.pk).update(run=run.run)
            if heart.has_to_leave:
                state = OperationState.STOPPED if heart.is_to_stop else OperationState.WAITING
                number = run.run
                break
        else:
            return _outcome_of(store, run.run)
    return _outcome_of(store, number, state=state)


def _outcome_of(
    store: DatabaseRunStore, run: RunId | None, *, state: OperationState | None = None
) -> Outcome:
    """Sum a run up from its journal; one that found nothing to do has none."""
    if run is None:
        return Outcome(state=state or OperationState.DONE, result={"courses": 0, "people": 0, "changes": 0})
    totals = store.run(run).totals
    failed = totals.courses.get(CourseStatus.FAILED, 0)
    return Outcome(
        state=state or (OperationState.IN_PART if failed else OperationState.DONE),
        run=run,
        result={
            "courses": totals.courses.get(CourseStatus.WRITTEN, 0),
            "failed": failed,
            "people": totals.people,
            "changes": totals.changes,
        },
    )
