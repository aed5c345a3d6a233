"""Moves automatic enrolments: the rows themselves become manual, with an end date.

The people are those whom :mod:`maintien.planning.convert` converts, under the same rules, but for this:

1. whoever a feed still lists is left alone, because the next sync would add the row again; so is
   whoever a feed might list that can't be read, unless the administrator says that it is gone;
2. without a manual enrolment, the automatic row becomes one under the same id, the first by id of
   several; the others go;
3. a manual enrolment that is there takes the automatic one in, and the automatic row goes; where it
   would end first and must not become unlimited, both stay, and the person is named;
4. roles that the rows' instances gave become ordinary ones, whatever the role: an owner whose
   enrolment is gone would never take them back. One that is there already is not given twice;
5. suspended rows go too where they are asked for; else they stay, with their roles.

Core's own migration (docs/decisions/0006-mode-move.md) moves every row of a method, without dates.

Source: enrol_manual_migrate_plugin_enrolments (enrol/manual/locallib.php), Moodle 4.1 and 4.3.
"""

from dataclasses import dataclass, field, replace

from maintien.enrolments.state import CourseState, RoleAssignment, UserEnrolment
from maintien.moodle.config import SiteConfig
from maintien.moodle.ids import InstanceId, UserId
from maintien.moodle.values import MANUAL, NO_COMPONENT, NO_END, NO_ITEM, component_of, is_unlimited
from maintien.planning.changes import Changed, Removed
from maintien.planning.convert import Conversion
from maintien.planning.feeds import find_feed_in_the_way
from maintien.planning.left_alone import ManualEnrolmentKeepsItsEnd, Reason
from maintien.planning.manual_enrolments import Span
from maintien.planning.plan import CoursePlan
from maintien.planning.policy import Circumstances, ConversionPolicy


def plan_move(
    state: CourseState,
    policy: ConversionPolicy,
    config: SiteConfig,
    circumstances: Circumstances,
) -> CoursePlan:
    """Plan the move of one course; ``state.listed`` says whom the feeds list."""
    return _Move(state, policy, config, circumstances).run()


@dataclass(slots=True)
class _Move(Conversion):
    """A course while its people are moved."""

    owned: dict[UserId, list[RoleAssignment]] = field(init=False)
    """Roles that enrolment instances of the course gave, in id order."""

    # The class that slots make is another one than super() would look for.
    def __post_init__(self) -> None:
        Conversion.__post_init__(self)
        owners = {i.id: component_of(i.method) for i in self.state.instances if i.method != MANUAL}
        self.owned = {}
        for assignment in self.state.roles:
            if owners.get(InstanceId(assignment.itemid)) == assignment.component:
                self.owned.setdefault(assignment.userid, []).append(assignment)

    def find_refusal(
        self, userid: UserId, rows: list[UserEnrolment], existing: UserEnrolment | None, span: Span
    ) -> Reason | None:
        """Find whether a feed is in the way, or a manual enrolment that the automatic one outlasts."""
        in_the_way = find_feed_in_the_way(
            self.state,
            self.candidates.instances,
            self._going(userid, rows),
            unread_is_gone=self.policy.feed_is_gone,
        )
        if in_the_way is not None or existing is None:
            return in_the_way
        if span.is_active and span.ends_at == NO_END and not is_unlimited(existing.ends_at):
            return ManualEnrolmentKeepsItsEnd(ends_at=existing.ends_at)
        return None

    def _going(self, userid: UserId, rows: list[UserEnrolment]) -> list[UserEnrolment]:
        """Tell which rows become manual or go: also suspended ones beside active ones, if asked for."""
        return self.candidates.sources[userid] if self.policy.include_suspended else rows

    def enrol(self, userid: UserId, rows: list[UserEnrolment], span: Span) -> Changed[UserEnrolment]:
        """Make the first of the automatic rows a manual one."""
        del userid
        after = rows[0]._replace(
            instanceid=self.target.id,
            status=span.status,
            starts_at=span.starts_at,
            ends_at=span.ends_at,
        )
        return self.circumstances.changed(rows[0], after)

    def take_over(self, userid: UserId, rows: list[UserEnrolment]) -> None:
        """Let the automatic rows go that did not become manual, and take over the roles of all."""
        going = self._going(userid, rows)
        change = self.enrolment_changes.get(userid)
        moved = change.before if isinstance(change, Changed) else None
        self.removals.extend(Removed(row) for row in going if row != moved)
        self._take_over_roles(userid, {row.instanceid for row in going})

    def _take_over_roles(self, userid: UserId, instances: set[InstanceId]) -> None:
        for assignment in self.owned.get(userid, ()):
            if assignment.itemid not in instances:
                continue
            if self.has_by_hand(userid, assignment.roleid):
                self.role_changes.append(Removed(assignment))
            else:
                # As core does it, it stays known who gave the role, and when.
                ours = assignment._replace(component=NO_COMPONENT, itemid=NO_ITEM)
                self.role_changes.append(Changed(assignment, ours))
                self.given.add((userid, assignment.roleid))

    def remaining(self) -> CourseState:
        """Give the course without the automatic rows that go or become manual."""
        gone = {change.row.id for change in self.removals}
        gone.update(
            change.before.id for change in self.enrolment_changes.values() if isinstance(change, Changed)
        )
        rows = self.state.enrolments
        kept = (row for row in rows if row.id not in gone or row.instanceid == self.target.id)
        return replace(self.state, enrolments=tuple(kept))
