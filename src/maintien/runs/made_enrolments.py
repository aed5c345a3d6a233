"""What manual enrolments a site's runs have made, and how the last run that touched each has left it.

Runs are followed from the oldest on, undos among them: what one has made and another has taken back is gone,
until an undo brings it back.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from maintien.enrolments.repeaters import MadeEnrolment
from maintien.enrolments.state import UserEnrolment
from maintien.moodle.ids import CourseId, UserId
from maintien.planning.changes import Added, Change, Changed, Removed
from maintien.runs.journal import CourseStatus, RunId, RunKind
from maintien.runs.store.database import DatabaseRunStore

_MAKERS = (RunKind.CONVERT, RunKind.CAMPAIGN, RunKind.RESCUE, RunKind.RESTORE)
"""Whatever enrolment these add is manual; an undo may add others."""


class MadeEnrolments:
    """What the runs of a site have made, looked up a course at a time."""

    def __init__(self, store: DatabaseRunStore, site_id: str) -> None:
        """Find the courses that were written in. Raises RunStoreFailed."""
        self._store = store
        self._runs: defaultdict[CourseId, list[tuple[RunId, RunKind]]] = defaultdict(list)
        for record in reversed(store.runs(site_id)):
            for listed in store.list_courses(record.id):
                if listed.status is CourseStatus.WRITTEN:
                    self._runs[listed.course.id].append((record.id, record.header.kind))

    def has_any(self, courseid: CourseId) -> bool:
        """Whether a run has written in the course."""
        return courseid in self._runs

    def of_course(self, courseid: CourseId) -> Mapping[UserId, MadeEnrolment]:
        """Tell what manual enrolments runs have made in a course, by person. Raises RunStoreFailed."""
        trail = Trail()
        for run, kind in self._runs.get(courseid, ()):
            plan = self._store.course(run, courseid).plan
            if plan is not None:
                trail.follow(run, plan.changes, makes=kind in _MAKERS)
        return trail.made


class Trail:
    """The enrolments that runs have made in one course, and those that went again."""

    def __init__(self) -> None:
        self.made: dict[UserId, MadeEnrolment] = {}
        self._gone: dict[UserId, MadeEnrolment] = {}

    def follow(self, run: RunId, changes: Iterable[Change], *, makes: bool) -> None:
        """Go through what a run has changed."""
        for change in changes:
            match change:
                case Added(UserEnrolment() as row):
                    self._added(run, row, makes=makes)
                case Changed(UserEnrolment() as before, UserEnrolment() as after):
                    self._changed(run, before, after, makes=makes)
                case Removed(UserEnrolment() as row):
                    self._removed(row)
                case _:
                    pass

    def _added(self, run: RunId, row: UserEnrolment, *, makes: bool) -> None:
        gone = self._gone.pop(row.userid, None)
        if makes:
            self.made[row.userid] = MadeEnrolment(run, row)
        elif gone is not None and gone.is_still(row):
            self.made[row.userid] = gone

    def _changed(self, run: RunId, before: UserEnrolment, after: UserEnrolment, *, makes: bool) -> None:
        known = self.made.get(before.userid)
        # A move makes a manual enrolment of an automatic one.
        is_moved = makes and before.instanceid != after.instanceid
        if is_moved or (known is not None and known.is_still(before)):
            self.made[before.userid] = MadeEnrolment(run, after)

    def _removed(self, row: UserEnrolment) -> None:
        known = self.made.get(row.userid)
        if known is not None and known.is_still(row):
            self._gone[row.userid] = self.made.pop(row.userid)
