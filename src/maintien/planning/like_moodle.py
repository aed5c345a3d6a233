"""The procedure's three steps exactly: backup of the enrolled users, restore as manual, bulk end date.

Groups are left as they are, suspended enrolments and every method and role are folded in
(:mod:`~maintien.planning.folding`), and whoever the third step selects gets the end date, whatever they
had before. What Moodle writes several times over is planned as one change a row; the events it would
have logged besides are counted as echoes.

Source: enrol_manual_editselectedusers_operation (enrol/manual/locallib.php), Moodle 4.1 and 4.3.
"""

from dataclasses import dataclass, field

from maintien.enrolments.access import instances_by_id
from maintien.enrolments.selection import people_with_role, select_active_manual
from maintien.enrolments.state import CourseState, EnrolmentInstance, UserEnrolment
from maintien.moodle.config import SiteConfig
from maintien.moodle.ids import InstanceId, UserId
from maintien.moodle.values import NO_END, is_unlimited
from maintien.planning.bulk_edit import find_edited_instance
from maintien.planning.changes import Change, Changed
from maintien.planning.findings import EndDateIsPast, EndDateShortens, Finding
from maintien.planning.folding import Folding
from maintien.planning.manual_instance import find_obstacle
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
    restored = Folding(state, config, circumstances)
    restored.fold(state)
    bulk_edit = _BulkEdit(restored, policy)
    bulk_edit.set_end_date()
    return bulk_edit.plan()


@dataclass(slots=True)
class _BulkEdit:
    """A course, restored into itself, while the third step goes over it."""

    restored: Folding
    policy: LikeMoodlePolicy
    edited_elsewhere: list[Changed[UserEnrolment]] = field(default_factory=list)
    """Rows of another manual instance, where the bulk edit works on that one."""
    had_longer: int = 0
    """How many people had a later end date."""

    def set_end_date(self) -> None:
        """Select as the third step does and set the end date."""
        restored, policy = self.restored, self.policy
        # The form's empty date field changes nothing: timeend is only written when it is not 0.
        if restored.manual is None or policy.ends_at == NO_END:
            return
        # The restore takes the oldest where there are several, the bulk edit the first on the page.
        edited = find_edited_instance(restored.state.instances) or restored.manual
        if edited.id != restored.manual.id:
            self._edit_elsewhere(edited)
            return
        for userid in self._selected(restored.manual, edited.id):
            original = restored.original.get(userid)
            if original is not None:
                self._note_longer(original)
            restored.periods[userid] = restored.periods[userid]._replace(ends_at=policy.ends_at)
            restored.events[userid] += 1

    def _note_longer(self, row: UserEnrolment) -> None:
        self.had_longer += is_unlimited(row.ends_at) or row.ends_at > self.policy.ends_at

    def _edit_elsewhere(self, edited: EnrolmentInstance) -> None:
        assert self.restored.manual is not None  # noqa: S101 -- narrowed by the only caller
        selected = self._selected(self.restored.manual, edited.id)
        for row in self.restored.state.enrolments:
            if row.instanceid != edited.id or row.userid not in selected:
                continue
            self._note_longer(row)
            after = row._replace(ends_at=self.policy.ends_at)
            change = self.restored.circumstances.changed(row, after)
            if change.after._replace(timemodified=row.timemodified) != row:
                self.edited_elsewhere.append(change)

    def _selected(self, manual: EnrolmentInstance, edited: InstanceId) -> frozenset[UserId]:
        restored, state = self.restored, self.restored.state
        manual_rows = [restored.row_of(userid) for userid in restored.periods]
        others = [row for row in state.enrolments if row.instanceid != manual.id]
        return select_active_manual(
            manual_instance=edited,
            instances={**instances_by_id(state), manual.id: manual},
            enrolments=[*others, *manual_rows],
            with_role=people_with_role(
                [*state.roles, *restored.new_roles()], state.inherited_roles, self.policy.end_roles
            ),
            deleted=state.deleted,
            at=restored.circumstances.now,
        )

    def plan(self) -> CoursePlan:
        """Collect what the steps leave different from what they found."""
        restored = self.restored
        enrolments = [*restored.enrolment_changes(), *self.edited_elsewhere]
        converted = {c.after.userid if isinstance(c, Changed) else c.row.userid for c in enrolments}
        with_new_roles = {row.userid for row in restored.new_roles()}
        changes: list[Change] = [*restored.instance_changes(), *enrolments, *restored.role_changes]
        return CoursePlan(
            course=restored.state.course,
            changes=tuple(changes),
            warnings=self._warnings(),
            converted=frozenset(converted),
            touched=frozenset(restored.dirty & (converted | with_new_roles)),
            echoes={u: restored.events[u] - 1 for u in converted if restored.events[u] > 1},
        )

    def _warnings(self) -> tuple[Finding, ...]:
        state, config = self.restored.state, self.restored.config
        warnings: list[Finding] = list(check_manual_instance(state, config))
        # The procedure succeeds all the same, and gives nobody access: it is worth a word.
        if obstacle := find_obstacle(state, config, enable_manual=False):
            warnings.append(obstacle)
        if self.policy.ends_at != NO_END and self.policy.ends_at <= self.restored.circumstances.now:
            warnings.append(EndDateIsPast())
        if self.had_longer:
            warnings.append(EndDateShortens(people=self.had_longer))
        return tuple(warnings)
