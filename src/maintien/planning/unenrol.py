"""Removes manual enrolments, with what Moodle removes beside them.

For everybody whom the filter selects, by id:

1. somebody without a manual enrolment is left alone;
2. where only people were asked for whom an automatic method lets in too, the others are left alone;
3. where only enrolments were asked for that are over, the others stay;
4. somebody who would lose the last enrolment in the course, whatever it says, is left alone, unless that
   is asked for as well;
5. with an enrolment go the roles and group memberships that its instance owns; what people gave by hand
   stays, as long as some other enrolment does;
6. with the last one go all roles in the course and all memberships of its groups, whoever gave them.

What Moodle does besides where it is the last one, to grades for one thing, is left undone
(docs/decisions/0016-changing-and-removing-manual-enrolments.md). All manual instances of a course are
gone through.

Source: enrol_plugin::unenrol_user (lib/enrollib.php), groups_delete_group_members (group/lib.php),
Moodle 4.1 and 4.3.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from maintien.enrolments.access import gives_access, instances_by_id
from maintien.enrolments.state import (
    CourseState,
    EnrolmentInstance,
    GroupMembership,
    RoleAssignment,
    UserEnrolment,
)
from maintien.moodle.config import SiteConfig
from maintien.moodle.ids import InstanceId, UserId
from maintien.moodle.values import AUTOMATIC_METHODS, MANUAL, NO_END, component_of, is_unlimited
from maintien.planning.changes import Change, Removed
from maintien.planning.chosen import choose_people
from maintien.planning.findings import AccessGoes, ManualMethodDisabledOnSite, PeopleLeave, Warning_
from maintien.planning.left_alone import (
    LastEnrolment,
    LeftAlone,
    ManualMethodUnavailable,
    NoManualEnrolment,
    NotEnded,
    NotLetInAutomatically,
    Reason,
)
from maintien.planning.participant_policies import UnenrolPolicy
from maintien.planning.plan import CoursePlan
from maintien.planning.policy import Circumstances
from maintien.planning.undo import people_losing_access


def plan_unenrol(
    state: CourseState, policy: UnenrolPolicy, config: SiteConfig, circumstances: Circumstances
) -> CoursePlan:
    """Plan whose manual enrolments go in one course."""
    now = circumstances.now
    unenrolling = Unenrolling(state, even_last=policy.even_last)
    for userid in sorted(choose_people(state, policy.whom, now)):
        chosen = _choose(unenrolling, userid, policy, now)
        if not isinstance(chosen, list):
            unenrolling.left_alone[userid] = chosen
        elif config.is_enabled(MANUAL):
            unenrolling.unenrol(userid, chosen)
        else:
            unenrolling.leave_blocked(userid)
    return unenrolling.plan(now)


def _choose(
    course: "Unenrolling", userid: UserId, policy: UnenrolPolicy, now: int
) -> list[UserEnrolment] | Reason:
    """Choose which of somebody's manual enrolments go, or tell why none does."""
    rows = course.manual_rows(userid)
    if not rows:
        return NoManualEnrolment()
    if policy.only_automatic_too and not course.is_let_in_automatically(userid, now):
        return NotLetInAutomatically()
    if not policy.only_ended:
        return rows
    ended = [row for row in rows if is_over(row, now)]
    return ended or NotEnded(ends_at=_last_end(rows))


def is_over(row: UserEnrolment, now: int) -> bool:
    """Whether an enrolment's end date has passed."""
    return not is_unlimited(row.ends_at) and row.ends_at <= now


def _last_end(rows: Sequence[UserEnrolment]) -> int:
    return NO_END if any(is_unlimited(row.ends_at) for row in rows) else max(row.ends_at for row in rows)


