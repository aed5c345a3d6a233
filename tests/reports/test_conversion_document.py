"""A conversion as JSON: the whole document, its stable words, its dates."""

import io
import json
from dataclasses import replace
from typing import get_args

import pytest

from maintien.errors.sites import CourseKeptLocked
from maintien.moodle.ids import RoleId, UserId
from maintien.moodle.values import FOREVER, UnenrolAction
from maintien.planning.changes import Added, Changed
from maintien.planning.findings import (
    ExpiryActs,
    FeedUnenrolAction,
    ManualInstanceDisabled,
    ManualInstanceMissing,
)
from maintien.planning.left_alone import ManualEnrolmentSuffices, Reason, RoleNotAskedFor
from maintien.planning.policy import ConversionPolicy, EndFor, LikeMoodlePolicy, Mode
from maintien.reports.conversion import ConversionReport
from maintien.reports.documents import kind_of, moment_document, typed_document
from tests.reports.plans import (
    EARLIER,
    PARIS,
    STUDENT,
    UNTIL,
    course,
    enrolment,
    header,
    left_alone,
    membership,
    plan,
    role,
)

AUGUST_2027 = {"unix": UNTIL, "iso": "2027-08-31T23:59:59+02:00"}
AUGUST_2026 = {"unix": EARLIER, "iso": "2026-08-31T23:59:59+02:00"}
NEVER = {"unix": 0, "iso": None}


def test_the_document_of_one_course_says_everything() -> None:
    report = ConversionReport(header(), keep_documents=True)
    report.add(
        replace(
            plan(
                Added(enrolment(11)),
                Changed(enrolment(12, ends_at=EARLIER, status=1), enrolment(12)),
                Added(role(11)),
                Changed(membership(11, 61, "enrol_cohort"), membership(11, 61)),
                Changed(membership(13, 62, "enrol_cohort"), membership(13, 62)),
                converted=(11, 12),
                left=left_alone(ManualEnrolmentSuffices(ends_at=UNTIL), 13)
                + left_alone(RoleNotAskedFor(roles=("editingteacher",)), 14),
            ),
            warnings=(ManualInstanceMissing(), ExpiryActs(action=UnenrolAction.SUSPEND)),
        )
    )
    counts = {
        "enrolments_added": 1,
        "enrolments_changed": 1,
        "enrolments_removed": 0,
        "roles_assigned": 1,
        "roles_kept": 0,
        "roles_removed": 0,
        "groups_kept": 2,
        "groups_joined": 0,
        "groups_left": 0,
        "manual_instances_added": 0,
        "manual_instances_enabled": 0,
        "people_converted": 2,
    }
    active = {"status": "active", "starts_at": NEVER, "ends_at": AUGUST_2027}
    assert report.document() == {
        "run": None,
        "written": False,
        "site": "moodle.example.fr",
        "plan_fingerprint": None,
        "policy": {
            "kind": "conversion_policy",
            "ends_at": AUGUST_2027,
            "end_roles": ["student"],
            "methods": ["cohort", "database"],
            "roles": ["student"],
            "include_suspended": False,
            "end_for": "converted",
            "keep_groups": True,
            "enable_manual": False,
            "mode": "add",
            "feed_is_gone": False,
        },
        "totals": {
            "courses": 1,
            "courses_changed": 1,
            "courses_left_alone": 0,
            "courses_failed": 0,
            **counts,
            "left_alone": {"manual_enrolment_suffices": 1, "role_not_asked_for": 1},
        },
        "courses": [
            {
                "id": 7,
                "shortname": "BIO101",
                "fullname": "Biologie",
                "idnumber": "N-7",
                **counts,
                "obstacle": None,
                "warnings": [
                    {"kind": "manual_instance_missing"},
                    {"kind": "expiry_acts", "action": "suspend"},
                ],
                "failure": None,
                "left_alone": [
                    {"user": 13, "reason": "manual_enrolment_suffices", "ends_at": AUGUST_2027},
                    {"user": 14, "reason": "role_not_asked_for", "roles": ["editingteacher"]},
                ],
                "people": [
                    {"user": 11, "before": None, "after": active, "roles": ["student"], "groups": [61]},
                    {
                        "user": 12,
                        "before": {"status": "suspended", "starts_at": NEVER, "ends_at": AUGUST_2026},
                        "after": active,
                        "roles": [],
                        "groups": [],
                    },
                    {"user": 13, "before": None, "after": None, "roles": [], "groups": [62]},
                ],
            }
        ],
    }


def test_the_document_is_json_even_where_names_are_hostile() -> None:
    report = ConversionReport(header(), keep_documents=True)
    report.add(plan(of=course(fullname="\x1b[31m\u202e\ud800\"')")))
    text = json.dumps(report.document())
    assert text.isascii()
    assert "\x1b" not in text
    assert json.loads(text) == report.document()


