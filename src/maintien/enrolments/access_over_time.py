"""How many people have access over time: exact steps, each person counted once however many enrolments.

Takes n enrolments in O(n log n) and in memory that grows with the people, not with their enrolments: spans of
one person that touch or overlap become one.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import accumulate
from typing import Final, NamedTuple

from maintien.enrolments.forecast import NOBODY, left_alone_by_feeds, reached_by_sync
from maintien.enrolments.roll import CourseRoll
from maintien.moodle.config import SiteConfig
from maintien.moodle.ids import InstanceId, UserId
from maintien.moodle.values import is_unlimited

FOR_EVER: Final = 1 << 62
"""The end of what never ends: later than every date that a database holds."""

_SPANS_BEFORE_MERGING: Final = 8
_DAY: Final = 24 * 60 * 60


class Span(NamedTuple):
    """A stretch of time in which somebody has access: from ``starts_at`` on, no longer at ``ends_at``."""

    starts_at: int
    ends_at: int
    """Unix seconds; :data:`FOR_EVER` for never."""


class Step(NamedTuple):
    """From ``at`` on, until the next step, so many people have access."""

    at: int
    """Unix seconds; 0 for always."""
    people: int


class AccessOverTime:
    """Takes in enrolments one by one, and gives the steps."""

    def __init__(self) -> None:
        self._spans: dict[UserId, list[Span]] = {}
        self._merged: dict[UserId, int] = {}
        """How many spans people had when theirs were last merged, where they were."""

    def add(self, people: Iterable[UserId], span: Span) -> None:
        """Take in that people have access for a while; a span without length is none."""
        starts_at, ends_at = span
        if starts_at >= ends_at:
            return
        known = self._spans
        for userid in people:
            spans = known.get(userid)
            if spans is None:
                known[userid] = [span]
            elif spans[0][0] > starts_at or spans[0][1] < ends_at:
                spans.append(span)
                self._keep_short(userid, spans)

    def _keep_short(self, userid: UserId, spans: list[Span]) -> None:
        if len(spans) > max(_SPANS_BEFORE_MERGING, 2 * self._merged.get(userid, 0)):
            spans[:] = merged(spans)
            self._merged[userid] = len(spans)

    def steps(self) -> tuple[Step, ...]:
        """Give the number of people over time: by time, from before everybody's access on."""
        changes: Counter[int] = Counter()
        for spans in self._spans.values():
            for span in spans if len(spans) == 1 else merged(spans):
                changes[span.starts_at] += 1
                changes[span.ends_at] -= 1
        changes.pop(FOR_EVER, None)
        moments = sorted(moment for moment, change in changes.items() if change)
        people = accumulate(changes[moment] for moment in moments)
        return tuple(map(Step, moments, people))


def merged(spans: Sequence[Span]) -> list[Span]:
    """Give the same stretches of time in order, none touching another."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.starts_at <= found[-1].ends_at:
            found[-1] = Span(found[-1].starts_at, max(found[-1].ends_at, span.ends_at))
        else:
            found.append(span)
    return found


def people_at(steps: Sequence[Step], at: int) -> int:
    """Tell how many people have access at a moment."""
    return next((step.people for step in reversed(steps) if step.at <= at), 0)


def thinned(steps: Sequence[Step], moments: Iterable[int]) -> list[Step]:
    """Give no more than a step a day, the day's last, and those that tell the truth at ``moments``."""
    exact = {moment: people_at(steps, moment) for moment in moments}
    daily = {step.at // _DAY: step for step in steps}
    found = {step.at: step.people for step in daily.values()} | exact
    return [Step(at, people) for at, people in sorted(found.items())]


def access_spans(
    roll: CourseRoll, config: SiteConfig, *, cut_at: int, follows_feeds: bool
) -> Iterator[tuple[AbstractSet[UserId], Span]]:
    """Give who has access to a course from when to when, if the feeds drop people at ``cut_at``.

    They drop everybody whom a sync reaches; with ``follows_feeds`` only whom they no longer list now. An
    enrolment that only begins after the cut is withdrawn with the others.
    """
    barred = roll.barred
    dropped = _dropped(roll, config, follows_feeds=follows_feeds)
    for entry in roll.entries:
        if not (entry.is_active and roll.instances[entry.instanceid].is_enabled):
            continue
        people = frozenset(entry.people) - barred
        leaving = people & dropped.get(entry.instanceid, NOBODY)
        end = FOR_EVER if is_unlimited(entry.ends_at) else entry.ends_at
        yield people - leaving, Span(entry.starts_at, end)
        yield leaving, Span(entry.starts_at, min(end, cut_at))


def _dropped(
    roll: CourseRoll, config: SiteConfig, *, follows_feeds: bool
) -> Mapping[InstanceId, AbstractSet[UserId]]:
    members = roll.members()
    listed = left_alone_by_feeds(roll, members) if follows_feeds else {}
    return {
        instanceid: reached_by_sync(roll, config, instanceid, people) - listed.get(instanceid, NOBODY)
        for instanceid, people in members.items()
    }
