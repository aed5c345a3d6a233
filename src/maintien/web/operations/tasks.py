"""The task that workers take from the queue."""

from typing import Final

from django_tasks import task

RUNS: Final = "runs"
"""The queue of operations that write to a site; they go on for long, and nothing waits behind them."""


@task()
def carry_out(operation: int) -> None:
    """Carry an operation out."""
    from maintien.web.operations.carrying_out import carry_out_operation  # noqa: PLC0415 -- it asks too

    carry_out_operation(operation)
