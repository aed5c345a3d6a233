"""Converts automatic enrolments into manual ones with an end date, without the procedure's holes.

For every person enrolled by a method asked for, in this order:

1. a deleted or suspended account is left alone;
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

from maintien.enrolments.access import gives_access, people_with_access
from maintien.enrolments.state import (
    CourseState,
    EnrolmentInstance,
    GroupMembership,
    RoleAssignment,
    UserEnrolment,
)
from maintien.moodle.config import SiteConfig
from maintien.moodle.ids import UNSAVED, EnrolmentId, RoleAssignmentId, RoleId, UserId
from maintien.moodle.values import (
    NO_COMPONENT,
    NO_END,
    NO_ITEM,
    EnrolmentStatus,
    component_of,
    is_unlimited,
)
from maintien.planning.candidates import Candidates, find_candidates
from maintien.planning.changes import Added, Change, Changed
from maintien.planning.end_all_manual import end_all_manual
from maintien.planning.findings import EnablingGivesAccess, EndDateShortens, Obstacle, Warning_
from maintien.planning.left_alone import (
    DeletedAccount,
    LeftAlone,
    ManualEnrolmentKeepsItsEnd,
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
    conversion = _Conversion(state, policy, config, circumstances)
    for userid in conversion.candidates:
        conversion.decide(userid)
    conversion.end_others()
    return conversion.plan()


@dataclass(slots=True)
class _Conversion:
    """A course while its people are gone through."""

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
    role_changes: list[Added[RoleAssignment]] = field(default_factory=list)
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

    def decide(self, userid: UserId) -> None:
        """Convert one person, or note why not."""
        reason = self._account_in_the_way(userid) or self._decide_by_enrolments(userid)
        if reason is not None:
            self.left_alone[userid] = reason

    def _account_in_the_way(self, userid: UserId) -> Reason | None:
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
            return RoleNotAskedFor(roles=self._shortnames(held)) if held else NoRole()
        if self.obstacle is not None:
            self.blocks_somebody = True
            return ManualMethodUnavailable()
        return self._convert(userid, active or rows, asked_for, is_active=bool(active))

    def _is_active(self, row: UserEnrolment) -> bool:
        return row.is_active and self.candidates.instances[row.instanceid].is_enabled

    def _shortnames(self, held: set[RoleId]) -> tuple[str, ...]:
        names = {roleid: name for name, roleid in self.config.roles.items()}
        return tuple(sorted(names.get(roleid, str(roleid)) for roleid in held))

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
        reason: Reason | None = None
        if existing is None:
            row = self._new_row(userid, starts_at, ends_at, is_active=is_active)
            self.enrolment_changes[userid] = Added(row)
        elif is_active:
            reason = self._prolong(existing, starts_at, ends_at)
        else:
            reason = ManualEnrolmentSuffices(ends_at=existing.ends_at)
        self.kept.add(userid)
        self._give_roles(userid, asked_for)
        return reason

    def _end_for(self, userid: UserId, rows: list[UserEnrolment]) -> int:
        """Tell when the manual enrolment is to end: people other than students keep the feed's end."""
        if not self.policy.end_roles.isdisjoint(self.candidates.roles_of(userid)):
            return self.policy.ends_at
        if any(is_unlimited(row.ends_at) for row in rows):
            return NO_END
        return max(row.ends_at for row in rows)

    def _new_row(self, userid: UserId, starts_at: int, ends_at: int, *, is_active: bool) -> UserEnrolment:
        now = self.circumstances.now
        return UserEnrolment(
            id=EnrolmentId(UNSAVED),
            instanceid=self.target.id,
            userid=userid,
            status=EnrolmentStatus.ACTIVE if is_active else EnrolmentStatus.SUSPENDED,
            starts_at=starts_at,
            ends_at=ends_at,
            modifierid=self.circumstances.operator,
            timecreated=now,
            timemodified=now,
        )

    def _prolong(self, existing: UserEnrolment, starts_at: int, ends_at: int) -> Reason | None:
        """Prolong an active manual enrolment where it does not suffice."""
        begins_late = existing.starts_at > max(self.circumstances.now, starts_at)
        new_start = starts_at if begins_late else existing.starts_at
        ends_early = not is_unlimited(existing.ends_at) and (ends_at == NO_END or existing.ends_at < ends_at)
        new_end = ends_at if ends_early and ends_at != NO_END else existing.ends_at
        if (new_start, new_end) != (existing.starts_at, existing.ends_at):
            after = existing._replace(starts_at=new_start, ends_at=new_end)
            self.enrolment_changes[existing.userid] = self.circumstances.changed(existing, after)
            return None
        if ends_early:
            return ManualEnrolmentKeepsItsEnd(ends_at=existing.ends_at)
        return ManualEnrolmentSuffices(ends_at=existing.ends_at)

    def _give_roles(self, userid: UserId, asked_for: set[RoleId]) -> None:
        for roleid in sorted(asked_for):
            if (userid, roleid) not in self.candidates.held_by_hand:
                self.role_changes.append(Added(self._given_by_hand(userid, roleid)))

    def _given_by_hand(self, userid: UserId, roleid: RoleId) -> RoleAssignment:
        return RoleAssignment(
            id=RoleAssignmentId(UNSAVED),
            roleid=roleid,
            contextid=self.state.course.contextid,
            userid=userid,
            component=NO_COMPONENT,
            itemid=NO_ITEM,
            modifierid=self.circumstances.operator,
            timemodified=self.circumstances.now,
            sortorder=0,
        )

    def end_others(self) -> None:
        """Give people who are manual anyway the end date too, where the policy wants it."""
        if self.policy.end_for is not EndFor.ALL_MANUAL or self.obstacle is not None:
            return
        ended = end_all_manual(
            self.state, self.target, self.enrolment_changes, self.policy, self.circumstances
        )
        self.enrolment_changes.update(ended.changes)
        self.shortened = ended.shortened
        for userid in ended.changes:
            self.left_alone.pop(userid, None)

    def plan(self) -> CoursePlan:
        """Collect the changes, in the order of their tables."""
        changes: list[Change] = []
        instance_change = self.target_change if self.kept or self.enrolment_changes else None
        if instance_change is not None:
            changes.append(instance_change)
        changes.extend(self.enrolment_changes[userid] for userid in sorted(self.enrolment_changes))
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
            touched=converted.union(change.row.userid for change in self.role_changes),
        )

    def _group_changes(self) -> Iterator[Changed[GroupMembership]]:
        for membership in self.state.memberships:
            method = membership.component.removeprefix(component_of(""))
            is_owned = membership.component == component_of(method)
            if is_owned and self.policy.asks_for_method(method) and membership.userid in self.kept:
                yield Changed(membership, membership._replace(component=NO_COMPONENT, itemid=NO_ITEM))

    def _warnings(
        self, instance_change: Added[EnrolmentInstance] | Changed[EnrolmentInstance] | None
    ) -> Iterator[Warning_]:
        yield from check_manual_instance(self.state, self.config)
        if isinstance(instance_change, Changed) and (people := self._let_in_by_enabling()):
            yield EnablingGivesAccess(people=people)
        if self.shortened:
            yield EndDateShortens(people=self.shortened)

    def _let_in_by_enabling(self) -> int:
        """Count people of the manual instance who get in once it is enabled, though not converted."""
        now = self.circumstances.now
        known = people_with_access(self.state, now) | self.kept
        out_of_use = self.state.suspended | self.state.deleted
        return sum(
            gives_access(row, self.target, now)
            for userid, row in self.candidates.manual.items()
            if userid not in known and userid not in out_of_use
        )
