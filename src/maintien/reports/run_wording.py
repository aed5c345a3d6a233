"""The words for runs: what they do, how they stand, who made them."""

from collections.abc import Mapping
from typing import Final

from maintien.enrolments.people import Person
from maintien.messages import N_
from maintien.moodle.ids import UserId
from maintien.reports.language import Texts
from maintien.reports.safe_text import printable
from maintien.reports.screen import person_name
from maintien.runs.history import RunState
from maintien.runs.journal import CourseStatus, RunHeader, RunKind

KINDS: Final[dict[RunKind, str]] = {
    RunKind.CONVERT: N_("conversion"),
    RunKind.CAMPAIGN: N_("campaign"),
    RunKind.UNDO: N_("undo"),
    RunKind.RESTORE: N_("restore"),
    RunKind.RESCUE: N_("rescue"),
    RunKind.END_DATE: N_("end date"),
    RunKind.UNENROL: N_("unenrolment"),
}

STATES: Final[dict[RunState, str]] = {
    RunState.RUNNING: N_("running"),
    RunState.INTERRUPTED: N_("interrupted"),
    RunState.RUNNING_OR_INTERRUPTED: N_("running or interrupted"),
    RunState.DONE: N_("done"),
    RunState.DONE_IN_PART: N_("done in part"),
    RunState.STOPPED: N_("stopped"),
}

COURSE_STATUSES: Final[dict[CourseStatus, str]] = {
    CourseStatus.PENDING: N_("pending"),
    CourseStatus.PLANNED: N_("perhaps written"),
    CourseStatus.WRITTEN: N_("written"),
    CourseStatus.UNCHANGED: N_("unchanged"),
    CourseStatus.FAILED: N_("failed"),
}


def state_text(texts: Texts, state: RunState, undone_by: int | None) -> str:
    """Say how a run stands, and which one took it back."""
    said = texts.gettext(STATES[state])
    if undone_by is None:
        return said
    return texts.gettext("{state}, undone by {run}").format(state=said, run=undone_by)


def kind_text(texts: Texts, header: RunHeader) -> str:
    """Say what a run does."""
    said = texts.gettext(KINDS[header.kind])
    if header.undoes is None:
        return said
    return texts.gettext("{kind} of {run}").format(kind=said, run=header.undoes)


def author_text(header: RunHeader, people: Mapping[UserId, Person]) -> str:
    """Say who made a run: on which machine, and in whose name in Moodle."""
    where = printable(f"{header.process.user}@{header.process.host}")
    return f"{where} ({person_name(people, header.operator)})"
