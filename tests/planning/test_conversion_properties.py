"""What the default conversion promises for every course, whatever its state."""

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from maintien.enrolments.access import gives_access, instances_by_id, people_with_access
from maintien.enrolments.state import CourseState, UserEnrolment
from maintien.moodle.ids import UserId
from maintien.moodle.values import FOREVER, NO_END, component_of
from maintien.planning.applying import apply_plan
from maintien.planning.changes import Added, Change, Changed
from maintien.planning.convert import plan_conversion
from maintien.planning.left_alone import ManualEnrolmentSuffices
from maintien.planning.plan import CoursePlan
from maintien.planning.policy import AUTOMATIC_METHODS, ConversionPolicy, EndFor
from tests.builders import CIRCUMSTANCES, CONFIG, NOW, POLICY, UNTIL
from tests.course_states import course_states

MOMENTS = (NOW - 60, NOW, NOW + 1, NOW + 70, NOW + 100, UNTIL - 1, UNTIL, UNTIL + 70)


def planned(state: CourseState, policy: ConversionPolicy = POLICY) -> CoursePlan:
    return plan_conversion(state, policy, CONFIG, CIRCUMSTANCES)


def manual_rows(state: CourseState) -> dict[UserId, UserEnrolment]:
    manual = state.manual_instance
    rows = [row for row in state.enrolments if manual and row.instanceid == manual.id]
    return {row.userid: row for row in rows}


def end(row: UserEnrolment) -> float:
    return float("inf") if row.ends_at in (NO_END, FOREVER) else row.ends_at


def cut(state: CourseState) -> CourseState:
    """Withdraw everybody from the automatic methods, as a sync does whose feed is empty."""
    gone = {i.id for i in state.instances if i.method in AUTOMATIC_METHODS}
    owners = {component_of(method) for method in AUTOMATIC_METHODS}
    return replace(
        state,
        enrolments=tuple(row for row in state.enrolments if row.instanceid not in gone),
        roles=tuple(row for row in state.roles if row.component not in owners),
        memberships=tuple(row for row in state.memberships if row.component not in owners),
    )


@given(course_states())
def test_nobody_loses_access_at_any_moment(state: CourseState) -> None:
    after = apply_plan(state, planned(state))

    for moment in MOMENTS:
        assert people_with_access(state, moment) <= people_with_access(after, moment)


@given(course_states())
def test_no_manual_enrolment_is_shortened_begun_later_or_made_unlimited(state: CourseState) -> None:
    after = manual_rows(apply_plan(state, planned(state)))

    for userid, before in manual_rows(state).items():
        assert end(after[userid]) >= end(before)
        assert after[userid].starts_at <= before.starts_at
        assert (after[userid].ends_at == NO_END) <= (before.ends_at == NO_END)


@given(course_states())
def test_nobody_suspended_is_revived(state: CourseState) -> None:
    plan = planned(state)
    after = manual_rows(apply_plan(state, plan))

    suspended = {row.userid for row in manual_rows(state).values() if not row.is_active}
    assert all(not after[userid].is_active for userid in suspended)
    assert not plan.converted & (suspended | state.suspended | state.deleted)


@given(course_states())
def test_nobody_gets_in_who_had_no_active_automatic_enrolment(state: CourseState) -> None:
    instances = instances_by_id(state)
    active = {
        row.userid
        for row in state.enrolments
        if instances[row.instanceid].method in AUTOMATIC_METHODS
        and instances[row.instanceid].is_enabled
        and row.is_active
    }

    assert planned(state).converted <= active


@given(course_states())
def test_no_group_membership_is_lost_or_gained(state: CourseState) -> None:
    after = apply_plan(state, planned(state))

    def members(of: CourseState) -> set[tuple[int, int]]:
        return {(row.groupid, row.userid) for row in of.memberships}

    assert members(after) == members(state)


@given(course_states())
def test_no_role_is_duplicated_or_taken(state: CourseState) -> None:
    after = apply_plan(state, planned(state))

    def given_roles(of: CourseState) -> Counter[tuple[int, int, str, int]]:
        return Counter((row.roleid, row.userid, row.component, row.itemid) for row in of.roles)

    before, now = given_roles(state), given_roles(after)
    assert now >= before
    assert all(count == 1 for key, count in (now - before).items())
    assert all(now[key] == 1 for key in now if key not in before)


@given(
    state=course_states(),
    end_for=st.sampled_from(EndFor),
    include_suspended=st.booleans(),
    enable_manual=st.booleans(),
)
def test_second_run_changes_nothing(
    state: CourseState,
    end_for: EndFor,
    *,
    include_suspended: bool,
    enable_manual: bool,
) -> None:
    policy = replace(
        POLICY, end_for=end_for, include_suspended=include_suspended, enable_manual=enable_manual
    )
    after = apply_plan(state, planned(state, policy))

    assert planned(after, policy).changes == ()


@given(course_states())
def test_everybody_kept_has_access_role_and_groups_after_the_cut(state: CourseState) -> None:
    plan = planned(state)
    left = cut(apply_plan(state, plan))
    kept = plan.converted | {
        entry.userid for entry in plan.left_alone if isinstance(entry.reason, ManualEnrolmentSuffices)
    }

    instances = instances_by_id(left)
    last_second = UNTIL - 1
    still_in = {
        row.userid
        for row in left.enrolments
        if gives_access(row, instances[row.instanceid], max(last_second, row.starts_at))
    }
    assert kept <= still_in
    assert kept <= {row.userid for row in left.roles}
    for row in state.memberships:
        method_owned = row.component in {component_of(m) for m in AUTOMATIC_METHODS}
        if row.userid in kept and method_owned:
            assert (row.groupid, row.userid) in {(m.groupid, m.userid) for m in left.memberships}


@given(state=course_states(), enable_manual=st.booleans())
def test_inverses_in_reverse_order_give_the_state_back(state: CourseState, *, enable_manual: bool) -> None:
    plan = planned(state, replace(POLICY, enable_manual=enable_manual))
    changes = [change for change in plan.changes if change.inverse().inverse() == change]

    assert len(changes) == len(plan.changes)
    there = apply_plan(state, plan)
    numbered = _changes_between(state, there)
    back = apply_plan(there, replace(plan, changes=tuple(c.inverse() for c in reversed(numbered))))
    assert back == state


def _changes_between(before: CourseState, after: CourseState) -> list[Change]:
    changes: list[Change] = []
    for old_rows, new_rows in (
        (before.instances, after.instances),
        (before.enrolments, after.enrolments),
        (before.roles, after.roles),
        (before.memberships, after.memberships),
    ):
        old = {row.id: row for row in old_rows}
        for row in new_rows:
            if row.id not in old:
                changes.append(Added(row))
            elif old[row.id] != row:
                changes.append(Changed(old[row.id], row))
    return changes
