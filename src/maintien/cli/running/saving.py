"""Keeps what a preview plans as a plan file, for ``maintien apply``."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from maintien.cli.running.policy_runs import PolicyRun
from maintien.cli.running.run_headers import caller_of
from maintien.runs.plan_file_writing import PlanFileWriter, write_plan_file


@contextmanager
def saving(run: PolicyRun, path: str | None) -> Iterator[PlanFileWriter | None]:
    """Write a plan file, where one is asked for; it is there when the block ends well."""
    if path is None:
        yield None
        return
    header = caller_of(run.invocation).plan_file_header(
        run.session,
        policies=run.policies,
        circumstances=run.circumstances,
        courses=len(run.found.sizes),
    )
    with write_plan_file(Path(path), header) as file:
        yield file