@dataclass(slots=True)
class Unenrolling:
    """A course while people's manual enrolments are taken from them; whoever chooses them calls this."""

    state: CourseState
    even_last: bool = field(kw_only=True)
    """Whether to remove also somebody's last enrolment in the course."""
    changes: list[Change] = field(default_factory=list)
    left_alone: dict[UserId, Reason] = field(default_factory=dict)
    unenrolled: set[UserId] = field(default_factory=set)
    leavers: set[UserId] = field(default_factory=set)
    is_blocked: bool = False
    """Whether the site's settings keep somebody from being unenrolled."""
    instances: Mapping[InstanceId, EnrolmentInstance] = field(init=False)
    enrolments: Mapping[UserId, list[UserEnrolment]] = field(init=False)
    roles: Mapping[UserId, list[RoleAssignment]] = field(init=False)
    memberships: Mapping[UserId, list[GroupMembership]] = field(init=False)

    def __post_init__(self) -> None:
        """Sort the course's rows by person."""
        self.instances = instances_by_id(self.state)
        enrolments, roles, memberships = defaultdict(list), defaultdict(list), defaultdict(list)
        for enrolment in self.state.enrolments:
            enrolments[enrolment.userid].append(enrolment)
        for role in self.state.roles:
            roles[role.userid].append(role)
        for membership in self.state.memberships:
            memberships[membership.userid].append(membership)
        self.enrolments, self.roles, self.memberships = enrolments, roles, memberships

    def manual_rows(self, userid: UserId) -> list[UserEnrolment]:
        """List somebody's manual enrolments, in id order: one in each manual instance at most."""
        rows = self.enrolments.get(userid, ())
        return [row for row in rows if self.instances[row.instanceid].method == MANUAL]

    def is_let_in_automatically(self, userid: UserId, now: int) -> bool:
        """Whether an enrolment by an automatic method lets somebody in at Unix time ``now``."""
        return any(
            instance.method in AUTOMATIC_METHODS and gives_access(row, instance, now)
            for row in self.enrolments.get(userid, ())
            for instance in (self.instances[row.instanceid],)
        )

    def unenrol(self, userid: UserId, rows: Sequence[UserEnrolment]) -> None:
        """Remove some of somebody's manual enrolments, or note that one is the last."""
        is_last = len(rows) == len(self.enrolments[userid])
        if is_last and not self.even_last:
            self.left_alone[userid] = LastEnrolment()
            return
        self.changes.extend(self._removals(userid, rows, is_last=is_last))
        self.unenrolled.add(userid)
        if is_last:
            self.leavers.add(userid)

    def leave_blocked(self, userid: UserId) -> None:
        """Leave somebody alone whom the site's settings keep from being unenrolled."""
        self.left_alone[userid] = ManualMethodUnavailable()
        self.is_blocked = True

    def _removals(
        self, userid: UserId, rows: Sequence[UserEnrolment], *, is_last: bool
    ) -> Iterator[Removed[GroupMembership] | Removed[RoleAssignment] | Removed[UserEnrolment]]:
        memberships = self.memberships.get(userid, ())
        roles = self.roles.get(userid, ())
        owners = {row.instanceid for row in rows}
        yield from (Removed(each) for each in memberships if _is_owned(each, owners))
        yield from (Removed(each) for each in roles if _is_owned(each, owners))
        if is_last:
            yield from (Removed(each) for each in roles if not _is_owned(each, owners))
            yield from (Removed(each) for each in memberships if not _is_owned(each, owners))
        yield from map(Removed, rows)

    def plan(self, now: int) -> CoursePlan:
        """Collect what goes."""
        plan = CoursePlan(
            course=self.state.course,
            changes=tuple(self.changes),
            left_alone=tuple(LeftAlone(u, self.left_alone[u]) for u in sorted(self.left_alone)),
            obstacle=ManualMethodDisabledOnSite() if self.is_blocked else None,
            converted=frozenset(self.unenrolled),
            touched=frozenset(self.unenrolled),
            leavers=frozenset(self.leavers),
        )
        return replace(plan, warnings=tuple(self._warnings(plan, now)) if plan.changes else ())

    def _warnings(self, plan: CoursePlan, now: int) -> Iterator[Warning_]:
        if self.leavers:
            yield PeopleLeave(
                people=len(self.leavers),
                roles=sum(len(self.roles.get(userid, ())) for userid in self.leavers),
                groups=sum(len(self.memberships.get(userid, ())) for userid in self.leavers),
            )
        if people := len(people_losing_access(self.state, plan, now)):
            yield AccessGoes(people=people)


def _is_owned(row: RoleAssignment | GroupMembership, owners: Collection[InstanceId]) -> bool:
    """Whether one of the manual instances owns a row; Moodle itself makes no such rows."""
    return row.component == component_of(MANUAL) and row.itemid in owners
