"""One line of JSON for whatever watches over runs that nobody looks at."""

import json
import sys
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any

from maintien.errors.tree import MaintienError
from maintien.reports.documents import kind_of


class MonitoredStatus(Enum):
    """How a run went."""

    DONE = "done"
    NOTHING_TO_DO = "nothing_to_do"
    PREVIEW = "preview"
    """Nothing was to be written."""
    NOT_ON = "not_on"
    """The campaign has not begun, or is over."""
    IN_PART = "in_part"
    FAILED = "failed"


@dataclass(slots=True, kw_only=True)
class MonitorLine:
    """What is known of a run as it goes on; the names are the keys of the line."""

    file: str
    campaign: str | None = None
    status: MonitoredStatus = MonitoredStatus.FAILED
    exit_status: int = 1
    run: int | None = None
    """The run in the journal; null where there is none."""
    people: int = 0
    """People converted, each once; in a preview, people who would be."""
    courses: int = 0
    """Courses that a rule has."""
    courses_changed: int = 0
    courses_failed: int = 0
    courses_excluded: int = 0
    courses_unmatched: int = 0
    began_at: int | None = None
    """Unix seconds."""
    seconds: float = 0.0
    error: dict[str, str] | None = None
    """Its kind, and its sentence in English."""

    def fail(self, failure: BaseException) -> None:
        """Note that it failed."""
        known = isinstance(failure, MaintienError)
        self.exit_status = failure.exit_status if isinstance(failure, MaintienError) else 1
        self.error = {"kind": kind_of(failure), "message": str(failure) if known else ""}

    def document(self) -> dict[str, Any]:
        """Give the line as JSON has it."""
        return {**asdict(self), "status": self.status.value, "seconds": round(self.seconds, 3)}


def print_line(line: MonitorLine) -> None:
    """Print it on standard output, in ASCII."""
    json.dump(line.document(), sys.stdout, allow_nan=False)
    sys.stdout.write("\n")
