"""Who lost what a backup archive of the course tells of, and the course and the log do not."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from maintien.enrolments.archive_evidence import ArchivedEnrolment, ArchivedPast, Place
from maintien.enrolments.state import CourseState, UserEnrolment
from maintien.enrolments.withdrawals import Deed, Window
from maintien.moodle.ids import UserId
from maintien.moodle.values import is_unlimited
from maintien.planning.loss import Loss
from maintien.planning.plan import Source


@dataclass(slots=True)
class ArchivedLosses:
    """A course while what its archive tells is gone through."""

    state: CourseState
    past: ArchivedPast
    window: Window
    still_there: list[ArchivedEnrolment] = field(default_factory=list)
    """Enrolments that gave access, and of which neither the course nor the log says that a sync took them:
    they are there without it."""
    _unreadable: dict[UserId, Deed] = field(init=False)
    """What was done to people, where the log does not say more."""
    taken_earlier: list[tuple[ArchivedEnrolment, int]] = field(default_factory=list)
    """Enrolments that gave access and went before the window, with when. Unix seconds."""

    def __post_init__(self) -> None:
        events = self.state.withdrawals.unreadable
        self._unreadable = {event.userid: event.deed for event in events if event.is_unenrolment}

    def find(self, told: Collection[Place]) -> Iterator[tuple[Loss, bool]]:
        """Go through the enrolments but those ``told`` of otherwise, with whether they gave access."""
        there = {(row.userid, row.instanceid): row for row in self.state.enrolments}
        for enrolment in self.past.evidence.enrolments:
            place = enrolment.row.userid, enrolment.row.instanceid
            if place in told:
                continue
            gave_access = self._gave_access(enrolment)
            taken_at = self.past.taken_before(place)
            if place in there and not self._is_suspended_untold(there[place]):
                self.still_there.extend([enrolment] if gave_access else ())
            elif taken_at is not None:
                self.taken_earlier.extend([(enrolment, taken_at)] if gave_access else ())
            else:
                yield self._loss(enrolment), gave_access

    def _is_suspended_untold(self, row: UserEnrolment) -> bool:
        """Whether it was suspended after the archive was made, and does not tell when."""
        return not row.is_active and row.timemodified < self.past.evidence.made_at

    def _gave_access(self, enrolment: ArchivedEnrolment) -> bool:
        """Whether it gave access within the window, as far as an archive can tell."""
        row, since = enrolment.row, max(self.past.evidence.made_at, self.window.since)
        is_over = not is_unlimited(row.ends_at) and row.ends_at <= since
        return enrolment.is_enabled and row.is_active and row.starts_at <= self.window.to and not is_over

    def _loss(self, enrolment: ArchivedEnrolment) -> Loss:
        """Make a loss of it; the log may know that it went, where it can't be read what."""
        deed = self._unreadable.get(enrolment.row.userid)
        if deed is None:
            made_at = self.past.evidence.made_at
            return Loss(enrolment.row, enrolment.method, made_at, (), Source.ARCHIVE)
        return Loss(enrolment.row, enrolment.method, deed.at, (deed,), Source.ARCHIVE)
