"""A campaign as data: its rules in their order, what is left out, its time, and how much it may do."""

from dataclasses import dataclass, field
from typing import NewType

from maintien.moodle.ids import UserId
from maintien.planning.campaign.criteria import CourseCriteria
from maintien.planning.policy import ConversionPolicy

RuleNumber = NewType("RuleNumber", int)
"""A rule's place in the campaign, from 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Who decided, and why."""

    owner: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignRule:
    """What is done in the courses of one kind."""

    name: str
    courses: CourseCriteria
    policy: ConversionPolicy
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """What is left alone, whatever the rules say: whole courses or, where people are named, people there."""

    courses: CourseCriteria
    people: frozenset[UserId] | None = None
    """None for everybody."""
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """When a campaign is on."""

    begins_at: int | None = None
    """Unix seconds, the first of it; None for since always."""
    ends_at: int | None = None
    """Unix seconds, the last of it; None for without end."""

    def is_open(self, now: int) -> bool:
        """Whether the campaign is on."""
        has_begun = self.begins_at is None or self.begins_at <= now
        return has_begun and (self.ends_at is None or now <= self.ends_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one run may do; None for whatever it takes."""

    people: int | None = None
    """People converted, each once however many courses they are in."""
    share: int | None = None
    """How many of a hundred people enrolled anywhere on the site."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """Rules to go through in order; the first that fits a course is the course's."""

    name: str
    rules: tuple[CampaignRule, ...]
    exclusions: tuple[Exclusion, ...] = ()
    window: Window = field(default_factory=Window)
    limits: Limits = field(default_factory=Limits)
