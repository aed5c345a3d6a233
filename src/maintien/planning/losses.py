"""Who lost which access within a window, by the evidence that was read with the course.

1. A removed enrolment is a loss if it gave access when it went: active, begun and not over, in an
   instance that is enabled, or gone meanwhile.
2. A suspended one is a loss if it was suspended within the window, as its last logged update or, where
   the log has none, its own time of change says, and would have given access then. It may be there
   still, or have been removed later within the window.
3. What a backup archive of the course has is a loss if it gave access when the archive was made, had begun
   by the end of the window and was not over at its beginning, and neither the course nor the log tells
   what became of it: it is gone, or is suspended and was last changed before the archive was made, as far
   as it tells itself. An enrolment that the log knows went before the window is none.
4. Of several losses by one instance the last counts.
5. The loss that came last decides whose doing it was that a person has no access: somebody who was
   unenrolled by hand after a sync had done its part was not put out by the sync.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from maintien.enrolments.access import instances_by_id
from maintien.enrolments.archive_evidence import ArchivedPast
from maintien.enrolments.state import CourseState, EnrolmentInstance, UserEnrolment
from maintien.enrolments.withdrawals import Deed, Window
from maintien.moodle.ids import InstanceId, UserId
from maintien.moodle.values import EnrolmentStatus
from maintien.planning.archived_losses import ArchivedLosses
from maintien.planning.loss import Loss
from maintien.planning.plan import Source


@dataclass(slots=True)
class PersonLosses:
    """What one person lost."""

    losses: list[Loss] = field(default_factory=list)
    """By time, whatever the method."""
    without_access: set[str] = field(default_factory=set)
    """Methods of enrolments that were taken and gave no access."""
    still_there: set[str] = field(default_factory=set)
    """Methods of enrolments that gave access, as an archive tells, and are still there without it."""
    taken_earlier: dict[str, int] = field(default_factory=dict)
    """When enrolments of an archive went that went before the window, by method. Unix seconds."""

    @property
    def last(self) -> Loss:
        """The loss that left the person without access."""
        return self.losses[-1]


def find_losses(state: CourseState, window: Window) -> dict[UserId, PersonLosses]:
    """Find what each person lost, by person."""
    finder = _Finder(state, window)
    found = [*finder.removed(), *finder.suspended()]
    people: defaultdict[UserId, PersonLosses] = defaultdict(PersonLosses)
    last: dict[tuple[UserId, InstanceId], Loss] = {}
    if state.withdrawals.archived is not None:
        found.extend(_add_archived(people, state, state.withdrawals.archived, window, found))
    for loss, gave_access in found:
        userid = loss.row.userid
        if gave_access:
            last[userid, loss.row.instanceid] = loss
        else:
            people[userid].without_access.add(loss.method)
    for loss in sorted(last.values(), key=lambda loss: (loss.taken_at, loss.row.id)):
        people[loss.row.userid].losses.append(loss)
    return {userid: people[userid] for userid in sorted(people)}


def _add_archived(
    people: defaultdict[UserId, PersonLosses],
    state: CourseState,
    past: ArchivedPast,
    window: Window,
    found: list[tuple[Loss, bool]],
) -> list[tuple[Loss, bool]]:
    """Give what an archive tells besides what was ``found``, and note what it tells and was no loss."""
    archived = ArchivedLosses(state, past, window)
    told = {(loss.row.userid, loss.row.instanceid) for loss, _ in found}
    losses = list(archived.find(told))
    for enrolment in archived.still_there:
        people[enrolment.row.userid].still_there.add(enrolment.method)
    for enrolment, taken_at in archived.taken_earlier:
        people[enrolment.row.userid].taken_earlier[enrolment.method] = taken_at
    return losses


@dataclass(slots=True)
class _Finder:
    """A course while its evidence is gone through. What it finds comes with whether it gave access."""

    state: CourseState
    window: Window
    instances: dict[InstanceId, EnrolmentInstance] = field(init=False)

    def __post_init__(self) -> None:
        self.instances = dict(instances_by_id(self.state))

    def removed(self) -> Iterator[tuple[Loss, bool]]:
        """Go through the enrolments that are gone, in the order of time."""
        for removal in self.state.withdrawals.removed:
            row, deed = removal.row, removal.deed
            if not row.is_active and (cut := self._suspension(row)) is not None:
                taken_at, deeds = cut
                loss = self._loss(row, removal.method, taken_at, (*deeds, deed), Source.LOG)
                yield loss, self._gave_access(loss)
            else:
                loss = Loss(row, removal.method, deed.at, (deed,), Source.LOG)
                yield loss, row.is_active and self._gave_access(loss)

    def suspended(self) -> Iterator[tuple[Loss, bool]]:
        """Go through the suspended enrolments that were suspended within the window."""
        for row in self.state.enrolments:
            if not row.is_active and (cut := self._suspension(row)) is not None:
                method = self.instances[row.instanceid].method
                loss = self._loss(row, method, *cut, Source.SUSPENDED_ROW)
                yield loss, self._gave_access(loss)

    def _suspension(self, row: UserEnrolment) -> tuple[int, tuple[Deed, ...]] | None:
        """Tell when a row was suspended within the window, and by what deed, if it was."""
        update = self.state.withdrawals.updated.get(row.id)
        if update is not None and update.userid == row.userid:
            return update.deed.at, (update.deed,)
        return (row.timemodified, ()) if row.timemodified in self.window else None

    def _loss(
        self, row: UserEnrolment, method: str, taken_at: int, deeds: tuple[Deed, ...], source: Source
    ) -> Loss:
        active = row._replace(status=EnrolmentStatus.ACTIVE)
        return Loss(active, method, taken_at, deeds, source)

    def _gave_access(self, loss: Loss) -> bool:
        instance = self.instances.get(loss.row.instanceid)
        is_enabled = instance is None or instance.is_enabled
        return is_enabled and loss.row.starts_at <= loss.taken_at and not loss.is_over(loss.taken_at)
