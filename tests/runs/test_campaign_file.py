"""A campaign file says exactly what it may say; everything else is a fault, and every fault is found."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from maintien.errors.campaigns import (
    CampaignExclusionFault,
    CampaignFault,
    CampaignFileBroken,
    CampaignFileUnreadable,
    CampaignRuleFault,
    UnknownKey,
    WrongValue,
)
from maintien.errors.selection import (
    DateInThePast,
    ManualIsNoSource,
    UnknownCategory,
    UnknownCohort,
    UnknownCourse,
    UnknownMethod,
    UnknownPerson,
    UnknownRole,
    UnreadableDate,
)
from maintien.errors.tree import UsageError
from maintien.moodle.ids import CategoryId, CourseId, UserId
from maintien.planning.campaign.criteria import CourseCriteria, CourseNames
from maintien.planning.campaign.patterns import Pattern
from maintien.planning.campaign.rules import (
    Campaign,
    CampaignRule,
    Decision,
    Exclusion,
    Limits,
    Window,
)
from maintien.planning.policy import ConversionPolicy, EndFor, Mode
from maintien.runs.campaign_file.reading import read_campaign_file
from maintien.runs.campaign_file.resolving import Resolved, Terms, resolve_campaign
from tests.builders import CONFIG, NOW, STUDENT, TEACHER

METHODS = frozenset({"cohort", "database", "self", "meta"})
TERMS = Terms(config=CONFIG, zone=UTC, now=NOW, methods=METHODS)
UNTIL = 1_819_756_799
"""2027-08-31T23:59:59Z."""

GOOD = """
[campaign]
name = "Cut"

[[rules]]
name = "Bio"
courses = ["BIO"]
until = 2027-08-31
owner = "DEVE"
reason = "Council"
"""


class SmallSite:
    """Knows one of each."""

    def resolve_categories(self, tokens: Iterable[str]) -> Mapping[str, frozenset[CategoryId]]:
        known = {"SCI": frozenset({CategoryId(1), CategoryId(2)}), "DRT": frozenset({CategoryId(3)})}
        return {token: _known(known, token, UnknownCategory(category=token)) for token in tokens}

    def resolve_courses(self, tokens: Iterable[str]) -> Mapping[str, CourseId]:
        return {token: _known({"BIO": CourseId(7)}, token, UnknownCourse(course=token)) for token in tokens}

    def resolve_cohorts(self, tokens: Iterable[str]) -> Mapping[str, frozenset[CourseId]]:
        known = {"L1": frozenset({CourseId(7), CourseId(8)})}
        return {token: _known(known, token, UnknownCohort(cohort=token)) for token in tokens}

    def resolve_people(self, tokens: Iterable[str]) -> Mapping[str, UserId]:
        return {token: _known({"ada": UserId(11)}, token, UnknownPerson(person=token)) for token in tokens}


def _known(known: Mapping[str, Any], token: str, unknown: UsageError) -> Any:  # noqa: ANN401 -- of whatever
    if token not in known:
        raise unknown
    return known[token]


def resolved(folder: Path, text: str | bytes) -> Resolved:
    path = folder / "c.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return resolve_campaign(read_campaign_file(str(path)), SmallSite(), TERMS)


def described(fault: UsageError) -> tuple[object, ...]:
    """Where a fault is, and what kind of thing is wrong; the words are for people."""
    reason = fault.fields["reason"]
    place = fault.fields.get("rule", fault.fields.get("number", ""))
    kind = type(reason) if isinstance(reason, UsageError) else str
    return type(fault), place, fault.fields["key"], kind


def test_small_file_has_the_defaults_of_a_conversion(tmp_path: Path) -> None:
    students = frozenset({STUDENT})

    assert resolved(tmp_path, GOOD) == Resolved(
        campaign=Campaign(
            name="Cut",
            rules=(
                CampaignRule(
                    name="Bio",
                    courses=CourseCriteria(names=CourseNames(courses=frozenset({CourseId(7)}))),
                    policy=ConversionPolicy(ends_at=UNTIL, roles=students, end_roles=students),
                    decision=Decision(owner="DEVE", reason="Council"),
                ),
            ),
        ),
        faults=(),
    )


FULL = """
[campaign]
name = "Cut"
from = 2026-06-15
to = 2026-08-31
max_people = 10
max_share = 50

[defaults]
until = 2027-08-31
methods = "all"
owner = "DEVE"
reason = "Council"
keep_groups = false

