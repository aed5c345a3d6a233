"""A conversion on a terminal."""

import re
from dataclasses import replace

import pytest

from maintien.errors.sites import CourseKeptLocked
from maintien.moodle.ids import UserId
from maintien.planning.changes import Added, Changed
from maintien.planning.findings import ExpiryNotice, ManualInstanceDisabled, ManualInstanceMissing
from maintien.planning.left_alone import (
    ManualEnrolmentSuffices,
    NoRole,
    RoleNotAskedFor,
    SuspendedAccount,
)
from maintien.planning.policy import ConversionPolicy, EndFor, LikeMoodlePolicy
from maintien.reports.conversion import ConversionReport
from maintien.reports.conversion_document import ConversionHeader
from maintien.reports.language import Texts, load_texts
from maintien.reports.screen import bar
from tests.reports.plans import (
    EARLIER,
    STUDENT,
    UNTIL,
    course,
    drawn,
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
DASH = "\N{EN DASH}"
FAILURE = CourseKeptLocked(course="MAT2", attempts=5)


def one_course(about: ConversionHeader | None = None) -> ConversionReport:
    report = ConversionReport(about or header())
    report.add(
        plan(
            Added(enrolment(11)),
            Changed(enrolment(12, ends_at=EARLIER), enrolment(12)),
            Added(role(11)),
            Changed(membership(13, 62, "enrol_cohort"), membership(13, 62)),
            converted=(11, 12),
            left=left_alone(ManualEnrolmentSuffices(ends_at=UNTIL), 13)
            + left_alone(RoleNotAskedFor(roles=("editingteacher",)), 14)
            + left_alone(SuspendedAccount(), *range(100, 120)),
        )
    )
    return report


def whole_site(courses: int = 30) -> ConversionReport:
    report = ConversionReport(header(written=True))
    for number in range(1, courses + 1):
        converted = range(number * 10)
        report.add(
            plan(
                *(Added(enrolment(userid)) for userid in converted),
                of=course(number + 1, f"C{number}", f"Cours {number}"),
                converted=converted,
                left=left_alone(NoRole(), 5000 + number),
            )
        )
    return report


TITLES = {
    "preview": (header(), True, False, "PREVIEW: nothing is written. Add --run"),
    "nothing to do": (header(), False, False, "NOTHING TO DO"),
    "nothing was to be done": (header(written=True), False, False, "NOTHING TO DO"),
    "done": (header(written=True), True, False, "DONE: the changes are written."),
    "in part": (header(written=True), True, True, "DONE IN PART: 1 course failed"),
}


@pytest.mark.parametrize("case", TITLES)
def test_the_title_says_whether_anything_is_written(case: str) -> None:
    about, changes, fails, title = TITLES[case]
    report = ConversionReport(about)
    report.add(plan(Added(enrolment(1)), converted=(1,)) if changes else plan())
    if fails:
        report.add(plan(Added(enrolment(1)), of=course(8, "MAT2")), FAILURE)
    others = {title for *_, title in TITLES.values()} - {title}
    screen = shown(report.render(ENGLISH, 100, {}))
    assert title in screen
    assert not any(other in screen for other in others)


def test_one_course_shows_its_people_before_and_after() -> None:
    people = {UserId(11): person(11, "Ada", "Lovelace"), UserId(12): person(12, "Zoé", "Martin")}
    lines = shown(one_course().render(ENGLISH, 100, people)).splitlines()
    assert "Ada Lovelace none 2027-08-31 23:59 student" in lines
    assert "Zoé Martin 2026-08-31 23:59 2027-08-31 23:59" in lines
    assert "#13 unchanged unchanged 1" in lines


def test_french_says_the_same_in_french() -> None:
    people = {UserId(12): person(12, "Zoé", "Martin")}
    screen = shown(one_course().render(FRENCH, 100, people))
    assert "APERÇU : rien n\u2019est écrit. Ajoutez --run" in screen
    assert "Zoé Martin 31/08/2026 23:59 31/08/2027 23:59" in screen
    assert "Synchronisation des cohortes et Base de données externe" in screen
    assert "compte suspendu sur tout le site 20" in screen


def test_a_start_that_moves_is_shown_and_a_suspension_too() -> None:
    report = ConversionReport(header())
    before = enrolment(12, starts_at=EARLIER, status=1)
    report.add(plan(Changed(before, enrolment(12)), converted=(12,)))
    screen = shown(report.render(ENGLISH, 160, {}), 160)
    assert "2026-08-31 23:59 → 2027-08-31 23:59 (suspended)" in screen
    assert "always → 2027-08-31 23:59" in screen


def test_people_left_alone_are_counted_by_reason_and_the_first_are_named() -> None:
    report = one_course()
    names = {userid: person(userid, "P", str(userid)) for userid in report.people_shown()}
    screen = " ".join(shown(report.render(ENGLISH, 100, names)).split())
    assert "P 14 (editingteacher)" in screen
    assert "P 13 (2027-08-31 23:59)" in screen
    assert "P 111 and 8 others" in screen
    assert "P 112" not in screen
    assert UserId(112) not in report.people_shown()


def test_the_sums_are_told() -> None:
    lines = shown(one_course().render(ENGLISH, 100, {})).splitlines()
    sums = ["Manual enrolments added 1", "Manual enrolments changed 1"]
    sums += ["Roles given by hand 1", "Group memberships kept 1", "Courses with changes 1"]
    assert [line for line in sums if line not in lines] == []
    assert "Other changes 0" not in lines


def test_shares_are_told_and_drawn() -> None:
    lines = shown(one_course().render(ENGLISH, 100, {})).splitlines()
    legend = ["█ converted 2 8%", "▓ enrolled by hand already 1 4%", "░ left alone 21 87%"]
    assert [line for line in legend if line not in lines] == []
    assert "█████▓▓" + "░" * 53 in lines


BARS = [
    ((1, 1, 1), 6, "aabbcc"),
    ((1, 1000, 0), 10, "abbbbbbbbb"),
    ((0, 0, 5), 4, "cccc"),
    ((0, 0, 0), 4, ""),
    ((1, 1, 1000), 3, "abc"),
]


@pytest.mark.parametrize(("numbers", "width", "picture"), BARS)
def test_a_bar_fills_its_width_and_hides_nobody(
    numbers: tuple[int, int, int], width: int, picture: str
) -> None:
    parts = [(number, letter, "") for number, letter in zip(numbers, "abc", strict=True)]
    assert bar(parts, width).plain == picture


def test_the_biggest_courses_are_shown_and_the_others_counted() -> None:
    screen = shown(whole_site().render(ENGLISH, 100, {}))
    table = re.findall(r"^(C\d+) . Cours", screen, re.MULTILINE)
    assert table == [f"C{number}" for number in range(30, 10, -1)]
    assert "and 10 more courses" in screen


def test_several_courses_show_nobody_before_and_after() -> None:
    screen = shown(whole_site(2).render(ENGLISH, 100, {}))
    assert "Before" not in screen
    assert "#5001 (C1) and #5002 (C2)" in screen


def test_numbers_are_grouped_in_both_languages() -> None:
    report = whole_site(30)
    assert "Manual enrolments added 4,650" in shown(report.render(ENGLISH, 100, {}))
    # The helper takes the narrow space for one like any other.
    assert "Inscriptions manuelles ajoutées 4 650" in shown(report.render(FRENCH, 100, {}))


def test_every_course_that_failed_is_named_with_its_reason_before_the_big_ones() -> None:
    report = whole_site(30)
    for number in (40, 41):
        report.add(plan(of=course(number, f"F{number}", "Échec")), FAILURE)
    screen = shown(report.render(ENGLISH, 120, {}))
    assert re.findall(r"^(F\d+) . Échec 0 0 0 0 0 failed", screen, re.MULTILINE) == ["F40", "F41"]
    assert screen.count("MAT2 could not be written") == 2


def test_findings_come_before_the_courses_the_worst_first_with_their_remedies() -> None:
    notice = ExpiryNotice(to_participants=True, threshold=86_400)
    report = ConversionReport(header())
    report.add(replace(plan(Added(enrolment(1)), converted=(1,)), warnings=(ManualInstanceMissing(), notice)))
    report.add(replace(plan(of=course(8, "OLD")), obstacle=ManualInstanceDisabled()))
    screen = shown(report.render(ENGLISH, 100, {}))
    marks = re.findall(r"^│ ([✗!✓]) ", screen, re.MULTILINE)
    assert marks == ["✗", "!", "✓"]
    assert screen.index("→ Enable it in the course") < screen.index("→ If nobody is to be")
    assert screen.index("→ If nobody is to be") < screen.index("Remarks")
    assert re.search(r"│ OLD +│", screen)
    assert f"BIO101 {DASH} Biologie 1 0 0 0 0" in screen


def test_courses_with_an_obstacle_are_named_and_the_rest_counted() -> None:
    report = ConversionReport(header())
    for number in range(2, 16):
        report.add(replace(plan(of=course(number, f"X{number}")), obstacle=ManualInstanceDisabled()))
    screen = " ".join(shown(report.render(ENGLISH, 100, {})).replace("│", " ").split())
    assert "X2, X3, X4, X5, X6, X7, X8, X9, X10, X11, X12, X13 and 2 others" in screen
    assert "(14 courses)" in screen


def test_the_policy_is_told() -> None:
    student = frozenset({STUDENT})
    everything = ConversionPolicy(
        ends_at=0, methods=None, roles=None, end_roles=student, end_for=EndFor.ALL_MANUAL
    )
    lines = shown(one_course(replace(header(run=3), policy=everything)).render(ENGLISH, 100, {}))
    facts = ["Run 3", "End date unlimited", "Enrolment methods all", "Roles all", "End date for student"]
    facts.append("End date also for everybody enrolled by hand")
    assert [fact for fact in facts if fact not in lines.splitlines()] == []
    letter = replace(header(), policy=LikeMoodlePolicy(ends_at=UNTIL, end_roles=student))
    assert "to the letter" in shown(one_course(letter).render(ENGLISH, 100, {}))


@pytest.mark.parametrize("width", [40, 60, 80, 99, 100, 160])
@pytest.mark.parametrize("texts", [ENGLISH, FRENCH], ids=["en", "fr"])
def test_no_line_is_longer_than_the_terminal(width: int, texts: Texts) -> None:
    long_names = course(3, "X" * 50, "Cours " * 60)
    report = whole_site(25)
    report.add(plan(Added(enrolment(1)), of=long_names, converted=(1,)))
    for each in (one_course(), report):
        lines = drawn(each.render(texts, width, {}), width).splitlines()
        assert max(map(len, lines)) <= width


def test_at_80_columns_no_number_and_no_heading_is_cut() -> None:
    report = whole_site(30)
    screen = shown(report.render(ENGLISH, 80, {}), 80)
    assert "Course New Changed Left alone Remarks" in screen
    assert f"C30 {DASH} Cours 30 300 0 1" in screen


def test_hostile_names_act_on_nothing() -> None:
    evil = "[red]x[/red]\x1b[2J\u202e\n| fake"
    report = ConversionReport(replace(header(), site=evil))
    report.add(
        plan(
            Added(enrolment(11)),
            of=course(7, evil, evil),
            converted=(11,),
            left=left_alone(RoleNotAskedFor(roles=(evil,)), 14),
        ),
    )
    report.add(plan(of=course(8, evil, evil)), CourseKeptLocked(course=evil, attempts=1))
    people = {UserId(userid): person(userid, evil, evil) for userid in (11, 14)}
    screen = drawn(report.render(FRENCH, 200, people), 200)
    assert "\x1b" not in screen
    assert "\u202e" not in screen
    assert "\n| fake" not in screen
    assert "[red]x[/red]" in screen


def test_of_a_big_course_some_people_are_shown_and_the_others_counted() -> None:
    report = ConversionReport(header())
    report.add(plan(*(Added(enrolment(userid)) for userid in range(100, 163)), converted=range(100, 163)))
    screen = shown(report.render(ENGLISH, 100, {}))
    assert re.findall(r"^#(\d+) none", screen, re.MULTILINE) == [str(n) for n in range(100, 150)]
    assert "and 13 more people" in screen
    assert report.people_shown() == frozenset(map(UserId, range(100, 150)))


def test_among_several_courses_fewer_people_are_named() -> None:
    report = whole_site(20)
    screen = " ".join(shown(report.render(ENGLISH, 160, {}), 160).split())
    assert "#5001 (C1), #5002 (C2), #5003 (C3), #5004 (C4) and 16 others" in screen


@pytest.mark.parametrize("texts", [ENGLISH, FRENCH], ids=["en", "fr"])
def test_at_80_columns_people_are_shown_whole(texts: Texts) -> None:
    people = {UserId(11): person(11, "Maximilienne", "de La Rochefoucauld")}
    lines = shown(one_course().render(texts, 80, people), 80).splitlines()
    headings = {"en": "Name Before After Roles Groups", "fr": "Nom Avant Après Rôles Groupes"}
    assert headings[texts.code] in lines
