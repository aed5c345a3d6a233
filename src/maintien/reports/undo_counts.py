"""What taking a run back comes to, in figures."""

from dataclasses import dataclass, fields

from maintien.enrolments.state import Course
from maintien.errors.tree import CourseFailed
from maintien.planning.changes import Added, Changed, Removed
from maintien.planning.plan import CoursePlan


@dataclass(slots=True, kw_only=True)
class UndoCounts:
    """Rows and people, counted; a person counts once a course."""

    rows_removed: int = 0
    rows_changed_back: int = 0
    rows_brought_back: int = 0
    rows_left_alone: int = 0
    """What somebody changed since."""
    people: int = 0
    people_losing_access: int = 0

    def add(self, other: "UndoCounts") -> None:
        """Add up two counts."""
        for item in fields(self):
            setattr(self, item.name, getattr(self, item.name) + getattr(other, item.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseUndone:
    """What taking back comes to in one course. A course that failed has no counts."""

    course: Course
    counts: UndoCounts
    failure: CourseFailed | None = None


def count_undo(plan: CoursePlan, losing: int, failure: CourseFailed | None) -> CourseUndone:
    """Count what a plan takes back, and whom it takes their only access (``losing``)."""
    if failure is not None:
        return CourseUndone(course=plan.course, counts=UndoCounts(), failure=failure)
    kinds = [type(change) for change in plan.changes]
    counts = UndoCounts(
        rows_removed=kinds.count(Removed),
        rows_changed_back=kinds.count(Changed),
        rows_brought_back=kinds.count(Added),
        rows_left_alone=len(plan.left_alone),
        people=len(plan.converted),
        people_losing_access=losing,
    )
    return CourseUndone(course=plan.course, counts=counts)
