"""What an archive of a course tells is believed where neither the course nor the log tells anything."""

from dataclasses import dataclass, field, replace

import pytest

from maintien.enrolments.archive_evidence import ArchivedEnrolment, ArchivedPast, ArchiveEvidence, GroupTraits
from maintien.enrolments.state import GroupMembership, RoleAssignment, UserEnrolment
from maintien.enrolments.withdrawals import LostGrades, UnreadableEvent
from maintien.moodle.ids import EnrolmentId, GroupId, InstanceId, RoleId, UserId
from maintien.moodle.values import NO_END, EnrolmentStatus, InstanceStatus
from maintien.planning.applying import apply_plan
from maintien.planning.changes import Added
from maintien.planning.findings import (
    EvidenceWithoutGroups,
    EvidenceWithoutRoles,
    GradesGone,
    GroupsGone,
    KnownFromArchiveOnly,
    RoleNotFound,
)
from maintien.planning.left_alone import (
    AccountInDoubt,
    DeletedAccount,
    HadNoAccess,
    HasAccess,
    MethodNotAskedFor,
    NoRole,
    NotFoundAgain,
    OverSince,
    Reason,
    StillEnrolled,
    SuspendedAccount,
    TakenByPerson,
    TakenEarlier,
)
from maintien.planning.plan import CoursePlan, Grounds, Source
from maintien.planning.policy import RescuePolicy
from maintien.planning.rescue import plan_rescue
from tests.builders import CIRCUMSTANCES, CONFIG, LONG_AGO, NOW, STUDENT, TEACHER, UNTIL
from tests.taken import ADMINISTRATOR, BY_CRON, BY_HAND, CUT, DAY, WINDOW, Taken

POLICY = RescuePolicy(window=WINDOW, ends_at=UNTIL, roles=frozenset({STUDENT}))
EVERYBODY = replace(POLICY, roles=None)
MADE_AT = WINDOW.since - DAY
ONLY_ARCHIVE = Grounds(None, (Source.ARCHIVE,))


@dataclass(slots=True)
class Backup(Taken):
    """A course with a cohort's instance, and a backup of it from before the cut; no log."""

    manual: InstanceId = field(init=False)
    cohort: InstanceId = field(init=False)
    archive: ArchiveEvidence | None = field(default_factory=lambda: ArchiveEvidence(made_at=MADE_AT))

    def __post_init__(self) -> None:
        self.log = None
        self.manual = self.course.instance("manual")
        self.cohort = self.course.instance("cohort")

    @property
    def evidence(self) -> ArchiveEvidence:
        assert self.archive is not None
        return self.archive

    def had(
        self,
        userid: UserId | None = None,
        *,
        roles: tuple[RoleId, ...] = (STUDENT,),
        groups: tuple[int, ...] = (),
        method: str = "cohort",
        status: int = EnrolmentStatus.ACTIVE,
        starts_at: int = 0,
        ends_at: int = NO_END,
        is_enabled: bool = True,
    ) -> UserId:
        """Somebody was enrolled when the backup was made; without a person, a new one, who is gone."""
        somebody = self.course.person() if userid is None else userid
        row = UserEnrolment(
            id=EnrolmentId(901 + len(self.evidence.enrolments)),
            instanceid=self.cohort,
            userid=somebody,
            status=status,
            starts_at=starts_at,
            ends_at=ends_at,
            modifierid=UserId(0),
            timecreated=0,
            timemodified=LONG_AGO,
        )
        self.archive = replace(
            self.evidence,
            enrolments=(*self.evidence.enrolments, ArchivedEnrolment(row, method, is_enabled)),
            roles={**self.evidence.roles, somebody: frozenset(roles)},
            memberships={**self.evidence.memberships, somebody: frozenset(map(GroupId, groups))},
        )
        self.groups.update(map(GroupId, groups))
        return somebody


def plan_of(course: Backup, policy: RescuePolicy = POLICY) -> CoursePlan:
    """Plan, and make sure that the plan can be applied and leaves nothing to do."""
    state = course.state()
    plan = plan_rescue(state, policy, CONFIG, CIRCUMSTANCES)
    assert plan_rescue(apply_plan(state, plan), policy, CONFIG, CIRCUMSTANCES).changes == ()
    return plan


def reasons(course: Backup, policy: RescuePolicy = POLICY) -> dict[UserId, Reason]:
    plan = plan_of(course, policy)
    assert plan.grounds == {}
    return {entry.userid: entry.reason for entry in plan.left_alone}


def roles_given(plan: CoursePlan) -> set[tuple[int, int]]:
    added = (change.row for change in plan.changes if isinstance(change, Added))
    return {(row.userid, row.roleid) for row in added if isinstance(row, RoleAssignment)}


def groups_given(plan: CoursePlan) -> set[tuple[int, int]]:
    added = (change.row for change in plan.changes if isinstance(change, Added))
    return {(row.userid, row.groupid) for row in added if isinstance(row, GroupMembership)}


