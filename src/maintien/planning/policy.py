"""What a run is asked to do to a course, as data."""

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from maintien.enrolments.state import UserEnrolment
from maintien.enrolments.withdrawals import Window
from maintien.moodle.ids import RoleId, UserId
from maintien.moodle.values import AUTOMATIC_METHODS, MANUAL, NO_END
from maintien.planning.changes import Changed
from maintien.planning.participant_policies import EndDatePolicy, OnlyIf, UnenrolPolicy

__all__ = [
    "AUTOMATIC_METHODS",
    "Circumstances",
    "ConversionPolicy",
    "EndDatePolicy",
    "EndFor",
    "LikeMoodlePolicy",
    "Mode",
    "OnlyIf",
    "Policy",
    "RescuePolicy",
    "UnenrolPolicy",
    "end_of",
]


class EndFor(Enum):
    """Who gets the end date."""

    CONVERTED = "converted"
    """People whom the conversion enrols by hand, or whose manual enrolment it prolongs."""
    ALL_MANUAL = "all-manual"
    """Also everybody else whom the procedure's third step would select."""


class Mode(Enum):
    """What becomes of the automatic enrolments."""

    ADD = "add"
    """They stay, and a manual one is added."""
    MOVE = "move"
    """They become manual themselves, unless the feed still lists the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionPolicy:
    """Who is converted in a course, until when, and how."""

    ends_at: int
    """Unix seconds, the last second of access; 0 for never."""
    methods: frozenset[str] | None = AUTOMATIC_METHODS
    """Whose enrolments are converted; None for every method but manual."""
    roles: frozenset[RoleId] | None
    """People with one of these roles in the course are converted; None for whatever role."""
    end_roles: frozenset[RoleId]
    """People with one of these roles in the course get the end date."""
    include_suspended: bool = False
    end_for: EndFor = EndFor.CONVERTED
    keep_groups: bool = True
    enable_manual: bool = False
    mode: Mode = Mode.ADD
    feed_is_gone: bool = False
    """Whether to take the administrator's word that feeds which can't be read list nobody (move only)."""
    excluded: frozenset[UserId] = frozenset()
    """People whom somebody decided to leave alone: nothing of theirs is changed."""

    def asks_for_method(self, method: str) -> bool:
        """Whether enrolments of ``method`` are converted."""
        return method != "manual" if self.methods is None else method in self.methods

    def asks_for_role(self, roleid: RoleId) -> bool:
        """Whether people with this role are converted."""
        return self.roles is None or roleid in self.roles


@dataclass(frozen=True, slots=True, kw_only=True)
class LikeMoodlePolicy:
    """The procedure's three steps, no more and no less."""

    ends_at: int
    """Unix seconds; 0 leaves end dates as they are, as the empty form field does."""
    end_roles: frozenset[RoleId]
    """The roles that the third step filters by: student, on the procedure's page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RescuePolicy:
    """To whom is given back what was taken within some time, and until when."""

    window: Window
    """When it was taken."""
    ends_at: int
    """Unix seconds, the last second of access; 0 for never. For everybody."""
    methods: frozenset[str] | None = AUTOMATIC_METHODS
    """Whose enrolments are given back; None for every method but manual."""
    roles: frozenset[RoleId] | None
    """People who had one of these roles get it back; None for whatever role, and none."""
    keep_groups: bool = True
    enable_manual: bool = False
    also_by_people: bool = False
    """Whether to give back too what people took by hand."""

    def asks_for_method(self, method: str) -> bool:
        """Whether enrolments of ``method`` are given back."""
        return method != MANUAL if self.methods is None else method in self.methods

    def asks_for_role(self, roleid: RoleId) -> bool:
        """Whether this role is given back."""
        return self.roles is None or roleid in self.roles


Policy: TypeAlias = ConversionPolicy | LikeMoodlePolicy | RescuePolicy | EndDatePolicy | UnenrolPolicy


def end_of(policy: Policy) -> int:
    """Tell which end date a policy gives: Unix seconds, 0 for never, and where it gives none."""
    ends_at = None if isinstance(policy, UnenrolPolicy) else policy.ends_at
    return NO_END if ends_at is None else ends_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """When and in whose name a plan is made."""

    now: int
    """Unix seconds."""
    operator: UserId
    """Goes into modifierid and the log."""

    def changed(self, before: UserEnrolment, after: UserEnrolment) -> Changed[UserEnrolment]:
        """Change an enrolment now, and in this name."""
        stamped = after._replace(modifierid=self.operator, timemodified=self.now)
        return Changed(before, stamped)
