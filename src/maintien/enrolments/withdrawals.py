"""What was taken from the people of a course within some time, as evidence tells it.

Evidence is kept apart by what happened, not by where it was found: Moodle's standard log is one place, a
backup of the course another. Whose doing it was is judged here (:func:`is_by_person`), so that nobody
mistakes a teacher who unenrolled somebody for a sync.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from maintien.enrolments.archive_evidence import ArchivedPast
from maintien.enrolments.rows import UserEnrolment
from maintien.moodle.ids import ContextId, EnrolmentId, GroupId, RoleId, UserId

WITHOUT_SYNC: Final = frozenset({"fee", "guest", "manual", "paypal", "self"})
"""Methods that follow nothing outside Moodle: whoever leaves by them at a page's bidding left by hand.

Source: sync_user_enrolments of enrol/*/lib.php, Moodle 4.1 and 4.3.
"""

_PAGES: Final = frozenset({"web", "ws"})
"""Origins behind which somebody sits: a browser, an app, a program with a token."""


class Window(NamedTuple):
    """A stretch of time, both ends included. Unix seconds."""

    since: int
    to: int

    def __contains__(self, moment: object) -> bool:
        """Whether a moment lies in it."""
        return isinstance(moment, int) and self.since <= moment <= self.to


class Deed(NamedTuple):
    """When something was done, from where and in whose name."""

    at: int
    """Unix seconds."""
    origin: str
    """``logstore_standard_log.origin``: cli, web, ws, restore; empty where nothing tells."""
    userid: UserId
    """0 where nobody is signed in."""


class RemovedEnrolment(NamedTuple):
    """A user enrolment that is gone."""

    row: UserEnrolment
    """As it was."""
    method: str
    was_last: bool
    """Whether it was the person's last in the course: then other roles, groups and grades went too."""
    deed: Deed


class UpdatedEnrolment(NamedTuple):
    """A user enrolment that was changed, the last time that it was. What changed is not told."""

    id: EnrolmentId
    userid: UserId
    method: str
    deed: Deed


class UnassignedRole(NamedTuple):
    """A role that was taken away, in the course or in a context below it."""

    userid: UserId
    roleid: RoleId
    contextid: ContextId
    component: str
    itemid: int
    deed: Deed


class LeftGroup(NamedTuple):
    """A group membership that is gone. Who had given it is not told."""

    userid: UserId
    groupid: GroupId
    deed: Deed


class LostGrades(NamedTuple):
    """How many grades of a person were deleted."""

    userid: UserId
    grades: int
    in_history: int
    """How many of them Moodle's grade history still has."""


class UnreadableEvent(NamedTuple):
    """A log row about somebody that does not say what rows of its kind say."""

    userid: UserId
    """0 where not even that is told."""
    is_unenrolment: bool
    """Whether it tells that the person was unenrolled, and not how."""
    deed: Deed


class LogReach(NamedTuple):
    """From when to when the log has rows. Unix seconds."""

    oldest: int
    newest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawals:
    """What was taken from the people of one course within a window, each kind in the order of time."""

    removed: tuple[RemovedEnrolment, ...] = ()
    updated: Mapping[EnrolmentId, UpdatedEnrolment] = field(default_factory=dict)
    """The last update within the window of each enrolment that had one."""
    roles: tuple[UnassignedRole, ...] = ()
    left_groups: tuple[LeftGroup, ...] = ()
    grades: tuple[LostGrades, ...] = ()
    """By person."""
    unreadable: tuple[UnreadableEvent, ...] = ()
    groups: frozenset[GroupId] = frozenset()
    """Those groups of ``left_groups`` that are still in the course."""
    log: LogReach | None = None
    """How far the site's log reaches, or None where it has no rows at all."""
    archived: ArchivedPast | None = None
    """What a backup archive of the course tells; None where there is none."""

    def people_gone(self) -> Iterator[UserId]:
        """Go through the people who may no longer be enrolled, some of them several times."""
        yield from (removal.row.userid for removal in self.removed)
        if self.archived is not None:
            yield from self.archived.evidence.people()


NOTHING_WITHDRAWN: Final = Withdrawals()


def is_by_person(deed: Deed, concerned: UserId, method: str) -> bool:
    """Whether somebody did this by hand, and no sync.

    Syncs run in cron and from the command line, in an administrator's name; during a restore; and at
    sign-in, then in the name of the person concerned or, before a web service knows them, in nobody's.
    A cron that is run through a web page can't be told from an administrator at that page.

    Source: magic_get_requestorigin (lib/pagelib.php), enrol_check_plugins (lib/enrollib.php) and its
    callers, Moodle 4.1 and 4.3.
    """
    if deed.origin not in _PAGES:
        return False
    return deed.userid not in (0, concerned) or (deed.userid == concerned and method in WITHOUT_SYNC)
