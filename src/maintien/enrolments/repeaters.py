"""Repeaters: people with a manual enrolment from an earlier year whom an automatic method lets in again.

The manual one is of no use any more, and may outlast the automatic one. Somebody counts whom an enrolment
by the external database or a cohort lets in now, whatever the manual one says.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from maintien.enrolments.access import gives_access, instances_by_id
from maintien.enrolments.state import Course, CourseState, UserEnrolment
from maintien.moodle.ids import UserId
from maintien.moodle.values import AUTOMATIC_METHODS, MANUAL


class MadeEnrolment(NamedTuple):
    """A manual enrolment that a run has made, as a run left it."""

    run: int
    """The number of the run that touched it last."""
    row: UserEnrolment
    """Its id and its instance may not be known yet."""

    def is_still(self, row: UserEnrolment) -> bool:
        """Whether a row is as it was left: its date of writing and its author tell of any change since."""
        return row._replace(id=self.row.id, instanceid=self.row.instanceid) == self.row


class AutomaticEnrolment(NamedTuple):
    """An automatic enrolment that lets somebody in now."""

    method: str
    row: UserEnrolment


class Repeater(NamedTuple):
    """A person of a course with both."""

    userid: UserId
    manual: tuple[UserEnrolment, ...]
    """In id order: one in each manual instance at most."""
    automatic: tuple[AutomaticEnrolment, ...]
    """In id order."""
    run: int | None
    """The run that left the manual enrolment as it is; None where somebody made or changed it by hand."""


class CourseRepeaters(NamedTuple):
    """The repeaters of a course, by id."""

    course: Course
    repeaters: tuple[Repeater, ...]


def find_repeaters(
    state: CourseState, made: Mapping[UserId, MadeEnrolment], at: int, *, any_manual: bool = False
) -> CourseRepeaters:
    """Find the repeaters of a course at Unix time ``at``; deleted accounts are none.

    ``made`` is what runs have made in the course. Only those count whose manual enrolment is still as a run
    left it, unless ``any_manual``.
    """
    instances = instances_by_id(state)
    manual: defaultdict[UserId, list[UserEnrolment]] = defaultdict(list)
    automatic: defaultdict[UserId, list[AutomaticEnrolment]] = defaultdict(list)
    for row in state.enrolments:
        instance = instances[row.instanceid]
        if instance.method == MANUAL:
            manual[row.userid].append(row)
        elif instance.method in AUTOMATIC_METHODS and gives_access(row, instance, at):
            automatic[row.userid].append(AutomaticEnrolment(instance.method, row))
    found = [
        Repeater(userid, tuple(manual[userid]), tuple(automatic[userid]), _run_of(manual[userid], made))
        for userid in sorted((manual.keys() & automatic.keys()) - state.deleted)
    ]
    return CourseRepeaters(state.course, tuple(r for r in found if any_manual or r.run is not None))


def _run_of(rows: Sequence[UserEnrolment], made: Mapping[UserId, MadeEnrolment]) -> int | None:
    """Tell which run left all of somebody's manual enrolments as they are."""
    known = made.get(rows[0].userid)
    return known.run if known is not None and all(map(known.is_still, rows)) else None
