"""A plan is held against today's: what drifted is told by person, and nothing unreviewed gets through."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from maintien.enrolments.state import CourseState, EnrolmentInstance, UserEnrolment
from maintien.moodle.ids import UNSAVED, EnrolmentId, InstanceId, UserId
from maintien.moodle.values import NO_END, EnrolmentStatus, InstanceStatus, UnenrolAction
from maintien.planning.applying import apply_plan
from maintien.planning.changes import Added, Change, row_of
from maintien.planning.convert import plan_conversion
from maintien.planning.drift import (
    Differently,
    NoLonger,
    OnlyNow,
    by_what_it_does,
    drift_of_lost_course,
    find_drift,
    person_of,
    without_what_is_done,
)
from maintien.planning.findings import EndDateShortens, ExpiryActs, ManualInstanceDisabled
from maintien.planning.left_alone import (
    ManualEnrolmentSuffices,
    ManualMethodUnavailable,
    SuspendedAccount,
    SuspendedEnrolment,
)
from maintien.planning.plan import CoursePlan
from maintien.planning.planner import Planner
from maintien.planning.policy import (
    Circumstances,
    ConversionPolicy,
    EndFor,
    LikeMoodlePolicy,
    Mode,
    UnenrolPolicy,
)
from maintien.planning.restricting import restrict_plan, withhold_plan
from maintien.planning.undo import NOBODY
from maintien.planning.unenrol import plan_unenrol
from tests.builders import CIRCUMSTANCES, CONFIG, NOW, POLICY, STUDENT, TEACHER, UNTIL, CourseBuilder
from tests.course_states import course_states

DAYS_LATER = Circumstances(now=NOW + 3 * 86400, operator=UserId(9))
POLICIES: tuple[ConversionPolicy | LikeMoodlePolicy, ...] = (
    POLICY,
    replace(POLICY, end_for=EndFor.ALL_MANUAL, enable_manual=True, include_suspended=True),
    replace(POLICY, mode=Mode.MOVE, feed_is_gone=True, enable_manual=True, roles=None),
    LikeMoodlePolicy(ends_at=UNTIL, end_roles=frozenset({STUDENT})),
)


def plan(state: CourseState, circumstances: Circumstances = CIRCUMSTANCES) -> CoursePlan:
    return plan_conversion(state, POLICY, CONFIG, circumstances)


def today(state: CourseState) -> CoursePlan:
    return plan(state, DAYS_LATER)


class Class:
    """A course with a manual method, and two students from a cohort, one of them in a group."""

    def __init__(self, *, with_manual: bool = True) -> None:
        self.course = CourseBuilder()
        self.manual = self.course.instance("manual") if with_manual else InstanceId(UNSAVED)
        self.cohort = self.course.instance("cohort")
        self.ada = self.course.student(self.cohort)
        self.brahim = self.course.student(self.cohort)
        self.course.join(self.ada, 61, self.cohort)


def about(changes: CoursePlan, person: UserId) -> list[Change]:
    return [change for change in changes.changes if person_of(change) == person]


def test_same_state_planned_days_later_by_somebody_else_has_not_drifted() -> None:
    state = Class(with_manual=False).course.state()

    drift = find_drift(plan(state), today(state))

    assert (drift.drifts, drift.is_empty) == ((), True)


def test_person_who_left_is_no_longer_planned() -> None:
    before = Class()
    planned = plan(before.course.state())
    course = before.course
    course.enrolments = [row for row in course.enrolments if row.userid != before.ada]
    course.roles = [row for row in course.roles if row.userid != before.ada]
    course.memberships = []

    drift = find_drift(planned, today(course.state()))

    enrolment, role, group = about(planned, before.ada)
    assert drift.drifts == tuple(
        NoLonger(userid=before.ada, planned=(change,), reason=None) for change in (enrolment, role, group)
    )


def test_person_enrolled_by_hand_meanwhile_is_told_with_the_reason() -> None:
    before = Class()
    planned = plan(before.course.state())
    before.course.enrol(before.ada, before.manual, ends_at=NO_END)

    drift = find_drift(planned, today(before.course.state()))

    assert drift.drifts == (
        NoLonger(
            userid=before.ada,
            planned=tuple(about(planned, before.ada)[:1]),
            reason=ManualEnrolmentSuffices(ends_at=NO_END),
        ),
    )


def test_person_enrolled_by_hand_until_earlier_is_planned_differently() -> None:
    before = Class()
    planned = plan(before.course.state())
    before.course.enrol(before.ada, before.manual, ends_at=NOW + 9 * 86400)

    now = today(before.course.state())

    assert find_drift(planned, now).drifts == (
        Differently(
            userid=before.ada,
            planned=tuple(about(planned, before.ada)[:1]),
            now=tuple(about(now, before.ada)[:1]),
        ),
    )


def test_newcomer_is_planned_only_now() -> None:
    before = Class()
    planned = plan(before.course.state())
    newcomer = before.course.student(before.cohort)

    now = today(before.course.state())

    enrolment, role = about(now, newcomer)
    assert find_drift(planned, now).drifts == (
        OnlyNow(userid=newcomer, now=(enrolment,)),
        OnlyNow(userid=newcomer, now=(role,)),
    )


def test_role_given_by_hand_meanwhile_is_told() -> None:
    before = Class()
    planned = plan(before.course.state())
    before.course.assign(before.ada, STUDENT)

    drift = find_drift(planned, today(before.course.state()))

    assert drift.drifts == (
        NoLonger(userid=before.ada, planned=tuple(about(planned, before.ada)[1:2]), reason=None),
    )


def suspend_enrolment(them: Class) -> CourseState:
    rows = them.course.enrolments
    rows[0] = rows[0]._replace(status=EnrolmentStatus.SUSPENDED)
    return them.course.state()


def suspend_account(them: Class) -> CourseState:
    them.course.suspended.add(them.ada)
    return them.course.state()


@pytest.mark.parametrize(
    ("suspend", "reason"), [(suspend_enrolment, SuspendedEnrolment()), (suspend_account, SuspendedAccount())]
)
def test_suspended_person_is_told_with_the_reason(
    suspend: Callable[[Class], CourseState], reason: SuspendedEnrolment | SuspendedAccount
) -> None:
    before = Class()
    planned = plan(before.course.state())

    drift = find_drift(planned, today(suspend(before)))

    assert {(each.userid, getattr(each, "reason", None)) for each in drift.drifts} == {(before.ada, reason)}


def test_disabled_instance_is_told_as_the_obstacle() -> None:
    before = Class()
    planned = plan(before.course.state())
    rows = before.course.instances
    rows[0] = rows[0]._replace(status=InstanceStatus.DISABLED)

    drift = find_drift(planned, today(before.course.state()))

    assert drift.obstacle == ManualInstanceDisabled()
    assert {each.userid for each in drift.drifts} == {before.ada, before.brahim}
    assert {getattr(each, "reason", None) for each in drift.drifts} == {ManualMethodUnavailable()}


def test_other_order_of_the_methods_is_no_drift() -> None:
    before = Class(with_manual=False)
    planned = plan(before.course.state())
    before.course.instance("self")

    assert find_drift(planned, today(before.course.state())).is_empty


def test_new_warning_is_drift_and_one_about_fewer_people_is_not() -> None:
    planned = replace(plan(Class().course.state()), warnings=(EndDateShortens(people=3),))
    acts = ExpiryActs(action=UnenrolAction.UNENROL)

    fewer = find_drift(planned, replace(planned, warnings=(EndDateShortens(people=2),)))
    more = find_drift(planned, replace(planned, warnings=(EndDateShortens(people=4), acts)))

    assert fewer.is_empty
    assert more.warnings == (EndDateShortens(people=4), acts)


def test_course_that_is_gone_takes_its_changes_along() -> None:
    planned = plan(Class().course.state())

    drift = drift_of_lost_course(planned)

    assert drift.is_course_gone
    assert len([change for each in drift.drifts for change in getattr(each, "planned", ())]) == len(
        planned.changes
    )
    assert drift_of_lost_course(withhold_plan(planned)).is_empty


def test_plan_carried_out_whole_has_nothing_left_to_drift_from() -> None:
    state = Class(with_manual=False).course.state()
    planned = plan(state)
    done = apply_plan(state, today(state))

    assert without_what_is_done(done, planned) == replace(planned, changes=())
    assert find_drift(without_what_is_done(done, planned), today(done)).is_empty


def test_plan_carried_out_in_part_is_as_it_was() -> None:
    before = Class()
    planned = plan(before.course.state())
    before.course.assign(before.ada, STUDENT)

    assert without_what_is_done(before.course.state(), planned) == planned


# --- restricting ---


def test_newcomer_is_not_converted_and_the_others_are() -> None:
    before = Class()
    planned = plan(before.course.state())
    newcomer = before.course.student(before.cohort)
    now = today(before.course.state())

    restricted = restrict_plan(now, planned)

    assert about(restricted, newcomer) == []
    assert restricted == replace(
        now,
        changes=tuple(change for change in now.changes if person_of(change) != newcomer),
        converted=frozenset({before.ada, before.brahim}),
        touched=frozenset({before.ada, before.brahim}),
    )


def test_person_whose_enrolment_drifted_keeps_roles_and_groups_as_they_are() -> None:
    before = Class()
    planned = plan(before.course.state())
    before.course.enrol(before.ada, before.manual, ends_at=NO_END)
    now = today(before.course.state())
    assert len(about(now, before.ada)) == 2, "a role and a group would change"

    restricted = restrict_plan(now, planned)

    assert about(restricted, before.ada) == []
    assert about(restricted, before.brahim) == about(now, before.brahim)


def test_role_that_fell_away_leaves_the_enrolment() -> None:
    before = Class()
    planned = plan(before.course.state())
    before.course.assign(before.ada, STUDENT)
    now = today(before.course.state())

    assert restrict_plan(now, planned) == now


def test_person_who_would_leave_stays_whole_where_anything_of_theirs_drifted() -> None:
    course = CourseBuilder()
    manual = course.instance("manual")
    ada, bob = course.student(manual), course.student(manual)
    reviewed = unenrolled(course.state())
    course.assign(ada, TEACHER)

    restricted = restrict_plan(unenrolled(course.state()), reviewed)

    assert {person_of(change) for change in restricted.changes} == {bob}
    assert restricted.leavers == restricted.converted == {bob}


def unenrolled(state: CourseState) -> CoursePlan:
    return plan_unenrol(state, UnenrolPolicy(even_last=True), CONFIG, DAYS_LATER)


def test_other_role_is_not_given() -> None:
    before = Class()
    policy = replace(POLICY, roles=None)
    planned = plan_conversion(before.course.state(), policy, CONFIG, CIRCUMSTANCES)
    before.course.assign(before.ada, TEACHER, before.cohort)
    now = plan_conversion(before.course.state(), policy, CONFIG, DAYS_LATER)

    restricted = restrict_plan(now, planned)

    assert len(restricted.changes) == len(now.changes) - 1
    assert restricted.converted == now.converted


def instances(changes: CoursePlan) -> list[EnrolmentInstance]:
    return [row for row in map(row_of, changes.changes) if isinstance(row, EnrolmentInstance)]


def test_new_instance_stays_while_somebody_needs_it() -> None:
    before = Class(with_manual=False)
    planned = plan(before.course.state())
    before.course.student(before.cohort)
    now = today(before.course.state())

    assert instances(restrict_plan(now, planned)) == instances(now) != []


def test_new_instance_that_nobody_needs_any_more_is_not_made() -> None:
    before = Class(with_manual=False)
    planned = plan(before.course.state())
    course = before.course
    course.enrolments, course.roles, course.memberships = [], [], []
    course.student(before.cohort)
    now = today(course.state())
    assert instances(now)

    assert restrict_plan(now, planned).changes == ()


def test_nobody_is_enrolled_in_an_instance_whose_making_was_not_reviewed() -> None:
    before = Class()
    planned = plan(before.course.state())
    course = before.course
    course.instances = [row for row in course.instances if row.id != before.manual]
    now = today(course.state())
    assert instances(now)

    assert restrict_plan(now, planned) == replace(
        now, changes=(), warnings=(), converted=frozenset(), touched=frozenset()
    )


def test_instance_that_somebody_made_meanwhile_takes_the_reviewed_enrolments() -> None:
    before = Class(with_manual=False)
    planned = plan(before.course.state())
    before.course.instance("manual")
    now = today(before.course.state())

    drift = find_drift(planned, now)

    assert [(type(each), each.userid) for each in drift.drifts] == [(NoLonger, NOBODY)]
    assert restrict_plan(now, planned) == now


@st.composite
def drifted_courses(draw: st.DrawFn) -> tuple[CourseState, CoursePlan, CoursePlan]:
    """A state, what is planned of it today, and what was planned when it was another."""
    before, after = draw(course_states()), draw(course_states())
    if draw(st.booleans()):
        # Much the same course: some rows are gone, some came.
        kept = draw(st.sets(st.sampled_from(range(12))))
        after = replace(
            before,
            enrolments=tuple(row for number, row in enumerate(before.enrolments) if number not in kept),
            roles=tuple(row for number, row in enumerate(before.roles) if number not in kept),
            suspended=after.suspended,
        )
    policy = draw(st.sampled_from(POLICIES))
    planned = Planner(policy=policy, config=CONFIG, circumstances=CIRCUMSTANCES).plan(before)
    now = Planner(policy=policy, config=CONFIG, circumstances=DAYS_LATER).plan(after)
    return after, planned, now


@given(drifted_courses())
def test_restricted_plan_is_within_both_and_applies_cleanly(
    drifted: tuple[CourseState, CoursePlan, CoursePlan],
) -> None:
    state, planned, now = drifted

    restricted = restrict_plan(now, planned)

    assert [change for change in now.changes if change in restricted.changes] == list(restricted.changes)
    assert by_what_it_does(restricted.changes).keys() <= by_what_it_does(planned.changes).keys()
    after = apply_plan(state, restricted)
    known = {instance.id for instance in after.instances}
    assert {row.instanceid for row in after.enrolments} - known <= {
        row.instanceid for row in state.enrolments
    } - {instance.id for instance in state.instances}


@given(drifted_courses())
def test_restricted_plan_is_consistent(drifted: tuple[CourseState, CoursePlan, CoursePlan]) -> None:
    _, planned, now = drifted

    restricted = restrict_plan(now, planned)

    assert restricted.converted <= now.converted
    assert restricted.touched <= now.touched
    assert restricted.echoes.keys() <= restricted.converted
    for person in {*map(person_of, now.changes)} - {NOBODY}:
        rows = [change for change in about(now, person) if isinstance(row_of(change), UserEnrolment)]
        kept = [change for change in rows if change in restricted.changes]
        assert kept in ([], rows)
        if rows and not kept:
            assert about(restricted, person) == []


@given(drifted_courses())
def test_what_has_not_drifted_is_planned_whole(drifted: tuple[CourseState, CoursePlan, CoursePlan]) -> None:
    _, planned, now = drifted

    drift = find_drift(planned, now)

    assert find_drift(now, now).is_empty
    assert restrict_plan(now, now) is now
    if not drift.drifts:
        assert restrict_plan(now, planned) == now


@given(course_states(), st.sampled_from(POLICIES))
def test_plan_carried_out_later_is_known_to_be_done(
    state: CourseState, policy: ConversionPolicy | LikeMoodlePolicy
) -> None:
    planned = Planner(policy=policy, config=CONFIG, circumstances=CIRCUMSTANCES).plan(state)
    now = Planner(policy=policy, config=CONFIG, circumstances=DAYS_LATER).plan(state)
    assume(find_drift(planned, now).is_empty)

    assert without_what_is_done(apply_plan(state, now), planned).changes == ()


def test_row_of_a_hostile_file_changes_nothing_else() -> None:
    before = Class(with_manual=False)
    planned = plan(before.course.state())
    stray = Added(
        UserEnrolment(EnrolmentId(0), InstanceId(0), NOBODY, 0, 0, UNTIL, UserId(0), 0, 0),
    )
    now = today(before.course.state())

    assert restrict_plan(now, replace(planned, changes=(*planned.changes, stray))) == now
