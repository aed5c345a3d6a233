"""Cohort sync: who comes in, who leaves and how, with which roles and groups."""

import pytest

from maintien.sites.feeds.interface import MethodSwitchedOff, SyncCounts, Synced
from tests.feeds.fed_moodle import EARLIER, NOW, OPERATOR, STUDENT, Moodle


def test_member_is_enrolled_with_the_role_and_the_group_of_the_instance(moodle: Moodle) -> None:
    course, ada = moodle.course(), moodle.person("ada")
    group = moodle.group(course)
    fed = {"customint1": moodle.cohort(ada), "customint2": group, "roleid": STUDENT}
    instance = moodle.instance(course, "cohort", **fed)
    outcome = moodle.sync_cohorts()
    assert outcome == Synced(
        method="cohort", counts=SyncCounts(enrolled=1, roles_given=1, memberships_added=1)
    )
    assert moodle.enrolments() == {(instance, ada, 0)}
    assert moodle.roles() == [(ada, STUDENT, "enrol_cohort", instance)]
    assert moodle.memberships() == {(group, ada, "enrol_cohort", instance)}
    assert moodle.dirty_people() == {ada}


def test_new_enrolment_is_active_without_dates(moodle: Moodle) -> None:
    course, ada = moodle.course(), moodle.person("ada")
    instance = moodle.instance(course, "cohort", customint1=moodle.cohort(ada), roleid=STUDENT)
    moodle.sync_cohorts()
    (row,) = moodle.rows(moodle.tables.user_enrolments)
    assert {name: row[name] for name in row if name != "id"} == {
        "enrolid": instance,
        "userid": ada,
        "status": 0,
        "timestart": 0,
        "timeend": 0,
        "modifierid": OPERATOR,
        "timecreated": NOW,
        "timemodified": NOW,
    }


def test_disabled_instance_takes_nobody_in_and_gives_no_role(moodle: Moodle) -> None:
    course, ada, bob = moodle.course(), moodle.person("ada"), moodle.person("bob")
    fed = {"customint1": moodle.cohort(ada, bob), "roleid": STUDENT, "status": 1}
    instance = moodle.instance(course, "cohort", **fed)
    moodle.enrol(instance, ada)
    moodle.role(course, ada, method="cohort", instance=instance)
    moodle.sync_cohorts()
    assert moodle.enrolments() == {(instance, ada, 0)}
    assert moodle.roles() == []


def test_suspended_member_comes_back_with_dates_as_they_were(moodle: Moodle) -> None:
    course, ada = moodle.course(), moodle.person("ada")
    instance = moodle.instance(course, "cohort", customint1=moodle.cohort(ada), roleid=STUDENT)
    moodle.enrol(instance, ada, status=1, timestart=EARLIER, timeend=NOW + 1)
    moodle.sync_cohorts()
    (row,) = moodle.rows(moodle.tables.user_enrolments)
    kept = {name: row[name] for name in ("status", "timestart", "timeend", "modifierid")}
    assert kept == {"status": 0, "timestart": EARLIER, "timeend": NOW + 1, "modifierid": OPERATOR}
    assert moodle.roles() == [(ada, STUDENT, "enrol_cohort", instance)]


def test_deleted_account_is_not_enrolled(moodle: Moodle) -> None:
    course, ghost = moodle.course(), moodle.person("ghost", deleted=1)
    moodle.instance(course, "cohort", customint1=moodle.cohort(ghost), roleid=STUDENT)
    moodle.sync_cohorts()
    assert moodle.enrolments() == set()


def test_member_of_another_cohort_leaves_the_instance(moodle: Moodle) -> None:
    course, ada = moodle.course(), moodle.person("ada")
    empty = moodle.instance(course, "cohort", customint1=moodle.cohort(), roleid=STUDENT)
    hers = moodle.instance(course, "cohort", customint1=moodle.cohort(ada), roleid=STUDENT)
    moodle.enrol(empty, ada)
    moodle.role(course, ada, method="cohort", instance=empty)
    moodle.sync_cohorts()
    assert moodle.enrolments() == {(hers, ada, 0)}
    assert moodle.roles() == [(ada, STUDENT, "enrol_cohort", hers)]


def test_other_methods_are_left_alone(moodle: Moodle) -> None:
    course, ada = moodle.course(), moodle.person("ada")
    moodle.instance(course, "cohort", customint1=moodle.cohort(), roleid=STUDENT)
    manual = moodle.instance(course, "manual", customint1=1)
    moodle.enrol(manual, ada)
    moodle.role(course, ada)
    assert moodle.sync_cohorts() == Synced(method="cohort", counts=SyncCounts())
    assert moodle.enrolments() == {(manual, ada, 0)}
    assert moodle.dirty_people() == set()


