"""Whether the cut of a course is still to come, under way or done, and the facts that tell.

What tells, as far as it can be read:

1. Whom the feeds list. Somebody whom no feed lists any more and who is still active waits for the next sync.
2. Automatic enrolments that were suspended lately, unless their feed lists the person: the sync would bring
   those back. Where nobody knows when a row was suspended, the unenrol action has to be one that suspends.
3. Whom a sync has unenrolled lately, by the log, if no automatic enrolment is active since.

Single people come and go all the year. So a cut is *done* if people were withdrawn and none waits, *under
way* if people wait, but neither if all of them are fewer than one in :data:`ONE_IN`. Where a feed can't be
read, who is still active may be dropped: then the cut is done once more people were withdrawn than not.
"""

from collections import Counter
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import Enum
from typing import Final

from maintien.enrolments.forecast import NOBODY, reached_by_sync, unenrol_action
from maintien.enrolments.roll import CourseRoll
from maintien.enrolments.state import Course
from maintien.moodle.config import SiteConfig
from maintien.moodle.ids import InstanceId, UserId
from maintien.moodle.values import MANUAL, UnenrolAction

LATELY: Final = 60 * 24 * 60 * 60
"""Seconds. The year of most registers begins on 1 September; whoever lost access says so in the weeks after
it, and last year's cut is not to be taken for this year's."""

ONE_IN: Final = 20
"""Departures of fewer people than one in so many are no cut."""

_SUSPENDING: Final = frozenset({UnenrolAction.SUSPEND, UnenrolAction.SUSPEND_AND_REMOVE_ROLES})


