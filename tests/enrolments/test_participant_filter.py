"""The participants' filters, on recorded courses and on small ones."""

import pytest

from maintien.enrolments.participant_filter import (
    EVERYBODY,
    GroupFilter,
    Join,
    KeywordFilter,
    LastAccess,
    LastAccessFilter,
    MethodFilter,
    Never,
    NotSince,
    ParticipantFilter,
    ParticipantStatus,
    PeopleFilter,
    RoleFilter,
    Since,
    StatusFilter,
)
from maintien.enrolments.participants_of_state import KnownPeople, select_participants
from maintien.enrolments.state import CourseState
from maintien.moodle.ids import GroupId, InstanceId, RoleId, UserId
from maintien.moodle.values import EnrolmentStatus, InstanceStatus
from tests.builders import NOW, STUDENT, TEACHER, CourseBuilder
from tests.recorded_cases import PROCEDURE_CASES, ProcedureCase, procedure_case

MANAGER = RoleId(1)
ACTIVE, SUSPENDED, NOT_CURRENT, INACTIVE = ParticipantStatus
ALL, ANY, NONE = Join


def methods(*which: str | InstanceId, join: Join = ANY) -> MethodFilter:
    return MethodFilter(methods=frozenset(which), join=join)


def roles(*which: RoleId, no_role: bool = False, join: Join = ANY) -> RoleFilter:
    return RoleFilter(roles=frozenset(which), no_role=no_role, join=join)


def statuses(*which: ParticipantStatus, join: Join = ANY) -> StatusFilter:
    return StatusFilter(statuses=frozenset(which), join=join)


def groups(*which: int, no_group: bool = False, join: Join = ANY) -> GroupFilter:
    each = frozenset(frozenset({GroupId(groupid)}) for groupid in which)
    return GroupFilter(groups=each, no_group=no_group, join=join)


def keywords(*which: str, join: Join = ANY) -> KeywordFilter:
    return KeywordFilter(keywords=frozenset(which), join=join)


def accesses(*which: LastAccess, join: Join = ANY) -> LastAccessFilter:
    return LastAccessFilter(accesses=frozenset(which), join=join)


def chosen(course: CourseBuilder, wanted: ParticipantFilter, known: KnownPeople | None = None) -> set[UserId]:
    return set(select_participants(course.state(), wanted, NOW, known or KnownPeople()))


def state_after_restore(case: ProcedureCase) -> CourseState:
    course = CourseBuilder()
    instances = {
        row["id"]: course.instance(row["enrol"], status=row["status"]) for row in case.restored.enrol
    }
    for row in case.restored.user_enrolments:
        course.enrol(
            UserId(row["userid"]),
            instances[row["enrolid"]],
            status=row["status"],
            starts_at=row["timestart"],
            ends_at=row["timeend"],
        )
    for row in case.restored.role_assignments:
        course.assign(UserId(row["userid"]), RoleId(row["roleid"]))
    course.deleted = {UserId(user["id"]) for user in case.users if user["deleted"]}
    return course.state()


@pytest.mark.parametrize("number", PROCEDURE_CASES)
def test_manual_active_students_are_those_the_page_selects(number: int) -> None:
    case = procedure_case(number)
    wanted = ParticipantFilter(
        methods=methods("manual"),
        roles=roles(RoleId(case.roles["student"])),
        statuses=statuses(ACTIVE),
    )
    assert select_participants(state_after_restore(case), wanted, case.clock) == case.selected


STATUSES: dict[str, tuple[int, int, int, set[ParticipantStatus]]] = {
    "open": (0, 0, 0, {ACTIVE}),
    "ends later": (0, 0, NOW + 1, {ACTIVE}),
    "ends now": (0, 0, NOW, {NOT_CURRENT, INACTIVE}),
    "begins now": (0, NOW, 0, {ACTIVE}),
    "begins later": (0, NOW + 1, 0, {NOT_CURRENT, INACTIVE}),
    "suspended": (1, 0, 0, {SUSPENDED, INACTIVE}),
    "suspended and over": (1, 0, NOW - 1, {SUSPENDED, INACTIVE}),
}


@pytest.mark.parametrize("case", STATUSES)
@pytest.mark.parametrize("status", ParticipantStatus)
def test_an_enrolment_answers_to_its_statuses(case: str, status: ParticipantStatus) -> None:
    row_status, starts_at, ends_at, answers_to = STATUSES[case]
    course = CourseBuilder()
    person = course.person()
    manual = course.instance("manual")
    course.enrol(person, manual, status=row_status, starts_at=starts_at, ends_at=ends_at)
    assert chosen(course, ParticipantFilter(statuses=statuses(status))) == (
        {person} if status in answers_to else set()
    )


def test_in_a_disabled_instance_everybody_is_inactive() -> None:
    course = CourseBuilder()
    person = course.student(course.instance("self", status=InstanceStatus.DISABLED))
    found = {
        status: chosen(course, ParticipantFilter(statuses=statuses(status))) for status in ParticipantStatus
    }
    assert found == {ACTIVE: set(), SUSPENDED: set(), NOT_CURRENT: {person}, INACTIVE: {person}}


