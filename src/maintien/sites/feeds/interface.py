"""What a feed says, and what following it did.

A *feed* is what an automatic enrolment method follows: the cohorts of the site, or a register outside
Moodle. The *sync* makes the method's enrolments equal to the feed.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeAlias

from maintien.moodle.ids import CourseId, InstanceId, RoleId, UserId


class Listed(NamedTuple):
    """A person whom a feed lists for a course, through one of the method's instances there."""

    instanceid: InstanceId
    courseid: CourseId
    userid: UserId
    roleid: RoleId | None
    """The role that the method gives, or None where the instance gives none."""
    is_enrolled: bool = True
    """False for the register's "other users", who get the role without an enrolment."""


class Feed(Protocol):
    """One automatic method's feed. Reading it changes nothing, in Moodle or outside."""

    @property
    def method(self) -> str:
        """The enrolment method that follows this feed: ``cohort`` or ``database``."""
        ...

    def read_listed(self, courses: Collection[CourseId] | None = None) -> Iterator[Listed]:
        """Read who is listed now, for these courses or for all.

        One row a person, instance and role, in no particular order, none twice. Entries that Moodle
        would skip are skipped: unknown and deleted people, unknown courses, courses in which the method
        has no instance.

        Raises:
            RegisterUnreadable: the feed lies outside Moodle and can't be read.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncCounts:
    """How many rows one sync touched."""

    enrolled: int = 0
    reactivated: int = 0
    unenrolled: int = 0
    suspended: int = 0
    roles_given: int = 0
    roles_removed: int = 0
    memberships_added: int = 0
    memberships_removed: int = 0
    grades_removed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Synced:
    """The sync ran."""

    method: str
    counts: SyncCounts
    spared_everybody: bool = False
    """The register was empty, so that Moodle unenrolled nobody: it takes that for an accident."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodSwitchedOff:
    """The site has the method switched off; its enrolments stay, cohort sync takes its roles back."""

    method: str
    roles_removed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedNotConfigured:
    """The method has no table to follow; the sync does nothing."""

    method: str


SyncOutcome: TypeAlias = Synced | MethodSwitchedOff | FeedNotConfigured
