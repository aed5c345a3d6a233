"""Unenrolling: what goes with an enrolment, and what goes with the last one."""

import pytest

from tests.feeds.fed_moodle import NOW, STUDENT, TEACHER, Moodle


@pytest.fixture
def leaving(moodle: Moodle) -> tuple[int, int, int]:
    """Somebody whom the cohort has dropped: course, person, instance."""
    course, ada = moodle.course(), moodle.person("ada")
    instance = moodle.instance(course, "cohort", customint1=moodle.cohort(), roleid=STUDENT)
    moodle.enrol(instance, ada)
    moodle.role(course, ada, method="cohort", instance=instance)
    return course, ada, instance


def grade(moodle: Moodle, courseid: int, userid: int) -> int:
    item = moodle.add(moodle.tables.grade_items, courseid=courseid, itemtype="manual")
    values = {"rawgrade": 12.5, "finalgrade": 12.5, "feedback": "Bien", "usermodified": 9}
    return moodle.add(moodle.tables.grade_grades, itemid=item, userid=userid, **values)


def visit(moodle: Moodle, courseid: int, userid: int) -> None:
    moodle.add(moodle.tables.user_lastaccess, userid=userid, courseid=courseid, timeaccess=1)


def test_last_enrolment_takes_everything_with_it(moodle: Moodle, leaving: tuple[int, int, int]) -> None:
    course, ada, _ = leaving
    moodle.role(course, ada, TEACHER)
    group = moodle.group(course)
    moodle.join(group, ada)
    grade(moodle, course, ada)
    visit(moodle, course, ada)
    moodle.sync_cohorts()
    assert moodle.enrolments() == set()
    assert moodle.roles() == []
    assert moodle.memberships() == set()
    assert moodle.rows(moodle.tables.grade_grades) == []
    assert moodle.rows(moodle.tables.user_lastaccess) == []
    assert moodle.dirty_people() == {ada}


def test_another_enrolment_keeps_everything_but_what_the_instance_gave(
    moodle: Moodle, leaving: tuple[int, int, int]
) -> None:
    course, ada, instance = leaving
    manual = moodle.instance(course, "manual")
    moodle.enrol(manual, ada, status=1)
    moodle.role(course, ada, TEACHER)
    theirs, ours = moodle.group(course), moodle.group(course)
    moodle.join(theirs, ada, method="cohort", instance=instance)
    moodle.join(ours, ada)
    grade(moodle, course, ada)
    visit(moodle, course, ada)
    moodle.sync_cohorts()
    assert moodle.enrolments() == {(manual, ada, 1)}
    assert moodle.roles() == [(ada, TEACHER, "", 0)]
    assert moodle.memberships() == {(ours, ada, "", 0)}
    assert len(moodle.rows(moodle.tables.grade_grades)) == 1
    assert len(moodle.rows(moodle.tables.user_lastaccess)) == 1


def test_other_courses_and_other_people_are_left_alone(moodle: Moodle, leaving: tuple[int, int, int]) -> None:
    course, ada, _ = leaving
    bob, other = moodle.person("bob"), moodle.course("C2")
    manual = moodle.instance(course, "manual")
    moodle.enrol(manual, bob)
    moodle.role(course, bob)
    moodle.role(other, ada)
    here, there = moodle.group(course), moodle.group(other)
    moodle.join(here, bob)
    moodle.join(there, ada)
    for courseid, userid in ((course, bob), (other, ada)):
        grade(moodle, courseid, userid)
        visit(moodle, courseid, userid)
    moodle.sync_cohorts()
    assert moodle.roles() == sorted([(bob, STUDENT, "", 0), (ada, STUDENT, "", 0)])
    assert moodle.memberships() == {(here, bob, "", 0), (there, ada, "", 0)}
    assert {row["userid"] for row in moodle.rows(moodle.tables.grade_grades)} == {ada, bob}
    assert {row["userid"] for row in moodle.rows(moodle.tables.user_lastaccess)} == {ada, bob}


def test_roles_below_the_course_go_and_roles_above_it_stay(
    moodle: Moodle, leaving: tuple[int, int, int]
) -> None:
    course, ada, _ = leaving
    below = moodle.context(70, 501, f"/1/{moodle.contextid(course)}")
    beside = moodle.context(70, 502, f"/1/{moodle.contextid(course)}0")
    for contextid in (below, beside, 1):
        moodle.add(moodle.tables.role_assignments, roleid=TEACHER, contextid=contextid, userid=ada)
    moodle.sync_cohorts()
    left = {row["contextid"] for row in moodle.rows(moodle.tables.role_assignments)}
    assert left == {beside, 1}


def test_deleted_grade_is_remembered_in_the_history(moodle: Moodle, leaving: tuple[int, int, int]) -> None:
    course, ada, _ = leaving
    number = grade(moodle, course, ada)
    moodle.sync_cohorts()
    (row,) = moodle.rows(moodle.tables.grade_grades_history)
    wanted = ("action", "oldid", "source", "timemodified", "loggeduser", "userid", "usermodified")
    assert {name: row[name] for name in wanted} == {
        "action": 3,
        "oldid": number,
        "source": "userdelete",
        "timemodified": NOW,
        "loggeduser": 2,
        "userid": ada,
        "usermodified": 9,
    }
    assert (float(row["finalgrade"]), row["feedback"]) == (12.5, "Bien")


def test_history_that_is_switched_off_remembers_nothing(
    moodle: Moodle, leaving: tuple[int, int, int]
) -> None:
    course, ada, _ = leaving
    grade(moodle, course, ada)
    moodle.add(moodle.tables.config, name="disablegradehistory", value="1")
    moodle.sync_cohorts()
    assert moodle.rows(moodle.tables.grade_grades) == []
    assert moodle.rows(moodle.tables.grade_grades_history) == []
