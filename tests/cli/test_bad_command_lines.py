"""Whatever is wrong with a command line is said in one sentence, in either language, and nothing else."""

from pathlib import Path

import pytest

from tests.cli.conftest import Say

CONVERT = ("convert", "--course", "BIO", "--until", "2027-08-31")
END_DATE = ("end-date", "--course", "BIO", "--until", "2027-08-31")
UNENROL = ("unenrol", "--course", "BIO", "--ended")
RESCUE = ("rescue", "--course", "BIO", "--since", "2026-08-25", "--until", "2027-08-31")

WRONG_USAGE = {
    "no command": ("--json",),
    "an unknown command": ("convrt",),
    "an unknown option": ("convert", "--nothing-like-it"),
    "a misspelt option": ("convert", "--corse", "BIO"),
    "a misspelt global option": ("convert", "--sit", "campus"),
    "an unknown short option": ("convert", "-x"),
    "an option without its value": ("convert", "--course"),
    "a global option without its value": ("convert", "--site"),
    "a switch with a value": ("convert", "--run=yes"),
    "a global switch with a value": ("convert", "--json=yes"),
    "a word too many": ("convert", "BIO"),
    "a word behind the end of options": ("convert", "--", "--json"),
    "an unknown language": ("check", "--lang", "de"),
    "no site": ("--site", " ", "check"),
    "an unknown site": ("--site", "elsewhere", "check"),
    "a site of a database that nobody knows": ("--site", "oracle://a:b@c/d", "check"),
    "no selection": ("convert", "--until", "2027-08-31"),
    "no selection to list": ("courses",),
    "no course to list people of": ("participants",),
    "no end date": ("convert", "--course", "BIO"),
    "a date that no calendar has": ("convert", "--course", "BIO", "--until", "2027-02-30"),
    "a date in words": ("convert", "--course", "BIO", "--until", "tomorrow"),
    "an end date in the past": ("convert", "--course", "BIO", "--until", "2020-08-31"),
    "an end date before the start": ("convert", "--course", "NEXT", "--until", "2027-08-31"),
    "a rehearsal at no date": (*CONVERT, "--now", "then"),
    "an unknown course": ("convert", "--course", "PHYS", "--until", "never"),
    "the front page": ("convert", "--course", "1", "--until", "never"),
    "an unknown category": ("courses", "--category", "Droit"),
    "an unknown cohort": ("courses", "--cohort", "L9"),
    "an unknown role": (*CONVERT, "--roles", "dean"),
    "an unknown role for the end date": (*CONVERT, "--end-roles", "dean"),
    "an unknown role of participants": ("participants", "--course", "BIO", "--role", "dean"),
    "all roles and another": (*CONVERT, "--roles", "all,student"),
    "a method that can be none": (*CONVERT, "--methods", "Data base"),
    "an empty method": (*CONVERT, "--methods", "database,"),
    "the manual method": (*CONVERT, "--methods", "database,manual"),
    "all methods and another": (*CONVERT, "--methods", "database,all"),
    "a method of participants that can be none": ("participants", "--course", "BIO", "--method", "x y"),
    "an unknown status": ("participants", "--course", "BIO", "--status", "asleep"),
    "an unknown format": ("participants", "--course", "BIO", "--format", "xlsx"),
    "two formats": ("participants", "--course", "BIO", "--format", "csv", "--json"),
    "an unknown choice": (*CONVERT, "--end-for", "everybody"),
    "an unknown operator": (*CONVERT, "--operator", "nobody"),
    "groups kept and not": (*CONVERT, "--keep-groups", "--no-keep-groups"),
    "like Moodle with methods": (*CONVERT, "--like-moodle", "--methods", "all"),
    "like Moodle with roles": (*CONVERT, "--like-moodle", "--roles", "all"),
    "like Moodle with suspended ones": (*CONVERT, "--like-moodle", "--include-suspended"),
    "like Moodle with an end date for": (*CONVERT, "--like-moodle", "--end-for", "converted"),
    "like Moodle with groups": (*CONVERT, "--like-moodle", "--keep-groups"),
    "like Moodle without groups": (*CONVERT, "--like-moodle", "--no-keep-groups"),
    "like Moodle with a mode": (*CONVERT, "--like-moodle", "--mode", "move"),
    "like Moodle with a feed that is gone": (*CONVERT, "--like-moodle", "--feed-is-gone"),
    "an unknown mode": (*CONVERT, "--mode", "copy"),
    "a feed that is gone without a move": (*CONVERT, "--feed-is-gone"),
    "a feed that is gone while adding": (*CONVERT, "--mode", "add", "--feed-is-gone"),
    "like Moodle with enabling": (*CONVERT, "--like-moodle", "--enable-manual"),
    "a rescue of no course": (*RESCUE[:1], *RESCUE[3:]),
    "a rescue since nobody knows when": ("rescue", "--course", "BIO", "--until", "2027-08-31"),
    "a rescue without an end date": RESCUE[:5],
    "a rescue since a word": (*RESCUE, "--since", "yesterday"),
    "a rescue since never": (*RESCUE, "--since", "never"),
    "a rescue to never": (*RESCUE, "--to", "never"),
    "a rescue since a day to come": (*RESCUE, "--since", "2026-08-30"),
    "a rescue to before its beginning": (*RESCUE, "--to", "2026-08-24"),
    "a rescue until the past": (*RESCUE, "--until", "2026-08-28"),
    "a rescue of the manual method": (*RESCUE, "--methods", "manual"),
    "a rescue of an unknown role": (*RESCUE, "--roles", "dean"),
    "a rescue with groups and without": (*RESCUE, "--keep-groups", "--no-keep-groups"),
    "an edit of no course": ("end-date", "--until", "2027-08-31"),
    "an edit of nothing": ("end-date", "--course", "BIO", "--role", "student"),
    "an edit until a word": ("end-date", "--course", "BIO", "--until", "tomorrow"),
    "an edit until before Moodle's time": ("end-date", "--course", "BIO", "--until", "@0"),
    "an edit that begins never": (*END_DATE, "--start", "never"),
    "an edit that ends before it begins": (*END_DATE, "--start", "2027-09-01"),
    "an edit that ends as it begins": (*END_DATE[:3], "--until", "@1800000000", "--start", "@1800000000"),
    "an edit that suspends and activates": (*END_DATE, "--suspend", "--activate"),
    "an edit with an end and without": (*END_DATE, "--clear"),
    "an edit of later and earlier ends": (*END_DATE, "--only-later", "--only-earlier"),
    "an edit of later ends without one": (*END_DATE[:3], "--suspend", "--only-later"),
    "an edit of earlier ends without one": (*END_DATE[:3], "--start", "2026-09-01", "--only-earlier"),
    "an edit of an unknown group": (*END_DATE, "--group", "TD9"),
    "an edit of an unknown role": (*END_DATE, "--role", "dean"),
    "an edit of a method that can be none": (*END_DATE, "--method", "x y"),
    "an edit of an unknown status": (*END_DATE, "--status", "asleep"),
    "an edit that is written and saved": (*END_DATE, "--run", "--save", "plan"),
    "an unenrolment of no course": ("unenrol", "--ended"),
    "an unenrolment of nobody in particular": UNENROL[:3],
    "an unenrolment of nobody in particular, however matched": (*UNENROL[:3], "--match", "any"),
    "an unenrolment of nobody in particular, even the last": (*UNENROL[:3], "--even-last"),
    "an unenrolment from an unknown group": (*UNENROL, "--group", "TD9"),
    "an unenrolment of an unknown role": (*UNENROL, "--role", "dean"),
    "an unenrolment that is written and saved": (*UNENROL, "--run", "--save", "plan"),
    "a courses file that is not there": ("courses", "--courses-file", "nowhere.csv"),
    "a courses file that is a folder": ("courses", "--courses-file", "/"),
}


