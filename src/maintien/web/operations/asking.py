"""Asks a worker for something."""

from typing import Final

from django.db import transaction

from maintien.web.models import Account, Operation, OperationKind, OperationState, PreparedPlan
from maintien.web.models.operations import UNFINISHED
from maintien.web.operations.tasks import RUNS, carry_out
from maintien.web.surroundings import now

_WRITING: Final = frozenset({OperationKind.APPLY, OperationKind.UNDO, OperationKind.RESUME})


def ask(
    kind: OperationKind,
    *,
    site: str,
    account: Account | None,
    plan: PreparedPlan | None = None,
    target: int | None = None,
    options: dict[str, object] | None = None,
) -> Operation:
    """Put an operation into the queue; the same one that is unfinished is given instead of a second."""
    with transaction.atomic():
        same = Operation.objects.filter(
            kind=kind, site=site, plan=plan, target=target, state__in=UNFINISHED
        ).first()
        if same is not None:
            return same
        operation = Operation(
            kind=kind,
            site=site,
            account=account,
            plan=plan,
            target=target,
            options=options or {},
            asked_at=now(),
        )
        operation.save()
        enqueue(operation)
    return operation


def enqueue(operation: Operation) -> None:
    """Put an operation that waits into the queue of its kind."""
    if OperationKind(operation.kind) in _WRITING:
        carry_out.using(queue_name=RUNS).enqueue(operation.pk)
    else:
        carry_out.enqueue(operation.pk)


def revive(seconds: int) -> int:
    """Queue again what a worker left that has not said for so long that it lives; tell how many."""
    revived = 0
    dead = Operation.objects.filter(state=OperationState.RUNNING, heartbeat_at__lt=now() - seconds)
    for operation in dead.order_by("id"):
        with transaction.atomic():
            taken = Operation.objects.filter(
                pk=operation.pk, state=OperationState.RUNNING, heartbeat_at=operation.heartbeat_at
            ).update(state=OperationState.WAITING)
            if taken:
                enqueue(operation)
                revived += 1
    return revived
