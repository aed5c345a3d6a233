"""The files of prepared plans: where they are, and open ones kept for the next page."""

from collections import OrderedDict
from contextlib import ExitStack
from pathlib import Path
from threading import Lock
from typing import Final

from maintien.errors.plans import PlanFileChanged
from maintien.runs.journal import RunRecord
from maintien.runs.plan_file_reading import PlanFile, open_plan_file
from maintien.web.keys import prepare_folder
from maintien.web.models import PreparedPlan
from maintien.web.surroundings import surroundings

KEPT: Final = 4
"""Opening a file checks all of it; a plan is looked at page after page."""

_kept: Final[OrderedDict[tuple[Path, str], tuple[PlanFile, ExitStack]]] = OrderedDict()
_lock: Final = Lock()


def path_of_plan(plan: PreparedPlan) -> Path:
    """Tell where a plan's file is."""
    return prepare_folder(surroundings().configuration.folder / "plans") / f"plan-{plan.pk}.jsonl"


def find_plan_of_run(site: str, run: RunRecord) -> PreparedPlan | None:
    """Find the plan that a run applies; None where it applies none, or one that was not made here."""
    fingerprint = run.header.plan_fingerprint
    if fingerprint is None:
        return None
    return PreparedPlan.objects.filter(site=site, fingerprint=fingerprint).order_by("-id").first()


def open_plan(plan: PreparedPlan) -> PlanFile:
    """Give the checked file of a plan; it stays open for a while.

    Raises PlanFileChanged where it is not the plan that was prepared, and what opening one raises.
    """
    key = path_of_plan(plan), plan.fingerprint
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key][0]
        stack = ExitStack()
        file = stack.enter_context(open_plan_file(key[0]))
        if file.fingerprint != plan.fingerprint:
            stack.close()
            raise PlanFileChanged(path=str(key[0]))
        _kept[key] = file, stack
        if len(_kept) > KEPT:
            _, (_, oldest) = _kept.popitem(last=False)
            oldest.close()
        return file


def close_plans() -> None:
    """Close every file that is kept open."""
    with _lock:
        while _kept:
            _kept.popitem()[1][1].close()