def test_a_course_that_failed_lists_nobody_and_says_why() -> None:
    report = ConversionReport(header(written=True, run=4), keep_documents=True)
    unwritten = plan(Added(enrolment(1)), converted=(1,), left=left_alone(RoleNotAskedFor(roles=()), 2))
    report.add(unwritten, CourseKeptLocked(course="BIO101", attempts=5))
    document = report.document()
    assert (document["run"], document["written"]) == (4, True)
    assert isinstance(document["courses"], list)
    [failed] = document["courses"]
    assert failed["people"] == failed["left_alone"] == []
    assert failed["enrolments_added"] == 0
    assert failed["failure"]["kind"] == "course_kept_locked"
    assert failed["failure"]["message"].startswith("BIO101 could not be written")


def test_an_obstacle_is_named() -> None:
    report = ConversionReport(header(), keep_documents=True)
    report.add(replace(plan(), obstacle=ManualInstanceDisabled()))
    courses = report.document()["courses"]
    assert isinstance(courses, list)
    assert [each["obstacle"] for each in courses] == [{"kind": "manual_instance_disabled"}]


POLICIES: dict[str, tuple[ConversionPolicy | LikeMoodlePolicy, dict[str, object]]] = {
    "everything": (
        ConversionPolicy(
            ends_at=0,
            methods=None,
            roles=None,
            end_roles=frozenset({RoleId(99), STUDENT}),
            include_suspended=True,
            end_for=EndFor.ALL_MANUAL,
            keep_groups=False,
            enable_manual=True,
            mode=Mode.MOVE,
            feed_is_gone=True,
        ),
        {
            "kind": "conversion_policy",
            "ends_at": NEVER,
            "end_roles": ["99", "student"],
            "methods": None,
            "roles": None,
            "include_suspended": True,
            "end_for": "all-manual",
            "keep_groups": False,
            "enable_manual": True,
            "mode": "move",
            "feed_is_gone": True,
        },
    ),
    "to the letter": (
        LikeMoodlePolicy(ends_at=UNTIL, end_roles=frozenset({STUDENT})),
        {"kind": "like_moodle_policy", "ends_at": AUGUST_2027, "end_roles": ["student"]},
    ),
}


@pytest.mark.parametrize("case", POLICIES)
def test_the_policy_is_told(case: str) -> None:
    policy, told = POLICIES[case]
    report = ConversionReport(replace(header(), policy=policy), keep_documents=True)
    assert report.document()["policy"] == told


def test_a_report_that_kept_no_documents_has_none_to_give() -> None:
    report = ConversionReport(header())
    report.add(plan())
    with pytest.raises(RuntimeError):
        report.document()


def test_people_are_not_kept_without_documents() -> None:
    report = ConversionReport(header())
    for number in range(3):
        many = range(1000)
        report.add(
            plan(
                *(Added(enrolment(userid)) for userid in many),
                of=course(number + 2),
                converted=many,
                left=left_alone(RoleNotAskedFor(roles=()), *range(2000, 3000)),
            )
        )
    assert report.totals.counts.enrolments_added == 3000
    assert report.people_shown() == frozenset(map(UserId, range(2000, 2012)))


def test_every_reason_has_a_word_of_its_own() -> None:
    words = {kind_of(reason) for reason in get_args(Reason)}
    assert len(words) == len(get_args(Reason))
    assert "manual_enrolment_suffices" in words


MOMENTS = [
    (0, None),
    (FOREVER, None),
    (UNTIL, "2027-08-31T23:59:59+02:00"),
    (10**15, None),
]


@pytest.mark.parametrize(("unix", "iso"), MOMENTS)
def test_a_moment_is_told_twice_and_never_is_not_a_date(unix: int, iso: str | None) -> None:
    assert moment_document(unix, PARIS) == {"unix": unix, "iso": iso}


def test_unenrol_actions_are_told_by_word() -> None:
    finding = FeedUnenrolAction(method="cohort", action=UnenrolAction.SUSPEND_AND_REMOVE_ROLES)
    assert typed_document(finding, PARIS) == {
        "kind": "feed_unenrol_action",
        "method": "cohort",
        "action": "suspend_and_remove_roles",
    }


def test_what_is_written_is_one_document_a_line_a_course() -> None:
    report = ConversionReport(header(), keep_documents=True)
    for number in (7, 8, 9):
        report.add(plan(of=course(number)))
    written = io.StringIO()
    report.write_json(written)
    assert json.loads(written.getvalue()) == report.document()
    assert len(written.getvalue().splitlines()) == 5


def test_a_conversion_of_no_course_is_a_document_too() -> None:
    document = ConversionReport(header(), keep_documents=True).document()
    assert document["courses"] == []