def test_one_course_leaves_the_others_alone(moodle: Moodle) -> None:
    one, other, ada = moodle.course("C1"), moodle.course("C2"), moodle.person("ada")
    cohort = moodle.cohort(ada)
    here = moodle.instance(one, "cohort", customint1=cohort, roleid=STUDENT)
    moodle.instance(other, "cohort", customint1=cohort, roleid=STUDENT)
    moodle.sync_cohorts(one)
    assert moodle.enrolments() == {(here, ada, 0)}


@pytest.mark.parametrize(
    ("action", "status", "keeps_role"),
    [(1, 1, False), (2, 1, True), (3, 1, False)],
    ids=["keep, which is not on offer", "suspend", "suspend and remove roles"],
)
def test_leaver_is_suspended(moodle: Moodle, action: int, status: int, *, keeps_role: bool) -> None:
    moodle.configure("enrol_cohort", "unenrolaction", str(action))
    course, ada = moodle.course(), moodle.person("ada")
    instance = moodle.instance(course, "cohort", customint1=moodle.cohort(), roleid=STUDENT)
    moodle.enrol(instance, ada)
    moodle.role(course, ada, method="cohort", instance=instance)
    moodle.sync_cohorts()
    assert moodle.enrolments() == {(instance, ada, status)}
    expected = [(ada, STUDENT, "enrol_cohort", instance)] if keeps_role else []
    assert moodle.roles() == expected


def test_suspended_leaver_stays_in_the_group(moodle: Moodle) -> None:
    moodle.configure("enrol_cohort", "unenrolaction", "3")
    course, ada = moodle.course(), moodle.person("ada")
    group = moodle.group(course)
    fed = {"customint1": moodle.cohort(), "customint2": group, "roleid": STUDENT}
    instance = moodle.instance(course, "cohort", **fed)
    moodle.enrol(instance, ada)
    moodle.join(group, ada, method="cohort", instance=instance)
    moodle.sync_cohorts()
    assert moodle.memberships() == {(group, ada, "enrol_cohort", instance)}


def test_membership_moves_with_the_group_of_the_instance(moodle: Moodle) -> None:
    course, ada = moodle.course(), moodle.person("ada")
    old, new = moodle.group(course), moodle.group(course)
    fed = {"customint1": moodle.cohort(ada), "customint2": new, "roleid": STUDENT}
    instance = moodle.instance(course, "cohort", **fed)
    moodle.enrol(instance, ada)
    moodle.join(old, ada, method="cohort", instance=instance)
    moodle.sync_cohorts()
    assert moodle.memberships() == {(new, ada, "enrol_cohort", instance)}


def test_membership_given_by_hand_stays_and_is_not_taken_over(moodle: Moodle) -> None:
    course, ada = moodle.course(), moodle.person("ada")
    old, new = moodle.group(course), moodle.group(course)
    fed = {"customint1": moodle.cohort(ada), "customint2": new, "roleid": STUDENT}
    instance = moodle.instance(course, "cohort", **fed)
    moodle.enrol(instance, ada)
    moodle.join(old, ada)
    moodle.join(new, ada)
    moodle.sync_cohorts()
    assert moodle.memberships() == {(old, ada, "", 0), (new, ada, "", 0)}


def test_group_fed_twice_is_joined_once(moodle: Moodle) -> None:
    course, ada = moodle.course(), moodle.person("ada")
    group, cohort = moodle.group(course), moodle.cohort(ada)
    fed = {"customint1": cohort, "customint2": group}
    first = moodle.instance(course, "cohort", roleid=STUDENT, **fed)
    moodle.instance(course, "cohort", roleid=3, **fed)
    moodle.sync_cohorts()
    assert moodle.memberships() == {(group, ada, "enrol_cohort", first)}


def test_switched_off_method_loses_its_roles_and_nothing_else(moodle: Moodle) -> None:
    course, ada = moodle.course(), moodle.person("ada")
    instance = moodle.instance(course, "cohort", customint1=moodle.cohort(), roleid=STUDENT)
    moodle.enrol(instance, ada)
    moodle.role(course, ada, method="cohort", instance=instance)
    moodle.role(course, ada)
    moodle.switch_on("manual,database")
    assert moodle.sync_cohorts() == MethodSwitchedOff(method="cohort", roles_removed=1)
    assert moodle.enrolments() == {(instance, ada, 0)}
    assert moodle.roles() == [(ada, STUDENT, "", 0)]


def test_membership_that_another_plugin_gave_is_left_alone(moodle: Moodle) -> None:
    course, ada = moodle.course(), moodle.person("ada")
    instance = moodle.instance(course, "cohort", customint1=moodle.cohort(ada), customint2=0)
    moodle.enrol(instance, ada)
    group = moodle.group(course)
    moodle.join(group, ada, method="meta", instance=instance)
    moodle.sync_cohorts()
    assert moodle.memberships() == {(group, ada, "enrol_meta", instance)}
