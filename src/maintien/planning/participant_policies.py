"""What is asked to be done to the manual enrolments of participants, as data: changed, or removed."""

from dataclasses import dataclass
from enum import Enum

from maintien.enrolments.participant_filter import EVERYBODY, ParticipantFilter
from maintien.moodle.values import EnrolmentStatus

__all__ = ["EndDatePolicy", "OnlyIf", "UnenrolPolicy"]


class OnlyIf(Enum):
    """Whose end date is changed: theirs alone to whom the new one gives more, or less."""

    LATER = "later"
    EARLIER = "earlier"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndDatePolicy:
    """Moodle's bulk edit: for whom, and what becomes of their manual enrolment."""

    whom: ParticipantFilter = EVERYBODY
    ends_at: int | None = None
    """Unix seconds, 0 for never; None leaves end dates as they are."""
    starts_at: int | None = None
    """Unix seconds; None leaves start dates as they are."""
    status: EnrolmentStatus | None = None
    """None leaves it as it is."""
    only_if: OnlyIf | None = None
    """None changes everybody's; needs ``ends_at``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnenrolPolicy:
    """Whose manual enrolment is removed."""

    whom: ParticipantFilter = EVERYBODY
    only_ended: bool = False
    """Whether only enrolments go whose end date has passed."""
    only_automatic_too: bool = False
    """Whether only people's go whom an automatic method lets in as well."""
    even_last: bool = False
    """Whether to remove also somebody's last enrolment in the course."""
