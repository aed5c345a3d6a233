"""The procedure's three steps exactly: backup of the enrolled users, restore as manual, bulk end date.

Groups are left as they are, suspended enrolments and every method and role are folded in, and whoever
the third step selects gets the end date, whatever they had before. What Moodle writes several times
over is planned as one change a row; the events it would have logged besides are counted as echoes.

Source: restore_enrolments_structure_step and restore_ras_and_caps_structure_step
(backup/moodle2/restore_stepslib.php), enrol_plugin::enrol_user (lib/enrollib.php), role_assign
(lib/accesslib.php), enrol_manual_editselectedusers_operation (enrol/manual/locallib.php), Moodle 4.1 and 4.3.
"""

from collections import Counter
from dataclasses import dataclass, field

from maintien.enrolments.access import instances_by_id
from maintien.enrolments.merge import Period, merge_as_moodle_does, period_of
from maintien.enrolments.selection import people_with_role, select_active_manual
from maintien.enrolments.state import (
    CourseState,
    EnrolmentInstance,
    RoleAssignment,
    UserEnrolment,
)
from maintien.moodle.config import SiteConfig
from maintien.moodle.ids import UNSAVED, EnrolmentId, InstanceId, RoleAssignmentId, RoleId, UserId
from maintien.moodle.values import MANUAL, NO_COMPONENT, NO_END, NO_ITEM, component_of, is_unlimited
from maintien.planning.changes import Added, Change, Changed, Removed
from maintien.planning.findings import EndDateIsPast, EndDateShortens, Finding
from maintien.planning.manual_instance import default_manual_instance, find_obstacle
from maintien.planning.plan import CoursePlan
from maintien.planning.policy import Circumstances, LikeMoodlePolicy
from maintien.planning.prechecks import check_manual_instance


def plan_like_moodle(
    state: CourseState,
    policy: LikeMoodlePolicy,
    config: SiteConfig,
    circumstances: Circumstances,
) -> CoursePlan:
    """Plan what the three steps make of this course."""
    procedure = _Procedure(state, config, circumstances)
    procedure.restore_enrolments()
    procedure.restore_roles()
    had_longer = procedure.set_end_date(policy)
    return procedure.plan(policy, had_longer)


