"""The external database's sync: who comes in, who leaves and how, and what it never looks at."""

import pytest

from maintien.moodle.ids import CourseId, UserId
from maintien.sites.feeds.interface import (
    FeedNotConfigured,
    MethodSwitchedOff,
    SyncCounts,
    Synced,
)
from maintien.sites.feeds.sync import OneCourse, OnePerson
from tests.feeds.fed_moodle import EARLIER, NOW, OPERATOR, STUDENT, TEACHER, Moodle
from tests.feeds.register_table import RegisterRow

ELSEWHERE = RegisterRow("ELSEWHERE", "nobody", "student")
"""Keeps the register from being empty."""


def enrolled(
    moodle: Moodle, course: int, instance: int, userid: int, role: int = STUDENT, **row: int
) -> None:
    """Enrol as an earlier sync did."""
    moodle.enrol(instance, userid, **row)
    moodle.role(course, userid, role, method="database", instance=instance)


def test_listed_person_is_enrolled_with_the_role_listed(moodle: Moodle) -> None:
    course, ada = moodle.course("C1"), moodle.person("ada")
    instance = moodle.instance(course, "database")
    outcome = moodle.sync_register(RegisterRow("C1", "ada", "teacher"))
    assert outcome == Synced(method="database", counts=SyncCounts(enrolled=1, roles_given=1))
    assert moodle.enrolments() == {(instance, ada, 0)}
    assert moodle.roles() == [(ada, TEACHER, "enrol_database", instance)]
    assert moodle.dirty_people() == {ada}


def test_course_that_the_register_names_gets_an_instance(moodle: Moodle) -> None:
    course, ada = moodle.course("C1"), moodle.person("ada")
    moodle.instance(course, "manual", sortorder=4)
    moodle.course("C2")
    moodle.sync_register(RegisterRow("C1", "ada", "student"))
    (row,) = [r for r in moodle.rows(moodle.tables.enrol) if r["enrol"] == "database"]
    wanted = ("courseid", "status", "sortorder", "roleid", "timecreated", "timemodified")
    assert [row[name] for name in wanted] == [course, 0, 5, 0, NOW, NOW]
    assert moodle.enrolments() == {(row["id"], ada, 0)}


def test_person_may_have_several_roles_and_loses_those_not_listed(moodle: Moodle) -> None:
    course, ada = moodle.course("C1"), moodle.person("ada")
    instance = moodle.instance(course, "database")
    enrolled(moodle, course, instance, ada, role=1)
    moodle.sync_register(RegisterRow("C1", "ada", "student"), RegisterRow("C1", "ada", "teacher"))
    assert moodle.roles() == [
        (ada, TEACHER, "enrol_database", instance),
        (ada, STUDENT, "enrol_database", instance),
    ]


def test_roles_given_by_hand_are_left_alone(moodle: Moodle) -> None:
    course, ada = moodle.course("C1"), moodle.person("ada")
    instance = moodle.instance(course, "database")
    enrolled(moodle, course, instance, ada)
    moodle.role(course, ada, TEACHER)
    assert moodle.sync_register(RegisterRow("C1", "ada", "student")) == Synced(
        method="database", counts=SyncCounts()
    )
    assert (ada, TEACHER, "", 0) in moodle.roles()


def test_suspended_listed_person_comes_back(moodle: Moodle) -> None:
    course, ada = moodle.course("C1"), moodle.person("ada")
    instance = moodle.instance(course, "database")
    enrolled(moodle, course, instance, ada, status=1, timeend=NOW + 1)
    moodle.sync_register(RegisterRow("C1", "ada", "student"))
    (row,) = moodle.rows(moodle.tables.user_enrolments)
    assert (row["status"], row["timeend"], row["modifierid"]) == (0, NOW + 1, OPERATOR)


def test_enrolment_without_a_role_starts_anew(moodle: Moodle) -> None:
    course, ada = moodle.course("C1"), moodle.person("ada")
    instance = moodle.instance(course, "database")
    moodle.enrol(instance, ada, status=1, timestart=EARLIER, timeend=NOW + 1)
    moodle.sync_register(RegisterRow("C1", "ada", "student"))
    (row,) = moodle.rows(moodle.tables.user_enrolments)
    assert (row["status"], row["timestart"], row["timeend"]) == (0, 0, 0)
    assert moodle.roles() == [(ada, STUDENT, "enrol_database", instance)]


