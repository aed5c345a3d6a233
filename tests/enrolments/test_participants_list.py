"""The list of participants, and who of them is at risk."""

import pytest

from maintien.enrolments.participant_filter import ParticipantStatus
from maintien.enrolments.participants import (
    EnrolledBy,
    Participant,
    Sort,
    list_participants,
    sort_participants,
)
from maintien.enrolments.people import Person
from maintien.enrolments.risk import CourseRisk, count_risk
from maintien.moodle.config import SiteConfig
from maintien.moodle.ids import GroupId, RoleId, UserId
from maintien.moodle.values import EnrolmentStatus, UnenrolAction
from tests.builders import NOW, STUDENT, TEACHER, CourseBuilder

MANAGER = RoleId(1)
ACTIVE, SUSPENDED, NOT_CURRENT, INACTIVE = ParticipantStatus


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
        last_access={zoe: NOW - 5},
    )
    assert listed == [
        Participant(
            person=account(zoe, "Zoé", "Martin"),
            roles=("Gestionnaire", "Enseignant", "Étudiant"),
            groups=("6", "Étude", "TD B"),
            enrolments=(
                EnrolledBy("manual", manual, SUSPENDED, 0, NOW + 9),
                EnrolledBy("cohort", cohort, ACTIVE, 0, NOW + 5),
            ),
            status=ACTIVE,
            access_until=NOW + 5,
            last_access=NOW - 5,
        )
    ]


def test_people_are_listed_by_last_name_with_accents_among_their_letters() -> None:
    course = CourseBuilder()
    manual = course.instance("manual")
    names = [("Ada", "Ézard"), ("Zoé", "Faure"), ("Éric", "Duc"), ("Eva", "duc")]
    people = {userid: account(userid, *name) for name in names for userid in [course.student(manual)]}
    listed = list_participants(course.state(), people, role_names={}, group_names={}, at=NOW)
    assert [row.person.fullname for row in listed] == ["Éric Duc", "Eva duc", "Ada Ézard", "Zoé Faure"]


def test_only_the_selected_people_with_an_account_are_listed() -> None:
    course = CourseBuilder()
    manual = course.instance("manual")
    first, second, nobody = (course.student(manual) for _ in range(3))
    people = {userid: account(userid, "A", "B") for userid in (first, second)}
    listed = list_participants(
        course.state(), people, role_names={}, group_names={}, at=NOW, selected=[second, nobody]
    )
    assert [row.person.id for row in listed] == [second]


SORTED = {
    Sort.NAME: "abel bea cid",
    Sort.USERNAME: "cid bea abel",
    Sort.IDNUMBER: "bea cid abel",
    Sort.EMAIL: "abel cid bea",
    Sort.LAST_ACCESS: "bea abel cid",
    Sort.ACCESS_UNTIL: "cid abel bea",
}


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("is_descending", [False, True])
def test_people_are_sorted(sort: Sort, *, is_descending: bool) -> None:
    course = CourseBuilder()
    manual = course.instance("manual")
    abel, bea, cid = (course.person() for _ in range(3))
    course.enrol(abel, manual, ends_at=NOW + 5)
    course.enrol(bea, manual)
    course.enrol(cid, manual, status=EnrolmentStatus.SUSPENDED)
    people = {
        abel: Person(abel, "z", "abel", "A", "a@example.fr", "3"),
        bea: Person(bea, "y", "bea", "B", "c@example.fr", "1"),
        cid: Person(cid, "x", "cid", "C", "b@example.fr", "2"),
    }
    by_name = list_participants(
        course.state(),
        people,
        role_names={},
        group_names={},
        at=NOW,
        last_access={abel: NOW - 9, cid: NOW},
    )
    names = [row.person.firstname for row in sort_participants(by_name, sort, is_descending=is_descending)]
    assert names == SORTED[sort].split()[:: -1 if is_descending else 1]


@pytest.mark.parametrize("is_descending", [False, True])
def test_those_of_whom_it_says_the_same_come_by_name(*, is_descending: bool) -> None:
    course = CourseBuilder()
    manual = course.instance("manual")
    people = {u: account(u, name, name) for name in "bca" for u in [course.student(manual)]}
    by_name = list_participants(course.state(), people, role_names={}, group_names={}, at=NOW)
    by_access = sort_participants(by_name, Sort.LAST_ACCESS, is_descending=is_descending)
    assert [row.person.firstname for row in by_access] == ["a", "b", "c"]


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
