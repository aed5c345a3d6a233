"""Folds enrolments and roles into a course's manual instance, as a restore as manual enrolments does.

1. The course's manual instance takes them in: the oldest, where there are several. Where there is none,
   it is added: as the source describes it, if the source's first instance is a manual one, else from the
   site's defaults.
2. Every enrolment of every instance of the source, in its order, is merged into the person's manual
   enrolment (:mod:`~maintien.enrolments.merge`). Where the site has the manual method switched off,
   nothing is.
3. Every role of the course context that has no component, or was given by one of the source's instances,
   is given by hand, unless it is already; one that is there several times is left once. A role that
   belongs to a plugin stays the plugin's while it is installed.

The source is the course itself, as the procedure has it, or what a backup archive holds of one. What
Moodle writes several times over is planned as one change a row, and counted.

Source: restore_enrolments_structure_step and restore_ras_and_caps_structure_step
(backup/moodle2/restore_stepslib.php), enrol_plugin::enrol_user (lib/enrollib.php), role_assign
(lib/accesslib.php), Moodle 4.1 and 4.3.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from maintien.enrolments.merge import Period, merge_as_moodle_does, period_of
from maintien.enrolments.state import (
    CourseState,
    EnrolmentInstance,
    RoleAssignment,
    UserEnrolment,
)
from maintien.moodle.config import SiteConfig
from maintien.moodle.ids import UNSAVED, EnrolmentId, InstanceId, RoleAssignmentId, RoleId, UserId
from maintien.moodle.values import MANUAL, NO_COMPONENT, NO_ITEM, component_of
from maintien.planning.changes import NEW_MANUAL_INSTANCE, Added, Change, Changed, Removed
from maintien.planning.manual_instance import default_manual_instance
from maintien.planning.policy import Circumstances


@dataclass(slots=True)
class Folding:
    """A course while a source is folded into it."""

    state: CourseState
    """The course as it was."""
    config: SiteConfig
    circumstances: Circumstances
    manual: EnrolmentInstance | None = None
    """The instance that takes enrolments in; None where nothing was folded."""
    is_new_instance: bool = False
    is_from_source: bool = False
    """Whether a new instance is the source's own rather than made from the site's defaults."""
    original: dict[UserId, UserEnrolment] = field(default_factory=dict)
    """The manual instance's rows as they were."""
    periods: dict[UserId, Period] = field(default_factory=dict)
    """The manual instance's rows as the folding leaves them."""
    events: Counter[UserId] = field(default_factory=Counter)
    """How often Moodle writes a person's row in the manual instance."""
    dirty: set[UserId] = field(default_factory=set)
    role_changes: list[Change] = field(default_factory=list)

    def fold(self, source: CourseState) -> None:
        """Fold enrolments and roles in; people and roles of the ``source`` have the course's ids.

        ``source.missing`` are people who were not backed up; ``source.deleted`` are given no roles.
        """
        self._fold_enrolments(source)
        self._fold_roles(source)

    def _fold_enrolments(self, source: CourseState) -> None:
        if not self.config.is_enabled(MANUAL) or not source.instances:
            return
        self.manual = self.state.manual_instance
        if self.manual is None:
            self.is_new_instance = True
            self.manual = self._new_instance(source)
        self.original = {row.userid: row for row in self.state.enrolments if row.instanceid == self.manual.id}
        self.periods = {userid: period_of(row) for userid, row in self.original.items()}
        rows: dict[InstanceId, list[UserEnrolment]] = {}
        for row in source.enrolments:
            rows.setdefault(row.instanceid, []).append(row)
        for instance in source.instances:
            for row in rows.get(instance.id, ()):
                # Nobody to back up; a deleted account is backed up and restored like any other.
                if row.userid not in source.missing:
                    self._fold_enrolment(row, instance, manual_is_enabled=self.manual.is_enabled)

    def _new_instance(self, source: CourseState) -> EnrolmentInstance:
        default = default_manual_instance(self.state, self.config.manual, self.circumstances.now)
        first = source.instances[0]
        self.is_from_source = first.method == MANUAL
        if not self.is_from_source:
            return default
        return first._replace(
            id=NEW_MANUAL_INSTANCE, courseid=self.state.course.id, sortorder=default.sortorder
        )

    def _fold_enrolment(
        self, row: UserEnrolment, instance: EnrolmentInstance, *, manual_is_enabled: bool
    ) -> None:
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

    def _fold_roles(self, source: CourseState) -> None:
        by_hand: dict[tuple[RoleId, UserId], list[RoleAssignment]] = {}
        for assignment in self.state.roles:
            if assignment.component == NO_COMPONENT and assignment.itemid == NO_ITEM:
                by_hand.setdefault((assignment.roleid, assignment.userid), []).append(assignment)
        # Mapped through the instance; without the manual method no instance is mapped.
        mapped = frozenset() if self.manual is None else frozenset(i.id for i in source.instances)
        for assignment in source.roles:
            if not self._restores(assignment, source, mapped):
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

    def _restores(
        self, assignment: RoleAssignment, source: CourseState, mapped: frozenset[InstanceId]
    ) -> bool:
        known = self.config.roles.values()
        if assignment.userid in source.deleted or (known and assignment.roleid not in known):
            return False
        if assignment.component == NO_COMPONENT:
            return True
        if assignment.component.startswith(component_of("")):
            return assignment.itemid in mapped
        # An installed plugin is asked to take its roles back, and none of core's does; those of plugins
        # that are gone become ordinary ones (process_assignment calls component_callback).
        return not self.config.has_component(assignment.component)

    def _assigned_by_hand(self, assignment: RoleAssignment) -> RoleAssignment:
        return RoleAssignment(
            id=RoleAssignmentId(UNSAVED),
            roleid=assignment.roleid,
            contextid=self.state.course.contextid,
            userid=assignment.userid,
            component=NO_COMPONENT,
            itemid=NO_ITEM,
            modifierid=self.circumstances.operator,
            timemodified=self.circumstances.now,
            sortorder=0,
        )

    def row_of(self, userid: UserId) -> UserEnrolment:
        """Give a person's row of the manual instance as the folding leaves it."""
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

    def instance_changes(self) -> Iterator[Added[EnrolmentInstance]]:
        """Give the manual instance, where it is new."""
        if self.manual is not None and self.is_new_instance:
            yield Added(self.manual)

    def enrolment_changes(self) -> Iterator[Added[UserEnrolment] | Changed[UserEnrolment]]:
        """Give what differs in the manual instance's rows, by person.

        Run again, the steps write the same values over the same values: that is no change.
        """
        for userid in sorted(self.events):
            row = self.row_of(userid)
            before = self.original.get(userid)
            if before is None:
                yield Added(row)
            elif before._replace(timemodified=row.timemodified) != row:
                yield Changed(before, row)

    def new_roles(self) -> list[RoleAssignment]:
        """List the roles that are given by hand."""
        added = [change.row for change in self.role_changes if isinstance(change, Added)]
        return [row for row in added if isinstance(row, RoleAssignment)]
