"""What every place that courses live in can do: read states, and write plans.

A site holds no rule. Reading takes a few queries a batch of courses, never one a course or a person.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from maintien.enrolments.people import Person
from maintien.enrolments.state import Course, CourseState
from maintien.moodle.config import SiteConfig
from maintien.moodle.ids import CourseId, GroupId, RoleId, UserId
from maintien.planning.plan import CoursePlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which courses, as a person names them; the parts add up."""

    courses: tuple[str, ...] = ()
    """Ids, short names or ID numbers; ``id:``, ``shortname:`` or ``idnumber:`` before one makes it exact."""
    categories: tuple[str, ...] = ()
    """Ids, ID numbers or names; courses of their subcategories are included."""
    cohorts: tuple[str, ...] = ()
    """Ids, ID numbers or names; the courses that cohort sync feeds from them."""
    everything: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing was named."""
        return not (self.courses or self.categories or self.cohorts or self.everything)


class CourseSize(NamedTuple):
    """A course and how many user enrolments it has, for packing batches."""

    course: Course
    enrolments: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorship:
    """In whose name, when and from where a batch is written."""

    operator: UserId
    now: int
    """Unix seconds of the writing; dirty-user flags and log rows carry it."""
    origin: str = "cli"
    """``logstore_standard_log.origin``: ``cli`` or ``web``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """In whose name and from where a whole execution writes."""

    operator: UserId
    clock: Callable[[], int]
    """Gives Unix seconds."""
    origin: str = "cli"

    def at_this_moment(self) -> Authorship:
        """Give the authorship of a transaction that begins now."""
        return Authorship(operator=self.operator, now=self.clock(), origin=self.origin)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who holds a site's lock."""

    name: str
    """Whoever it is, as far as the site knows; empty where it does not."""
    since: int
    """Unix seconds; 0 where the site does not know."""


class StateMoved(Exception):
    """The courses are no longer as the plans found them. Nothing was written: read and plan again."""


class Contention(Exception):
    """A deadlock or a lock timeout. Nothing was written: try again after a moment."""


class Site(Protocol):
    """A Moodle site. Every method may raise :class:`~maintien.errors.sites.DatabaseFailed`."""

    @property
    def name(self) -> str:
        """How the site is called before people: its name or its URL, never with a password."""
        ...

    @property
    def reads_while_writing(self) -> bool:
        """Whether :meth:`read_states` may be called while another thread is in :meth:`write`."""
        ...

    def read_config(self) -> SiteConfig:
        """Read the settings in force, and the roles."""
        ...

    def select(self, selection: Selection) -> list[CourseSize]:
        """Find the courses of a selection, each once, by id; the front page is not among them.

        Raises UnknownCourse, AmbiguousCourse, FrontPageCourse, UnknownCategory, AmbiguousCategory,
        UnknownCohort or AmbiguousCohort.
        """
        ...

    def read_states(
        self, courses: Sequence[Course], inherited_roles: Collection[RoleId] = ()
    ) -> Iterator[CourseState]:
        """Read the states of one batch of courses, in the order given.

        ``inherited_roles`` are the roles to look up in the contexts above as well.
        """
        ...

    def read_people(self, ids: Iterable[UserId]) -> Mapping[UserId, Person]:
        """Read who people are; ids without an account are missing from the answer."""
        ...

    def read_group_names(self, courses: Iterable[CourseId]) -> Mapping[GroupId, str]:
        """Read the names of all groups of these courses."""
        ...

    def write(
        self,
        plans: Sequence[CoursePlan],
        authorship: Authorship,
        *,
        marked_before: Collection[UserId] = (),
    ) -> None:
        """Write the changes of these plans in one transaction, all or nothing.

        What a direct writer owes Moodle is written with them: rows of the standard log where the site
        keeps it, and the dirty-user flag of everybody touched but ``marked_before``, whom the caller
        marks again with :meth:`mark_users_dirty` when it is done with them.

        Raises StateMoved when a row is no longer as a plan found it (nothing was written), Contention
        on deadlocks and lock timeouts, ReadOnlyAccount.
        """
        ...

    def mark_users_dirty(self, users: Collection[UserId], authorship: Authorship) -> None:
        """Make the sessions of these people look their access up again, in a transaction of its own.

        Raises Contention on deadlocks and lock timeouts.
        """
        ...

    def hold_lock(self, claim: Holder, *, waits: bool = False) -> AbstractContextManager[Holder | None]:
        """Keep other runs off the site while the block runs; give who holds it already, or None."""
        ...
