"""Help names every option, fits the terminal, and is French all through in French."""

import re
from collections.abc import Iterator

import pytest
from typer.core import TyperArgument, TyperOption

from maintien.cli.invocation.help import Command, Group
from maintien.cli.main import build_program
from maintien.reports.language import load_texts
from tests.cli.conftest import Say

GLOBAL_OPTIONS = {
    "--site",
    "--lang",
    "--now",
    "--operator",
    "--state",
    "--wait",
    "--json",
    "--debug",
    "--no-progress",
    "--version",
    "--help",
}
SELECTION = {"--course", "--category", "--cohort", "--all", "--courses-file", "--help"}
PEOPLE = {
    "--method",
    "--role",
    "--status",
    "--group",
    "--keyword",
    "--no-access-since",
    "--access-since",
    "--never-accessed",
    "--match",
}
EXPORT = {"--format", "--output", "--table", "--pseudonymous"}
COMMANDS = {
    "runs": {"--all-sites", *EXPORT, "--help"},
    "undo": {"--run", "--even-if-access-is-lost", "--help"},
    "resume": {"--run", "--backup", "--help"},
    "demo": {"--folder", "--fresh", "--too-late", "--help"},
    "check": SELECTION,
    "courses": SELECTION | {"--since", "--format", "--output"},
    "forecast": SELECTION | {"--on", "--feed", "--register", "--cut", "--until", "--chart"} | EXPORT,
    "participants": SELECTION | PEOPLE | EXPORT | {"--sort", "--descending"},
    "convert": SELECTION
    | EXPORT
    | {
        "--until",
        "--methods",
        "--roles",
        "--include-suspended",
        "--end-roles",
        "--end-for",
        "--keep-groups",
        "--no-keep-groups",
        "--enable-manual",
        "--mode",
        "--feed-is-gone",
        "--like-moodle",
        "--save",
        "--backup",
        "--run",
    },
    "apply": {"--run", "--backup", "--accept-drift", "--help"},
    "restore": {"--into", "--limit", "--run", "--help"},
    "campaign": {"--run", "--even-if-many", "--quiet", "--monitor", *EXPORT, "--help"},
    "repeaters": SELECTION | {"--any-manual", "--run", "--backup", "--format", "--output", "--pseudonymous"},
    "rescue": SELECTION
    | EXPORT
    | {
        "--since",
        "--to",
        "--until",
        "--methods",
        "--roles",
        "--also-by-people",
        "--archive",
        "--limit",
        "--keep-groups",
        "--no-keep-groups",
        "--enable-manual",
        "--run",
    },
}
ARCHIVE_COMMANDS = {
    "mbz": {"--help"},
    "mbz info": {"--limit", "--jobs", "--help"},
    "mbz convert": {
        *("--output", "--until", "--timezone", "--methods", "--roles", "--include-suspended"),
        *("--end-roles", "--end-for", "--keep-groups", "--no-keep-groups", "--enable-manual"),
        *("--new-method", "--like-moodle", "--limit", "--jobs", "--help"),
    },
}
PAGES = {"the program": ((), GLOBAL_OPTIONS)} | {
    name: (tuple(name.split()), options) for name, options in (COMMANDS | ARCHIVE_COMMANDS).items()
}


def rows(page: str) -> set[str]:
    """The options that a page has a row for."""
    return set(re.findall(r"^│ +\*? *(--[a-z-]+)", page, flags=re.MULTILINE))


def commands(group: Group, above: str = "") -> Iterator[tuple[str, Command | Group]]:
    """Every command and every group of a group."""
    for name, command in group.commands.items():
        assert isinstance(command, Command | Group)
        yield f"{above}{name}", command
        if isinstance(command, Group):
            yield from commands(command, f"{above}{name} ")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_option_is_there_and_no_other(page: str, language: str, say: Say) -> None:
    command, options = PAGES[page]
    said = say(*command, "--help", "--lang", language)
    assert (said.status, said.err) == (0, "")
    assert rows(said.out) == options


def test_every_command_is_listed(say: Say) -> None:
    page = say("--help").out
    assert all(re.search(rf"^│ {command} ", page, flags=re.MULTILINE) for command in [*COMMANDS, "mbz"])


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("width", [72, 80, 120])
def test_help_fits_the_terminal(
    page: str, language: str, width: int, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    lines = say(*PAGES[page][0], "--help", "--lang", language).out.splitlines()
    assert max(map(len, lines)) == width
    # The last column is wide enough to read; … would be a word cut off.
    assert not [line for line in lines if re.search(r"[a-z]… +│$", line)]


@pytest.mark.parametrize("page", PAGES)
def test_what_typer_says_is_french_too(page: str, say: Say) -> None:
    french = say(*PAGES[page][0], "--help", "--lang", "fr").out
    for english in ("Usage: ", " COMMAND ", "Show this", "[default", "<bool>", "─ Options"):
        assert english not in french


def test_the_language_of_the_environment_is_taken(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = say("--help", "--lang", "fr").out
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")
    assert say("--help").out == asked
    assert say("--help", "--lang", "en").out != asked


def test_every_help_text_is_translated() -> None:
    english, french = (dict(commands(build_program(load_texts(code)))) for code in ("en", "fr"))
    for name, command in english.items():
        translated = french[name]
        assert command.help != translated.help
        for option, french_option in zip(command.params, translated.params, strict=True):
            assert isinstance(option, TyperOption | TyperArgument)
            assert isinstance(french_option, TyperOption | TyperArgument)
            assert option.help != french_option.help, option.name


def test_the_version_is_shown(say: Say) -> None:
    said = say("--version")
    assert (said.status, said.err) == (0, "")
    assert re.fullmatch(r"maintien \d+\.\d+\.\d+\S*\n", said.out)


def test_the_version_is_shown_whatever_command_stands_there(say: Say) -> None:
    assert say("convert", "--version") == say("--version")
