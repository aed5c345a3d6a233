"""The journal of a run: what was planned, durable before it is written, and what became of it.

The rules:

1. A run is begun with everything that is needed to finish it elsewhere: the site, the policies, the
   moment it plans for, the courses in their order.
2. Before a batch is written, its plans are durable. After its commit, so is that it was written.
3. A course is *pending*, then *planned*, then *written*, *unchanged* or *failed*. A course that is
   found *planned* in a run that no longer lives may have been written or not: the site tells.
4. Nothing in a journal is changed after its run has finished.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple, NewType, Protocol

from maintien.enrolments.state import Course
from maintien.moodle.ids import CourseId, UserId
from maintien.planning.campaign.record import CampaignRecord
from maintien.planning.plan import CoursePlan
from maintien.planning.policy import (
    ConversionPolicy,
    EndDatePolicy,
    LikeMoodlePolicy,
    Policy,
    RescuePolicy,
    UnenrolPolicy,
)
from maintien.sites.interface import CourseSize

RunId = NewType("RunId", int)


class RunKind(Enum):
    """What a run does."""

    CONVERT = "convert"
    CAMPAIGN = "campaign"
    """Converts too, each course under the rule of a campaign file."""
    UNDO = "undo"
    RESCUE = "rescue"
    RESTORE = "restore"
    """What a backup archive holds, into one course."""
    END_DATE = "end-date"
    """Changes manual enrolments."""
    UNENROL = "unenrol"
    """Removes manual enrolments."""


def kind_for(policy: Policy) -> RunKind:
    """Tell what kind of run carries a policy out, where no campaign does."""
    match policy:
        case ConversionPolicy() | LikeMoodlePolicy():
            return RunKind.CONVERT
        case RescuePolicy():
            return RunKind.RESCUE
        case EndDatePolicy():
            return RunKind.END_DATE
        case UnenrolPolicy():
            return RunKind.UNENROL


class RunStatus(Enum):
    """How far a run has got."""

    RUNNING = "running"
    """It has not said that it ended: it goes on, or it was interrupted."""
    DONE = "done"
    DONE_IN_PART = "done_in_part"
    """Some courses failed."""
    STOPPED = "stopped"
    """A person stopped it, or an error did; the courses not reached are pending."""


class CourseStatus(Enum):
    """How far a course of a run has got."""

    PENDING = "pending"
    PLANNED = "planned"
    WRITTEN = "written"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """Where a run lives, or lived."""

    user: str
    """The operating system's."""
    host: str
    pid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoredArchive:
    """The backup archive that a run restores."""

    path: str
    """As the command line named it; without secrets."""
    sha256: str
    """Of the whole file, in hexadecimal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceArchive:
    """A backup archive that a rescue takes for evidence."""

    path: str
    """As the command line named it, or found it; without secrets."""
    sha256: str
    """Of the whole file, in hexadecimal."""
    courseid: CourseId
    made_at: int
    """Unix seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunHeader:
    """What is known of a run when it begins."""

    kind: RunKind
    site_id: str
    """Tells sites apart: Moodle's site identifier with the table prefix."""
    site_name: str
    """As people call it; never with a password."""
    operator: UserId
    command: str
    """The command line, without secrets."""
    version: str
    """maintien's."""
    process: Process
    began_at: int
    """Unix seconds; what the run plans for, too."""
    policy: Policy | None = None
    """What holds for courses without a policy of their own; None for an undo."""
    course_policies: Mapping[CourseId, Policy] = field(default_factory=dict)
    campaign: CampaignRecord | None = None
    """The campaign that gave the courses their policies."""
    undoes: RunId | None = None
    """The run that an undo takes back."""
    plan_fingerprint: str | None = None
    """Of the plan file that the run applies; None where it plans for itself."""
    archive: RestoredArchive | None = None
    """What a restore restores; None for every other run."""
    evidence: tuple[EvidenceArchive, ...] = ()
    """What a rescue was told by backup archives, by course; nothing for every other run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTotals:
    """Courses by status, and what was written in them."""

    courses: Mapping[CourseStatus, int]
    people: int = 0
    changes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """A run as the journal knows it."""

    id: RunId
    header: RunHeader
    status: RunStatus
    ended_at: int | None
    """Unix seconds, or None while it has not said that it ended."""
    totals: RunTotals


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseRecord:
    """A course of a run."""

    course: Course
    enrolments: int
    """User enrolments when the run began."""
    status: CourseStatus
    plan: CoursePlan | None
    """What was planned last; None while pending."""
    failure: str | None
    """The sentence, in English, or None."""


class ListedCourse(NamedTuple):
    """A course of a run without its plan."""

    course: Course
    status: CourseStatus
    people: int
    changes: int
    failure: str | None
    """The sentence, in English, or None."""


class RunJournal(Protocol):
    """The journal of one run while it goes on. Every method is durable when it returns."""

    @property
    def id(self) -> RunId:
        """Which run this is."""
        ...

    def planned(self, plans: Sequence[CoursePlan]) -> None:
        """Note what is about to be written; plans of the same course replace earlier ones."""
        ...

    def written(self, plans: Sequence[CoursePlan]) -> None:
        """Note that these plans were committed; empty ones had nothing to write."""
        ...

    def failed(self, plan: CoursePlan, sentence: str) -> None:
        """Note that a course could not be written."""
        ...

    def ended(self, status: RunStatus, at: int) -> None:
        """Note that the run is over."""
        ...

    def discard(self) -> None:
        """Forget the run: it found nothing to do."""
        ...


class RunStore(Protocol):
    """Where journals are kept."""

    def begin(self, header: RunHeader, courses: Sequence[CourseSize]) -> RunJournal:
        """Begin a run over these courses, all pending, in this order."""
        ...

    def resume(self, run: RunId, process: Process) -> RunJournal:
        """Go on with a run that was interrupted. Raises UnknownRun."""
        ...

    def runs(self, site_id: str | None = None) -> list[RunRecord]:
        """List runs, of one site or of all, the newest first."""
        ...

    def run(self, run: RunId) -> RunRecord:
        """Give one run. Raises UnknownRun."""
        ...

    def course(self, run: RunId, course: CourseId) -> CourseRecord:
        """Give one course of a run. Raises UnknownRun when the run has no such course."""
        ...

    def courses(
        self, run: RunId, statuses: Sequence[CourseStatus] = tuple(CourseStatus)
    ) -> Iterator[CourseRecord]:
        """Stream the courses of a run in their order; plans are read one at a time."""
        ...
