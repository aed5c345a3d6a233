"""Which roles a person had in the course when their access was taken."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

from maintien.enrolments.state import CourseState, RoleAssignment
from maintien.enrolments.withdrawals import UnassignedRole, is_by_person
from maintien.moodle.config import SiteConfig
from maintien.moodle.ids import RoleId, UserId
from maintien.moodle.values import component_of
from maintien.planning.loss import Loss
from maintien.planning.plan import Source
from maintien.planning.policy import RescuePolicy

_ENROLMENT: Final = component_of("")


@dataclass(slots=True)
class RolesBack:
    """The roles of one person."""

    had: set[RoleId] = field(default_factory=set)
    """Those lost, and those still there."""
    asked_for: set[RoleId] = field(default_factory=set)
    sources: set[Source] = field(default_factory=set)
    """Where those asked for are known from; nothing for roles that are still there."""


class LostRoles:
    """The roles of a course's people, gone through once."""

    def __init__(self, state: CourseState, policy: RescuePolicy, config: SiteConfig) -> None:
        """Sort what is there and what was taken by person."""
        self._state = state
        self._policy = policy
        self._config = config
        self._there: defaultdict[UserId, list[RoleAssignment]] = defaultdict(list)
        for assignment in state.roles:
            self._there[assignment.userid].append(assignment)
        self._lost: defaultdict[UserId, list[UnassignedRole]] = defaultdict(list)
        past = state.withdrawals.archived
        tells = past is not None and past.evidence.tells_roles
        self._archived_people = frozenset(past.evidence.people()) if past and tells else frozenset[UserId]()
        self._archived_roles = past.evidence.roles if past else {}
        self._taken_by_hand: set[tuple[UserId, RoleId]] = set()
        for role in state.withdrawals.roles:
            if role.contextid != state.course.contextid:
                continue
            if self._counts(role):
                self._lost[role.userid].append(role)
            else:
                self._taken_by_hand.add((role.userid, role.roleid))

    def _counts(self, role: UnassignedRole) -> bool:
        method = role.component.removeprefix(_ENROLMENT)
        return self._policy.also_by_people or not is_by_person(role.deed, role.userid, method)

    def of(self, userid: UserId, losses: list[Loss]) -> RolesBack:
        """Tell the roles of somebody who lost access."""
        there = {assignment.roleid for assignment in self._there[userid]}
        lost = {role.roleid for role in self._lost[userid]}
        archived, default = set[RoleId](), set[RoleId]()
        if not lost and not all(loss.is_told for loss in losses):
            known = self._archived(userid)
            archived, default = (
                known or archived,
                self._defaults(userid, losses) if known is None else default,
            )
        had = {role for role in there | lost | archived | default if self._exists(role)}
        asked_for = {role for role in had if self._policy.asks_for_role(role)}
        back = RolesBack(had=had, asked_for=asked_for)
        if asked_for & lost - there:
            back.sources.add(Source.LOG)
        if asked_for & archived - there:
            back.sources.add(Source.ARCHIVE)
        if asked_for & default - there:
            back.sources.add(Source.METHOD_DEFAULT)
        return back

    def _archived(self, userid: UserId) -> set[RoleId] | None:
        """Tell which roles an archive knows of somebody; None where it does not tell of their roles."""
        if userid not in self._archived_people:
            return None
        roles = self._archived_roles.get(userid, frozenset())
        return {roleid for roleid in roles if (userid, roleid) not in self._taken_by_hand}

    def _defaults(self, userid: UserId, losses: list[Loss]) -> set[RoleId]:
        """Tell which roles the methods give, where no log tells and nothing of theirs is there."""
        owners = {(row.component, row.itemid) for row in self._there[userid]}
        untold = [
            loss
            for loss in losses
            if not loss.is_told and (component_of(loss.method), loss.row.instanceid) not in owners
        ]
        given = {loss.row.instanceid: self._given_by(loss) for loss in untold}
        return {RoleId(roleid) for roleid in given.values() if roleid}

    def _given_by(self, loss: Loss) -> int:
        own = {instance.id: instance.roleid for instance in self._state.instances}
        return own.get(loss.row.instanceid) or self._config.default_roles.get(loss.method) or 0

    def _exists(self, roleid: RoleId) -> bool:
        """Whether the site still has the role; one that names none is not asked."""
        return not self._config.roles or roleid in self._config.roles.values()
