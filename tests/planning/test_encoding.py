"""Plans and policies survive being written down, and nothing else is read as one."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintien.enrolments.state import CourseState, GroupMembership
from maintien.enrolments.withdrawals import Window
from maintien.moodle.ids import CourseId, GroupId, MembershipId, UserId
from maintien.moodle.values import UnenrolAction
from maintien.planning.changes import Added
from maintien.planning.convert import plan_conversion
from maintien.planning.encoding import (
    Json,
    UnreadablePlan,
    decode_plan,
    decode_policy,
    encode_plan,
    encode_policy,
)
from maintien.planning.findings import (
    ExpiryActs,
    ExpiryNotice,
    GradesGone,
    GroupsAreCached,
    GroupsGone,
    LogBeginsLate,
    LogIsSilent,
    LogRowsUnreadable,
    ManualEnrolmentsRevived,
    PeopleNotFound,
    RolesBelowCourseGone,
)
from maintien.planning.left_alone import (
    HadNoAccess,
    HasAccess,
    LeftAlone,
    OverSince,
    TakenByPerson,
    TakenUnreadably,
)
from maintien.planning.like_moodle import plan_like_moodle
from maintien.planning.move import plan_move
from maintien.planning.plan import CoursePlan, Grounds, RestoredFrom, Source
from maintien.planning.policy import ConversionPolicy, EndFor, LikeMoodlePolicy, Mode, Policy, RescuePolicy
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

RESCUE = RescuePolicy(window=Window(3, 4), ends_at=UNTIL, roles=None)


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


def test_plan_of_a_restore_is_read_back_equal() -> None:
    origin = RestoredFrom(is_same_site=False, courseid=CourseId(24))
    plan = replace(plan_with_warnings(), restored_from=origin, warnings=(PeopleNotFound(people=3),))

    assert decode_plan(through_json(encode_plan(plan))) == plan


@pytest.mark.parametrize("origin", [[1, 2], [True, "2"], [True], None])
def test_damaged_origin_of_a_restore_is_refused(origin: Json) -> None:
    encoded: Any = through_json(encode_plan(plan_with_warnings()))

    with pytest.raises(UnreadablePlan):
        decode_plan(encoded | {"restored_from": origin})


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
        RESCUE,
        replace(
            RESCUE,
            methods=None,
            roles=frozenset({STUDENT, TEACHER}),
            keep_groups=False,
            enable_manual=True,
            also_by_people=True,
        ),
    ],
)
def test_policy_is_read_back_equal(policy: Policy) -> None:
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


@pytest.mark.parametrize("damage", [{"since": "1"}, {"to": None}, {"also_by_people": 1}, {"roles": ["x"]}])
def test_damaged_policy_of_a_rescue_is_refused(damage: dict[str, Any]) -> None:
    with pytest.raises(UnreadablePlan):
        decode_policy(through_json(encode_policy(RESCUE)) | damage)


def rescue_plan() -> CoursePlan:
    """A plan with everything that only rescues have."""
    people = (UserId(11), UserId(12))
    return CoursePlan(
        course=BIOLOGY,
        changes=(Added(GroupMembership(MembershipId(0), GroupId(41), people[0], "", 0, 5)),),
        left_alone=(
            LeftAlone(UserId(13), HasAccess()),
            LeftAlone(UserId(14), HadNoAccess()),
            LeftAlone(UserId(15), OverSince(ends_at=7)),
            LeftAlone(UserId(16), TakenByPerson(taken_at=8, by=UserId(2))),
            LeftAlone(UserId(17), TakenUnreadably()),
        ),
        warnings=(
            ManualEnrolmentsRevived(people=people),
            GradesGone(people=people, in_history=1),
            RolesBelowCourseGone(people=1),
            GroupsGone(memberships=2),
            GroupsAreCached(people=1),
            LogRowsUnreadable(rows=3),
            LogIsSilent(),
            LogBeginsLate(begins_at=9),
        ),
        grounds={
            people[0]: Grounds(5, (Source.LOG,)),
            people[1]: Grounds(6, (Source.SUSPENDED_ROW, Source.METHOD_DEFAULT)),
        },
    )


def test_plan_of_a_rescue_is_read_back_equal() -> None:
    plan = rescue_plan()

    assert decode_plan(through_json(encode_plan(plan))) == plan


@pytest.mark.parametrize(
    "grounds",
    [
        [[11, 5, ["dream"]]],
        [[11, 5, "log"]],
        [["11", 5, ["log"]]],
        [[11, None, ["log"]]],
        [[11, 5]],
        7,
    ],
)
def test_damaged_grounds_are_refused(grounds: Json) -> None:
    with pytest.raises(UnreadablePlan):
        decode_plan(through_json(encode_plan(rescue_plan())) | {"grounds": grounds})


@pytest.mark.parametrize("people", [["11"], [None], 11])
def test_damaged_names_in_a_finding_are_refused(people: Json) -> None:
    document = through_json(encode_plan(rescue_plan()))
    document["warnings"][0][1]["people"] = people

    with pytest.raises(UnreadablePlan):
        decode_plan(document)


def test_plan_from_before_there_were_rescues_is_read() -> None:
    document = through_json(encode_plan(plan_with_warnings()))

    assert "grounds" not in document
    assert decode_plan(document).grounds == {}


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