def run(case: str, language: str, university: Path, say: Say) -> str:
    before = university.read_bytes()
    # What a case says itself comes last, and counts.
    said = say("--lang", language, "--now", "@1788000000", *WRONG_USAGE[case])
    assert (said.status, said.out) == (2, "")
    assert university.read_bytes() == before
    return said.err


@pytest.mark.parametrize("case", WRONG_USAGE)
def test_wrong_usage_is_one_sentence(case: str, university: Path, say: Say) -> None:
    sentence = run(case, "en", university, say)
    assert sentence.count("\n") == 1
    assert len(sentence) > 20


@pytest.mark.parametrize("case", sorted(WRONG_USAGE.keys() - {"an unknown language"}))
def test_wrong_usage_is_one_sentence_in_french_too(case: str, university: Path, say: Say) -> None:
    sentence = run(case, "fr", university, say)
    assert sentence.count("\n") == 1
    assert sentence != run(case, "en", university, say)


SENTENCES = {
    "a misspelt option": "There is no option --corse here: did you mean --course?\n",
    "a misspelt global option": "There is no option --sit here: did you mean --site?\n",
    "an unknown option": (
        "There is no option --nothing-like-it here: “maintien convert --help” lists the options.\n"
    ),
    "an unknown command": "There is no command 'convrt': “maintien --help” lists them.\n",
    "a switch with a value": "--run takes no value: write it alone.\n",
    "an option without its value": "--course needs a value after it.\n",
    "an unknown role": (
        "There is no role 'dean' on this site; its roles are editingteacher, manager, student.\n"
    ),
    "an unknown choice": "--end-for takes converted, all-manual, not 'everybody'.\n",
    "an end date before the start": (
        "The end date '2027-08-31 23:59' is before the start of these enrolments (2030-01-01 01:00):"
        " give a later one.\n"
    ),
}


@pytest.mark.parametrize("case", SENTENCES)
def test_the_sentence_says_what_is_wrong_and_what_to_do(case: str, university: Path, say: Say) -> None:
    assert run(case, "en", university, say) == SENTENCES[case]


def test_nothing_at_all_shows_the_help(say: Say) -> None:
    said = say()
    assert (said.status, said.err) == (2, "")
    assert said.out == say("--help").out


def test_without_a_site_the_variable_is_named(say: Say) -> None:
    said = say("check")
    assert (said.status, said.out) == (2, "")
    assert "MAINTIEN_SITE" in said.err


BEFORE_CONNECTING = {
    "no selection": (("convert", "--until", "never"), "Say which courses"),
    "no selection to list": (("courses",), "Say which courses"),
    "no end date": (("convert", "--course", "BIO"), "Say until when"),
    "no course to list people of": (("participants",), "Say which course"),
    "a contradiction": (
        ("convert", "--course", "BIO", "--like-moodle", "--roles", "all"),
        "--like-moodle and --roles",
    ),
}


@pytest.mark.parametrize("case", BEFORE_CONNECTING)
def test_what_can_be_known_without_the_site_is_said_first(case: str, say: Say) -> None:
    arguments, beginning = BEFORE_CONNECTING[case]
    said = say(*arguments, "--site", "sqlite:////nowhere.sqlite")
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith(beginning)


def test_hostile_words_are_repeated_harmless(university: Path, say: Say) -> None:  # noqa: ARG001 -- as above
    said = say("courses", "--course", "\x1b[2J\n[bold]")
    assert (said.status, said.out) == (2, "")
    assert "\x1b" not in said.err
    assert said.err.count("\n") == 1
    assert "[bold]" in said.err
