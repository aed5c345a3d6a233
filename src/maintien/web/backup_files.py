"""The backups that were made before a plan was applied: where they are, and which course each is of."""

import re
from pathlib import Path
from typing import Final

from maintien.web.keys import prepare_folder
from maintien.web.models import PreparedPlan
from maintien.web.requested import read_requested
from maintien.web.surroundings import surroundings

_NAME: Final = re.compile(r"backup-moodle2-course-(\d{1,18})-.*\.mbz")


def backups_of_plan(plan: PreparedPlan) -> Path:
    """Tell which folder has the backups of a plan's courses; it may not be there yet."""
    return prepare_folder(surroundings().configuration.folder / "backups") / f"plan-{plan.pk}"


def find_backups(plan: PreparedPlan) -> dict[int, Path]:
    """Find the backup of each course: the first one, which shows the course as it was before everything.

    A plan that asks for none has none, whatever an earlier installation left in the folder.
    """
    if not read_requested(plan.kind, plan.request).backup:
        return {}
    folder = backups_of_plan(plan)
    found: dict[int, Path] = {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        name = _NAME.fullmatch(path.name)
        if name is not None:
            found.setdefault(int(name[1]), path)
    return found
