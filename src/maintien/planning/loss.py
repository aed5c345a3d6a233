"""An enrolment that gave access and was taken from somebody."""

from typing import NamedTuple

from maintien.enrolments.rows import UserEnrolment
from maintien.enrolments.withdrawals import Deed, is_by_person
from maintien.moodle.values import is_unlimited
from maintien.planning.plan import Source


class Loss(NamedTuple):
    """An enrolment that gave access and was taken."""

    row: UserEnrolment
    """As it gave access."""
    method: str
    taken_at: int
    """Unix seconds. Where nothing but an archive tells of it, when that was made: it was taken later."""
    deeds: tuple[Deed, ...]
    """What the log tells of whoever took it, the latest last; empty where it tells nothing."""
    source: Source

    @property
    def is_told(self) -> bool:
        """Whether the log tells of it, and what else was taken with it."""
        return bool(self.deeds) and self.source is not Source.ARCHIVE

    @property
    def known_time(self) -> int | None:
        """When it was taken, in Unix seconds; None where nothing tells."""
        return self.taken_at if self.deeds or self.source is not Source.ARCHIVE else None

    def person_behind(self) -> Deed | None:
        """Give what a person did to take it, or None where only syncs had a hand in it."""
        concerned = self.row.userid
        return next((deed for deed in self.deeds if is_by_person(deed, concerned, self.method)), None)

    def is_over(self, now: int) -> bool:
        """Whether it would give no access any more."""
        return not is_unlimited(self.row.ends_at) and self.row.ends_at <= now
