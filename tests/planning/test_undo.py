"""An undo gives back what a run changed, and leaves alone what somebody changed since."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from maintien.enrolments.state import CourseState, UserEnrolment
from maintien.moodle.values import EnrolmentStatus
from maintien.planning.applying import apply_plan
from maintien.planning.carried_out import was_carried_out
from maintien.planning.changes import Added, Changed, Removed
from maintien.planning.convert import plan_conversion
from maintien.planning.left_alone import ChangedSince, LeftAlone
from maintien.planning.like_moodle import plan_like_moodle
from maintien.planning.plan import CoursePlan
from maintien.planning.policy import EndFor, LikeMoodlePolicy
from maintien.planning.undo import NOBODY, people_losing_access, plan_undo
from tests.builders import (
    CIRCUMSTANCES,
    CONFIG,
    NOW,
    POLICY,
    STUDENT,
    UNTIL,
    CourseBuilder,
)
from tests.course_states import course_states

EXACT = LikeMoodlePolicy(ends_at=UNTIL, end_roles=frozenset({STUDENT}))
MOST = replace(POLICY, end_for=EndFor.ALL_MANUAL, enable_manual=True, include_suspended=True)


def planned(state: CourseState, *, is_exact: bool) -> CoursePlan:
    if is_exact:
        return plan_like_moodle(state, EXACT, CONFIG, CIRCUMSTANCES)
    return plan_conversion(state, MOST, CONFIG, CIRCUMSTANCES)


@given(state=course_states(), is_exact=st.booleans())
def test_undo_gives_the_state_back_to_the_letter(state: CourseState, *, is_exact: bool) -> None:
    done = planned(state, is_exact=is_exact)
    after = apply_plan(state, done)

    undo = plan_undo(after, done)

    assert undo.left_alone == ()
    back = apply_plan(after, undo)
    assert replace(back, roles=()) == replace(state, roles=())
    # A role that was there twice does not come back a second time.
    assert set(back.roles) <= set(state.roles)
    assert role_keys(back) == role_keys(state)


@given(state=course_states(), is_exact=st.booleans())
def test_undo_of_an_undo_gives_the_conversion_back_with_its_ids(
    state: CourseState, *, is_exact: bool
) -> None:
    done = planned(state, is_exact=is_exact)
    after = apply_plan(state, done)
    undo = plan_undo(after, done)
    back = apply_plan(after, undo)

    again = plan_undo(back, undo)

    assert apply_plan(back, again) == after


@given(state=course_states(), is_exact=st.booleans())
def test_state_shows_whether_a_plan_was_carried_out(state: CourseState, *, is_exact: bool) -> None:
    done = planned(state, is_exact=is_exact)
    after = apply_plan(state, done)
    undo = plan_undo(after, done)

    assert was_carried_out(after, done)
    assert was_carried_out(apply_plan(after, undo), undo)
    assert was_carried_out(state, done) == (not done.changes)
    assert was_carried_out(after, undo) == (not undo.changes)


def role_keys(state: CourseState) -> set[tuple[object, ...]]:
    return {(row.roleid, row.userid, row.component, row.itemid) for row in state.roles}


def converted() -> tuple[CourseState, CoursePlan, CourseState]:
    course = CourseBuilder()
    cohort = course.instance("cohort")
    ada = course.student(cohort)
    course.join(ada, 61, cohort)
    state = course.state()
    done = plan_conversion(state, POLICY, CONFIG, CIRCUMSTANCES)
    return state, done, apply_plan(state, done)


def changed_by_somebody(after: CourseState) -> tuple[CourseState, UserEnrolment, UserEnrolment]:
    ours = after.enrolments[-1]
    theirs = ours._replace(ends_at=UNTIL + 5, timemodified=NOW + 9)
    return replace(after, enrolments=(*after.enrolments[:-1], theirs)), ours, theirs


def test_row_changed_since_is_left_alone_and_named_with_both_values() -> None:
    _, done, after = converted()
    moved, ours, _ = changed_by_somebody(after)

    undo = plan_undo(moved, done)

    assert undo.left_alone == (
        LeftAlone(NOBODY, ChangedSince(row="EnrolmentInstance", ours=(), found=())),
        LeftAlone(
            ours.userid,
            ChangedSince(
                row="UserEnrolment",
                ours=(f"ends_at={UNTIL}", f"timemodified={NOW}"),
                found=(f"ends_at={UNTIL + 5}", f"timemodified={NOW + 9}"),
            ),
        ),
    )
    assert not any(isinstance(row_change(c), UserEnrolment) for c in undo.changes)


def row_change(change: Added | Changed | Removed) -> object:  # type: ignore[type-arg]
    return change.after if isinstance(change, Changed) else change.row


def test_instance_that_others_use_now_stays() -> None:
    _, done, after = converted()
    manual = after.manual_instance
    assert manual is not None
    stranger = after.enrolments[-1]._replace(id=4242, userid=4242)  # type: ignore[arg-type]
    moved = replace(after, enrolments=(*after.enrolments, stranger))

    undo = plan_undo(moved, done)

    assert Removed(manual) not in undo.changes
    assert [entry.userid for entry in undo.left_alone] == [NOBODY]


def test_row_that_is_gone_already_needs_nothing() -> None:
    _, done, after = converted()
    gone = replace(after, enrolments=after.enrolments[:-1])

    undo = plan_undo(gone, done)

    assert undo.left_alone == ()
    assert not any(isinstance(row_change(c), UserEnrolment) for c in undo.changes)


def test_nobody_loses_access_while_the_feed_still_enrols_them() -> None:
    _, done, after = converted()

    assert people_losing_access(after, plan_undo(after, done), NOW) == frozenset()


def test_people_whose_only_access_is_taken_back_are_counted() -> None:
    _, done, after = converted()
    automatic = after.enrolments[0]._replace(status=EnrolmentStatus.SUSPENDED)
    cut = replace(after, enrolments=(automatic, *after.enrolments[1:]))

    assert people_losing_access(cut, plan_undo(cut, done), NOW) == {automatic.userid}
