"""Notices an end date that is before everybody's start: a slip of the pen, nearly always."""

from dataclasses import dataclass
from datetime import tzinfo

from maintien.errors.selection import EndBeforeStart
from maintien.planning.left_alone import (
    FeedUnknown,
    ManualEnrolmentKeepsItsEnd,
    ManualEnrolmentSuffices,
    StartsAfterEndDate,
    StillListed,
)
from maintien.planning.plan import CoursePlan
from maintien.reports.language import Texts


@dataclass(slots=True)
class LateStarts:
    """What plans say of people who start too late for the end date, and of others."""

    earliest: int | None = None
    """Unix seconds: the first start after the end date."""
    is_for_somebody: bool = False
    """Whether a plan does something, or somebody has what was asked for already."""

    def look_at(self, plan: CoursePlan) -> None:
        """Take one course in."""
        self.is_for_somebody |= bool(plan.changes) or plan.obstacle is not None
        for person in plan.left_alone:
            match person.reason:
                case StartsAfterEndDate(starts_at=starts_at):
                    self.earliest = min(starts_at, self.earliest or starts_at)
                case ManualEnrolmentSuffices() | ManualEnrolmentKeepsItsEnd() | StillListed() | FeedUnknown():
                    self.is_for_somebody = True
                case _:
                    pass

    def require_somebody_in_time(self, texts: Texts, zone: tzinfo, ends_at: int) -> None:
        """Check that the end date is of use to somebody.

        Raises EndBeforeStart where it comes before the start of everybody who would be converted.
        """
        if self.earliest is None or self.is_for_somebody:
            return
        raise EndBeforeStart(text=texts.date_time(ends_at, zone), start=texts.date_time(self.earliest, zone))
