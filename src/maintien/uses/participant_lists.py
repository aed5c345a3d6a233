"""Lists the participants of any number of courses, batch by batch, in memory that does not grow with them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from maintien.bootstrap import Session
from maintien.enrolments.participant_filter import EVERYBODY, ParticipantFilter
from maintien.enrolments.participants import Participant, Sort, by_name, list_participants, sort_participants
from maintien.enrolments.people import Person
from maintien.enrolments.state import Course, CourseState, EnrolmentInstance
from maintien.moodle.ids import CourseId, GroupId, RoleId, UserId
from maintien.runs.batches import LARGEST_SIZE, BatchSize, batches
from maintien.runs.execute import Observer
from maintien.sites.database.participants import AlreadyChosen, Choosing
from maintien.sites.interface import CourseSize


class Listed(NamedTuple):
    """The participants of a course, whom a filter selects, in the order asked for."""

    course: Course
    participants: list[Participant]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingWishes:
    """Which participants to list, and how."""

    at: int
    """Unix seconds of what counts as now."""
    wanted: ParticipantFilter = EVERYBODY
    sort: Sort = Sort.NAME
    is_descending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PageOfPeople:
    """Some of the participants whom a filter selects, in the order of their names."""

    participants: list[Participant]
    number: int
    """Of the page, from 1: the one asked for, or the last."""
    total: int
    """How many people the filter selects."""
    instances: Sequence[EnrolmentInstance]
    """All enrolment methods of the course."""
    groups: Mapping[GroupId, str]
    """The names of all groups of the course."""


def list_page(
    session: Session, course: Course, wanted: ParticipantFilter, *, number: int, size: int
) -> PageOfPeople:
    """List participants of page ``number``; reads everybody's name, and few people's rows.

    When people were last in the course is not read.
    """
    site, now, roles = session.site, session.clock(), session.config.roles
    selected = site.find_participants([course], wanted, now).get(course.id, frozenset())
    everybody = site.read_people(selected)
    people = sorted(everybody.values(), key=by_name)
    number = max(1, min(number, -(-len(people) // size)))
    start = (number - 1) * size
    shown = frozenset(person.id for person in people[start : start + size])
    chosen = replace(site, choosing=AlreadyChosen(people={course.id: shown}))
    (state,) = chosen.read_states([course], frozenset(roles.values()))
    groups = site.read_group_names([course.id])
    names = _Names(
        people=everybody,
        roles={roleid: name for name, roleid in roles.items()},
        groups=groups,
        last_access={},
    )
    return PageOfPeople(
        participants=names.list(state, now),
        number=number,
        total=len(people),
        instances=state.instances,
        groups=groups,
    )


def list_courses(
    session: Session, sizes: Sequence[CourseSize], wishes: ListingWishes, *, observer: Observer
) -> Iterator[Listed]:
    """List the participants of each course, in the order given."""
    observer.started(len(sizes), sum(size.enrolments for size in sizes))
    try:
        for batch in batches(sizes, BatchSize(enrolments=LARGEST_SIZE)):
            yield from _list_batch(session, [size.course for size in batch], wishes)
            observer.advanced(len(batch), sum(size.enrolments for size in batch))
    finally:
        observer.finished()


def _list_batch(session: Session, courses: Sequence[Course], wishes: ListingWishes) -> Iterator[Listed]:
    roles, courseids = session.config.roles, [course.id for course in courses]
    choosing = replace(session.site, choosing=Choosing(wanted=wishes.wanted, at=wishes.at))
    states = list(choosing.read_states(courses, frozenset(roles.values())))
    selected = frozenset[UserId]().union(*(state.selected or () for state in states))
    names = _Names(
        people=session.site.read_people(selected),
        roles={roleid: name for name, roleid in roles.items()},
        groups=session.site.read_group_names(courseids),
        last_access=session.site.read_last_access(courseids, selected),
    )
    for state in states:
        people = sort_participants(
            names.list(state, wishes.at), wishes.sort, is_descending=wishes.is_descending
        )
        yield Listed(state.course, people)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Names:
    """What a list says beside the rows of enrolments."""

    people: Mapping[UserId, Person]
    roles: Mapping[RoleId, str]
    groups: Mapping[GroupId, str]
    last_access: Mapping[CourseId, Mapping[UserId, int]]

    def list(self, state: CourseState, at: int) -> list[Participant]:
        """List the people selected in a course."""
        return list_participants(
            state,
            self.people,
            role_names=self.roles,
            group_names=self.groups,
            at=at,
            last_access=self.last_access.get(state.course.id),
            selected=state.selected,
        )