@pytest.mark.parametrize(
    ("action", "status", "keeps_role"),
    [(0, None, False), (1, 0, True), (2, 1, True), (3, 1, False)],
    ids=["unenrol", "keep", "suspend", "suspend and remove roles"],
)
def test_unlisted_person_leaves(moodle: Moodle, action: int, status: int | None, *, keeps_role: bool) -> None:
    moodle.configure("enrol_database", "unenrolaction", str(action))
    course, ada, bob = moodle.course("C1"), moodle.person("ada"), moodle.person("bob")
    instance = moodle.instance(course, "database")
    enrolled(moodle, course, instance, ada)
    enrolled(moodle, course, instance, bob)
    moodle.sync_register(RegisterRow("C1", "bob", "student"))
    hers = set() if status is None else {(instance, ada, status)}
    assert moodle.enrolments() == {(instance, bob, 0)} | hers
    assert ((ada, STUDENT, "enrol_database", instance) in moodle.roles()) is keeps_role
    assert (bob, STUDENT, "enrol_database", instance) in moodle.roles()


def test_empty_register_unenrols_nobody(moodle: Moodle) -> None:
    course, ada = moodle.course("C1"), moodle.person("ada")
    instance = moodle.instance(course, "database")
    enrolled(moodle, course, instance, ada)
    outcome = moodle.sync_register()
    assert outcome == Synced(method="database", counts=SyncCounts(), spared_everybody=True)
    assert moodle.enrolments() == {(instance, ada, 0)}


def test_empty_register_suspends_everybody(moodle: Moodle) -> None:
    moodle.configure("enrol_database", "unenrolaction", "2")
    course, ada = moodle.course("C1"), moodle.person("ada")
    instance = moodle.instance(course, "database")
    enrolled(moodle, course, instance, ada)
    moodle.sync_register()
    assert moodle.enrolments() == {(instance, ada, 1)}


def test_empty_register_unenrols_in_a_course_synced_alone(moodle: Moodle) -> None:
    """What restoring into a course does first: the procedure's most expensive hole."""
    course, other, ada = moodle.course("C1"), moodle.course("C2"), moodle.person("ada")
    instance, there = moodle.instance(course, "database"), moodle.instance(other, "database")
    enrolled(moodle, course, instance, ada)
    enrolled(moodle, other, there, ada)
    moodle.sync_register(scope=OneCourse(CourseId(course)))
    assert moodle.enrolments() == {(there, ada, 0)}


def test_login_syncs_one_person_and_leaves_the_others_alone(moodle: Moodle) -> None:
    course, ada, bob = moodle.course("C1"), moodle.person("ada"), moodle.person("bob")
    fresh = moodle.course("C2")
    instance = moodle.instance(course, "database")
    enrolled(moodle, course, instance, ada)
    enrolled(moodle, course, instance, bob)
    rows = (RegisterRow("C2", "ada", "student"), RegisterRow("C2", "bob", "student"))
    moodle.sync_register(*rows, scope=OnePerson(UserId(ada)))
    (new,) = [r["id"] for r in moodle.rows(moodle.tables.enrol) if r["courseid"] == fresh]
    assert moodle.enrolments() == {(instance, bob, 0), (new, ada, 0)}


def test_login_withdraws_though_the_register_is_empty(moodle: Moodle) -> None:
    course, ada = moodle.course("C1"), moodle.person("ada")
    instance = moodle.instance(course, "database")
    enrolled(moodle, course, instance, ada)
    moodle.sync_register(scope=OnePerson(UserId(ada)))
    assert moodle.enrolments() == set()