def test_whoever_had_access_and_is_gone_gets_access_roles_and_groups_back() -> None:
    course = Backup()
    lea = course.had(groups=(41,), starts_at=LONG_AGO)

    plan = plan_of(course)

    assert plan.grounds == {lea: ONLY_ARCHIVE}
    assert plan.converted == {lea}
    assert roles_given(plan) == {(lea, STUDENT)}
    assert groups_given(plan) == {(lea, 41)}
    assert KnownFromArchiveOnly(people=(lea,)) in plan.warnings


def test_whoever_has_access_now_is_left_alone() -> None:
    course = Backup()
    lea = course.had()
    course.course.enrol(lea, course.manual)

    assert reasons(course) == {lea: HasAccess()}


def test_whoever_is_enrolled_still_and_has_access_is_not_even_named() -> None:
    course = Backup()
    course.course.enrol(course.had(), course.cohort)

    assert reasons(course) == {}


@pytest.mark.parametrize(
    "had",
    [
        {"status": EnrolmentStatus.SUSPENDED},
        {"is_enabled": False},
        {"ends_at": WINDOW.since},
        {"starts_at": WINDOW.to + 1},
    ],
)
def test_what_gave_no_access_within_the_time_is_no_loss(had: dict[str, int]) -> None:
    course = Backup()
    lea = course.had(**had)  # type: ignore[arg-type]  # one fact at a time

    assert reasons(course) == {lea: HadNoAccess()}


def test_enrolment_that_would_be_over_by_now_is_not_given_back() -> None:
    course = Backup()
    lea = course.had(ends_at=NOW - 1)

    assert reasons(course) == {lea: OverSince(ends_at=NOW - 1)}


def test_other_methods_are_named_unless_asked_for() -> None:
    course = Backup()
    lea = course.had(method="self")

    assert reasons(course) == {lea: MethodNotAskedFor(methods=("self",))}
    assert plan_of(course, replace(POLICY, methods=None)).grounds == {lea: ONLY_ARCHIVE}


def test_accounts_out_of_use_and_strangers_are_left_alone() -> None:
    course = Backup()
    deleted, suspended, unknown, doubtful = (course.had() for _ in range(4))
    course.course.deleted.add(deleted)
    course.course.suspended.add(suspended)
    course.archive = replace(course.evidence, not_found=frozenset({unknown}), in_doubt=frozenset({doubtful}))

    assert reasons(course) == {
        deleted: DeletedAccount(),
        suspended: SuspendedAccount(),
        unknown: NotFoundAgain(),
        doubtful: AccountInDoubt(),
    }


def test_enrolment_that_is_there_and_was_suspended_at_another_time_is_left_alone() -> None:
    course = Backup()
    lea = course.had()
    course.suspend(lea, course.cohort, deed=None, modified_at=WINDOW.to + 5)

    assert reasons(course) == {lea: StillEnrolled()}


def test_enrolment_that_is_there_and_was_suspended_by_the_cut_has_its_roles_from_the_archive() -> None:
    course = Backup()
    lea = course.had(roles=(STUDENT, TEACHER), groups=(41,))
    course.suspend(lea, course.cohort, deed=None, modified_at=CUT)

    plan = plan_of(course, EVERYBODY)

    assert plan.grounds == {lea: Grounds(CUT, (Source.SUSPENDED_ROW, Source.ARCHIVE))}
    assert roles_given(plan) == {(lea, STUDENT), (lea, TEACHER)}
    assert groups_given(plan) == {(lea, 41)}
    assert not any(isinstance(warning, KnownFromArchiveOnly) for warning in plan.warnings)


def test_suspended_enrolment_that_does_not_tell_when_is_known_from_the_archive() -> None:
    course = Backup()
    lea = course.had()
    course.suspend(lea, course.cohort, deed=None, modified_at=LONG_AGO)

    assert plan_of(course).grounds == {lea: ONLY_ARCHIVE}


def test_disabled_method_whose_people_are_there_still_is_no_loss() -> None:
    course = Backup()
    lea = course.had()
    course.course.enrol(lea, course.cohort)
    index = next(i for i, each in enumerate(course.course.instances) if each.id == course.cohort)
    disabled = course.course.instances[index]._replace(status=InstanceStatus.DISABLED)
    course.course.instances[index] = disabled

    assert reasons(course) == {lea: StillEnrolled()}


def test_what_the_log_tells_goes_before_the_archive() -> None:
    course = Backup()
    lea = course.had(roles=(STUDENT, TEACHER), groups=(41,))
    course.unenrol(lea, course.cohort)
    course.unassign(lea, STUDENT, course.cohort)

    plan = plan_of(course, EVERYBODY)

    assert plan.grounds == {lea: Grounds(CUT, (Source.LOG,))}
    assert roles_given(plan) == {(lea, STUDENT)}
    assert groups_given(plan) == set()


