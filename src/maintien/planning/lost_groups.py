"""Gives group memberships back, and makes those that are still there last."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from maintien.enrolments.state import CourseState, GroupMembership
from maintien.enrolments.withdrawals import Withdrawals, is_by_person
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
    from_archive: set[UserId] = field(default_factory=set)
    """People of whom an archive alone tells a group that they are given back."""

    def findings(self) -> Iterator[Warning_]:
        """Tell what there is to know about them."""
        if self.gone:
            yield GroupsGone(memberships=self.gone)
        joined = {change.row.userid for change in self.changes if isinstance(change, Added)}
        if joined:
            yield GroupsAreCached(people=len(joined))


def give_groups_back(
    state: CourseState,
    policy: RescuePolicy,
    people: Collection[UserId],
    now: int,
    *,
    untold: Collection[UserId] = (),
) -> GroupsBack:
    """Give these people the groups back that they left, as ordinary members.

    Of those ``untold``, of whose loss the log says nothing, an archive tells the groups. Who had given a
    lost membership is not known. Memberships that are there and belong to a method asked
    for become ordinary ones.
    """
    back = GroupsBack()
    for membership in state.memberships:
        if membership.userid in people and _is_owned(membership, policy):
            back.changes.append(make_ordinary(membership))
    there = {(row.userid, row.groupid) for row in state.memberships}
    left, archived = _left(state, policy, people), _archived(state, policy, untold)
    still_there = _groups_still_there(state.withdrawals)
    for userid, groupid in sorted((left | archived) - there):
        if groupid in still_there:
            back.changes.append(Added(_ordinary(userid, groupid, now)))
            if (userid, groupid) not in left:
                back.from_archive.add(userid)
        else:
            back.gone += 1
    return back


def _groups_still_there(withdrawals: Withdrawals) -> frozenset[GroupId]:
    past = withdrawals.archived
    return withdrawals.groups if past is None else withdrawals.groups | past.groups


def _archived(
    state: CourseState, policy: RescuePolicy, people: Collection[UserId]
) -> set[tuple[UserId, GroupId]]:
    """Give the memberships that an archive knows, but those that somebody ended by hand since."""
    past = state.withdrawals.archived
    if past is None:
        return set()
    memberships = past.evidence.memberships
    had = {(userid, groupid) for userid in people for groupid in memberships.get(userid, ())}
    return had - _left_by_hand(state, policy)


def _left_by_hand(state: CourseState, policy: RescuePolicy) -> set[tuple[UserId, GroupId]]:
    return {
        (left.userid, left.groupid)
        for left in state.withdrawals.left_groups
        if not policy.also_by_people and is_by_person(left.deed, left.userid, "")
    }


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