def test_a_person_answers_to_the_statuses_of_all_their_enrolments() -> None:
    course = CourseBuilder()
    person = course.student(course.instance("cohort"))
    course.enrol(person, course.instance("manual"), ends_at=NOW - 5)
    found = {
        status: chosen(course, ParticipantFilter(statuses=statuses(status))) for status in ParticipantStatus
    }
    assert found == {ACTIVE: {person}, SUSPENDED: set(), NOT_CURRENT: {person}, INACTIVE: {person}}


def test_the_enrolment_of_the_method_need_not_be_the_active_one() -> None:
    course = CourseBuilder()
    person = course.student(course.instance("cohort"))
    course.enrol(person, course.instance("manual"), status=EnrolmentStatus.SUSPENDED)
    assert chosen(course, ParticipantFilter(methods=methods("manual"), statuses=statuses(ACTIVE))) == {person}


def test_filters_are_joined_by_all_any_or_none() -> None:
    course = CourseBuilder()
    manual, cohort = course.instance("manual"), course.instance("cohort")
    by_hand, by_cohort, teacher, visitor = (
        course.student(manual),
        course.student(cohort),
        course.person(),
        course.person(),
    )
    course.enrol(teacher, manual)
    course.assign(teacher, TEACHER)
    course.enrol(visitor, cohort)
    found = {
        join: chosen(course, ParticipantFilter(methods=methods("manual"), roles=roles(STUDENT), join=join))
        for join in Join
    }
    assert found == {ALL: {by_hand}, ANY: {by_hand, by_cohort, teacher}, NONE: {visitor}}
    assert chosen(course, EVERYBODY) == {by_hand, by_cohort, teacher, visitor}


def test_methods_are_joined_by_all_any_or_none() -> None:
    course = CourseBuilder()
    manual, first, second = (course.instance(method) for method in ("manual", "cohort", "cohort"))
    by_hand, by_cohort, twice = course.student(manual), course.student(first), course.student(second)
    course.enrol(twice, manual)
    found = {
        join: chosen(course, ParticipantFilter(methods=methods("manual", "cohort", join=join)))
        for join in Join
    }
    assert found == {ALL: {twice}, ANY: {by_hand, by_cohort, twice}, NONE: set()}
    assert chosen(course, ParticipantFilter(methods=methods("manual", join=NONE))) == {by_cohort}


def test_an_instance_is_one_of_its_method() -> None:
    course = CourseBuilder()
    first, second = course.instance("cohort"), course.instance("cohort")
    course.student(first)
    member = course.student(second)
    assert chosen(course, ParticipantFilter(methods=methods(second))) == {member}


def test_statuses_joined_by_none_ask_for_an_enrolment_of_another_status() -> None:
    course = CourseBuilder()
    manual, cohort = course.instance("manual"), course.instance("cohort")
    course.student(cohort)
    both, over = course.student(cohort), course.student(manual)
    course.enrol(both, manual, status=EnrolmentStatus.SUSPENDED)
    course.enrol(over, cohort, ends_at=NOW - 1)
    assert chosen(course, ParticipantFilter(statuses=statuses(ACTIVE, join=NONE))) == {both, over}
    no_filter = ParticipantFilter(statuses=statuses(ACTIVE), join=NONE)
    assert chosen(course, no_filter) == set()


def test_statuses_joined_by_all_may_be_of_different_enrolments() -> None:
    course = CourseBuilder()
    manual, cohort = course.instance("manual"), course.instance("cohort")
    both = course.student(cohort)
    course.student(manual)
    course.enrol(both, manual, ends_at=NOW - 1)
    assert chosen(course, ParticipantFilter(statuses=statuses(ACTIVE, INACTIVE, join=ALL))) == {both}


ROLE_CASES: dict[str, tuple[RoleFilter, str]] = {
    "any": (roles(STUDENT, TEACHER), "student teacher both"),
    "all": (roles(STUDENT, TEACHER, join=ALL), "both"),
    "none": (roles(STUDENT, join=NONE), "teacher nobody"),
    "no role": (roles(no_role=True), "nobody"),
    "no role or one": (roles(STUDENT, no_role=True), "student both nobody"),
    "no role and one": (roles(STUDENT, no_role=True, join=ALL), ""),
    "neither without a role nor with one": (roles(STUDENT, no_role=True, join=NONE), "teacher"),
}


@pytest.mark.parametrize("case", ROLE_CASES)
def test_roles_are_joined(case: str) -> None:
    wanted, names = ROLE_CASES[case]
    course = CourseBuilder()
    manual = course.instance("manual")
    people = {name: course.person() for name in ("student", "teacher", "both", "nobody")}
    for name, userid in people.items():
        course.enrol(userid, manual)
        for role, holders in ((STUDENT, ("student", "both")), (TEACHER, ("teacher", "both"))):
            if name in holders:
                course.assign(userid, role)
    assert chosen(course, ParticipantFilter(roles=wanted)) == {people[name] for name in names.split()}


