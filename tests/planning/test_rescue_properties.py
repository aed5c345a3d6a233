"""What a rescue promises for every course and every cut."""

from dataclasses import dataclass, replace
from enum import Enum, auto

from hypothesis import given
from hypothesis import strategies as st

from maintien.enrolments.access import instances_by_id, people_with_access
from maintien.enrolments.archive_evidence import ArchivedEnrolment, ArchivedPast, ArchiveEvidence, GroupTraits
from maintien.enrolments.state import CourseState, GroupMembership, RoleAssignment, UserEnrolment
from maintien.enrolments.withdrawals import (
    Deed,
    LeftGroup,
    RemovedEnrolment,
    UnassignedRole,
    UpdatedEnrolment,
    Window,
    Withdrawals,
)
from maintien.moodle.ids import UserId
from maintien.moodle.values import MANUAL, EnrolmentStatus, component_of, is_unlimited
from maintien.planning.applying import apply_plan
from maintien.planning.plan import CoursePlan
from maintien.planning.policy import AUTOMATIC_METHODS, RescuePolicy
from maintien.planning.rescue import plan_rescue
from maintien.planning.undo import plan_undo
from tests.builders import CIRCUMSTANCES, CONFIG, NOW, UNTIL
from tests.course_states import course_states

CUT = NOW - 30
POLICY = RescuePolicy(window=Window(CUT, CUT), ends_at=UNTIL, roles=None)
CRON, TEACHER_AT_A_PAGE = Deed(CUT, "cli", UserId(2)), Deed(CUT, "web", UserId(3))


class Fate(Enum):
    """What becomes of an automatic enrolment."""

    KEPT = auto()
    SUSPENDED = auto()
    SUSPENDED_WITHOUT_ROLES = auto()
    UNENROLLED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A course before and after."""

    before: CourseState
    after: CourseState
    by_sync: frozenset[UserId]
    """People from whom something was taken, and nothing by a person."""

    @property
    def lost(self) -> frozenset[UserId]:
        """Who could enter and can't, and would still be able to now."""
        could = people_with_access(self.before, CUT) & people_with_access(self.before, NOW)
        return could - people_with_access(self.after, NOW)

    @property
    def without_log(self) -> CourseState:
        """The course after, of which no log tells, and a backup from before."""
        instances = instances_by_id(self.before)
        people = {row.userid for row in self.before.enrolments}
        groups = {row.groupid for row in self.before.memberships}
        rows = ((row, instances[row.instanceid]) for row in self.before.enrolments)
        evidence = ArchiveEvidence(
            made_at=CUT - 5,
            enrolments=tuple(
                ArchivedEnrolment(row, instance.method, instance.is_enabled)
                for row, instance in rows
                if instance.method != MANUAL
            ),
            roles={p: frozenset(r.roleid for r in self.before.roles if r.userid == p) for p in people},
            memberships={
                p: frozenset(m.groupid for m in self.before.memberships if m.userid == p) for p in people
            },
            groups={groupid: GroupTraits(name=str(groupid), idnumber="") for groupid in groups},
        )
        past = ArchivedPast(evidence=evidence, groups=frozenset(groups))
        return replace(self.after, withdrawals=Withdrawals(archived=past))


@st.composite
def cuts(draw: st.DrawFn) -> Cut:
    """Draw a course and what a sync, and perhaps a person, takes from it."""
    before = draw(course_states())
    instances = instances_by_id(before)
    fates: dict[UserEnrolment, tuple[Fate, Deed]] = {}
    for row in before.enrolments:
        if instances[row.instanceid].method in AUTOMATIC_METHODS:
            fate = draw(st.sampled_from(Fate))
            if fate is not Fate.KEPT:
                deed = draw(st.sampled_from((CRON, CRON, CRON, TEACHER_AT_A_PAGE)))
                fates[row] = fate, deed
    return _carried_out(before, fates)


def _carried_out(before: CourseState, fates: dict[UserEnrolment, tuple[Fate, Deed]]) -> Cut:
    methods = {row.id: row.method for row in before.instances}
    unenrolled = {row: deed for row, (fate, deed) in fates.items() if fate is Fate.UNENROLLED}
    suspended = {
        row: deed for row, (fate, deed) in fates.items() if fate is not Fate.UNENROLLED and row.is_active
    }
    remaining = [row for row in before.enrolments if row not in unenrolled]
    without_any = {row.userid for row in unenrolled} - {row.userid for row in remaining}
    deed_of: dict[tuple[UserId, str, int], Deed] = {
        (row.userid, component_of(methods[row.instanceid]), row.instanceid): deed
        for row, (fate, deed) in fates.items()
        if fate in (Fate.UNENROLLED, Fate.SUSPENDED_WITHOUT_ROLES)
    }
    deed_of_last = {row.userid: deed for row, deed in unenrolled.items() if row.userid in without_any}
    roles_taken: dict[RoleAssignment, Deed | None] = {
        role: deed_of.get((role.userid, role.component, role.itemid), deed_of_last.get(role.userid))
        for role in before.roles
    }
    memberships_taken: dict[GroupMembership, Deed | None] = {
        row: deed_of.get((row.userid, row.component, row.itemid), deed_of_last.get(row.userid))
        for row in before.memberships
    }
    withdrawals = Withdrawals(
        removed=tuple(
            RemovedEnrolment(row, methods[row.instanceid], row.userid in without_any, deed)
            for row, deed in unenrolled.items()
        ),
        updated={
            row.id: UpdatedEnrolment(row.id, row.userid, methods[row.instanceid], deed)
            for row, deed in suspended.items()
        },
        roles=tuple(
            UnassignedRole(role.userid, role.roleid, role.contextid, role.component, role.itemid, deed)
            for role, deed in roles_taken.items()
            if deed is not None
        ),
        left_groups=tuple(
            LeftGroup(row.userid, row.groupid, deed)
            for row, deed in memberships_taken.items()
            if deed is not None
        ),
        groups=frozenset(row.groupid for row in before.memberships),
    )
    after = replace(
        before,
        enrolments=tuple(
            row._replace(status=EnrolmentStatus.SUSPENDED) if row in suspended else row for row in remaining
        ),
        roles=tuple(role for role, deed in roles_taken.items() if deed is None),
        memberships=tuple(row for row, deed in memberships_taken.items() if deed is None),
        withdrawals=withdrawals,
    )
    by_hand = {row.userid for row, (_, deed) in fates.items() if deed is TEACHER_AT_A_PAGE}
    return Cut(before=before, after=after, by_sync=frozenset({row.userid for row in fates} - by_hand))