@dataclass(slots=True)
class _Procedure:
    """A course while the steps go over it."""

    state: CourseState
    config: SiteConfig
    circumstances: Circumstances
    manual: EnrolmentInstance | None = None
    is_new_instance: bool = False
    original: dict[UserId, UserEnrolment] = field(default_factory=dict)
    """The manual instance's rows as they were."""
    periods: dict[UserId, Period] = field(default_factory=dict)
    """The manual instance's rows as the steps leave them."""
    events: Counter[UserId] = field(default_factory=Counter)
    """How often Moodle writes a person's row in the manual instance."""
    dirty: set[UserId] = field(default_factory=set)
    role_changes: list[Change] = field(default_factory=list)
    edited_elsewhere: list[Changed[UserEnrolment]] = field(default_factory=list)
    """Rows of another manual instance, where the bulk edit works on that one."""

    def restore_enrolments(self) -> None:
        """Fold every enrolment of every instance into the manual one (step 2)."""
        if not self.config.is_enabled(MANUAL) or not self.state.instances:
            return
        self.manual = self.state.manual_instance
        if self.manual is None:
            self.is_new_instance = True
            self.manual = default_manual_instance(self.state, self.config.manual, self.circumstances.now)
        rows: dict[int, list[UserEnrolment]] = {}
        for row in self.state.enrolments:
            rows.setdefault(row.instanceid, []).append(row)
        self.original = {row.userid: row for row in rows.get(self.manual.id, ())}
        self.periods = {userid: period_of(row) for userid, row in self.original.items()}
        for instance in self.state.instances:
            for row in rows.get(instance.id, ()):
                self._fold(row, instance, manual_is_enabled=self.manual.is_enabled)

    def _fold(self, row: UserEnrolment, instance: EnrolmentInstance, *, manual_is_enabled: bool) -> None:
        if row.userid in self.state.missing:
            # Nobody to back up; a deleted account is backed up and restored like any other.
            return
        existing = self.periods.get(row.userid)
        merged = merge_as_moodle_does(
            existing,
            period_of(row),
            source_instance=instance,
            manual_is_enabled=manual_is_enabled,
        )
        if merged is None or merged == existing:
            return
        self.periods[row.userid] = merged
        self.events[row.userid] += 1
        if existing is not None:
            # enrol_user marks people dirty only when it updates a row, not when it adds one.
            self.dirty.add(row.userid)

    def restore_roles(self) -> None:
        """Assign every role of the course context again, without component (end of step 2)."""
        by_hand: dict[tuple[RoleId, UserId], list[RoleAssignment]] = {}
        for assignment in self.state.roles:
            if assignment.component == NO_COMPONENT and assignment.itemid == NO_ITEM:
                by_hand.setdefault((assignment.roleid, assignment.userid), []).append(assignment)
        for assignment in self.state.roles:
            if not self._restores(assignment):
                continue
            same = by_hand.get((assignment.roleid, assignment.userid))
            if same is None:
                new = self._assigned_by_hand(assignment)
                by_hand[assignment.roleid, assignment.userid] = [new]
                self.role_changes.append(Added(new))
                self.dirty.add(assignment.userid)
            else:
                # role_assign keeps the first of several equal rows and deletes the others.
                self.role_changes.extend(Removed(duplicate) for duplicate in same[1:])
                del same[1:]

    def _restores(self, assignment: RoleAssignment) -> bool:
        known = self.config.roles.values()
        if assignment.userid in self.state.deleted or (known and assignment.roleid not in known):
            return False
        if assignment.component == NO_COMPONENT:
            return True
        if assignment.component.startswith(component_of("")):
            # Mapped through the instance; without the manual method no instance is mapped.
            return self.manual is not None and any(
                instance.id == assignment.itemid for instance in self.state.instances
            )
        # An installed plugin is asked to take its roles back, and none of core's does; those of plugins
        # that are gone become ordinary ones (process_assignment calls component_callback).
        return not self.config.has_component(assignment.component)

    def _assigned_by_hand(self, assignment: RoleAssignment) -> RoleAssignment:
        return RoleAssignment(
            id=RoleAssignmentId(UNSAVED),
            roleid=assignment.roleid,
            contextid=assignment.contextid,
            userid=assignment.userid,
            component=NO_COMPONENT,
            itemid=NO_ITEM,
            modifierid=self.circumstances.operator,
            timemodified=self.circumstances.now,
            sortorder=0,
        )

    def set_end_date(self, policy: LikeMoodlePolicy) -> int:
        """Select as the third step does and set the end date; count people who had a later one."""
        # The form's empty date field changes nothing: timeend is only written when it is not 0.
        if self.manual is None or policy.ends_at == NO_END:
            return 0
        edited = self._edited_instance(self.manual)
        if edited.id != self.manual.id:
            return self._edit_elsewhere(edited, policy)
        had_longer = 0
        for userid in self._selected(policy, edited.id):
            period = self.periods[userid]
            original = self.original.get(userid)
            if original is not None and (is_unlimited(original.ends_at) or original.ends_at > policy.ends_at):
                had_longer += 1
            self.periods[userid] = period._replace(ends_at=policy.ends_at)
            self.events[userid] += 1
        return had_longer

    def _edited_instance(self, restored_into: EnrolmentInstance) -> EnrolmentInstance:
        """Find the instance that the bulk edit works on: the first on the page, where there are several.

        The restore takes the oldest (source: user/action_redir.php and enrol_get_instances,
        lib/enrollib.php, Moodle 4.3).
        """
        manual = [instance for instance in self.state.instances if instance.method == MANUAL]
        return min(manual, key=lambda i: (i.sortorder, i.id), default=restored_into)

    def _edit_elsewhere(self, edited: EnrolmentInstance, policy: LikeMoodlePolicy) -> int:
        had_longer = 0
        selected = self._selected(policy, edited.id)
        for row in self.state.enrolments:
            if row.instanceid != edited.id or row.userid not in selected:
                continue
            had_longer += is_unlimited(row.ends_at) or row.ends_at > policy.ends_at
            change = self.circumstances.changed(row, row._replace(ends_at=policy.ends_at))
            if change.after._replace(timemodified=row.timemodified) != row:
                self.edited_elsewhere.append(change)
        return had_longer

    def _selected(self, policy: LikeMoodlePolicy, edited: InstanceId) -> frozenset[UserId]:
        assert self.manual is not None  # noqa: S101 -- narrowed by the only caller
        manual_rows = [self._row(userid) for userid in self.periods]
        others = [row for row in self.state.enrolments if row.instanceid != self.manual.id]
        added = [change.row for change in self.role_changes if isinstance(change, Added)]
        new_roles = [row for row in added if isinstance(row, RoleAssignment)]
        return select_active_manual(
            manual_instance=edited,
            instances={**instances_by_id(self.state), self.manual.id: self.manual},
            enrolments=[*others, *manual_rows],
            with_role=people_with_role(
                [*self.state.roles, *new_roles], self.state.inherited_roles, policy.end_roles
            ),
            deleted=self.state.deleted,
            at=self.circumstances.now,
        )

    def _row(self, userid: UserId) -> UserEnrolment:
        """Give a person's row of the manual instance as the steps leave it."""
        assert self.manual is not None  # noqa: S101 -- there are periods only with an instance
        period = self.periods[userid]
        original = self.original.get(userid)
        if original is not None and not self.events[userid]:
            return original
        now, operator = self.circumstances.now, self.circumstances.operator
        return UserEnrolment(
            id=EnrolmentId(UNSAVED) if original is None else original.id,
            instanceid=self.manual.id,
            userid=userid,
            status=period.status,
            starts_at=period.starts_at,
            ends_at=period.ends_at,
            modifierid=operator,
            timecreated=now if original is None else original.timecreated,
            timemodified=now,
        )

    def plan(self, policy: LikeMoodlePolicy, had_longer: int) -> CoursePlan:
        """Collect what the steps leave different from what they found."""
        changes: list[Change] = []
        if self.manual is not None and self.is_new_instance:
            changes.append(Added(self.manual))
        converted = self._enrolment_changes(changes)
        changes.extend(self.edited_elsewhere)
        converted.update(change.after.userid for change in self.edited_elsewhere)
        changes.extend(self.role_changes)
        return CoursePlan(
            course=self.state.course,
            changes=tuple(changes),
            warnings=self._warnings(policy, had_longer),
            converted=frozenset(converted),
            touched=frozenset(self.dirty & (converted | self._people_with_new_roles())),
            echoes={u: self.events[u] - 1 for u in converted if self.events[u] > 1},
        )

    def _enrolment_changes(self, changes: list[Change]) -> set[UserId]:
        converted = set()
        for userid in sorted(self.events):
            row = self._row(userid)
            before = self.original.get(userid)
            if before is None:
                changes.append(Added(row))
            elif before._replace(timemodified=row.timemodified) != row:
                changes.append(Changed(before, row))
            else:
                # Run again, the steps write the same values over the same values.
                continue
            converted.add(userid)
        return converted

    def _people_with_new_roles(self) -> set[UserId]:
        return {
            change.row.userid
            for change in self.role_changes
            if isinstance(change, Added) and isinstance(change.row, RoleAssignment)
        }

    def _warnings(self, policy: LikeMoodlePolicy, had_longer: int) -> tuple[Finding, ...]:
        warnings: list[Finding] = list(check_manual_instance(self.state, self.config))
        # The procedure succeeds all the same, and gives nobody access: it is worth a word.
        if obstacle := find_obstacle(self.state, self.config, enable_manual=False):
            warnings.append(obstacle)
        if policy.ends_at != NO_END and policy.ends_at <= self.circumstances.now:
            warnings.append(EndDateIsPast())
        if had_longer:
            warnings.append(EndDateShortens(people=had_longer))
        return tuple(warnings)
