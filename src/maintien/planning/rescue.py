"""Gives back by hand what a sync took away within a window: access with an end date, roles, groups.

What was taken is known from the course, the log, and a backup archive of the course, in this order
(:mod:`~maintien.planning.losses`). For every person from whom something was taken that gave access, by a
method asked for, in this order:

1. a deleted or suspended account is left alone;
2. whoever has access now gets nothing; neither does anybody whose enrolment gave no access when it was
   taken, or would be over by now;
3. what a person took by hand is not given back, unless that is asked for too;
4. the roles that the person has, or lost with the access, are looked at; somebody with none of those
   asked for is left alone;
5. nobody is given anything in a course whose manual instance gives no access;
6. the person gets a manual enrolment from the start of the one that was lost to the end date, whatever
   their role. An active one is prolonged by the rules of a conversion. A suspended one is made active
   again, and the person is named: their access did not come from it when it was taken;
7. the roles asked for are given by hand, and group memberships lost with the access come back as ordinary
   ones; memberships that are still there and belong to the method become ordinary too;
8. grades are not touched: people whose grades went are named.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from maintien.enrolments.access import gives_access, people_with_access
from maintien.enrolments.state import (
    CourseState,
    EnrolmentInstance,
    RoleAssignment,
    UserEnrolment,
)
from maintien.moodle.config import SiteConfig
from maintien.moodle.ids import RoleId, UserId
from maintien.moodle.values import MANUAL, NO_COMPONENT, NO_ITEM, EnrolmentStatus
from maintien.planning.changes import Added, Change, Changed
from maintien.planning.findings import EnablingGivesAccess, ManualEnrolmentsRevived, Obstacle, Warning_
from maintien.planning.left_alone import (
    AccountInDoubt,
    DeletedAccount,
    HadNoAccess,
    HasAccess,
    LeftAlone,
    ManualEnrolmentKeepsItsEnd,
    ManualMethodUnavailable,
    MethodNotAskedFor,
    NoRole,
    NotFoundAgain,
    OverSince,
    Reason,
    RoleNotAskedFor,
    StillEnrolled,
    SuspendedAccount,
    TakenByPerson,
    TakenEarlier,
    TakenUnreadably,
)
from maintien.planning.loss import Loss
from maintien.planning.losses import PersonLosses, find_losses
from maintien.planning.lost_groups import GroupsBack, give_groups_back
from maintien.planning.lost_roles import LostRoles, RolesBack
from maintien.planning.manual_enrolments import (
    Span,
    count_let_in_by_enabling,
    enrol_by_hand,
    give_role_by_hand,
    prolong,
)
from maintien.planning.manual_instance import find_obstacle, prepare_manual_instance
from maintien.planning.plan import CoursePlan, Grounds, Source
from maintien.planning.policy import Circumstances, RescuePolicy
from maintien.planning.prechecks import check_manual_instance
from maintien.planning.rescue_checks import check_archive, check_log, check_losses


def plan_rescue(
    state: CourseState,
    policy: RescuePolicy,
    config: SiteConfig,
    circumstances: Circumstances,
) -> CoursePlan:
    """Plan what is given back in one course; ``state.withdrawals`` says what was taken."""
    return _Rescue(state, policy, config, circumstances).run()


@dataclass(slots=True)
class _Rescue:
    """A course while its people are gone through."""

    state: CourseState
    policy: RescuePolicy
    config: SiteConfig
    circumstances: Circumstances
    target: EnrolmentInstance = field(init=False)
    target_change: Added[EnrolmentInstance] | Changed[EnrolmentInstance] | None = field(init=False)
    obstacle: Obstacle | None = field(init=False)
    manual: dict[UserId, UserEnrolment] = field(init=False)
    has_access: frozenset[UserId] = field(init=False)
    lost_roles: LostRoles = field(init=False)
    by_hand: set[tuple[UserId, RoleId]] = field(init=False)
    blocks_somebody: bool = False
    enrolment_changes: dict[UserId, Added[UserEnrolment] | Changed[UserEnrolment]] = field(
        default_factory=dict
    )
    role_changes: list[Added[RoleAssignment]] = field(default_factory=list)
    left_alone: dict[UserId, Reason] = field(default_factory=dict)
    grounds: dict[UserId, Grounds] = field(default_factory=dict)
    """People who have, or get, a manual enrolment to go on with."""
    untold: set[UserId] = field(default_factory=set)
    """Those among them of whose loss, or of one of several, the log tells nothing."""
    revived: list[UserId] = field(default_factory=list)

    def __post_init__(self) -> None:
        now = self.circumstances.now
        self.target, self.target_change = prepare_manual_instance(self.state, self.config, now)
        self.obstacle = find_obstacle(self.state, self.config, enable_manual=self.policy.enable_manual)
        rows = self.state.enrolments
        self.manual = {row.userid: row for row in rows if row.instanceid == self.target.id}
        self.has_access = people_with_access(self.state, now)
        self.lost_roles = LostRoles(self.state, self.policy, self.config)
        self.by_hand = {
            (row.userid, row.roleid)
            for row in self.state.roles
            if row.component == NO_COMPONENT and row.itemid == NO_ITEM
        }

    def run(self) -> CoursePlan:
        """Go through everybody from whom something was taken, and give the plan."""
        people = find_losses(self.state, self.policy.window)
        for userid, lost in people.items():
            reason = self._decide(userid, lost)
            if reason is not None:
                self.left_alone[userid] = reason
        self._name_unreadable(people)
        return self._plan()

    def _name_unreadable(self, people: dict[UserId, PersonLosses]) -> None:
        known = self.has_access.union(people, self.state.deleted, self.state.suspended)
        for event in self.state.withdrawals.unreadable:
            if event.is_unenrolment and event.userid and event.userid not in known:
                self.left_alone[event.userid] = TakenUnreadably()

    def _decide(self, userid: UserId, lost: PersonLosses) -> Reason | None:
        losses = [loss for loss in lost.losses if self.policy.asks_for_method(loss.method)]
        if not losses:
            return None if userid in self.has_access else self._nothing_to_give_back(lost)
        if unusable := self._judge_account(userid):
            return unusable
        if userid in self.has_access:
            return HasAccess()
        lasting = [loss for loss in losses if not loss.is_over(self.circumstances.now)]
        if not lasting:
            return OverSince(ends_at=max(loss.row.ends_at for loss in losses))
        return self._find_person_behind(lost) or self._give_back(userid, lasting)

    def _judge_account(self, userid: UserId) -> Reason | None:
        """Tell of accounts out of use, and of people of an archive who can't be told to be anybody here."""
        past = self.state.withdrawals.archived
        if past is not None and userid in past.evidence.not_found:
            return NotFoundAgain()
        if past is not None and userid in past.evidence.in_doubt:
            return AccountInDoubt()
        if userid in self.state.deleted:
            return DeletedAccount()
        return SuspendedAccount() if userid in self.state.suspended else None

    def _nothing_to_give_back(self, lost: PersonLosses) -> Reason | None:
        """Tell of people whose losses, if there are any, are not to be given back."""
        asks_for = self.policy.asks_for_method
        if any(map(asks_for, lost.without_access)):
            return HadNoAccess()
        if any(map(asks_for, lost.still_there)):
            return StillEnrolled()
        if earlier := [at for method, at in lost.taken_earlier.items() if asks_for(method)]:
            return TakenEarlier(taken_at=max(earlier))
        methods = {loss.method for loss in lost.losses} - {MANUAL}
        return MethodNotAskedFor(methods=tuple(sorted(methods))) if methods else None

    def _find_person_behind(self, lost: PersonLosses) -> TakenByPerson | None:
        deed = None if self.policy.also_by_people else lost.last.person_behind()
        return None if deed is None else TakenByPerson(taken_at=deed.at, by=deed.userid)

    def _give_back(self, userid: UserId, losses: list[Loss]) -> Reason | None:
        roles = self.lost_roles.of(userid, losses)
        if not roles.asked_for and self.policy.roles is not None:
            had = roles.had
            return RoleNotAskedFor(roles=self.config.role_names(had)) if had else NoRole()
        if self.obstacle is not None:
            self.blocks_somebody = True
            return ManualMethodUnavailable()
        span = Span(starts_at=min(loss.row.starts_at for loss in losses), ends_at=self.policy.ends_at)
        reason = self._enrol(userid, span)
        if isinstance(reason, ManualEnrolmentKeepsItsEnd) and not self._lets_in(userid):
            return reason
        self._give_roles(userid, roles)
        self.grounds[userid] = _grounds(losses, roles)
        if not all(loss.is_told for loss in losses):
            self.untold.add(userid)
        return reason

    def _enrol(self, userid: UserId, span: Span) -> Reason | None:
        existing = self.manual.get(userid)
        if existing is None:
            self.enrolment_changes[userid] = enrol_by_hand(self.target, userid, span, self.circumstances)
            return None
        if not existing.is_active:
            self.revived.append(userid)
            active = existing._replace(
                status=EnrolmentStatus.ACTIVE, starts_at=span.starts_at, ends_at=span.ends_at
            )
            self.enrolment_changes[userid] = self.circumstances.changed(existing, active)
            return None
        prolonged = prolong(existing, span, self.circumstances)
        if isinstance(prolonged, Changed):
            self.enrolment_changes[userid] = prolonged
            return None
        return prolonged

    def _lets_in(self, userid: UserId) -> bool:
        return gives_access(self.manual[userid], self.target, self.circumstances.now)

    def _give_roles(self, userid: UserId, roles: RolesBack) -> None:
        for roleid in sorted(roles.asked_for):
            if (userid, roleid) not in self.by_hand:
                given = give_role_by_hand(self.state.course, userid, roleid, self.circumstances)
                self.role_changes.append(given)

    def _plan(self) -> CoursePlan:
        """Collect the changes, in the order of their tables."""
        groups = GroupsBack()
        if self.policy.keep_groups:
            groups = give_groups_back(
                self.state, self.policy, self.grounds, self.circumstances.now, untold=self.untold
            )
            self._note_sources_of(groups)
        instance_change = self.target_change if self.grounds else None
        changes: list[Change] = [] if instance_change is None else [instance_change]
        changes.extend(self.enrolment_changes[userid] for userid in sorted(self.enrolment_changes))
        changes.extend(self.role_changes)
        changes.extend(groups.changes)
        converted = frozenset(self.enrolment_changes)
        return CoursePlan(
            course=self.state.course,
            changes=tuple(changes),
            left_alone=tuple(LeftAlone(u, self.left_alone[u]) for u in sorted(self.left_alone)),
            obstacle=self.obstacle if self.blocks_somebody else None,
            warnings=(
                *check_log(self.state.withdrawals, self.policy.window),
                *check_archive(self.state.withdrawals.archived, self.policy),
                *(self._warnings(instance_change, groups) if changes else ()),
            ),
            converted=converted,
            touched=converted.union(change.row.userid for change in self.role_changes),
            grounds=self.grounds if changes else {},
        )

    def _warnings(
        self,
        instance_change: Added[EnrolmentInstance] | Changed[EnrolmentInstance] | None,
        groups: GroupsBack,
    ) -> Iterator[Warning_]:
        yield from check_manual_instance(self.state, self.config)
        if isinstance(instance_change, Changed) and (people := self._let_in_by_enabling()):
            yield EnablingGivesAccess(people=people)
        if self.revived:
            yield ManualEnrolmentsRevived(people=tuple(self.revived))
        yield from groups.findings()
        yield from check_losses(self.state, self.policy, self.grounds)

    def _note_sources_of(self, groups: GroupsBack) -> None:
        for userid in groups.from_archive:
            grounds = self.grounds[userid]
            self.grounds[userid] = grounds._replace(sources=_in_order({*grounds.sources, Source.ARCHIVE}))

    def _let_in_by_enabling(self) -> int:
        now = self.circumstances.now
        return count_let_in_by_enabling(self.state, self.target, self.manual, self.grounds, now)


def _grounds(losses: list[Loss], roles: RolesBack) -> Grounds:
    sources = {loss.source for loss in losses} | roles.sources
    sources.update(Source.LOG for loss in losses if loss.source is Source.ARCHIVE and loss.deeds)
    times = [loss.known_time for loss in losses if loss.known_time is not None]
    return Grounds(taken_at=max(times, default=None), sources=_in_order(sources))


def _in_order(sources: Collection[Source]) -> tuple[Source, ...]:
    return tuple(source for source in Source if source in sources)