def planned(cut: Cut, policy: RescuePolicy = POLICY) -> CoursePlan:
    return plan_rescue(cut.after, policy, CONFIG, CIRCUMSTANCES)


@given(cuts())
def test_nobody_gains_access_who_did_not_lose_it(cut: Cut) -> None:
    rescued = apply_plan(cut.after, planned(cut, replace(POLICY, also_by_people=True)))

    gained = people_with_access(rescued, NOW) - people_with_access(cut.after, NOW)
    assert gained <= cut.lost


@given(cuts())
def test_everybody_whom_only_syncs_cut_off_gets_access_roles_and_groups_back(cut: Cut) -> None:
    plan = planned(cut)
    rescued = apply_plan(cut.after, plan)
    people = set() if plan.obstacle else cut.lost & cut.by_sync

    assert people <= people_with_access(rescued, NOW)
    assert people <= people_with_access(rescued, UNTIL - 1)
    for before, after in (
        ({(r.userid, r.roleid) for r in state.roles} for state in (cut.before, rescued)),
        ({(m.userid, m.groupid) for m in state.memberships} for state in (cut.before, rescued)),
    ):
        assert {pair for pair in before if pair[0] in people} <= after


@given(cuts())
def test_rows_of_everybody_else_stay_as_they_are(cut: Cut) -> None:
    plan = planned(cut)
    rescued = apply_plan(cut.after, plan)

    for rows, were in (
        (rescued.enrolments, cut.after.enrolments),
        (rescued.roles, cut.after.roles),
        (rescued.memberships, cut.after.memberships),
    ):
        assert {row.userid for row in {*rows} ^ {*were}} <= cut.lost
    assert set(plan.grounds) <= cut.lost


@given(cuts(), st.booleans())
def test_second_rescue_changes_nothing(cut: Cut, everything: bool) -> None:  # noqa: FBT001 -- drawn
    policy = replace(POLICY, also_by_people=everything, enable_manual=everything)
    rescued = apply_plan(cut.after, planned(cut, policy))

    assert plan_rescue(rescued, policy, CONFIG, CIRCUMSTANCES).changes == ()


@given(cuts())
def test_manual_enrolment_is_neither_shortened_nor_made_unlimited(cut: Cut) -> None:
    rescued = apply_plan(cut.after, planned(cut, replace(POLICY, enable_manual=True)))
    manual = {row.id for row in cut.after.instances if row.method == "manual"}
    active = {row.id: row for row in cut.after.enrolments if row.instanceid in manual and row.is_active}

    for row in rescued.enrolments:
        if (was := active.get(row.id)) is not None:
            assert is_unlimited(row.ends_at) == is_unlimited(was.ends_at)
            assert row.ends_at >= was.ends_at
            assert row.starts_at <= was.starts_at


@given(cuts())
def test_undo_leaves_the_course_as_the_cut_left_it(cut: Cut) -> None:
    plan = planned(cut, replace(POLICY, enable_manual=True, also_by_people=True))
    rescued = apply_plan(cut.after, plan)

    assert apply_plan(rescued, plan_undo(rescued, plan)) == cut.after


@given(cuts())
def test_without_a_log_a_backup_gives_everybody_the_same_and_nobody_else_anything(cut: Cut) -> None:
    state = cut.without_log
    plan = plan_rescue(state, POLICY, CONFIG, CIRCUMSTANCES)
    rescued = apply_plan(state, plan)
    people = set() if plan.obstacle else cut.lost

    assert people <= people_with_access(rescued, NOW)
    assert people <= people_with_access(rescued, UNTIL - 1)
    for before, after in (
        ({(r.userid, r.roleid) for r in state.roles} for state in (cut.before, rescued)),
        ({(m.userid, m.groupid) for m in state.memberships} for state in (cut.before, rescued)),
    ):
        assert {pair for pair in before if pair[0] in people} <= after
        assert {pair[0] for pair in after - before} == set()
    assert {row.userid for row in {*rescued.enrolments} ^ {*state.enrolments}} <= cut.lost
    assert set(plan.grounds) <= cut.lost
    assert plan_rescue(rescued, POLICY, CONFIG, CIRCUMSTANCES).changes == ()
