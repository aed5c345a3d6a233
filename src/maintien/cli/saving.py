"""Keeps what a preview plans as a plan file, for ``maintien apply``."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from maintien.cli.policy_runs import PolicyRun
from maintien.cli.run_headers import plan_file_header
from maintien.runs.plan_file_writing import PlanFileWriter, write_plan_file


@contextmanager
def saving(run: PolicyRun, path: str | None) -> Iterator[PlanFileWriter | None]:
    """Write a plan file, where one is asked for; it is there when the block ends well."""
    if path is None:
        yield None
        return
    header = plan_file_header(
        run.invocation,
        run.session,
        policies=run.policies,
        circumstances=run.circumstances,
        courses=len(run.found.sizes),
    )
    with write_plan_file(Path(path), header) as file:
        yield file
