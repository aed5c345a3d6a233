"""The participants' filters and list, on recorded courses and on small ones."""

import pytest

from maintien.enrolments.participants import (
    EVERYBODY,
    EnrolledBy,
    Participant,
    ParticipantFilter,
    ParticipantStatus,
    list_participants,
    select_participants,
)
from maintien.enrolments.people import Person
from maintien.enrolments.risk import CourseRisk, count_risk
from maintien.enrolments.state import CourseState
from maintien.moodle.config import SiteConfig
from maintien.moodle.ids import GroupId, RoleId, UserId
from maintien.moodle.values import EnrolmentStatus, InstanceStatus, UnenrolAction
from tests.builders import NOW, STUDENT, TEACHER, CourseBuilder
from tests.recorded_cases import PROCEDURE_CASES, ProcedureCase, procedure_case

MANAGER = RoleId(1)
ACTIVE, SUSPENDED, INACTIVE = ParticipantStatus


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


def chosen(
    course: CourseBuilder,
    *,
    methods: set[str] | None = None,
    roles: set[RoleId] | None = None,
    statuses: set[ParticipantStatus] | None = None,
) -> set[UserId]:
    wanted = ParticipantFilter(
        methods=None if methods is None else frozenset(methods),
        roles=None if roles is None else frozenset(roles),
        statuses=None if statuses is None else frozenset(statuses),
    )
    return set(select_participants(course.state(), wanted, NOW))


@pytest.mark.parametrize("number", PROCEDURE_CASES)
def test_manual_active_students_are_those_the_page_selects(number: int) -> None:
    case = procedure_case(number)
    wanted = ParticipantFilter(
        methods=frozenset({"manual"}),
        roles=frozenset({RoleId(case.roles["student"])}),
        statuses=frozenset({ACTIVE}),
    )
    assert select_participants(state_after_restore(case), wanted, case.clock) == case.selected