class CutTiming(Enum):
    """How far the cut of a course has got."""

    BEFORE = "before"
    """Nobody was withdrawn, and nobody is known to be dropped."""
    UNDER_WAY = "under_way"
    """People are dropped, and not all of them are withdrawn yet."""
    DONE = "done"
    """People were withdrawn, and nobody who is dropped is still active."""
    UNKNOWN = "unknown"
    """Neither the feed nor the log can tell."""
    NOTHING_AUTOMATIC = "nothing_automatic"
    """The course has no automatic enrolments, and lost none lately."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseTiming:
    """How far the cut of one course has got, with the facts it rests on."""

    course: Course
    timing: CutTiming
    active: int
    """People with an active automatic enrolment."""
    waiting: int
    """Those of them who are dropped, and whom the next sync withdraws."""
    withdrawn: int
    """People whom a sync has withdrawn lately."""
    without_access: int
    """Those of them who have no access by anything else."""
    are_feeds_known: bool
    """Whether every feed was read that may still list one of those who are active."""


@dataclass(slots=True)
class CutCounts:
    """The timings of many courses."""

    courses: Counter[CutTiming]
    waiting: int = 0
    withdrawn: int = 0
    without_access: int = 0

    @classmethod
    def none(cls) -> "CutCounts":
        """Begin with no course."""
        return cls(courses=Counter())

    def add(self, timing: CourseTiming) -> None:
        """Take one course in."""
        self.courses[timing.timing] += 1
        self.waiting += timing.waiting
        self.withdrawn += timing.withdrawn
        self.without_access += timing.without_access


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """People whose automatic access a sync has withdrawn, and what they have now."""

    people: frozenset[UserId]
    without_access: frozenset[UserId]
    rescued: frozenset[UserId]
    """Those who have access by a manual enrolment."""


NOBODY_WITHDRAWN: Final = Withdrawn(people=NOBODY, without_access=NOBODY, rescued=NOBODY)


def time_cut(roll: CourseRoll, config: SiteConfig, *, since: int, at: int) -> CourseTiming:
    """Tell how far the cut of a course has got at ``at``; signs from before ``since`` are of an older one.

    Both in Unix seconds.
    """
    active = _active(roll)
    withdrawn = find_withdrawn(roll, config, since=since, at=at)
    waiting: set[UserId] = set()
    unclear: set[UserId] = set()
    for instanceid, people in active.items():
        listing = roll.listings.get(instanceid)
        if unenrol_action(roll, config, roll.instances[instanceid]) is UnenrolAction.KEEP:
            continue
        if listing is None:
            # Whom the sync reaches matters, and is looked up, only beside those whom one has withdrawn.
            unclear |= reached_by_sync(roll, config, instanceid, people) if withdrawn.people else people
        elif not listing.spares_everybody and (dropped := people - listing.people):
            waiting |= reached_by_sync(roll, config, instanceid, dropped)
    facts = _Facts(len(set().union(*active.values())), len(waiting), len(withdrawn.people), len(unclear))
    return CourseTiming(
        course=roll.course,
        timing=_timing(facts, may_go_unseen=_may_go_unseen(roll, config)),
        active=facts.active,
        waiting=facts.waiting,
        withdrawn=facts.withdrawn,
        without_access=len(withdrawn.without_access),
        are_feeds_known=not unclear,
    )


def find_withdrawn(roll: CourseRoll, config: SiteConfig, *, since: int, at: int) -> Withdrawn:
    """Find whom a sync has withdrawn since then and no feed has taken back, and who has access at ``at``.

    Accounts in use only.
    """
    if not roll.removed_by_sync and all(entry.is_active for entry in roll.entries):
        return NOBODY_WITHDRAWN
    people = _withdrawn_people(roll, config, since)
    access = roll.with_access(at) if people else {}
    manual = {i for i, instance in roll.instances.items() if instance.method == MANUAL}
    return Withdrawn(
        people=people,
        without_access=people.difference(*access.values()),
        rescued=people.intersection(NOBODY.union(*(access[i] for i in manual & access.keys()))),
    )


def _withdrawn_people(roll: CourseRoll, config: SiteConfig, since: int) -> frozenset[UserId]:
    withdrawn: set[UserId] = set(roll.removed_by_sync)
    for entry in roll.entries:
        instance = roll.instances[entry.instanceid]
        if entry.is_active or not instance.is_automatic:
            continue
        is_dated = entry.changed_at != 0
        if entry.changed_at >= since if is_dated else config.unenrol_action(instance.method) in _SUSPENDING:
            listing = roll.listings.get(entry.instanceid)
            withdrawn.update(frozenset(entry.people) - (NOBODY if listing is None else listing.people))
    return frozenset(withdrawn.difference(roll.barred, *_active(roll).values()))


@dataclass(frozen=True, slots=True)
class _Facts:
    active: int
    waiting: int
    withdrawn: int
    unclear: int
    """People still active whose feed was not read."""


def _timing(facts: _Facts, *, may_go_unseen: bool) -> CutTiming:
    known = facts.active + facts.withdrawn
    if not known:
        return CutTiming.UNKNOWN if may_go_unseen else CutTiming.NOTHING_AUTOMATIC
    if (facts.waiting + facts.withdrawn) * ONE_IN < known or not (facts.waiting or facts.withdrawn):
        return CutTiming.UNKNOWN if may_go_unseen and facts.unclear else CutTiming.BEFORE
    if facts.waiting or facts.unclear > facts.withdrawn:
        return CutTiming.UNDER_WAY
    return CutTiming.DONE


def _may_go_unseen(roll: CourseRoll, config: SiteConfig) -> bool:
    """Whether a sync may have unenrolled people here without leaving a trace."""
    if config.logs_to_standard_log:
        return False
    return any(
        instance.is_automatic and config.unenrol_action(instance.method) is UnenrolAction.UNENROL
        for instance in roll.instances.values()
    )


def _active(roll: CourseRoll) -> Mapping[InstanceId, AbstractSet[UserId]]:
    """Find whose automatic enrolments are not suspended, deleted accounts left out."""
    active: dict[InstanceId, set[UserId]] = {}
    for entry in roll.entries:
        if entry.is_active and roll.instances[entry.instanceid].is_automatic:
            active.setdefault(entry.instanceid, set()).update(entry.people)
    return {instanceid: people - roll.deleted for instanceid, people in active.items()}
