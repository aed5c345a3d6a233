"""Plans are counted, course by course and all together."""

from collections import Counter
from dataclasses import replace

from maintien.enrolments.state import EnrolmentInstance
from maintien.errors.sites import CourseKeptLocked
from maintien.moodle.ids import UserId
from maintien.planning.changes import Added, Changed, Removed
from maintien.planning.findings import (
    EnablingGivesAccess,
    EndDateShortens,
    ExpiryNotice,
    GradesGone,
    GroupsGone,
    ManualInstanceDisabled,
    ManualInstanceMissing,
)
from maintien.planning.left_alone import (
    ManualEnrolmentKeepsItsEnd,
    ManualEnrolmentSuffices,
    NoRole,
    SuspendedAccount,
)
from maintien.planning.plan import Grounds, Source
from maintien.reports.summary import Counts, CourseSummary, Totals, summarise
from tests.builders import CourseBuilder
from tests.reports.plans import course, enrolment, left_alone, membership, plan, role

FAILURE = CourseKeptLocked(course="BIO101", attempts=5)


def instance() -> EnrolmentInstance:
    builder = CourseBuilder()
    builder.instance("manual", status=1)
    return builder.instances[0]


def test_every_kind_of_change_is_counted() -> None:
    disabled = instance()
    summary = summarise(
        plan(
            Changed(disabled, disabled._replace(status=0)),
            Added(enrolment(1)),
            Added(enrolment(2)),
            Changed(enrolment(3, ends_at=5), enrolment(3)),
            Added(role(1)),
            Removed(role(3)),
            Changed(membership(4, 61, "enrol_cohort"), membership(4, 61)),
            Changed(membership(4, 62, "enrol_cohort"), membership(4, 62)),
            converted=(1, 2, 3),
            left=left_alone(NoRole(), 8, 9) + left_alone(SuspendedAccount(), 10),
        )
    )
    assert summary == CourseSummary(
        course=course(),
        is_changed=True,
        counts=Counts(
            enrolments_added=2,
            enrolments_changed=1,
            roles_assigned=1,
            roles_removed=1,
            groups_kept=2,
            instances_enabled=1,
            people_converted=3,
            left_alone=Counter({NoRole: 2, SuspendedAccount: 1}),
        ),
    )
    assert summary.counts.people_left_alone == 3
    assert summary.counts.people_seen == 6


def test_an_instance_that_is_added_is_counted_apart() -> None:
    assert summarise(plan(Added(instance()))).counts == Counts(instances_added=1)


def test_what_no_conversion_makes_is_counted_too() -> None:
    assert summarise(plan(Removed(instance()))).counts == Counts(other_changes=1)


def test_what_an_unenrolment_takes_is_counted() -> None:
    gone = plan(Removed(role(1)), Removed(membership(1, 61)), Removed(enrolment(1)), converted=(1,))
    assert summarise(gone).counts == Counts(
        enrolments_removed=1, roles_removed=1, groups_left=1, people_converted=1
    )


def test_what_a_move_takes_over_is_counted() -> None:
    given = role(1)
    moved = plan(Removed(enrolment(1)), Changed(given._replace(component="enrol_cohort", itemid=31), given))
    assert summarise(moved).counts == Counts(enrolments_removed=1, roles_kept=1)


def test_what_a_rescue_gives_back_is_counted() -> None:
    rescue = replace(
        plan(Added(enrolment(1)), Added(role(1)), Added(membership(1, 61)), converted=(1,)),
        grounds={
            UserId(1): Grounds(5, (Source.SUSPENDED_ROW, Source.LOG)),
            UserId(2): Grounds(5, (Source.LOG,)),
        },
    )
    assert summarise(rescue).counts == Counts(
        enrolments_added=1,
        roles_assigned=1,
        groups_joined=1,
        people_converted=1,
        sources=Counter({Source.LOG: 2, Source.SUSPENDED_ROW: 1}),
    )


def test_findings_that_name_people_name_all_of_them() -> None:
    totals = Totals()
    for people, in_history in (((UserId(1), UserId(2)), 2), ((UserId(3),), 0)):
        warnings = (GradesGone(people=people, in_history=in_history), GroupsGone(memberships=2))
        totals.add(summarise(replace(plan(), warnings=warnings)))
    assert dict(totals.findings.items()) == {
        GradesGone(people=(UserId(1), UserId(2), UserId(3)), in_history=2): 2,
        GroupsGone(memberships=4): 2,
    }


def test_an_empty_plan_changes_nothing() -> None:
    assert summarise(plan()) == CourseSummary(course=course(), counts=Counts(), is_changed=False)


def test_of_a_course_that_failed_nothing_is_counted() -> None:
    failed = summarise(plan(Added(enrolment(1)), converted=(1,), left=left_alone(NoRole(), 8)), FAILURE)
    assert failed == CourseSummary(course=course(), counts=Counts(), failure=FAILURE, is_changed=False)


def test_people_with_a_manual_enrolment_that_goes_on_are_provided_for() -> None:
    people = left_alone(ManualEnrolmentSuffices(ends_at=0), 1, 2)
    people += left_alone(ManualEnrolmentKeepsItsEnd(ends_at=9), 3) + left_alone(NoRole(), 4)
    assert summarise(plan(left=people)).counts.people_provided_for == 3


def test_totals_add_up_and_sort_courses_into_changed_left_alone_and_failed() -> None:
    totals = Totals()
    totals.add(
        summarise(plan(Added(enrolment(1)), Added(role(1)), converted=(1,), left=left_alone(NoRole(), 8)))
    )
    totals.add(summarise(plan(Added(enrolment(1)), converted=(1,), left=left_alone(NoRole(), 8, 9))))
    totals.add(summarise(plan(left=left_alone(SuspendedAccount(), 3))))
    totals.add(summarise(plan(Added(enrolment(5))), FAILURE))
    assert (totals.courses, totals.courses_changed) == (4, 2)
    assert (totals.courses_left_alone, totals.courses_failed) == (1, 1)
    assert totals.counts == Counts(
        enrolments_added=2,
        roles_assigned=1,
        people_converted=2,
        left_alone=Counter({NoRole: 3, SuspendedAccount: 1}),
    )


def test_findings_are_counted_by_course_and_their_people_summed() -> None:
    notice = ExpiryNotice(to_participants=True, threshold=86_400)
    totals = Totals()
    for people in (2, 3):
        warnings = (notice, EnablingGivesAccess(people=people))
        totals.add(summarise(replace(plan(), warnings=warnings)))
    later = (replace(notice, threshold=1), EndDateShortens(people=7), ManualInstanceMissing())
    totals.add(summarise(replace(plan(), warnings=later, obstacle=ManualInstanceDisabled())))
    assert dict(totals.findings.items()) == {
        notice: 2,
        replace(notice, threshold=1): 1,
        EnablingGivesAccess(people=5): 2,
        EndDateShortens(people=7): 1,
        ManualInstanceMissing(): 1,
        ManualInstanceDisabled(): 1,
    }
