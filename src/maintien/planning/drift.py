"""Compares a plan that people reviewed with what the same rules plan today.

What is compared is what happens to whom. When and in whose name it is written is not, nor where the
manual method stands in the course's order, nor its number where somebody is newly enrolled in it: those
may differ without anything having changed for a person.

1. A change that stands in both plans has not drifted, whatever stands around it.
2. What is left over is told by person and kind of row: planned only today, no longer planned, or
   planned differently.
3. A warning about what is to be done that the reviewed plan did not have is drift too.
4. A plan that was carried out already, every row of it, has nothing left to drift from.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

from maintien.enrolments.state import (
    Course,
    CourseState,
    EnrolmentInstance,
    GroupMembership,
    RoleAssignment,
    UserEnrolment,
)
from maintien.moodle.ids import UserId
from maintien.planning.changes import NEW_MANUAL_INSTANCE, Added, Change, Changed, Removed, Row, row_of
from maintien.planning.findings import (
    AccessGoes,
    EditShortens,
    EnablingGivesAccess,
    EndDateShortens,
    EndsBeforeItBegins,
    Finding,
    Obstacle,
    PeopleLeave,
)
from maintien.planning.left_alone import Reason
from maintien.planning.natural_keys import RowsByKey
from maintien.planning.plan import CoursePlan
from maintien.planning.undo import NOBODY


@dataclass(frozen=True, slots=True, kw_only=True)
class OnlyNow:
    """Changes that nobody reviewed: the person is new, or has something new."""

    userid: UserId
    """NOBODY where it is about the course's manual instance; so below."""
    now: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoLonger:
    """Changes that were reviewed and would not be made today."""

    userid: UserId
    planned: tuple[Change, ...]
    reason: Reason | None
    """Why the person is left alone today, or None where today's plan does not leave them alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Differently:
    """Changes that would be made today with other values."""

    userid: UserId
    planned: tuple[Change, ...]
    now: tuple[Change, ...]


Drift: TypeAlias = OnlyNow | NoLonger | Differently


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseDrift:
    """How far today's plan of a course is from the reviewed one."""

    course: Course
    drifts: tuple[Drift, ...] = ()
    """By person, then by kind of row; the manual instance comes first."""
    obstacle: Obstacle | None = None
    """What stands in the way today and did not before: why changes fell away, where some did."""
    warnings: tuple[Finding, ...] = ()
    """What there is to know today and was not before."""
    is_course_gone: bool = False
    """Whether the site has no such course any more."""

    @property
    def is_empty(self) -> bool:
        """Whether today's plan is the reviewed one."""
        return not (self.drifts or self.warnings)


CountsPeople: TypeAlias = (
    EnablingGivesAccess | EndDateShortens | EditShortens | EndsBeforeItBegins | AccessGoes | PeopleLeave
)
"""Warnings that matter more the more people they are about."""

_TABLES: Final[Mapping[type[Row], int]] = {
    EnrolmentInstance: 0,
    UserEnrolment: 1,
    RoleAssignment: 2,
    GroupMembership: 3,
}


def find_drift(planned: CoursePlan, today: CoursePlan) -> CourseDrift:
    """Compare the plans of one course."""
    then = by_what_it_does(planned.changes)
    now = by_what_it_does(today.changes)
    return CourseDrift(
        course=today.course,
        drifts=_tell(
            _by_person(change for does, change in then.items() if does not in now),
            _by_person(change for does, change in now.items() if does not in then),
            {entry.userid: entry.reason for entry in today.left_alone},
        ),
        obstacle=None if today.obstacle == planned.obstacle else today.obstacle,
        warnings=tuple(
            warning for warning in today.warnings if today.changes and _is_news(warning, planned.warnings)
        ),
    )


def drift_of_lost_course(planned: CoursePlan) -> CourseDrift:
    """Tell what of a plan fell away with its course; empty where there was nothing to do in it."""
    nothing = CoursePlan(course=planned.course)
    return replace(find_drift(planned, nothing), is_course_gone=True)


