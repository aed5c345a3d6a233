"""A move makes automatic enrolments manual themselves, unless a feed would bring them back."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintien.enrolments.access import gives_access, instances_by_id, people_with_access
from maintien.enrolments.state import CourseState
from maintien.moodle.ids import InstanceId, RoleAssignmentId, UserId
from maintien.moodle.values import NO_END, EnrolmentStatus
from maintien.planning.applying import apply_plan
from maintien.planning.carried_out import was_carried_out
from maintien.planning.changes import NEW_MANUAL_INSTANCE, Added, Changed, Removed
from maintien.planning.left_alone import (
    ChangedSince,
    FeedUnknown,
    LeftAlone,
    ManualEnrolmentKeepsItsEnd,
    ManualEnrolmentSuffices,
    MethodGone,
    StillListed,
    SuspendedEnrolment,
    SuspendedManualEnrolment,
)
from maintien.planning.move import plan_move
from maintien.planning.plan import CoursePlan
from maintien.planning.policy import AUTOMATIC_METHODS, ConversionPolicy, EndFor, Mode
from maintien.planning.undo import plan_undo
from tests.builders import (
    CIRCUMSTANCES,
    CONFIG,
    LONG_AGO,
    NOW,
    OPERATOR,
    POLICY,
    STUDENT,
    TEACHER,
    UNTIL,
    CourseBuilder,
)
from tests.course_states import course_states

MOVE = replace(POLICY, mode=Mode.MOVE)
GONE = replace(MOVE, feed_is_gone=True)
MOMENTS = (NOW, NOW + 1, NOW + 70, NOW + 100, UNTIL - 1)


def planned(state: CourseState, policy: ConversionPolicy = MOVE) -> CoursePlan:
    return plan_move(state, policy, CONFIG, CIRCUMSTANCES)


def with_feeds_gone(course: CourseBuilder) -> CourseState:
    """The course, whose feeds were read and list nobody."""
    listed: dict[InstanceId, frozenset[UserId]] = {row.id: frozenset() for row in course.instances}
    return replace(course.state(), listed=listed)


# One person, case by case.


def test_automatic_row_becomes_manual_under_its_id_with_the_end_date() -> None:
    course = CourseBuilder()
    manual, cohort = course.instance("manual"), course.instance("cohort")
    ada = course.person()
    row = course.enrol(ada, cohort, starts_at=NOW - 50)
    role = course.assign(ada, STUDENT, cohort)
    group = course.join(ada, 61, cohort)

    plan = planned(with_feeds_gone(course))

    moved = row._replace(instanceid=manual, ends_at=UNTIL, modifierid=OPERATOR, timemodified=NOW)
    assert plan.changes == (
        Changed(row, moved),
        Changed(role, role._replace(component="", itemid=0)),
        Changed(group, group._replace(component="", itemid=0)),
    )
    assert plan.left_alone == ()
    assert plan.converted == plan.touched == {ada}


def test_instance_is_added_where_the_course_has_none_and_old_ones_stay() -> None:
    course = CourseBuilder()
    cohort = course.instance("cohort")
    course.student(cohort)

    plan = planned(with_feeds_gone(course))
    after = apply_plan(course.state(), plan)

    assert isinstance(plan.changes[0], Added)
    assert isinstance(plan.changes[1], Changed)
    assert plan.changes[1].after.instanceid == NEW_MANUAL_INSTANCE
    assert [row.method for row in after.instances] == ["cohort", "manual"]
    assert after.manual_instance is not None
    assert [row.instanceid for row in after.enrolments] == [after.manual_instance.id]


@pytest.mark.parametrize("feed_is_gone", [False, True])
def test_person_whom_a_cohort_still_lists_is_left_alone(*, feed_is_gone: bool) -> None:
    course = CourseBuilder()
    course.instance("manual")
    cohort = course.instance("cohort")
    ada, brahim = course.student(cohort), course.student(cohort)
    state = replace(course.state(), listed={cohort: frozenset({ada})})

    plan = planned(state, replace(MOVE, feed_is_gone=feed_is_gone))

    assert plan.left_alone == (LeftAlone(ada, StillListed(methods=("cohort",))),)
    assert plan.converted == {brahim}


def test_person_whose_feed_was_not_read_is_left_alone_unless_it_is_gone() -> None:
    course = CourseBuilder()
    course.instance("manual")
    database = course.instance("database")
    ada = course.student(database)

    refused, moved = planned(course.state()), planned(course.state(), GONE)

    assert refused.changes == ()
    assert refused.left_alone == (LeftAlone(ada, FeedUnknown(methods=("database",))),)
    assert moved.converted == {ada}


def test_person_whom_one_of_two_feeds_lists_is_left_alone_whole() -> None:
    course = CourseBuilder()
    course.instance("manual")
    cohort, database = course.instance("cohort"), course.instance("database")
    ada = course.student(cohort)
    course.enrol(ada, database)
    state = replace(course.state(), listed={cohort: frozenset({ada}), database: frozenset()})

    plan = planned(state)

    assert plan.changes == ()
    assert plan.left_alone == (LeftAlone(ada, StillListed(methods=("cohort",))),)


def test_self_enrolment_has_no_feed() -> None:
    course = CourseBuilder()
    course.instance("manual")
    ada = course.student(course.instance("self"))

    assert planned(course.state(), replace(MOVE, methods=None)).converted == {ada}


def test_manual_enrolment_takes_the_automatic_one_in() -> None:
    course = CourseBuilder()
    manual, cohort = course.instance("manual"), course.instance("cohort")
    ada = course.person()
    existing = course.enrol(ada, manual, ends_at=NOW + 90)
    automatic = course.enrol(ada, cohort)
    role = course.assign(ada, STUDENT, cohort)
    course.assign(ada, STUDENT)

    plan = planned(with_feeds_gone(course))

    longer = existing._replace(ends_at=UNTIL, modifierid=OPERATOR, timemodified=NOW)
    assert plan.changes == (Changed(existing, longer), Removed(automatic), Removed(role))


def test_manual_enrolment_that_suffices_stays_and_the_automatic_one_goes() -> None:
    course = CourseBuilder()
    manual, cohort = course.instance("manual"), course.instance("cohort")
    ada = course.person()
    course.enrol(ada, manual)
    automatic = course.enrol(ada, cohort)
    role = course.assign(ada, STUDENT, cohort)

    plan = planned(with_feeds_gone(course))

    assert plan.changes == (Removed(automatic), Changed(role, role._replace(component="", itemid=0)))
    assert plan.left_alone == (LeftAlone(ada, ManualEnrolmentSuffices(ends_at=NO_END)),)
    assert plan.touched == {ada}


def test_suspended_manual_enrolment_is_not_revived_and_the_automatic_one_stays() -> None:
    course = CourseBuilder()
    manual, cohort = course.instance("manual"), course.instance("cohort")
    ada = course.student(cohort)
    course.enrol(ada, manual, status=EnrolmentStatus.SUSPENDED)

    plan = planned(with_feeds_gone(course))

    assert plan.changes == ()
    assert plan.left_alone == (LeftAlone(ada, SuspendedManualEnrolment()),)


def test_automatic_enrolment_that_outlasts_a_manual_one_stays() -> None:
    course = CourseBuilder()
    manual, cohort = course.instance("manual"), course.instance("cohort")
    ada = course.student(cohort)
    course.enrol(ada, manual, ends_at=UNTIL)

    plan = planned(with_feeds_gone(course), replace(MOVE, ends_at=NO_END))

    assert plan.changes == ()
    assert plan.left_alone == (LeftAlone(ada, ManualEnrolmentKeepsItsEnd(ends_at=UNTIL)),)


def test_first_of_several_rows_becomes_manual_and_the_others_go() -> None:
    course = CourseBuilder()
    manual, cohort, database = (course.instance(method) for method in ("manual", "cohort", "database"))
    ada = course.person()
    first = course.enrol(ada, database, starts_at=NOW - 10)
    second = course.enrol(ada, cohort, starts_at=NOW - 50)
    ours = course.assign(ada, STUDENT, cohort)
    double = course.assign(ada, STUDENT, database)

    plan = planned(with_feeds_gone(course))

    moved = first._replace(
        instanceid=manual, starts_at=NOW - 50, ends_at=UNTIL, modifierid=OPERATOR, timemodified=NOW
    )
    assert plan.changes == (
        Changed(first, moved),
        Removed(second),
        Changed(ours, ours._replace(component="", itemid=0)),
        Removed(double),
    )


def test_roles_of_a_moved_row_go_with_it_whatever_they_are() -> None:
    course = CourseBuilder()
    course.instance("manual")
    cohort = course.instance("cohort")
    ada = course.student(cohort)
    teaching = course.assign(ada, TEACHER, cohort)

    assert (
        Changed(teaching, teaching._replace(component="", itemid=0))
        in planned(with_feeds_gone(course)).changes
    )


def test_role_asked_for_that_something_else_gave_is_given_by_hand_too() -> None:
    course = CourseBuilder()
    course.instance("manual")
    cohort, meta = course.instance("cohort"), course.instance("meta")
    ada = course.person()
    course.enrol(ada, cohort)
    theirs = course.assign(ada, STUDENT, meta)

    plan = planned(with_feeds_gone(course))

    ours = theirs._replace(
        id=RoleAssignmentId(0), component="", itemid=0, modifierid=OPERATOR, timemodified=NOW
    )
    assert plan.changes[1:] == (Added(ours),)


def test_suspended_row_stays_beside_an_active_one_unless_asked_for() -> None:
    course = CourseBuilder()
    course.instance("manual")
    cohort, database = course.instance("cohort"), course.instance("database")
    ada = course.student(cohort)
    suspended = course.enrol(ada, database, status=EnrolmentStatus.SUSPENDED)
    state = with_feeds_gone(course)

    assert Removed(suspended) not in planned(state).changes
    assert Removed(suspended) in planned(state, replace(MOVE, include_suspended=True)).changes


def test_suspended_enrolment_stays_suspended() -> None:
    course = CourseBuilder()
    course.instance("manual")
    cohort = course.instance("cohort")
    ada = course.person()
    course.enrol(ada, cohort, status=EnrolmentStatus.SUSPENDED)
    course.assign(ada, STUDENT, cohort)
    state = with_feeds_gone(course)

    assert planned(state).left_alone == (LeftAlone(ada, SuspendedEnrolment()),)
    after = apply_plan(state, planned(state, replace(MOVE, include_suspended=True)))
    assert [(row.status, row.ends_at) for row in after.enrolments] == [(EnrolmentStatus.SUSPENDED, UNTIL)]


def test_groups_stay_the_methods_where_they_are_not_to_be_kept() -> None:
    course = CourseBuilder()
    course.instance("manual")
    cohort = course.instance("cohort")
    group = course.join(course.student(cohort), 61, cohort)
    state = with_feeds_gone(course)

    assert apply_plan(state, planned(state, replace(MOVE, keep_groups=False))).memberships == (group,)


# What holds for every course.


@st.composite
def fed_states(draw: st.DrawFn) -> CourseState:
    """Draw a course whose feeds list some of the people, or were not read."""
    state = draw(course_states())
    listed: dict[InstanceId, frozenset[UserId]] = {}
    for instance in state.instances:
        people = sorted({row.userid for row in state.enrolments if row.instanceid == instance.id})
        if draw(st.integers(0, 5)):
            some = st.sets(st.sampled_from(people), max_size=2) if people else st.just(set[UserId]())
            listed[instance.id] = frozenset(draw(some))
    return replace(state, listed=listed)


policies = st.builds(
    replace,
    st.just(MOVE),
    include_suspended=st.booleans(),
    enable_manual=st.booleans(),
    feed_is_gone=st.booleans(),
    keep_groups=st.booleans(),
    methods=st.sampled_from((AUTOMATIC_METHODS, None)),
    roles=st.sampled_from((frozenset({STUDENT}), None)),
    ends_at=st.sampled_from((UNTIL, UNTIL, NO_END)),
)
any_end = st.sampled_from(EndFor)


def role_keys(state: CourseState) -> Counter[tuple[int, int, str, int]]:
    return Counter((row.roleid, row.userid, row.component, row.itemid) for row in state.roles)


@given(state=fed_states(), policy=policies)
def test_nobody_who_has_access_loses_it_before_the_end_date(
    state: CourseState, policy: ConversionPolicy
) -> None:
    after = apply_plan(state, planned(state, policy))

    for moment in MOMENTS:
        assert people_with_access(state, moment) <= people_with_access(after, moment)


@given(state=fed_states(), policy=policies)
def test_nobody_loses_a_role_or_is_taken_from_a_group(state: CourseState, policy: ConversionPolicy) -> None:
    after = apply_plan(state, planned(state, policy))

    def held(of: CourseState) -> set[tuple[int, int]]:
        return {(row.roleid, row.userid) for row in of.roles}

    def members(of: CourseState) -> set[tuple[int, int]]:
        return {(row.groupid, row.userid) for row in of.memberships}

    assert held(after) == held(state)
    assert members(after) == members(state)


@given(state=fed_states(), policy=policies)
def test_no_row_is_there_twice(state: CourseState, policy: ConversionPolicy) -> None:
    after = apply_plan(state, planned(state, policy))

    assert not {key for key, n in (role_keys(after) - role_keys(state)).items() if role_keys(after)[key] > 1}
    assert max(Counter((row.instanceid, row.userid) for row in after.enrolments).values(), default=1) == 1


@given(state=fed_states(), policy=policies)
def test_nobody_whom_a_feed_lists_is_moved(state: CourseState, policy: ConversionPolicy) -> None:
    plan = planned(state, policy)

    for change in plan.changes:
        match change:
            case Changed(before, after) if before != after and hasattr(before, "starts_at"):
                taken = before if before.instanceid != after.instanceid else None
            case Removed(row) if hasattr(row, "starts_at"):
                taken = row
            case _:
                continue
        if taken is not None:
            known = state.listed.get(taken.instanceid)
            assert taken.userid not in (known or ())
            method = instances_by_id(state)[taken.instanceid].method
            assert known is not None or policy.feed_is_gone or method == "self"


@given(state=fed_states(), policy=policies)
def test_no_manual_enrolment_is_shortened_made_unlimited_or_revived(
    state: CourseState, policy: ConversionPolicy
) -> None:
    after = {row.id: row for row in apply_plan(state, planned(state, policy)).enrolments}

    manual = state.manual_instance
    for row in state.enrolments:
        if manual and row.instanceid == manual.id:
            now = after[row.id]
            assert now.status == row.status
            assert (now.ends_at == NO_END) == (row.ends_at == NO_END)
            assert now.ends_at >= row.ends_at


@given(state=fed_states(), policy=policies, end_for=any_end)
def test_second_run_changes_nothing(state: CourseState, policy: ConversionPolicy, end_for: EndFor) -> None:
    policy = replace(policy, end_for=end_for)
    after = apply_plan(state, planned(state, policy))

    assert planned(after, policy).changes == ()


@given(state=fed_states(), policy=policies, end_for=any_end)
def test_undo_gives_everything_back_to_the_letter(
    state: CourseState, policy: ConversionPolicy, end_for: EndFor
) -> None:
    done = planned(state, replace(policy, end_for=end_for))
    after = apply_plan(state, done)

    undo = plan_undo(after, done)

    assert undo.left_alone == ()
    back = apply_plan(after, undo)
    assert replace(back, roles=()) == replace(state, roles=())
    # A role that was there twice does not come back a second time.
    assert set(back.roles) <= set(state.roles)
    assert role_keys(back).keys() == role_keys(state).keys()
    assert apply_plan(back, plan_undo(back, undo)) == after


@given(state=fed_states(), policy=policies)
def test_state_shows_whether_a_move_was_carried_out(state: CourseState, policy: ConversionPolicy) -> None:
    done = planned(state, policy)
    after = apply_plan(state, done)

    assert was_carried_out(after, done)
    assert was_carried_out(state, done) == (not done.changes)


@given(state=fed_states(), policy=policies)
def test_everybody_moved_gets_in_until_the_end_date_without_any_feed(
    state: CourseState, policy: ConversionPolicy
) -> None:
    plan = planned(state, replace(policy, include_suspended=False))
    after = apply_plan(state, plan)
    instances = instances_by_id(after)
    by_hand = [row for row in after.enrolments if instances[row.instanceid].method == "manual"]

    last_second = UNTIL - 1
    still_in = {
        row.userid
        for row in by_hand
        if gives_access(row, instances[row.instanceid], max(last_second, row.starts_at))
    }
    students = {row.userid for row in state.roles if row.roleid == STUDENT}
    assert plan.converted & students <= still_in
    assert plan.converted & students <= {row.userid for row in after.roles if row.component == ""}


def test_moved_row_is_proof_although_the_new_instance_was_edited_since() -> None:
    course = CourseBuilder()
    course.enrol(course.person(), course.instance("cohort"))
    state = with_feeds_gone(course)
    done = planned(state, replace(MOVE, roles=None))
    after = apply_plan(state, done)
    edited = tuple(row._replace(name="Later") if row.method == "manual" else row for row in after.instances)

    assert was_carried_out(replace(after, instances=edited), done)
    assert not was_carried_out(state, done)


# Taking it back.


def moved() -> tuple[CourseState, CoursePlan, CourseState]:
    course = CourseBuilder()
    cohort = course.instance("cohort")
    course.student(cohort)
    state = with_feeds_gone(course)
    done = planned(state)
    return state, done, apply_plan(state, done)


def test_undo_leaves_alone_what_has_lost_its_instance() -> None:
    _, done, after = moved()
    gone = replace(after, instances=tuple(row for row in after.instances if row.method == "manual"))
    ada = after.enrolments[0].userid

    undo = plan_undo(gone, done)

    assert [entry.reason for entry in undo.left_alone if entry.userid == ada] == [MethodGone(), MethodGone()]
    assert undo.changes == ()


def test_undo_leaves_alone_a_person_whom_the_feed_has_enrolled_again() -> None:
    state, done, after = moved()
    again = state.enrolments[0]._replace(id=4242, timecreated=NOW + 5)  # type: ignore[arg-type]
    role = state.roles[0]._replace(id=4243, timemodified=NOW + 5)  # type: ignore[arg-type]
    fed = replace(after, enrolments=(*after.enrolments, again), roles=(*after.roles, role))

    undo = plan_undo(fed, done)

    assert undo.changes == (Removed(after.roles[0]),)
    (named,) = (entry for entry in undo.left_alone if entry.userid == again.userid)
    assert named.reason == ChangedSince(
        row="UserEnrolment", ours=(f"timecreated={LONG_AGO}",), found=(f"timecreated={NOW + 5}",)
    )