def test_login_keeps_the_dates_of_an_enrolment_without_a_role(moodle: Moodle) -> None:
    course, ada = moodle.course("C1"), moodle.person("ada")
    instance = moodle.instance(course, "database")
    moodle.enrol(instance, ada, timeend=NOW + 1)
    rows = (RegisterRow("C1", "ada", "student"),)
    moodle.sync_register(*rows, scope=OnePerson(UserId(ada)))
    (row,) = moodle.rows(moodle.tables.user_enrolments)
    assert (row["timeend"], moodle.roles()) == (
        NOW + 1,
        [(ada, STUDENT, "enrol_database", instance)],
    )


@pytest.mark.parametrize(
    "row",
    [
        RegisterRow("C1", "unknown", "student"),
        RegisterRow("unknown", "ada", "student"),
        RegisterRow("C1", "", "student"),
        RegisterRow("C1", None, "student"),
        RegisterRow("C1", "0", "student"),
        RegisterRow("", "ada", "student"),
        RegisterRow(None, "ada", "student"),
        RegisterRow("C1", "ada", "dean"),
        RegisterRow("C1", "ada", ""),
        RegisterRow("C1", "ghost", "student"),
    ],
    ids=repr,
)
@pytest.mark.parametrize("moodle_database", ["sqlite"], indirect=True)
def test_entry_that_names_nothing_known_is_skipped(moodle: Moodle, row: RegisterRow) -> None:
    moodle.person("ada")
    moodle.person("ghost", deleted=1)
    moodle.person("0")
    moodle.instance(moodle.course("C1"), "database")
    moodle.sync_register(ELSEWHERE, row)
    assert moodle.enrolments() == set()


def test_default_role_stands_in_for_one_that_is_missing(moodle: Moodle) -> None:
    moodle.configure("enrol_database", "defaultrole", str(STUDENT))
    course, ada, bob = moodle.course("C1"), moodle.person("ada"), moodle.person("bob")
    instance = moodle.instance(course, "database")
    moodle.sync_register(RegisterRow("C1", "ada", None), RegisterRow("C1", "bob", "dean"))
    assert moodle.roles() == [
        (ada, STUDENT, "enrol_database", instance),
        (bob, STUDENT, "enrol_database", instance),
    ]


def test_hidden_course_is_skipped_where_the_settings_say_so(moodle: Moodle) -> None:
    moodle.configure("enrol_database", "ignorehiddencourses", "1")
    course, ada, bob = moodle.course("C1", visible=0), moodle.person("ada"), moodle.person("bob")
    instance = moodle.instance(course, "database")
    enrolled(moodle, course, instance, ada)
    moodle.sync_register(RegisterRow("C1", "bob", "student"))
    assert moodle.enrolments() == {(instance, ada, 0)}
    moodle.sync_register(RegisterRow("C1", "bob", "student"), scope=OneCourse(CourseId(course)))
    assert moodle.enrolments() == {(instance, bob, 0)}


def test_course_without_an_id_number_is_never_looked_at(moodle: Moodle) -> None:
    course, ada = moodle.course(""), moodle.person("ada")
    instance = moodle.instance(course, "database")
    enrolled(moodle, course, instance, ada)
    moodle.sync_register(ELSEWHERE)
    assert moodle.enrolments() == {(instance, ada, 0)}


def test_enrolment_without_a_role_and_deleted_account_are_never_looked_at(moodle: Moodle) -> None:
    course, ada = moodle.course("C1"), moodle.person("ada")
    ghost = moodle.person("ghost", deleted=1)
    instance = moodle.instance(course, "database")
    moodle.enrol(instance, ada)
    enrolled(moodle, course, instance, ghost)
    moodle.sync_register(ELSEWHERE)
    assert moodle.enrolments() == {(instance, ada, 0), (instance, ghost, 0)}


def test_role_without_an_enrolment_stays_when_others_are_unenrolled(moodle: Moodle) -> None:
    course, ada = moodle.course("C1"), moodle.person("ada")
    instance = moodle.instance(course, "database")
    moodle.role(course, ada, method="database", instance=instance)
    moodle.sync_register(ELSEWHERE)
    assert moodle.roles() == [(ada, STUDENT, "enrol_database", instance)]


