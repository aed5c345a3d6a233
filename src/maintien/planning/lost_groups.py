"""Gives group memberships back, and makes those that are still there last."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from maintien.enrolments.state import CourseState, GroupMembership
from maintien.enrolments.withdrawals import is_by_person
from maintien.moodle.ids import UNSAVED, GroupId, MembershipId, UserId
from maintien.moodle.values import NO_COMPONENT, NO_ITEM, component_of
from maintien.planning.changes import Added, Changed
from maintien.planning.findings import GroupsAreCached, GroupsGone, Warning_
from maintien.planning.manual_enrolments import make_ordinary
from maintien.planning.policy import RescuePolicy


@dataclass(slots=True)
class GroupsBack:
    """What happens to group memberships, and what can't."""

    changes: list[Added[GroupMembership] | Changed[GroupMembership]] = field(default_factory=list)
    gone: int = 0
    """Memberships whose group is no longer in the course."""

    def findings(self) -> Iterator[Warning_]:
        """Tell what there is to know about them."""
        if self.gone:
            yield GroupsGone(memberships=self.gone)
        joined = {change.row.userid for change in self.changes if isinstance(change, Added)}
        if joined:
            yield GroupsAreCached(people=len(joined))


def give_groups_back(
    state: CourseState, policy: RescuePolicy, people: Collection[UserId], now: int
) -> GroupsBack:
    """Give these people the groups back that they left, as ordinary members.

    Who had given a lost membership is not known. Memberships that are there and belong to a method asked
    for become ordinary ones.
    """
    back = GroupsBack()
    for membership in state.memberships:
        if membership.userid in people and _is_owned(membership, policy):
            back.changes.append(make_ordinary(membership))
    there = {(row.userid, row.groupid) for row in state.memberships}
    for userid, groupid in sorted(_left(state, policy, people) - there):
        if groupid in state.withdrawals.groups:
            back.changes.append(Added(_ordinary(userid, groupid, now)))
        else:
            back.gone += 1
    return back


def _is_owned(membership: GroupMembership, policy: RescuePolicy) -> bool:
    method = membership.component.removeprefix(component_of(""))
    return membership.component == component_of(method) and policy.asks_for_method(method)


def _left(
    state: CourseState, policy: RescuePolicy, people: Collection[UserId]
) -> set[tuple[UserId, GroupId]]:
    return {
        (left.userid, left.groupid)
        for left in state.withdrawals.left_groups
        if left.userid in people and (policy.also_by_people or not is_by_person(left.deed, left.userid, ""))
    }


def _ordinary(userid: UserId, groupid: GroupId, now: int) -> GroupMembership:
    return GroupMembership(
        id=MembershipId(UNSAVED),
        groupid=groupid,
        userid=userid,
        component=NO_COMPONENT,
        itemid=NO_ITEM,
        timeadded=now,
    )
