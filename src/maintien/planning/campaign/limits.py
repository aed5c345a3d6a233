"""How much a campaign may do at once, and whether it would do more."""

from dataclasses import dataclass
from typing import TypeAlias

from maintien.planning.campaign.rules import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class TooManyPeople:
    """More people than allowed."""

    people: int
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TooLargeShare:
    """A larger part of the site's people than allowed."""

    people: int
    enrolled: int
    """People enrolled anywhere on the site."""
    limit: int
    """Of a hundred."""


Excess: TypeAlias = TooManyPeople | TooLargeShare


def find_excess(limits: Limits, *, people: int, enrolled: int) -> Excess | None:
    """Tell whether converting so many people, each counted once, is more than allowed."""
    if limits.people is not None and people > limits.people:
        return TooManyPeople(people=people, limit=limits.people)
    if limits.share is not None and people * 100 > limits.share * enrolled:
        return TooLargeShare(people=people, enrolled=enrolled, limit=limits.share)
    return None