def test_whoever_a_person_unenrolled_stays_apart() -> None:
    course = Backup()
    lea = course.had()
    course.unenrol(lea, course.cohort, deed=BY_HAND)

    assert reasons(course) == {lea: TakenByPerson(taken_at=CUT, by=ADMINISTRATOR)}


def test_of_an_unreadable_unenrolment_the_archive_tells_what_went() -> None:
    course = Backup()
    lea, tom = course.had(), course.had()
    course.unreadable += [
        UnreadableEvent(lea, is_unenrolment=True, deed=BY_CRON),
        UnreadableEvent(tom, is_unenrolment=True, deed=BY_HAND),
    ]

    plan = plan_of(course)

    assert plan.grounds == {lea: Grounds(CUT, (Source.LOG, Source.ARCHIVE))}
    assert {entry.userid: entry.reason for entry in plan.left_alone} == {
        tom: TakenByPerson(taken_at=CUT, by=ADMINISTRATOR)
    }


def test_whoever_went_after_the_backup_and_before_the_time_asked_for_stays_out() -> None:
    course = Backup()
    lea, tom, zoe = course.had(), course.had(), course.had()
    course.since_archive = ArchivedPast(
        evidence=course.evidence,
        removed_since={(lea, course.cohort): MADE_AT + 5},
        unreadably_since={tom: MADE_AT + 6},
    )

    plan = plan_of(course)

    assert set(plan.grounds) == {zoe}
    assert {entry.userid: entry.reason for entry in plan.left_alone} == {
        lea: TakenEarlier(taken_at=MADE_AT + 5),
        tom: TakenEarlier(taken_at=MADE_AT + 6),
    }


def test_role_and_group_that_somebody_took_by_hand_do_not_come_back() -> None:
    course = Backup()
    lea = course.had(roles=(STUDENT, TEACHER), groups=(41, 42))
    course.unassign(lea, TEACHER, deed=BY_HAND)
    course.leave(lea, 42, deed=BY_HAND)

    plan = plan_of(course, EVERYBODY)

    assert roles_given(plan) == {(lea, STUDENT)}
    assert groups_given(plan) == {(lea, 41)}


def test_somebody_without_a_role_in_the_archive_gets_none_for_it() -> None:
    course = Backup()
    lea = course.had(roles=())

    assert reasons(course) == {lea: NoRole()}
    assert roles_given(plan_of(course, EVERYBODY)) == set()


def test_archive_without_roles_falls_back_on_the_role_of_the_method() -> None:
    course = Backup()
    lea = course.had(roles=())
    course.archive = replace(course.evidence, tells_roles=False, tells_groups=False)
    index = next(i for i, each in enumerate(course.course.instances) if each.id == course.cohort)
    course.course.instances[index] = course.course.instances[index]._replace(roleid=STUDENT)

    plan = plan_of(course)

    assert plan.grounds == {lea: Grounds(None, (Source.ARCHIVE, Source.METHOD_DEFAULT))}
    assert {EvidenceWithoutRoles(), EvidenceWithoutGroups()} <= {*plan.warnings}
    assert EvidenceWithoutGroups() not in plan_of(course, replace(POLICY, keep_groups=False)).warnings


def test_group_that_is_gone_is_counted_and_not_joined() -> None:
    course = Backup()
    course.had(groups=(41, 42))
    course.groups.discard(GroupId(42))

    plan = plan_of(course)

    assert GroupsGone(memberships=1) in plan.warnings
    assert plan_of(course, replace(POLICY, keep_groups=False)).warnings != plan.warnings


def test_role_that_the_site_no_longer_has_is_named() -> None:
    course = Backup()
    course.had()
    course.archive = replace(course.evidence, missing_roles=("tutor",))

    assert RoleNotFound(role="tutor") in plan_of(course).warnings


def test_grades_that_went_with_the_last_enrolment_are_named() -> None:
    course = Backup()
    lea = course.had()
    course.grades.append(LostGrades(lea, 0, 2))

    assert GradesGone(people=(lea,), in_history=1) in plan_of(course).warnings


WAS = {
    GroupId(41): GroupTraits(name="TD1 ", idnumber="A1"),
    GroupId(42): GroupTraits(name="TD2", idnumber=""),
}


@pytest.mark.parametrize(
    ("now", "same"),
    [
        ({GroupId(41): GroupTraits(name="TD1", idnumber="")}, {41}),
        ({GroupId(41): GroupTraits(name="Renamed", idnumber="A1")}, {41}),
        ({GroupId(41): GroupTraits(name="Other", idnumber="")}, set()),
        ({GroupId(42): GroupTraits(name="Other", idnumber="")}, set()),
        ({GroupId(43): GroupTraits(name="TD1", idnumber="A1")}, set()),
    ],
)
def test_group_is_the_same_by_its_id_and_its_name_or_id_number(
    now: dict[GroupId, GroupTraits], same: set[int]
) -> None:
    evidence = ArchiveEvidence(made_at=MADE_AT, groups=WAS)

    assert evidence.groups_still_there(now) == same