def without_what_is_done(state: CourseState, planned: CoursePlan) -> CoursePlan:
    """Give the plan without its changes where the state shows every one of them, else as it is.

    A course is written whole or not at all, so a plan that stands there in part was not carried out:
    somebody else was at work.
    """
    rows = RowsByKey(state)
    if planned.changes and all(_is_done(change, rows) for change in planned.changes):
        return replace(planned, changes=())
    return planned


def by_what_it_does(changes: Iterable[Change]) -> dict[Change, Change]:
    """Index changes, in their order, by what is compared of them."""
    return {_as_compared(change): change for change in changes}


def person_of(change: Change) -> UserId:
    """Tell whom a change is about; NOBODY where it is about an enrolment instance."""
    row = row_of(change)
    return NOBODY if isinstance(row, EnrolmentInstance) else row.userid


def _as_compared(change: Change) -> Change:
    if isinstance(change, Changed):
        before, after = _unstamped(change.before), _unstamped(change.after)
        is_moved = isinstance(after, UserEnrolment) and before.instanceid != after.instanceid
        return Changed(before, _into_manual_instance(after) if is_moved else after)
    row = _unstamped(change.row)
    is_new = isinstance(change, Added) and isinstance(row, UserEnrolment)
    return type(change)(_into_manual_instance(row) if is_new else row)


def _into_manual_instance(row: UserEnrolment) -> UserEnrolment:
    """Forget the instance's number: people are put into the manual one only.

    That was new when the plan was made, perhaps, and is not any more: its own change tells of it.
    """
    return row._replace(instanceid=NEW_MANUAL_INSTANCE)


def _unstamped(row: Any) -> Any:  # noqa: ANN401 -- a row of whatever table
    match row:
        case UserEnrolment():
            return row._replace(modifierid=NOBODY, timecreated=0, timemodified=0)
        case RoleAssignment():
            return row._replace(modifierid=NOBODY, timemodified=0)
        case GroupMembership():
            return row._replace(timeadded=0)
        case _:
            return row._replace(sortorder=0, timecreated=0, timemodified=0)


def _is_done(change: Change, rows: RowsByKey) -> bool:
    if isinstance(change, Removed):
        return rows.find(change.row) is None
    row = row_of(change)
    found = rows.find(row)
    return found is not None and bool(_unstamped(rows.numbered(row, found)) == _unstamped(found))


_Place: TypeAlias = tuple[UserId, int]
"""A person, and the rank of a table."""


def _by_person(changes: Iterable[Change]) -> Mapping[_Place, tuple[Change, ...]]:
    places: defaultdict[_Place, list[Change]] = defaultdict(list)
    for change in changes:
        places[person_of(change), _TABLES[type(row_of(change))]].append(change)
    return {place: tuple(found) for place, found in places.items()}


def _tell(
    then: Mapping[_Place, tuple[Change, ...]],
    now: Mapping[_Place, tuple[Change, ...]],
    left_alone: Mapping[UserId, Reason],
) -> tuple[Drift, ...]:
    drifts: list[Drift] = []
    for place in sorted(then.keys() | now.keys()):
        userid = place[0]
        if place not in then:
            drifts.append(OnlyNow(userid=userid, now=now[place]))
        elif place not in now:
            drifts.append(NoLonger(userid=userid, planned=then[place], reason=left_alone.get(userid)))
        else:
            drifts.append(Differently(userid=userid, planned=then[place], now=now[place]))
    return tuple(drifts)


def _is_news(warning: Finding, known: tuple[Finding, ...]) -> bool:
    """Tell whether a warning says more than those known: about more people, where it counts them."""
    if isinstance(warning, CountsPeople):
        return not any(type(other) is type(warning) and _people(other) >= warning.people for other in known)
    return warning not in known


def _people(warning: Finding) -> int:
    return warning.people if isinstance(warning, CountsPeople) else 0
