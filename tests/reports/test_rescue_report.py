"""A rescue on a terminal: when people lost access, what comes back, and where that is known from."""

from dataclasses import replace

from maintien.enrolments.withdrawals import Window
from maintien.moodle.ids import UserId
from maintien.planning.changes import Added, Changed
from maintien.planning.findings import GradesGone, ManualEnrolmentsRevived
from maintien.planning.left_alone import TakenByPerson
from maintien.planning.plan import CoursePlan, Grounds, Source
from maintien.planning.policy import RescuePolicy
from maintien.reports.conversion import ConversionReport
from maintien.reports.conversion_document import ConversionHeader
from maintien.reports.language import load_texts
from tests.reports.plans import (
    EARLIER,
    STUDENT,
    UNTIL,
    course,
    enrolment,
    header,
    left_alone,
    membership,
    person,
    plan,
    role,
    shown,
)

ENGLISH, FRENCH = load_texts("en"), load_texts("fr")
SINCE, CUT, TO = EARLIER + 1, EARLIER + 3 * 3600 + 1, EARLIER + 86_400
NAMES = {
    UserId(11): person(11, "Ada", "Lovelace"),
    UserId(12): person(12, "Zoé", "Martin"),
    UserId(13): person(13, "\x1b[2J", "Hostile"),
}


def about(**of_policy: object) -> ConversionHeader:
    policy = RescuePolicy(window=Window(SINCE, TO), ends_at=UNTIL, roles=frozenset({STUDENT}))
    return replace(header(), policy=replace(policy, **of_policy))  # type: ignore[arg-type]


def rescued() -> CoursePlan:
    given = plan(
        Added(enrolment(11)),
        Changed(enrolment(12, status=1), enrolment(12)),
        Added(role(11)),
        Added(membership(11, 61)),
        Changed(membership(11, 62, "enrol_cohort"), membership(11, 62)),
        converted=(11, 12),
        left=left_alone(TakenByPerson(taken_at=CUT, by=UserId(3)), 13),
    )
    return replace(
        given,
        warnings=(
            ManualEnrolmentsRevived(people=(UserId(12),)),
            GradesGone(people=(UserId(11),), in_history=1),
        ),
        grounds={
            UserId(11): Grounds(CUT, (Source.LOG,)),
            UserId(12): Grounds(CUT, (Source.SUSPENDED_ROW, Source.METHOD_DEFAULT)),
        },
    )


def report(header_: ConversionHeader | None = None) -> ConversionReport:
    made = ConversionReport(header_ or about())
    made.add(rescued())
    return made


def test_each_person_is_shown_with_the_time_and_the_source() -> None:
    lines = shown(report().render(ENGLISH, 140, NAMES)).splitlines()

    assert "Ada Lovelace 2026-09-01 03:00 2027-08-31 23:59 student 2 log" in lines
    zoe = next(place for place, line in enumerate(lines) if line.startswith("Zoé Martin 2026-09-01"))
    assert "2027-08-31 23:59" in lines[zoe]
    assert f"{lines[zoe]} {lines[zoe + 1]}".endswith("suspended enrolment, role of the method")


def test_heading_says_what_was_looked_at() -> None:
    screen = shown(report().render(ENGLISH, 140, NAMES))

    assert "Taken between 2026-09-01 00:00 and 2026-09-01 23:59" in screen
    assert "Enrolment methods Cohort sync and External database" in screen
    assert "what people took by hand" not in screen
    everything = report(about(methods=None, roles=None, also_by_people=True))
    assert "Also what people took by hand" in shown(everything.render(ENGLISH, 140, NAMES))


def test_people_to_look_at_are_named_beside_the_finding() -> None:
    made = report()

    assert made.people_shown() >= {UserId(11), UserId(12), UserId(13)}
    lines = shown(made.render(ENGLISH, 140, NAMES)).splitlines()
    revived = next(place for place, line in enumerate(lines) if "made active again" in line)
    assert "Zoé Martin" in lines[revived + 1]


def test_sums_say_what_comes_back_and_where_it_is_known_from() -> None:
    screen = shown(report().render(ENGLISH, 140, NAMES))

    assert "given back 2" in screen
    assert "Group memberships given back 1" in screen
    assert "Known from: log 1" in screen
    assert "Known from: suspended enrolment 1" in screen


def test_names_are_harmless() -> None:
    assert "\x1b[2J" not in shown(report().render(ENGLISH, 140, NAMES))


def test_french_says_the_same_in_french() -> None:
    screen = shown(report().render(FRENCH, 140, NAMES))

    assert "Ada Lovelace 01/09/2026 03:00 31/08/2027 23:59 student 2 journal" in screen
    assert "rétablies 2" in screen
    assert "Retiré entre 01/09/2026 00:00 et 01/09/2026 23:59" in screen


def test_several_courses_name_people_only_beside_findings() -> None:
    made = report()
    made.add(replace(rescued(), course=course(8, "MAT2")))
    screen = shown(made.render(ENGLISH, 140, NAMES))

    assert "Lost" not in screen
    assert "Known from: log 2" in screen
