"""Carries an operation out, once: begins it, or goes on where a worker left it.

The journal and the site's lock are the truth. Every run's journal holds the operation that it belongs to;
an operation that is carried out again looks for its run there first, and goes on with that.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Final

from django.db.models import F

from maintien.errors.tree import MaintienError
from maintien.reports.language import load_texts
from maintien.uses.callers import Caller
from maintien.web.models import Operation, OperationKind, OperationState
from maintien.web.operations import archives, charting, counting, preparing, running
from maintien.web.operations.asking import enqueue
from maintien.web.operations.heart import Heart
from maintien.web.operations.outcomes import Outcome
from maintien.web.operations.work import Work
from maintien.web.sites import invocation_for
from maintien.web.surroundings import now

log: Final = logging.getLogger("maintien.web")


_WORK: Final[Mapping[OperationKind, Callable[[Work], Outcome]]] = {
    OperationKind.COUNT: counting.count,
    OperationKind.CHART: charting.chart,
    OperationKind.PREPARE: preparing.prepare,
    OperationKind.APPLY: running.apply,
    OperationKind.PREVIEW_UNDO: running.preview_undoing,
    OperationKind.UNDO: running.undo,
    OperationKind.RESUME: running.resume,
    OperationKind.LOOK_INTO: archives.look_into_archive,
    OperationKind.CONVERT_ARCHIVE: archives.convert_uploaded_archive,
}


def carry_out_operation(number: int) -> None:
    """Carry the operation out if it waits; nothing is done twice, whoever calls this how often."""
    waiting = Operation.objects.filter(pk=number, state=OperationState.WAITING)
    if not waiting.update(
        state=OperationState.RUNNING, heartbeat_at=now(), attempts=F("attempts") + 1, failure={}
    ):
        return
    operation = Operation.objects.select_related("account", "plan").get(pk=number)
    heart = Heart(number)
    invocation = invocation_for(operation.site, operation.account, texts=load_texts("en"))
    work = Work(
        operation=operation,
        heart=heart,
        caller=Caller(
            invocation=invocation, command=command_of(operation), origin="web", observer=heart, waits=True
        ),
    )
    try:
        with heart.beating():
            outcome = _WORK[OperationKind(operation.kind)](work)
    except MaintienError as error:
        log.warning("operation %s: %s", number, error)
        outcome = Outcome(state=OperationState.FAILED, error=error)
    except Exception:
        log.exception("operation %s", number)
        _end(operation, Outcome(state=OperationState.FAILED))
        raise
    _end(operation, outcome)


def command_of(operation: Operation) -> str:
    """Say in a journal which operation of the web application a run belongs to, and whose it is."""
    who = operation.account.get_username() if operation.account else ""
    return f"maintien web: operation {operation.pk} of {who}"


def _end(operation: Operation, outcome: Outcome) -> None:
    if outcome.state is not OperationState.FAILED:
        # A run that found nothing to do is kept nowhere.
        operation.run = outcome.run
    operation.result = outcome.result
    operation.failure = outcome.failure
    operation.state = outcome.state
    operation.ended_at = now() if operation.is_over else None
    # Not the heart's fields: somebody may want it to stop just now.
    operation.save(update_fields=["run", "result", "failure", "state", "ended_at"])
    running.note_end(operation)
    if outcome.state is OperationState.WAITING:
        enqueue(operation)
