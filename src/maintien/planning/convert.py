"""Converts automatic enrolments into manual ones with an end date, without the procedure's holes.

For every person enrolled by a method asked for, in this order:

1. a person whom the policy excludes is left alone, and so is a deleted or suspended account;
2. only active enrolments count (not suspended, in an enabled instance), unless suspended ones are
   asked for too: these stay suspended;
3. a person without a role asked for is left alone;
4. nobody is converted in a course whose manual instance gives no access;
5. a suspended manual enrolment was somebody's decision: it is not revived, and the person is named;
6. without a manual enrolment, the person gets one, from the start of the automatic one to the end date;
7. an active manual enrolment is never shortened and never made unlimited: one that ends earlier is
   prolonged, one that begins later begins without a gap, one that suffices stays as it is;
8. of the person's roles, those asked for are given by hand too, and the group memberships that the
   method owns become ordinary ones, also where the manual enrolment sufficed already.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from maintien.enrolments.state import (
    CourseState,
    EnrolmentInstance,
    GroupMembership,
    RoleAssignment,
    UserEnrolment,
)
from maintien.moodle.config import SiteConfig
from maintien.moodle.ids import RoleId, UserId
from maintien.moodle.values import (
    NO_END,
    component_of,
    is_unlimited,
)
from maintien.planning.candidates import Candidates, find_candidates
from maintien.planning.changes import Added, Change, Changed, Removed
from maintien.planning.end_all_manual import end_all_manual
from maintien.planning.findings import (
    EnablingGivesAccess,
    EndDateShortens,
    Obstacle,
    OtherRolesGo,
    Warning_,
)
from maintien.planning.left_alone import (
    DeletedAccount,
    ExcludedPerson,
    LeftAlone,
    ManualEnrolmentSuffices,
    ManualMethodUnavailable,
    MethodNotAskedFor,
    NoRole,
    Reason,
    RoleNotAskedFor,
    StartsAfterEndDate,
    SuspendedAccount,
    SuspendedEnrolment,
    SuspendedManualEnrolment,
)
from maintien.planning.manual_enrolments import (
    Span,
    count_let_in_by_enabling,
    enrol_by_hand,
    give_role_by_hand,
    make_ordinary,
    prolong,
)
from maintien.planning.manual_instance import find_obstacle, prepare_manual_instance
from maintien.planning.plan import CoursePlan
from maintien.planning.policy import Circumstances, ConversionPolicy, EndFor
from maintien.planning.prechecks import check_manual_instance


def plan_conversion(
    state: CourseState,
    policy: ConversionPolicy,
    config: SiteConfig,
    circumstances: Circumstances,
) -> CoursePlan:
    """Plan the conversion of one course."""
    return Conversion(state, policy, config, circumstances).run()


@dataclass(slots=True)
class Conversion:
    """A course while its people are gone through; a move refines the steps that change rows."""

    state: CourseState
    policy: ConversionPolicy
    config: SiteConfig
    circumstances: Circumstances
    target: EnrolmentInstance = field(init=False)
    target_change: Added[EnrolmentInstance] | Changed[EnrolmentInstance] | None = field(init=False)
    candidates: Candidates = field(init=False)
    obstacle: Obstacle | None = field(init=False)
    blocks_somebody: bool = False
    enrolment_changes: dict[UserId, Added[UserEnrolment] | Changed[UserEnrolment]] = field(
        default_factory=dict
    )
    removals: list[Removed[UserEnrolment]] = field(default_factory=list)
    role_changes: list[Added[RoleAssignment] | Changed[RoleAssignment] | Removed[RoleAssignment]] = field(
        default_factory=list
    )
    given: set[tuple[UserId, RoleId]] = field(default_factory=set)
    """Roles by hand that were an instance's before."""
    left_alone: dict[UserId, Reason] = field(default_factory=dict)
    kept: set[UserId] = field(default_factory=set)
    """People who have, or get, a manual enrolment to go on with."""
    shortened: int = 0

    def __post_init__(self) -> None:
        self.target, self.target_change = prepare_manual_instance(
            self.state, self.config, self.circumstances.now
        )
        self.candidates = find_candidates(self.state, self.policy, self.target.id)
        self.obstacle = find_obstacle(self.state, self.config, enable_manual=self.policy.enable_manual)

    def run(self) -> CoursePlan:
        """Go through everybody, and give the plan."""
        for userid in self.candidates:
            self.decide(userid)
        self.end_others()
        return self.plan()

    def decide(self, userid: UserId) -> None:
        """Convert one person, or note why not."""
        reason = self._person_in_the_way(userid) or self._decide_by_enrolments(userid)
        if reason is not None:
            self.left_alone[userid] = reason

    def _person_in_the_way(self, userid: UserId) -> Reason | None:
        if userid in self.policy.excluded:
            return ExcludedPerson()
        if userid in self.state.deleted:
            return DeletedAccount()
        return SuspendedAccount() if userid in self.state.suspended else None

    def _decide_by_enrolments(self, userid: UserId) -> Reason | None:
        rows = self.candidates.sources.get(userid)
        if rows is None:
            methods = self.candidates.other_methods[userid]
            return MethodNotAskedFor(methods=tuple(sorted(methods)))
        active = [row for row in rows if self._is_active(row)]
        if not (active or self.policy.include_suspended):
            return SuspendedEnrolment()
        held = self.candidates.roles_of(userid)
        asked_for = {roleid for roleid in held if self.policy.asks_for_role(roleid)}
        if not asked_for and self.policy.roles is not None:
            return RoleNotAskedFor(roles=self.config.role_names(held)) if held else NoRole()
        if self.obstacle is not None:
            self.blocks_somebody = True
            return ManualMethodUnavailable()
        return self._convert(userid, active or rows, asked_for, is_active=bool(active))

    def _is_active(self, row: UserEnrolment) -> bool:
        return row.is_active and self.candidates.instances[row.instanceid].is_enabled

    def _convert(
        self, userid: UserId, rows: list[UserEnrolment], asked_for: set[RoleId], *, is_active: bool
    ) -> Reason | None:
        existing = self.candidates.manual.get(userid)
        if existing is not None and not existing.is_active:
            return SuspendedManualEnrolment()
        starts_at = min(row.starts_at for row in rows)
        ends_at = self._end_for(userid, rows)
        if ends_at != NO_END and starts_at >= ends_at:
            return StartsAfterEndDate(starts_at=starts_at)
        span = Span(starts_at=starts_at, ends_at=ends_at, is_active=is_active)
        reason = self.find_refusal(userid, rows, existing, span)
        if reason is not None:
            return reason
        if existing is None:
            self.enrolment_changes[userid] = self.enrol(userid, rows, span)
        elif is_active:
            reason = self._prolong(existing, span)
        else:
            reason = ManualEnrolmentSuffices(ends_at=existing.ends_at)
        self.kept.add(userid)
        self.take_over(userid, rows)
        self._give_roles(userid, asked_for)
        return reason

    def find_refusal(
        self, userid: UserId, rows: list[UserEnrolment], existing: UserEnrolment | None, span: Span
    ) -> Reason | None:
        """Find what else speaks against providing for somebody: nothing, where the automatic rows stay."""
        del self, userid, rows, existing, span
        return None

    def take_over(self, userid: UserId, rows: list[UserEnrolment]) -> None:
        """Take from the automatic method what it has of somebody who is provided for: nothing."""

    def _end_for(self, userid: UserId, rows: list[UserEnrolment]) -> int:
        """Tell when the manual enrolment is to end: people other than students keep the feed's end."""
        if not self.policy.end_roles.isdisjoint(self.candidates.roles_of(userid)):
            return self.policy.ends_at
        if any(is_unlimited(row.ends_at) for row in rows):
            return NO_END
        return max(row.ends_at for row in rows)

    def enrol(
        self, userid: UserId, rows: list[UserEnrolment], span: Span
    ) -> Added[UserEnrolment] | Changed[UserEnrolment]:
        """Enrol somebody by hand who is not yet; ``rows`` are the automatic enrolments that count."""
        del rows
        return enrol_by_hand(self.target, userid, span, self.circumstances)

    def _prolong(self, existing: UserEnrolment, span: Span) -> Reason | None:
        """Prolong an active manual enrolment where it does not suffice."""
        prolonged = prolong(existing, span, self.circumstances)
        if isinstance(prolonged, Changed):
            self.enrolment_changes[existing.userid] = prolonged
            return None
        return prolonged

    def _give_roles(self, userid: UserId, asked_for: set[RoleId]) -> None:
        for roleid in sorted(asked_for):
            if not self.has_by_hand(userid, roleid):
                self.role_changes.append(
                    give_role_by_hand(self.state.course, userid, roleid, self.circumstances)
                )

    def has_by_hand(self, userid: UserId, roleid: RoleId) -> bool:
        """Whether somebody has a role by hand, or gets it."""
        key = (userid, roleid)
        return key in self.candidates.held_by_hand or key in self.given

    def end_others(self) -> None:
        """Give people who are manual anyway the end date too, where the policy wants it."""
        if self.policy.end_for is not EndFor.ALL_MANUAL or self.obstacle is not None:
            return
        ended = end_all_manual(
            self.remaining(), self.target, self.enrolment_changes, self.policy, self.circumstances
        )
        self.enrolment_changes.update(ended.changes)
        self.shortened = ended.shortened
        for userid in ended.changes:
            self.left_alone.pop(userid, None)

    def remaining(self) -> CourseState:
        """Give the course without the automatic enrolments that the conversion takes away: all there are."""
        return self.state

    def plan(self) -> CoursePlan:
        """Collect the changes, in the order of their tables."""
        changes: list[Change] = []
        instance_change = self.target_change if self.kept or self.enrolment_changes else None
        if instance_change is not None:
            changes.append(instance_change)
        changes.extend(self.enrolment_changes[userid] for userid in sorted(self.enrolment_changes))
        changes.extend(self.removals)
        changes.extend(self.role_changes)
        if self.policy.keep_groups:
            changes.extend(self._group_changes())
        converted = frozenset(self.enrolment_changes)
        return CoursePlan(
            course=self.state.course,
            changes=tuple(changes),
            left_alone=tuple(LeftAlone(u, self.left_alone[u]) for u in sorted(self.left_alone)),
            obstacle=self.obstacle if self.blocks_somebody else None,
            warnings=tuple(self._warnings(instance_change)) if changes else (),
            converted=converted,
            touched=converted.union(
                (change.row.userid for change in self.removals),
                (c.after.userid if isinstance(c, Changed) else c.row.userid for c in self.role_changes),
            ),
        )

    def _group_changes(self) -> Iterator[Changed[GroupMembership]]:
        for membership in self.state.memberships:
            method = membership.component.removeprefix(component_of(""))
            is_owned = membership.component == component_of(method)
            if is_owned and self.policy.asks_for_method(method) and membership.userid in self.kept:
                yield make_ordinary(membership)

    def _warnings(
        self, instance_change: Added[EnrolmentInstance] | Changed[EnrolmentInstance] | None
    ) -> Iterator[Warning_]:
        yield from check_manual_instance(self.state, self.config)
        if isinstance(instance_change, Changed) and (people := self._let_in_by_enabling()):
            yield EnablingGivesAccess(people=people)
        if self.shortened:
            yield EndDateShortens(people=self.shortened)
        if people := self._people_losing_other_roles():
            yield OtherRolesGo(people=people)

    def _people_losing_other_roles(self) -> int:
        """Count people kept who have, from a method asked for, a role that is not asked for."""
        owners = {component_of(instance.method) for instance in self.state.instances}
        losing = {
            row.userid
            for row in self.state.roles
            if row.component in owners
            and row.userid in self.kept
            and self.policy.asks_for_method(row.component.removeprefix(component_of("")))
            and not self.policy.asks_for_role(row.roleid)
            and not self.has_by_hand(row.userid, row.roleid)
        }
        return len(losing)

    def _let_in_by_enabling(self) -> int:
        manual, now = self.candidates.manual, self.circumstances.now
        return count_let_in_by_enabling(self.state, self.target, manual, self.kept, now)
