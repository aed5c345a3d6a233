"""Plans and policies survive being written down, and nothing else is read as one."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintien.enrolments.state import CourseState
from maintien.moodle.ids import UserId
from maintien.moodle.values import UnenrolAction
from maintien.planning.convert import plan_conversion
from maintien.planning.encoding import (
    Json,
    UnreadablePlan,
    decode_plan,
    decode_policy,
    encode_plan,
    encode_policy,
)
from maintien.planning.findings import ExpiryActs, ExpiryNotice
from maintien.planning.like_moodle import plan_like_moodle
from maintien.planning.move import plan_move
from maintien.planning.plan import CoursePlan
from maintien.planning.policy import ConversionPolicy, EndFor, LikeMoodlePolicy, Mode
from tests.builders import (
    BIOLOGY,
    CIRCUMSTANCES,
    CONFIG,
    POLICY,
    STUDENT,
    TEACHER,
    UNTIL,
    CourseBuilder,
)
from tests.course_states import course_states


def through_json(value: object) -> Any:  # noqa: ANN401 -- whatever JSON holds
    return json.loads(json.dumps(value))


@given(course_states(), st.booleans())
def test_plan_is_read_back_equal(state: CourseState, is_exact: bool) -> None:  # noqa: FBT001 -- drawn
    if is_exact:
        like = LikeMoodlePolicy(ends_at=UNTIL, end_roles=frozenset({STUDENT}))
        plan = plan_like_moodle(state, like, CONFIG, CIRCUMSTANCES)
    else:
        policy = replace(POLICY, end_for=EndFor.ALL_MANUAL, enable_manual=True)
        plan = plan_conversion(state, policy, CONFIG, CIRCUMSTANCES)
    inverse = replace(plan, changes=tuple(change.inverse() for change in reversed(plan.changes)))

    assert decode_plan(through_json(encode_plan(plan))) == plan
    assert decode_plan(through_json(encode_plan(inverse))) == inverse


def plan_with_warnings() -> CoursePlan:
    return CoursePlan(
        course=BIOLOGY,
        warnings=(
            ExpiryActs(action=UnenrolAction.SUSPEND),
            ExpiryNotice(to_participants=True, threshold=86400),
        ),
        echoes={UserId(4): 2},
    )


def test_findings_with_values_are_read_back_equal() -> None:
    plan = plan_with_warnings()

    assert decode_plan(through_json(encode_plan(plan))) == plan


@pytest.mark.parametrize(
    "policy",
    [
        POLICY,
        replace(POLICY, methods=None, roles=None, include_suspended=True, keep_groups=False),
        ConversionPolicy(
            ends_at=0,
            roles=frozenset({STUDENT, TEACHER}),
            end_roles=frozenset({TEACHER}),
            end_for=EndFor.ALL_MANUAL,
            enable_manual=True,
        ),
        replace(POLICY, mode=Mode.MOVE, feed_is_gone=True),
        replace(POLICY, excluded=frozenset({UserId(12), UserId(11)})),
        LikeMoodlePolicy(ends_at=5, end_roles=frozenset({STUDENT})),
    ],
)
def test_policy_is_read_back_equal(policy: ConversionPolicy | LikeMoodlePolicy) -> None:
    assert decode_policy(through_json(encode_policy(policy))) == policy


@pytest.mark.parametrize(
    "damage",
    [{"mode": "copy"}, {"mode": None}, {"mode": ["move"]}, {"feed_is_gone": 1}, {"excluded": ["11"]}],
)
def test_damaged_policy_is_refused(damage: dict[str, Any]) -> None:
    with pytest.raises(UnreadablePlan):
        decode_policy(through_json(encode_policy(POLICY)) | damage)


def test_policy_that_excludes_nobody_is_written_as_before_there_were_exclusions() -> None:
    assert through_json(encode_policy(POLICY)).keys() == {
        *("kind", "ends_at", "methods", "roles", "end_roles", "include_suspended", "end_for"),
        *("keep_groups", "enable_manual", "mode", "feed_is_gone"),
    }


def moved_plan() -> CoursePlan:
    course = CourseBuilder()
    cohort, database = course.instance("cohort"), course.instance("database")
    ada = course.student(cohort)
    course.enrol(ada, database)
    course.join(ada, 61, cohort)
    course.student(course.instance("meta"))
    policy = replace(POLICY, mode=Mode.MOVE, methods=None, feed_is_gone=True)
    state = replace(course.state(), listed={cohort: frozenset[UserId]()})
    return plan_move(state, policy, CONFIG, CIRCUMSTANCES)


def test_plan_of_a_move_is_read_back_equal() -> None:
    plan = moved_plan()

    assert decode_plan(through_json(encode_plan(plan))) == plan


def damaged(path: tuple[str | int, ...], value: object) -> Any:  # noqa: ANN401 -- whatever JSON holds
    document = through_json(encode_plan(example()))
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return document


def example() -> CoursePlan:
    course = CourseBuilder()
    course.instance("manual")
    cohort = course.instance("cohort")
    course.student(cohort)
    course.enrol(course.person(), cohort)
    return plan_conversion(course.state(), POLICY, CONFIG, CIRCUMSTANCES)


DAMAGE: dict[str, tuple[tuple[str | int, ...], Any]] = {
    "another kind of change": (("changes", 0, 0), "?"),
    "another table": (("changes", 0, 1), "user"),
    "a number that is a text": (("changes", 0, 2, 5), "0"),
    "a number that is true": (("changes", 0, 2, 5), True),
    "a row too short": (("changes", 0, 2), [1, 2]),
    "a change of one row": (("changes", 0, 0), "~"),
    "no changes": (("changes",), None),
    "an unknown reason": (("left_alone", 0, 1), "Whim"),
    "a reason with more to it": (("left_alone", 0, 2), {"ends_at": 1}),
    "a person who is no number": (("converted",), ["x"]),
    "a course without a name": (("course",), [1]),
    "an obstacle of another kind": (("obstacle",), ["Wall", {}]),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damaged_plan_is_refused(name: str) -> None:
    with pytest.raises(UnreadablePlan):
        decode_plan(damaged(*DAMAGE[name]))


@pytest.mark.parametrize("value", [None, 1, "x", [], {}, {"kind": "move"}, {"kind": "conversion"}])
def test_what_is_no_plan_or_policy_is_refused(value: Json) -> None:
    with pytest.raises(UnreadablePlan):
        decode_plan(value)
    with pytest.raises(UnreadablePlan):
        decode_policy(value)
