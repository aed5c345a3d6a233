"""Global options stand before the command or after it, and end where all options end."""

import pytest

from maintien.cli.invocation.global_options import find_language, hoist
from maintien.cli.main import build_program
from maintien.errors.command_line import OptionNeedsValue
from maintien.reports.language import load_texts

PROGRAM = build_program(load_texts("en"))

HOISTED = {
    "nothing": ([], []),
    "none of them": (["convert", "--course", "A"], ["convert", "--course", "A"]),
    "before": (["--site", "s", "check"], ["--site=s", "check"]),
    "after": (["check", "--site", "s"], ["--site=s", "check"]),
    "in the middle": (
        ["convert", "--course", "A", "--site", "s", "--run"],
        ["--site=s", "convert", "--course", "A", "--run"],
    ),
    "with an equals sign": (["check", "--site=s"], ["--site=s", "check"]),
    "a value with an equals sign": (["check", "--site", "a=b"], ["--site=a=b", "check"]),
    "switches": (["check", "--json", "--debug"], ["--json", "--debug", "check"]),
    "twice, in their order": (["--lang=fr", "check", "--lang=en"], ["--lang=fr", "--lang=en", "check"]),
    "not behind the end of options": (["check", "--", "--json"], ["check", "--", "--json"]),
    "not another option's value": (
        ["convert", "--course=--json"],
        ["convert", "--course=--json"],
    ),
    "not part of a word": (["check", "--jsonx"], ["check", "--jsonx"]),
}


@pytest.mark.parametrize("case", HOISTED)
def test_global_options_are_moved_before_the_command(case: str) -> None:
    given, expected = HOISTED[case]
    assert hoist(given, PROGRAM) == expected


VALUELESS = {
    "at the end": ["check", "--site"],
    "before another option": ["--site", "--json", "check"],
    "nothing behind the equals sign": ["--site=", "check"],
    "an option behind the equals sign": ["--site=--json", "check"],
    "an empty word": ["check", "--site", ""],
}


@pytest.mark.parametrize("case", VALUELESS)
def test_an_option_without_its_value_is_refused(case: str) -> None:
    with pytest.raises(OptionNeedsValue) as refused:
        hoist(VALUELESS[case], PROGRAM)
    assert refused.value.fields == {"option": "--site"}


LANGUAGES = {
    "none": (["check"], None),
    "before": (["--lang", "fr", "check"], "fr"),
    "after, with an equals sign": (["check", "--lang=fr"], "fr"),
    "the last one counts": (["--lang", "fr", "check", "--lang", "en"], "en"),
    "on a wrong command line": (["--wrong", "--lang", "fr"], "fr"),
    "without a value": (["check", "--lang"], None),
    "not behind the end of options": (["check", "--", "--lang", "fr"], None),
}


@pytest.mark.parametrize("case", LANGUAGES)
def test_the_language_is_found_however_wrong_the_rest_is(case: str) -> None:
    given, expected = LANGUAGES[case]
    assert find_language(given) == expected