STATUSES: dict[str, tuple[int, int, int, set[ParticipantStatus]]] = {
    "open": (0, 0, 0, {ACTIVE}),
    "ends later": (0, 0, NOW + 1, {ACTIVE}),
    "ends now": (0, 0, NOW, {INACTIVE}),
    "begins now": (0, NOW, 0, {ACTIVE}),
    "begins later": (0, NOW + 1, 0, {INACTIVE}),
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
    assert chosen(course, statuses={status}) == ({person} if status in answers_to else set())


def test_in_a_disabled_instance_everybody_is_inactive() -> None:
    course = CourseBuilder()
    person = course.student(course.instance("self", status=InstanceStatus.DISABLED))
    found = {status: chosen(course, statuses={status}) for status in ParticipantStatus}
    assert found == {ACTIVE: set(), SUSPENDED: set(), INACTIVE: {person}}


def test_a_person_answers_to_the_statuses_of_all_their_enrolments() -> None:
    course = CourseBuilder()
    person = course.student(course.instance("cohort"))
    course.enrol(person, course.instance("manual"), ends_at=NOW - 5)
    found = {status: chosen(course, statuses={status}) for status in ParticipantStatus}
    assert found == {ACTIVE: {person}, SUSPENDED: set(), INACTIVE: {person}}


def test_the_enrolment_of_the_method_need_not_be_the_active_one() -> None:
    course = CourseBuilder()
    person = course.student(course.instance("cohort"))
    course.enrol(person, course.instance("manual"), status=EnrolmentStatus.SUSPENDED)
    assert chosen(course, methods={"manual"}, statuses={ACTIVE}) == {person}


def test_every_part_of_the_filter_has_to_agree() -> None:
    course = CourseBuilder()
    manual, cohort = course.instance("manual"), course.instance("cohort")
    by_hand, by_cohort, teacher = course.student(manual), course.student(cohort), course.person()
    course.enrol(teacher, manual)
    course.assign(teacher, TEACHER)
    assert chosen(course, methods={"manual"}) == {by_hand, teacher}
    assert chosen(course, roles={STUDENT}) == {by_hand, by_cohort}
    assert chosen(course, roles={STUDENT}, methods={"manual"}) == {by_hand}
    assert chosen(course, roles={STUDENT, TEACHER}) == {by_hand, by_cohort, teacher}
    assert chosen(course, methods=set()) == set()
    assert chosen(course) == {by_hand, by_cohort, teacher}


def test_a_role_above_the_course_counts_for_those_enrolled() -> None:
    course = CourseBuilder()
    manager, _ = (course.student(course.instance(method)) for method in ("manual", "cohort"))
    course.inherited = {MANAGER: frozenset({manager, UserId(99)})}
    assert chosen(course, roles={MANAGER}) == {manager}


def test_deleted_accounts_are_left_out_and_suspended_ones_are_not() -> None:
    course = CourseBuilder()
    manual = course.instance("manual")
    deleted, suspended = course.person(is_deleted=True), course.person(is_suspended=True)
    course.enrol(deleted, manual)
    course.enrol(suspended, manual)
    assert select_participants(course.state(), EVERYBODY, NOW) == {suspended}


def account(userid: UserId, firstname: str, lastname: str) -> Person:
    return Person(userid, f"u{userid}", firstname, lastname, f"u{userid}@example.fr", f"N{userid}")


def test_a_participant_is_listed_with_everything_the_course_knows() -> None:
    course = CourseBuilder()
    manual, cohort = course.instance("manual"), course.instance("cohort")
    zoe = course.person()
    course.enrol(zoe, manual, status=EnrolmentStatus.SUSPENDED, ends_at=NOW + 9)
    course.enrol(zoe, cohort, ends_at=NOW + 5)
    for role, owner in ((STUDENT, None), (STUDENT, cohort), (TEACHER, None)):
        course.assign(zoe, role, owner)
    for group in (4, 6, 5):
        course.join(zoe, group)
    course.inherited = {MANAGER: frozenset({zoe})}
    listed = list_participants(
        course.state(),
        {zoe: account(zoe, "Zoé", "Martin")},
        role_names={STUDENT: "Étudiant", TEACHER: "Enseignant", MANAGER: "Gestionnaire"},
        group_names={GroupId(4): "TD B", GroupId(5): "Étude"},
        at=NOW,
    )
    assert listed == [
        Participant(
            id=zoe,
            fullname="Zoé Martin",
            username=f"u{zoe}",
            idnumber=f"N{zoe}",
            email=f"u{zoe}@example.fr",
            roles=("Gestionnaire", "Enseignant", "Étudiant"),
            groups=("6", "Étude", "TD B"),
            enrolments=(
                EnrolledBy("manual", manual, SUSPENDED, 0, NOW + 9),
                EnrolledBy("cohort", cohort, ACTIVE, 0, NOW + 5),
            ),
            status=ACTIVE,
            access_until=NOW + 5,
        )
    ]


def test_people_are_listed_by_last_name_with_accents_among_their_letters() -> None:
    course = CourseBuilder()
    manual = course.instance("manual")
    names = [("Ada", "Ézard"), ("Zoé", "Faure"), ("Éric", "Duc"), ("Eva", "duc")]
    people = {userid: account(userid, *name) for name in names for userid in [course.student(manual)]}
    listed = list_participants(course.state(), people, role_names={}, group_names={}, at=NOW)
    assert [row.fullname for row in listed] == ["Éric Duc", "Eva duc", "Ada Ézard", "Zoé Faure"]


def test_only_the_selected_people_with_an_account_are_listed() -> None:
    course = CourseBuilder()
    manual = course.instance("manual")
    first, second, nobody = (course.student(manual) for _ in range(3))
    people = {userid: account(userid, "A", "B") for userid in (first, second)}
    listed = list_participants(
        course.state(), people, role_names={}, group_names={}, at=NOW, selected=[second, nobody]
    )
    assert [row.id for row in listed] == [second]


def course_at_risk() -> CourseBuilder:
    course = CourseBuilder()
    cohort, manual = course.instance("cohort"), course.instance("manual")
    course.student(cohort)
    teacher = course.person()
    course.enrol(teacher, cohort)
    course.assign(teacher, TEACHER, cohort)
    course.enrol(course.student(cohort), manual)
    course.enrol(course.student(cohort), manual, ends_at=NOW - 1)  # by hand too, but that is over
    without_access = course.person()
    course.enrol(without_access, cohort, status=EnrolmentStatus.SUSPENDED)
    course.assign(without_access, STUDENT, cohort)
    course.deleted.add(course.student(cohort))
    course.suspended.add(course.student(cohort))
    return course


def test_students_whose_only_access_is_automatic_are_at_risk() -> None:
    course = course_at_risk()
    assert risk(course, cohort=UnenrolAction.SUSPEND) == CourseRisk(
        course=course.course, participants=6, automatic_only=3, at_risk=2
    )


def test_nobody_is_at_risk_whom_the_cut_would_keep() -> None:
    course = CourseBuilder()
    course.student(course.instance("database"))
    assert risk(course, database=UnenrolAction.KEEP).at_risk == 0
    assert risk(course, database=UnenrolAction.SUSPEND).at_risk == 1


def test_cohort_sync_has_no_keep() -> None:
    course = course_at_risk()
    assert risk(course, cohort=UnenrolAction.KEEP).at_risk == 2


def test_one_method_that_keeps_people_is_enough() -> None:
    course = CourseBuilder()
    kept = course.student(course.instance("database"))
    course.enrol(kept, course.instance("cohort"))
    keep, unenrol = UnenrolAction.KEEP, UnenrolAction.UNENROL
    assert risk(course, cohort=unenrol, database=keep).at_risk == 0
    assert risk(course, cohort=unenrol, database=unenrol).at_risk == 1


def risk(course: CourseBuilder, **actions: UnenrolAction) -> CourseRisk:
    return count_risk(
        course.state(),
        SiteConfig(unenrol_actions=actions),
        students=frozenset({STUDENT}),
        at=NOW,
    )