[[rules]]
name = "Everything said"
categories = ["SCI"]
courses = ["BIO", "M2*"]
idnumbers = ["2026-*"]
cohorts = ["L1"]
until = "2028-01-01T12:00"
methods = ["self"]
roles = "all"
end_roles = ["student", "editingteacher"]
end_for = "all-manual"
include_suspended = true
keep_groups = true
enable_manual = true
mode = "move"
feed_is_gone = true
owner = "Law"
reason = "Theses"

[[rules]]
name = "Rest"
all_courses = true
until = "never"

[[exclusions]]
cohorts = ["L1"]

[[exclusions]]
people = ["ada"]
categories = ["DRT"]
"""


def test_file_that_says_everything_means_it(tmp_path: Path) -> None:
    students = frozenset({STUDENT})
    council = Decision(owner="DEVE", reason="Council")

    assert resolved(tmp_path, FULL) == Resolved(
        campaign=Campaign(
            name="Cut",
            window=Window(begins_at=1_781_481_600, ends_at=1_788_220_799),
            limits=Limits(people=10, share=50),
            rules=(
                CampaignRule(
                    name="Everything said",
                    courses=CourseCriteria(
                        categories=frozenset({CategoryId(1), CategoryId(2)}),
                        names=CourseNames(courses=frozenset({CourseId(7)}), patterns=(Pattern("M2*"),)),
                        idnumbers=(Pattern("2026-*"),),
                        fed_by_cohorts=frozenset({CourseId(7), CourseId(8)}),
                    ),
                    policy=ConversionPolicy(
                        ends_at=1_830_340_800,
                        methods=frozenset({"self"}),
                        roles=None,
                        end_roles=frozenset({STUDENT, TEACHER}),
                        end_for=EndFor.ALL_MANUAL,
                        include_suspended=True,
                        enable_manual=True,
                        mode=Mode.MOVE,
                        feed_is_gone=True,
                    ),
                    decision=Decision(owner="Law", reason="Theses"),
                ),
                CampaignRule(
                    name="Rest",
                    courses=CourseCriteria(),
                    policy=ConversionPolicy(
                        ends_at=0, methods=None, roles=students, end_roles=students, keep_groups=False
                    ),
                    decision=council,
                ),
            ),
            exclusions=(
                Exclusion(
                    courses=CourseCriteria(fed_by_cohorts=frozenset({CourseId(7), CourseId(8)})),
                    decision=council,
                ),
                Exclusion(
                    courses=CourseCriteria(categories=frozenset({CategoryId(3)})),
                    people=frozenset({UserId(11)}),
                    decision=council,
                ),
            ),
        ),
        faults=(),
    )


def test_mark_of_windows_is_no_fault(tmp_path: Path) -> None:
    assert resolved(tmp_path, b"\xef\xbb\xbf" + GOOD.encode()).faults == ()


RULE = (CampaignRuleFault, "Bio")
FAULTS: dict[str, tuple[str, str, tuple[object, ...]]] = {
    "an unknown table": ("", "[rule]\n", (CampaignFault, "", "rule", UnknownKey)),
    "an unknown key of the campaign": (
        'name = "Cut"',
        'name = "Cut"\nmaxpeople = 3',
        (CampaignFault, "", "campaign.maxpeople", UnknownKey),
    ),
    "an unknown key of a rule": ("until", "untill = 2027-08-31\nuntil", (*RULE, "untill", UnknownKey)),
    "no campaign": ('[campaign]\nname = "Cut"', "", (CampaignFault, "", "campaign", str)),
    "no name": ('name = "Cut"', "", (CampaignFault, "", "campaign.name", str)),
    "a blank name": ('"Cut"', '"  "', (CampaignFault, "", "campaign.name", WrongValue)),
    "a name with controls": ('"Cut"', r'"C\u001b[2Jt"', (CampaignFault, "", "campaign.name", WrongValue)),
    "a name that is a number": ('"Cut"', "2026", (CampaignFault, "", "campaign.name", WrongValue)),
    "a limit of nobody": (
        'name = "Cut"',
        'name = "Cut"\nmax_people = 0',
        (CampaignFault, "", "campaign.max_people", WrongValue),
    ),
    "a limit that is true": (
        'name = "Cut"',
        'name = "Cut"\nmax_people = true',
        (CampaignFault, "", "campaign.max_people", WrongValue),
    ),
    "a share that is a fraction": (
        'name = "Cut"',
        'name = "Cut"\nmax_share = 0.5',
        (CampaignFault, "", "campaign.max_share", WrongValue),
    ),
    "a campaign that ends before it begins": (
        'name = "Cut"',
        'name = "Cut"\nfrom = 2026-09-01\nto = 2026-08-31',
        (CampaignFault, "", "campaign.to", str),
    ),
    "a first day that never ends": (
        'name = "Cut"',
        'name = "Cut"\nfrom = "never"',
        (CampaignFault, "", "campaign.from", UnreadableDate),
    ),
    "no courses": ('courses = ["BIO"]', "", (*RULE, "all_courses", str)),
    "courses, and all of them": (
        'courses = ["BIO"]',
        'courses = ["BIO"]\nall_courses = true',
        (*RULE, "all_courses", str),
    ),
    "not all courses": ('courses = ["BIO"]', "all_courses = false", (*RULE, "all_courses", WrongValue)),
    "courses that are a text": ('["BIO"]', '"BIO"', (*RULE, "courses", WrongValue)),
    "an empty list of courses": ('["BIO"]', "[]", (*RULE, "courses", WrongValue)),
    "a course that is a number": ('["BIO"]', "[7]", (*RULE, "courses", WrongValue)),
    "an unknown course": ('["BIO"]', '["CHE", "BIO"]', (*RULE, "courses", UnknownCourse)),
    "an unknown category": (
        'courses = ["BIO"]',
        'categories = ["X"]',
        (*RULE, "categories", UnknownCategory),
    ),
    "an unknown cohort": ('courses = ["BIO"]', 'cohorts = ["X"]', (*RULE, "cohorts", UnknownCohort)),
    "an unknown role": ("until", 'roles = ["pupil"]\nuntil', (*RULE, "roles", UnknownRole)),
    "an unknown role for the end date": (
        "until",
        'end_roles = ["pupil"]\nuntil',
        (*RULE, "end_roles", UnknownRole),
    ),
    "an unknown method": ("until", 'methods = ["datbase"]\nuntil', (*RULE, "methods", UnknownMethod)),
    "a method that can't be one": (
        "until",
        'methods = ["X"]\nuntil',
        (*RULE, "methods", UnknownMethod),
    ),
    "the manual method": ("until", 'methods = ["manual"]\nuntil', (*RULE, "methods", ManualIsNoSource)),
    "another mode": ("until", 'mode = "copy"\nuntil', (*RULE, "mode", WrongValue)),
    "a switch that is a text": (
        "until",
        'enable_manual = "yes"\nuntil',
        (*RULE, "enable_manual", WrongValue),
    ),
    "feeds that are gone, with nothing moved": (
        "until",
        "feed_is_gone = true\nuntil",
        (*RULE, "feed_is_gone", str),
    ),
    "no end date": ("until = 2027-08-31", "", (*RULE, "until", str)),
    "an end date that has passed": ("2027-08-31", "2026-08-01", (*RULE, "until", DateInThePast)),
    "an end date that no calendar has": ("2027-08-31", '"2027-02-30"', (*RULE, "until", UnreadableDate)),
    "an end date that is an hour": ("2027-08-31", "18:00:00", (*RULE, "until", WrongValue)),
    "an end date that is a number": ("2027-08-31", "1819756799", (*RULE, "until", WrongValue)),
    "nobody who decided": ('owner = "DEVE"', "", (*RULE, "owner", str)),
    "no reason": ('reason = "Council"', "", (*RULE, "reason", str)),
    "a rule without a name": ('name = "Bio"', "", (CampaignRuleFault, "1", "name", str)),
    "a name that another rule has": (
        "[[rules]]",
        '[[rules]]\nname = "BIO "\nall_courses = true\nuntil = "never"\nowner = "D"\nreason = "R"\n[[rules]]',
        (*RULE, "name", str),
    ),
    "an exclusion of nothing": (
        'reason = "Council"',
        'reason = "Council"\n[[exclusions]]\nowner = "D"\nreason = "R"',
        (CampaignExclusionFault, 1, "people", str),
    ),
    "an exclusion of a stranger": (
        'reason = "Council"',
        'reason = "Council"\n[[exclusions]]\nowner = "D"\nreason = "R"\npeople = ["eve", "ada"]',
        (CampaignExclusionFault, 1, "people", UnknownPerson),
    ),
    "an exclusion that nobody decided": (
        'reason = "Council"',
        'reason = "Council"\n[[exclusions]]\nreason = "R"\npeople = ["ada"]',
        (CampaignExclusionFault, 1, "owner", str),
    ),
    "an exclusion with an end date": (
        'reason = "Council"',
        'reason = "Council"\n[[exclusions]]\nowner = "D"\nreason = "R"\npeople = ["ada"]\nuntil = 2027-08-31',
        (CampaignExclusionFault, 1, "until", UnknownKey),
    ),
    "a wrong default": (
        "[[rules]]",
        '[defaults]\nmode = "copy"\n[[rules]]',
        (CampaignFault, "", "defaults.mode", WrongValue),
    ),
    "an unknown default role": (
        "[[rules]]",
        '[defaults]\nroles = ["pupil"]\n[[rules]]',
        (CampaignFault, "", "defaults.roles", UnknownRole),
    ),
}


@pytest.mark.parametrize("case", FAULTS)
def test_fault_is_found_where_it_is(case: str, tmp_path: Path) -> None:
    old, new, expected = FAULTS[case]
    assert old in GOOD
    text = GOOD.replace(old, new, 1) if old else GOOD + new

    assert [described(fault) for fault in resolved(tmp_path, text).faults] == [expected]


NOT_LISTS = {
    "rules that are one table": ("[[rules]]", "[rules]"),
    "rules that are texts": (GOOD[GOOD.index("[[rules]]") :], 'rules = ["x"]'),
}


@pytest.mark.parametrize("case", NOT_LISTS)
def test_rules_that_are_no_list_of_tables_are_a_fault(case: str, tmp_path: Path) -> None:
    old, new = NOT_LISTS[case]
    text = f"{new}\n{GOOD.replace(old, '')}" if new.startswith("rules") else GOOD.replace(old, new)

    faults = resolved(tmp_path, text).faults

    assert [described(fault)[:3] for fault in faults] == [(CampaignFault, "", "rules")]


def test_file_without_rules_is_a_fault(tmp_path: Path) -> None:
    faults = resolved(tmp_path, '[campaign]\nname = "Cut"\n').faults

    assert [described(fault) for fault in faults] == [(CampaignFault, "", "rules", str)]


def test_all_faults_are_found_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("until", "untill").replace('"BIO"', '"X", "Y", "BIO"').replace('"Cut"', "1")

    faults = [described(fault) for fault in resolved(tmp_path, text).faults]

    assert faults == [
        (CampaignFault, "", "campaign.name", WrongValue),
        (*RULE, "untill", UnknownKey),
        (*RULE, "until", str),
        (*RULE, "courses", UnknownCourse),
        (*RULE, "courses", UnknownCourse),
    ]


BROKEN: dict[str, tuple[str | bytes, int, str]] = {
    "a date that is none": (GOOD.replace("2027-08-31", "2027-02-30"), 8, "no such date"),
    "a text without quotation marks": (GOOD.replace('"DEVE"', "DEVE"), 9, "quotation marks"),
    "a quotation mark left open": (GOOD.replace('"DEVE"', '"DEVE'), 9, "control character"),
    "a key that is there twice": (GOOD.replace("owner", "until = 2027-08-31\nowner"), 9, "already"),
    "a table that is there twice": (GOOD + "[campaign]\n", 11, "already"),
    "the end in the middle": (GOOD + "x = [1,", 11, "not written"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_toml_is_named_by_its_line(case: str, tmp_path: Path) -> None:
    text, line, words = BROKEN[case]
    with pytest.raises(CampaignFileBroken, match=words) as caught:
        resolved(tmp_path, text)

    assert caught.value.fields["line"] == line


UNREADABLE: dict[str, tuple[bytes, str]] = {
    "another encoding": (GOOD.replace("Cut", "Été").encode("latin-1"), "UTF-8"),
    "too large": (b"#" * 1_000_001, "million"),
    "lists without end": (b"x = " + b"[" * 100_000, "deeper"),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_unreadable_file_is_refused(case: str, tmp_path: Path) -> None:
    content, words = UNREADABLE[case]
    with pytest.raises(CampaignFileUnreadable, match=words):
        resolved(tmp_path, content)


@pytest.mark.parametrize("name", ["nowhere.toml", ".", "null\0.toml"])
def test_file_that_is_not_there_is_said_to_be(name: str, tmp_path: Path) -> None:
    with pytest.raises(CampaignFileUnreadable):
        read_campaign_file(str(tmp_path / name))


def test_site_without_the_student_role_has_no_default_role(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text(GOOD)
    terms = replace(TERMS, config=replace(CONFIG, roles={"pupil": STUDENT}))

    faults = resolve_campaign(read_campaign_file(str(path)), SmallSite(), terms).faults

    assert [described(fault) for fault in faults] == [
        (*RULE, "roles", UnknownRole),
        (*RULE, "end_roles", UnknownRole),
    ]
