"""Changes manual enrolments as Moodle's bulk edit does: their end, their start, their status.

For everybody whom the filter selects, by id:

1. the manual instance that Moodle's bulk edit works on is the one whose enrolments change
   (:mod:`~maintien.planning.bulk_edit`); somebody who is not in it is left alone;
2. where only later ends were asked for, somebody whose enrolment ends no earlier is left alone, and the
   other way round; 0 and 2147483647 are unlimited, and later than any date;
3. somebody whose enrolment is so already is left alone; Moodle writes and logs it all the same;
4. the others get what was asked for, whatever it makes of their access: suspended enrolments, those of
   a disabled instance and suspended accounts included.

Nobody is enrolled, and neither roles nor groups change.

Source: enrol_manual_editselectedusers_operation::process (enrol/manual/locallib.php), Moodle 4.1 and 4.3.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from maintien.enrolments.state import CourseState, EnrolmentInstance, UserEnrolment
from maintien.moodle.config import SiteConfig
from maintien.moodle.ids import UserId
from maintien.moodle.values import FOREVER, MANUAL, is_unlimited
from maintien.planning.bulk_edit import find_edited_instance
from maintien.planning.changes import Changed
from maintien.planning.chosen import choose_people
from maintien.planning.findings import (
    AccessGoes,
    EditedMethodDisabled,
    EditShortens,
    EndDateIsPast,
    EndsBeforeItBegins,
    ManualMethodDisabledOnSite,
    NoManualMethod,
    SeveralManualMethods,
    Warning_,
)
from maintien.planning.left_alone import (
    AlreadySo,
    EndsEarlierAlready,
    EndsLaterAlready,
    InOtherManualInstance,
    LeftAlone,
    ManualMethodUnavailable,
    NoManualEnrolment,
    Reason,
)
from maintien.planning.participant_policies import EndDatePolicy, OnlyIf
from maintien.planning.plan import CoursePlan
from maintien.planning.policy import Circumstances
from maintien.planning.undo import people_losing_access


def plan_end_date(
    state: CourseState, policy: EndDatePolicy, config: SiteConfig, circumstances: Circumstances
) -> CoursePlan:
    """Plan how the manual enrolments of one course change."""
    edit = _Edit(state, policy, circumstances, is_possible=config.is_enabled(MANUAL))
    for userid in sorted(choose_people(state, policy.whom, circumstances.now)):
        edit.decide(userid)
    return edit.plan()


@dataclass(slots=True)
class _Edit:
    """A course while its people are gone through."""

    state: CourseState
    policy: EndDatePolicy
    circumstances: Circumstances
    is_possible: bool = field(kw_only=True)
    """Whether the site has the manual method switched on: with it goes its bulk edit."""
    edited: EnrolmentInstance | None = field(init=False)
    rows: dict[UserId, UserEnrolment] = field(init=False)
    elsewhere: set[UserId] = field(init=False)
    """People in another manual instance."""
    changes: list[Changed[UserEnrolment]] = field(default_factory=list)
    left_alone: dict[UserId, Reason] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.edited = find_edited_instance(self.state.instances)
        manual = {instance.id for instance in self.state.instances if instance.method == MANUAL}
        self.rows, self.elsewhere = {}, set()
        for row in self.state.enrolments:
            if self.edited is not None and row.instanceid == self.edited.id:
                self.rows[row.userid] = row
            elif row.instanceid in manual:
                self.elsewhere.add(row.userid)

    def decide(self, userid: UserId) -> None:
        """Change one person's enrolment, or note why not."""
        row = self.rows.get(userid)
        if row is None:
            is_elsewhere = userid in self.elsewhere
            self.left_alone[userid] = InOtherManualInstance() if is_elsewhere else NoManualEnrolment()
            return
        after = self._edited(row)
        reason = self._find_reason(row, after)
        if reason is not None:
            self.left_alone[userid] = reason
        else:
            self.changes.append(self.circumstances.changed(row, after))

    def _edited(self, row: UserEnrolment) -> UserEnrolment:
        policy = self.policy
        return row._replace(
            status=row.status if policy.status is None else policy.status,
            starts_at=row.starts_at if policy.starts_at is None else policy.starts_at,
            ends_at=row.ends_at if self._keeps_end(row) or policy.ends_at is None else policy.ends_at,
        )

    def _keeps_end(self, row: UserEnrolment) -> bool:
        """Whether the end stays as it is: of the two numbers for unlimited one is as good as the other."""
        wanted = self.policy.ends_at
        return wanted is None or (is_unlimited(wanted) and is_unlimited(row.ends_at))

    def _find_reason(self, row: UserEnrolment, after: UserEnrolment) -> Reason | None:
        if not self.is_possible:
            return ManualMethodUnavailable()
        later = moves_later(row, after)
        match self.policy.only_if:
            case OnlyIf.LATER if not later:
                return EndsLaterAlready(ends_at=row.ends_at)
            case OnlyIf.EARLIER if not moves_later(after, row):
                return EndsEarlierAlready(ends_at=row.ends_at)
        return AlreadySo(ends_at=row.ends_at) if after == row else None

    def plan(self) -> CoursePlan:
        """Collect what changes."""
        people = frozenset(change.after.userid for change in self.changes)
        is_blocked = ManualMethodUnavailable() in self.left_alone.values()
        plan = CoursePlan(
            course=self.state.course,
            changes=tuple(self.changes),
            left_alone=tuple(LeftAlone(u, self.left_alone[u]) for u in sorted(self.left_alone)),
            obstacle=ManualMethodDisabledOnSite() if is_blocked else None,
            converted=people,
            # Moodle's bulk edit forgets the flag: sessions learn of it at their next login. Ours don't wait.
            touched=people,
        )
        return replace(plan, warnings=tuple(self._warnings(plan)))

    def _warnings(self, plan: CoursePlan) -> Iterator[Warning_]:
        if self.edited is None:
            if self.left_alone:
                yield NoManualMethod()
            return
        if self.elsewhere.intersection(self.left_alone):
            yield SeveralManualMethods()
        if not plan.changes:
            return
        if not self.edited.is_enabled:
            yield EditedMethodDisabled()
        ends_at, now = self.policy.ends_at, self.circumstances.now
        if ends_at is not None and not is_unlimited(ends_at) and ends_at <= now:
            yield EndDateIsPast()
        if people := sum(moves_later(c.after, c.before) for c in self.changes):
            yield EditShortens(people=people)
        if people := sum(_never_lasts(c.after) for c in self.changes):
            yield EndsBeforeItBegins(people=people)
        if people := len(people_losing_access(self.state, plan, now)):
            yield AccessGoes(people=people)


def moves_later(before: UserEnrolment, after: UserEnrolment) -> bool:
    """Whether ``after`` ends later than ``before``."""
    return _end(after) > _end(before)


def _end(row: UserEnrolment) -> int:
    """Give an end that compares: unlimited is later than any date."""
    return FOREVER if is_unlimited(row.ends_at) else min(row.ends_at, FOREVER - 1)


def _never_lasts(row: UserEnrolment) -> bool:
    return not is_unlimited(row.ends_at) and row.starts_at >= row.ends_at
