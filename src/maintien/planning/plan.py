"""A plan is data: the changes to one course, the people left alone, and what the pre-checks found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from maintien.enrolments.state import Course
from maintien.moodle.ids import CourseId, UserId
from maintien.planning.changes import Change
from maintien.planning.findings import Finding, Obstacle
from maintien.planning.left_alone import LeftAlone


class Source(Enum):
    """Where it is known from what a person had, the surest first."""

    SUSPENDED_ROW = "suspended-row"
    """The enrolment itself: it is still there, suspended."""
    LOG = "log"
    """Moodle's standard log."""
    ARCHIVE = "archive"
    """A backup archive of the course, made before."""
    METHOD_DEFAULT = "method-default"
    """The role that the enrolment method gives, where nothing tells which role the person had."""


class Grounds(NamedTuple):
    """On what grounds a person gets something back."""

    taken_at: int | None
    """When the person lost access, in Unix seconds; None where nothing tells it."""
    sources: tuple[Source, ...]
    """In the order of the enumeration; at least one."""


class RestoredFrom(NamedTuple):
    """Where a course's backup was made, as Moodle logs it of a restore."""

    is_same_site: bool
    courseid: CourseId
    """The course's id on its own site."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoursePlan:
    """What is to happen in one course. The same state and policy give an equal plan."""

    course: Course
    changes: tuple[Change, ...] = ()
    """Instances first, then user enrolments, role assignments, group memberships; each by person.
    Where people are unenrolled: by person, in the order in which Moodle takes things from them."""
    left_alone: tuple[LeftAlone, ...] = ()
    """By person; nobody twice."""
    obstacle: Obstacle | None = None
    """Why nothing changes in this course, or None when nothing stands in the way."""
    warnings: tuple[Finding, ...] = ()
    converted: frozenset[UserId] = frozenset()
    """People whose manual enrolment is added, changed or removed."""
    touched: frozenset[UserId] = frozenset()
    """People whose sessions must look their access up again (``accesslib/dirtyusers``)."""
    grounds: Mapping[UserId, Grounds] = field(default_factory=dict)
    """What is known of the people to whom a rescue gives something back."""
    echoes: Mapping[UserId, int] = field(default_factory=dict)
    """How many more ``user_enrolment_updated`` events a person's enrolment causes in Moodle than the one
    of its change: the procedure's steps write some rows several times over. Only in exact reproduction."""
    leavers: frozenset[UserId] = frozenset()
    """People whose last enrolment in the course is removed."""
    restored_from: RestoredFrom | None = None
    """The backup that the plan restores; None for a plan that is no restore."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return not self.changes
