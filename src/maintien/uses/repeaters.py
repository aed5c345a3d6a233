"""Finds the repeaters of courses, and makes the policies by which their manual enrolments go."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from maintien.bootstrap import Session
from maintien.enrolments.participant_filter import MethodFilter, ParticipantFilter, PeopleFilter
from maintien.enrolments.repeaters import CourseRepeaters, find_repeaters
from maintien.moodle.ids import UserId
from maintien.moodle.values import MANUAL
from maintien.planning.course_planners import Policies
from maintien.planning.policy import UnenrolPolicy
from maintien.runs.execute import Observer
from maintien.runs.made_enrolments import MadeEnrolments
from maintien.sites.database.participants import Choosing
from maintien.sites.interface import CourseSize
from maintien.uses.selections import Found
from maintien.uses.states import read_all_states

_ENROLLED_BY_HAND: Final = ParticipantFilter(methods=MethodFilter(methods=frozenset({MANUAL})))


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatersRequest:
    """What ``repeaters`` is asked for."""

    any_manual: bool = False
    """Whether manual enrolments count too that no run has made, or that somebody has changed since."""


def find_all_repeaters(
    session: Session,
    sizes: Sequence[CourseSize],
    made: MadeEnrolments,
    request: RepeatersRequest,
    *,
    at: int,
    observer: Observer,
) -> Iterator[CourseRepeaters]:
    """Find the repeaters of each course that has any, in the order given, at Unix time ``at``."""
    looked_at = [size for size in sizes if request.any_manual or made.has_any(size.course.id)]
    choosing = replace(session.site, choosing=Choosing(wanted=_ENROLLED_BY_HAND, at=at))
    for state in read_all_states(choosing, looked_at, observer=observer):
        found = find_repeaters(state, made.of_course(state.course.id), at, any_manual=request.any_manual)
        if found.repeaters:
            yield found


def unenrolling_repeaters(found: Found, repeaters: Sequence[CourseRepeaters]) -> tuple[Found, Policies]:
    """Give the courses that have repeaters, and for each the policy that takes theirs from them alone.

    Nobody's enrolment goes whom no automatic method lets in any more once it is written.
    """
    of_courses = {
        each.course.id: _unenrolling(frozenset(r.userid for r in each.repeaters)) for each in repeaters
    }
    everybody = frozenset(r.userid for each in repeaters for r in each.repeaters)
    left = [size for size in found.sizes if size.course.id in of_courses]
    return Found(sizes=left), Policies(common=_unenrolling(everybody), of_courses=of_courses)


def _unenrolling(people: frozenset[UserId]) -> UnenrolPolicy:
    return UnenrolPolicy(whom=ParticipantFilter(people=PeopleFilter(people=people)), only_automatic_too=True)