GROUP_CASES: dict[str, tuple[GroupFilter, str]] = {
    "any": (groups(1, 2), "first second both"),
    "all": (groups(1, 2, join=ALL), "both"),
    "none": (groups(1, join=NONE), "second nobody"),
    "no group": (groups(no_group=True), "nobody"),
    "no group or one": (groups(1, no_group=True), "first both nobody"),
    "no group and one": (groups(1, no_group=True, join=ALL), ""),
    "neither without a group nor in one": (groups(1, no_group=True, join=NONE), "second"),
}


@pytest.mark.parametrize("case", GROUP_CASES)
def test_groups_are_joined(case: str) -> None:
    wanted, names = GROUP_CASES[case]
    course = CourseBuilder()
    manual = course.instance("manual")
    people = {name: course.person() for name in ("first", "second", "both", "nobody")}
    for name, userid in people.items():
        course.enrol(userid, manual)
        for group, members in ((1, ("first", "both")), (2, ("second", "both"))):
            if name in members:
                course.join(userid, group)
    assert chosen(course, ParticipantFilter(groups=wanted)) == {people[name] for name in names.split()}


KEYWORD_CASES: dict[str, tuple[KeywordFilter, str]] = {
    "whatever the case": (keywords("ÉRIC"), "eric"),
    "accents make a difference": (keywords("eric d"), ""),
    "across first and last name": (keywords("la duc"), "lola"),
    "any": (keywords("lola", "eric@"), "eric lola"),
    "all": (keywords("duc", "@example.fr", join=ALL), "eric lola"),
    "none": (keywords("éric", join=NONE), "lola"),
    "signs that databases know": (keywords("%"), ""),
}


@pytest.mark.parametrize("case", KEYWORD_CASES)
def test_keywords_are_joined(case: str) -> None:
    wanted, names = KEYWORD_CASES[case]
    course = CourseBuilder()
    manual = course.instance("manual")
    people = {"eric": course.student(manual), "lola": course.student(manual)}
    texts = {
        people["eric"]: ("Éric Duc", "eric@example.fr"),
        people["lola"]: ("Lola Ducros", "LOLA@EXAMPLE.FR"),
    }
    found = chosen(course, ParticipantFilter(keywords=wanted), KnownPeople(texts=texts))
    assert found == {people[name] for name in names.split()}


ACCESS_CASES: dict[str, tuple[LastAccessFilter, str]] = {
    "not since": (accesses(NotSince(moment=NOW)), "early never"),
    "since": (accesses(Since(moment=NOW)), "late"),
    "never": (accesses(Never()), "never"),
    "none of not since": (accesses(NotSince(moment=NOW), join=NONE), "late"),
    "any": (accesses(Never(), Since(moment=NOW)), "late never"),
    "all": (accesses(Since(moment=NOW - 9), NotSince(moment=NOW), join=ALL), "early"),
}


@pytest.mark.parametrize("case", ACCESS_CASES)
def test_last_accesses_are_joined(case: str) -> None:
    wanted, names = ACCESS_CASES[case]
    course = CourseBuilder()
    manual = course.instance("manual")
    people = {name: course.student(manual) for name in ("early", "late", "never")}
    last_access = {people["early"]: NOW - 1, people["late"]: NOW}
    found = chosen(course, ParticipantFilter(last_access=wanted), KnownPeople(last_access=last_access))
    assert found == {people[name] for name in names.split()}


def test_single_people_are_those_of_them_who_are_enrolled() -> None:
    course = CourseBuilder()
    first, second = (course.student(course.instance(method)) for method in ("manual", "cohort"))
    stranger = UserId(99)
    wanted = PeopleFilter(people=frozenset({first, stranger}))
    assert chosen(course, ParticipantFilter(people=wanted)) == {first}
    others = PeopleFilter(people=frozenset({first, stranger}), join=NONE)
    assert chosen(course, ParticipantFilter(people=others)) == {second}
    both = ParticipantFilter(people=wanted, methods=MethodFilter(methods=frozenset({"cohort"})))
    assert chosen(course, both) == frozenset()


def test_a_role_above_the_course_counts_for_those_enrolled() -> None:
    course = CourseBuilder()
    manager, _ = (course.student(course.instance(method)) for method in ("manual", "cohort"))
    course.inherited = {MANAGER: frozenset({manager, UserId(99)})}
    assert chosen(course, ParticipantFilter(roles=roles(MANAGER))) == {manager}


def test_deleted_accounts_are_left_out_and_suspended_ones_are_not() -> None:
    course = CourseBuilder()
    manual = course.instance("manual")
    deleted, suspended = course.person(is_deleted=True), course.person(is_suspended=True)
    course.enrol(deleted, manual)
    course.enrol(suspended, manual)
    assert select_participants(course.state(), EVERYBODY, NOW) == {suspended}
