"""Writes courses to tables some at a time, so that the names of their people are looked up together."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Generic, Protocol, TypeVar

from maintien.enrolments.people import Person
from maintien.moodle.ids import UserId

_COURSES_AT_ONCE: Final = 20
"""How many courses' people are looked up together."""

_Course = TypeVar("_Course")
_Taken_contra = TypeVar("_Taken_contra", contravariant=True)


class CourseWriter(Protocol[_Taken_contra]):
    """Writes what is known of one course at a time."""

    def people_in(self, course: _Taken_contra) -> Iterable[UserId]:
        """Tell whom the rows of a course name."""
        ...

    def add(self, course: _Taken_contra, people: Mapping[UserId, Person]) -> None:
        """Write a course; people without an entry show as ids."""


@dataclass(slots=True, kw_only=True)
class BatchedRows(Generic[_Course]):
    """Takes courses one at a time, and writes them; flush it at the end."""

    export: CourseWriter[_Course]
    read_people: Callable[[Iterable[UserId]], Mapping[UserId, Person]]
    waiting: list[_Course] = field(default_factory=list)

    def add(self, course: _Course) -> None:
        """Take a course."""
        self.waiting.append(course)
        if len(self.waiting) == _COURSES_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Write what is left."""
        people = self.read_people(
            {userid for course in self.waiting for userid in self.export.people_in(course)}
        )
        for course in self.waiting:
            self.export.add(course, people)
        self.waiting.clear()


def read_nobody(_: Iterable[UserId]) -> Mapping[UserId, Person]:
    """Read no names, for tables that show none."""
    return {}
