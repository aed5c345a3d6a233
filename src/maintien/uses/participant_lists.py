"""Lists the participants of any number of courses, batch by batch, in memory that does not grow with them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from maintien.bootstrap import Session
from maintien.enrolments.participant_filter import EVERYBODY, ParticipantFilter, PeopleFilter
from maintien.enrolments.participants import Participant, Sort, by_name, list_participants, sort_participants
from maintien.enrolments.people import Person
from maintien.enrolments.state import Course, CourseState
from maintien.moodle.ids import CourseId, GroupId, RoleId, UserId
from maintien.runs.batches import LARGEST_SIZE, BatchSize, batches
from maintien.runs.execute import Observer
from maintien.sites.database.participants import Choosing
from maintien.sites.interface import CourseSize

NOBODY: Final = frozenset({UserId(0)})
"""Nobody has this id."""


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
    state: CourseState
    """The course, with the rows of these people only."""


def list_page(
    session: Session, course: Course, wanted: ParticipantFilter, *, number: int, size: int
) -> PageOfPeople:
    """List participants of page ``number``; reads everybody's name, and few people's rows."""
    now = session.clock()
    selected = session.site.find_participants([course], wanted, now).get(course.id, frozenset())
    people = sorted(session.site.read_people(selected).values(), key=by_name)
    number = max(1, min(number, -(-len(people) // size)))
    start = (number - 1) * size
    shown = frozenset(person.id for person in people[start : start + size])
    wishes = ListingWishes(at=now, wanted=ParticipantFilter(people=PeopleFilter(people=shown or NOBODY)))
    state, names = _read_batch(session, [course], wishes)
    return PageOfPeople(
        participants=names.list(state[0], now), number=number, total=len(people), state=state[0]
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
    states, names = _read_batch(session, courses, wishes)
    for state in states:
        people = sort_participants(
            names.list(state, wishes.at), wishes.sort, is_descending=wishes.is_descending
        )
        yield Listed(state.course, people)


def _read_batch(
    session: Session, courses: Sequence[Course], wishes: ListingWishes
) -> tuple[list[CourseState], "_Names"]:
    roles, courseids = session.config.roles, [course.id for course in courses]
    choosing = replace(session.site, choosing=Choosing(wanted=wishes.wanted, at=wishes.at))
    states = list(choosing.read_states(courses, frozenset(roles.values())))
    selected = frozenset[UserId]().union(*(state.selected or () for state in states))
    return states, _Names(
        people=session.site.read_people(selected),
        roles={roleid: name for name, roleid in roles.items()},
        groups=session.site.read_group_names(courseids),
        last_access=session.site.read_last_access(courseids, selected),
    )


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