def test_other_user_gets_the_role_without_an_enrolment(moodle: Moodle) -> None:
    moodle.configure("enrol_database", "remoteotheruserfield", "sans_inscription")
    course, ada = moodle.course("C1"), moodle.person("ada")
    instance = moodle.instance(course, "database")
    moodle.sync_register(RegisterRow("C1", "ada", "teacher", "1"))
    assert moodle.enrolments() == set()
    assert moodle.roles() == [(ada, TEACHER, "enrol_database", instance)]


def test_other_user_who_was_enrolled_is_suspended_and_keeps_the_role(moodle: Moodle) -> None:
    moodle.configure("enrol_database", "remoteotheruserfield", "sans_inscription")
    moodle.configure("enrol_database", "unenrolaction", "3")
    course, ada = moodle.course("C1"), moodle.person("ada")
    instance = moodle.instance(course, "database")
    enrolled(moodle, course, instance, ada, role=TEACHER)
    moodle.sync_register(RegisterRow("C1", "ada", "teacher", "1"))
    assert moodle.enrolments() == {(instance, ada, 1)}
    assert moodle.roles() == [(ada, TEACHER, "enrol_database", instance)]


def test_accounts_of_other_hosts_have_user_names_of_their_own(moodle: Moodle) -> None:
    moodle.configure("enrol_database", "localuserfield", "username")
    course = moodle.course("C1")
    moodle.add(moodle.tables.user, username="ada", mnethostid=3)
    ada = moodle.person("ada")
    instance = moodle.instance(course, "database")
    moodle.sync_register(RegisterRow("C1", "ada", "student"))
    assert moodle.enrolments() == {(instance, ada, 0)}


def test_switched_off_method_does_nothing(moodle: Moodle) -> None:
    course, ada = moodle.course("C1"), moodle.person("ada")
    instance = moodle.instance(course, "database")
    enrolled(moodle, course, instance, ada)
    moodle.switch_on("manual,cohort")
    assert moodle.sync_register(ELSEWHERE) == MethodSwitchedOff(method="database")
    assert moodle.enrolments() == {(instance, ada, 0)}


@pytest.mark.parametrize("name", ["dbtype", "remoteenroltable", "remotecoursefield", "remoteuserfield"])
@pytest.mark.parametrize("moodle_database", ["sqlite"], indirect=True)
def test_method_without_a_table_to_follow_does_nothing(moodle: Moodle, name: str) -> None:
    course, ada = moodle.course("C1"), moodle.person("ada")
    instance = moodle.instance(course, "database")
    enrolled(moodle, course, instance, ada)
    moodle.configure("enrol_database", name, "")
    assert moodle.sync_register(ELSEWHERE) == FeedNotConfigured(method="database")
    assert moodle.enrolments() == {(instance, ada, 0)}


def test_person_listed_both_ways_is_enrolled(moodle: Moodle) -> None:
    moodle.configure("enrol_database", "remoteotheruserfield", "sans_inscription")
    course, ada, bob = moodle.course("C1"), moodle.person("ada"), moodle.person("bob")
    instance = moodle.instance(course, "database")
    moodle.sync_register(
        RegisterRow("C1", "ada", "student", "1"),
        RegisterRow("C1", "ada", "student"),
        RegisterRow("C1", "bob", "student"),
        RegisterRow("C1", "bob", "student", "1"),
    )
    assert moodle.enrolments() == {(instance, ada, 0), (instance, bob, 0)}


def test_suspension_takes_back_roles_in_the_course_only(moodle: Moodle) -> None:
    moodle.configure("enrol_database", "unenrolaction", "3")
    course, ada = moodle.course("C1"), moodle.person("ada")
    instance = moodle.instance(course, "database")
    enrolled(moodle, course, instance, ada)
    below = moodle.context(70, 501, f"/1/{moodle.contextid(course)}")
    given = {"component": "enrol_database", "itemid": instance}
    role = moodle.add(moodle.tables.role_assignments, roleid=STUDENT, contextid=below, userid=ada, **given)
    moodle.sync_register(ELSEWHERE)
    assert [row["id"] for row in moodle.rows(moodle.tables.role_assignments)] == [role]
