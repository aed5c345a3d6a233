"""The documentation is true: its links lead somewhere, its commands exist, nothing is left out."""

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Final, NamedTuple, get_args
from urllib.parse import unquote

import pytest
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from maintien.cli.main import build_program
from maintien.errors.known import ERRORS
from maintien.errors.tree import MaintienError
from maintien.planning.findings import Finding
from maintien.planning.left_alone import Reason
from maintien.reports.documents import kind_of
from maintien.reports.language import load_texts
from maintien.sites.database.privileges import NEEDED

ROOT: Final = Path(__file__).parents[1]
GUIDE: Final = ROOT / "docs" / "guide"
LANGUAGES: Final = ("en", "fr")
PAGES: Final = sorted([*ROOT.glob("README*.md"), *(ROOT / "docs").rglob("*.md")])
FRENCH: Final = sorted([ROOT / "README.fr.md", *(GUIDE / "fr").glob("*.md")])

PAGE_OF: Final = {
    "demo": "demo.md",
    "check": "before-you-start.md",
    "courses": "courses.md",
    "participants": "participants.md",
    "end-date": "end-date.md",
    "unenrol": "unenrol.md",
    "repeaters": "repeaters.md",
    "forecast": "forecast.md",
    "convert": "convert.md",
    "apply": "plan-files.md",
    "campaign": "campaigns.md",
    "rescue": "rescue.md",
    "runs": "runs.md",
    "undo": "runs.md",
    "resume": "runs.md",
    "backup": "backup.md",
    "restore": "restore.md",
    "mbz info": "archives.md",
    "mbz convert": "mbz-convert.md",
    "web": "web.md",
    "worker": "web.md",
}
"""Where the guide explains the options of each command; those of all commands stand in index.md."""

_LINK: Final = re.compile(r"\]\(([^)\s]+)\)")
_FENCE: Final = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_CODE: Final = re.compile(r"`[^`\n]*`")
_HEADING: Final = re.compile(r"^(#+) (.+)$", re.MULTILINE)
_NOT_IN_ANCHORS: Final = re.compile(r"[^\w\- ]")
_PROGRAM: Final = re.compile(r"(\S*/)?maintien")
_SHELL: Final = frozenset({"|", ">", ">>", "<", "&&", "||", ";"})
_FIELD: Final = re.compile(r"\{\w+\}")
_QUOTED_FIELD: Final = re.compile(r"\{\w+!r\}")
_FRENCH_SPACING: Final = re.compile(r"(?<!\|)[ ][:;?!»](?=[\s)*|.,]|$)|«[^\u00a0]|\w[;?!](?=\s|$)|\w'\w")

PROGRAM: Final = build_program(load_texts("en"))
COMMANDS: Final = {
    **{name: each for name, each in PROGRAM.commands.items() if isinstance(each, TyperCommand)},
    **{
        f"{group} {name}": each
        for group, commands in PROGRAM.commands.items()
        if isinstance(commands, TyperGroup)
        for name, each in commands.commands.items()
    },
}
"""By the words that name each."""

by_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
by_language = pytest.mark.parametrize("language", LANGUAGES)


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def prose(text: str) -> str:
    """The page without its code."""
    return _CODE.sub("", _FENCE.sub("", text))


def headings(page: Path) -> list[tuple[str, str]]:
    """The marks and the words of each heading."""
    return _HEADING.findall(_FENCE.sub("", read(page)))


def anchors(page: Path) -> frozenset[str]:
    """What links can lead to within a page, as forges make it of headings."""
    return frozenset(_NOT_IN_ANCHORS.sub("", words.lower()).replace(" ", "-") for _, words in headings(page))


def options_of(command: TyperCommand | TyperGroup) -> dict[str, TyperOption]:
    """Options by name, ``--help`` included."""
    context = command.make_context(command.name or "maintien", [], resilient_parsing=True)
    return {
        name: option
        for option in command.get_params(context)
        if isinstance(option, TyperOption)
        for name in option.opts
    }


def command(name: str) -> TyperCommand:
    found = COMMANDS[name]
    assert isinstance(found, TyperCommand)
    return found


class Typed(NamedTuple):
    """A command line of the documentation."""

    page: str
    line: str


def typed_lines() -> Iterator[Typed]:
    for page in PAGES:
        for language, block in _FENCE.findall(read(page)):
            for line in block.replace("\\\n", " ").splitlines():
                words = line.strip().removeprefix("$ ")
                if language in {"sh", ""} and _PROGRAM.fullmatch(words.split(" ")[0]):
                    yield Typed(str(page.relative_to(ROOT)), words)


def faults_of(words: Sequence[str]) -> list[str]:
    """Find what is wrong with the arguments of a command line."""
    first = next((place for place, word in enumerate(words) if word in PROGRAM.commands), len(words))
    length = 2 if isinstance(PROGRAM.commands.get(" ".join(words[first : first + 1])), TyperGroup) else 1
    name = " ".join(words[first : first + length])
    chosen = [name] if name in COMMANDS else []
    known = options_of(PROGRAM) | options_of(command(name)) if chosen else options_of(PROGRAM)
    waiting = iter([*words[:first], *words[first + length :]] if chosen else words)
    faults = [fault for word in waiting if (fault := fault_of(word, waiting, known))]
    return [fault for fault in faults if fault.startswith("-")] + faults_of_arguments(faults, chosen)


def faults_of_arguments(faults: Sequence[str], chosen: Sequence[str]) -> list[str]:
    """Find words that are no option, beyond as many as the command takes."""
    takes = [each for name in chosen for each in command(name).params if isinstance(each, TyperArgument)]
    if any(each.nargs < 0 for each in takes):
        return []
    return [fault for fault in faults if not fault.startswith("-")][len(takes) :]


def fault_of(word: str, following: Iterator[str], known: Mapping[str, TyperOption]) -> str | None:
    name, equals, _ = word.partition("=")
    if name not in known:
        return f"{word} is not expected"
    if known[name].is_flag:
        return f"{name} takes no value" if equals else None
    if not equals and next(following, "--").startswith("--"):
        return f"{name} lacks its value"
    return None


def error_classes() -> list[type[MaintienError]]:
    """Every error that a person can meet."""
    return [each for each in ERRORS.values() if "message" in vars(each)]


@by_page
def test_links_lead_somewhere(page: Path) -> None:
    targets = [target for target in _LINK.findall(prose(read(page))) if "://" not in target]
    broken = []
    for target in targets:
        path, _, anchor = unquote(target).partition("#")
        linked = (page.parent / path).resolve() if path else page
        if not linked.is_file() or (anchor and anchor not in anchors(linked)):
            broken.append(target)

    assert broken == []


@pytest.mark.parametrize("typed", [*typed_lines()], ids=lambda typed: f"{typed.page}: {typed.line}")
def test_command_lines_are_those_of_the_program(typed: Typed) -> None:
    words = [*takewhile(lambda word: word not in _SHELL, shlex.split(typed.line))]

    assert faults_of(words[1:]) == []


WRONG_LINES: Final = {
    "no such command": (["chek"], ["chek is not expected"]),
    "no such option": (["check", "--al"], ["--al is not expected"]),
    "an option of another command": (["check", "--run"], ["--run is not expected"]),
    "a switch with a value": (["check", "--all=yes"], ["--all takes no value"]),
    "an option without its value": (["convert", "--until", "--run"], ["--until lacks its value"]),
    "a word too many": (["check", "all"], ["all is not expected"]),
    "no such command of a group": (["mbz", "convort"], ["mbz is not expected", "convort is not expected"]),
    "no such option of a command in a group": (["mbz", "convert", "a", "--run"], ["--run is not expected"]),
}


@pytest.mark.parametrize(("words", "faults"), WRONG_LINES.values(), ids=WRONG_LINES)
def test_wrong_command_lines_are_found(words: Sequence[str], faults: list[str]) -> None:
    assert faults_of(words) == faults


def test_each_command_has_its_page() -> None:
    assert PAGE_OF.keys() == COMMANDS.keys()


@by_language
@pytest.mark.parametrize("name", PAGE_OF)
def test_page_of_a_command_has_all_its_options(name: str, language: str) -> None:
    page = read(GUIDE / language / PAGE_OF[name])

    assert missing(page, options_of(command(name)).keys() - {"--help"}) == []


@by_language
def test_index_has_the_options_of_every_command(language: str) -> None:
    assert missing(read(GUIDE / language / "index.md"), options_of(PROGRAM)) == []


def missing(page: str, options: Iterable[str]) -> list[str]:
    """Options that stand nowhere in code on the page."""
    code = " ".join(_CODE.findall(page))
    return sorted(option for option in options if not re.search(rf"{option}(?![\w-])", code))


def test_guides_have_the_same_pages() -> None:
    english, french = ({page.name for page in (GUIDE / language).iterdir()} for language in LANGUAGES)

    assert english == french


@pytest.mark.parametrize("name", sorted(page.name for page in (GUIDE / "en").glob("*.md")))
def test_pages_have_the_same_headings_and_code_in_both_languages(name: str) -> None:
    english, french = GUIDE / "en" / name, GUIDE / "fr" / name

    assert [marks for marks, _ in headings(english)] == [marks for marks, _ in headings(french)]
    assert _FENCE.findall(read(english)) == _FENCE.findall(read(french))


def test_readmes_have_the_same_headings_and_commands() -> None:
    english, french = ROOT / "README.md", ROOT / "README.fr.md"

    assert [marks for marks, _ in headings(english)] == [marks for marks, _ in headings(french)]
    assert _FENCE.findall(read(english)) == _FENCE.findall(read(french))


@by_language
def test_troubleshooting_has_every_error_in_its_words(language: str) -> None:
    texts = load_texts(language)
    rows = re.findall(r"^\| (.+?) \| .+? \| (`\w+`, \d+) \|$", read(troubleshooting(language)), re.MULTILINE)

    wanted = [
        (sentence(texts.gettext(error.message)), f"`{error.__name__}`, {error.exit_status}")
        for error in error_classes()
        # What no catalogue has yet is found by "make check".
        if language == "en" or texts.gettext(error.message) != error.message
    ]

    assert sorted(set(wanted) - set(rows)) == []


@by_language
def test_troubleshooting_has_the_errors_that_there_are(language: str) -> None:
    named = re.findall(r"`(\w+)`, \d+ \|$", read(troubleshooting(language)), re.MULTILINE)

    assert sorted(named) == sorted(error.__name__ for error in error_classes())


def troubleshooting(language: str) -> Path:
    return GUIDE / language / "troubleshooting.md"


def sentence(message: str) -> str:
    """An error's message as the guide has it: … for what varies."""
    quoted = _QUOTED_FIELD.sub("'…'", message.replace("{hint}", ""))
    return _FIELD.sub("…", quoted)


PAGES_OF_REASONS = ("convert.md", "rescue.md", "end-date.md", "unenrol.md")


@by_language
def test_every_reason_and_finding_of_the_documents_is_explained(language: str) -> None:
    page = "".join(read(GUIDE / language / name) for name in PAGES_OF_REASONS)
    kinds = [kind_of(each) for each in (*get_args(Reason), *get_args(Finding))]

    assert [kind for kind in kinds if f"`{kind}`" not in page] == []


@by_language
def test_statements_grant_all_that_a_conversion_needs(language: str) -> None:
    page = read(GUIDE / language / "opening-a-site.md")
    grants = re.findall(r"GRANT ([A-Z, ]+?) ON\s([^;()]*?)\s+TO maintien_write;", page)
    granted = {
        (product, table, privilege)
        for privileges, tables in grants
        for privilege in privileges.split(", ")
        for product, table in re.findall(r"(moodle\.)?mdl_(\w+)", tables)
    }

    assert granted >= {
        (product, table, privilege)
        for product in ("", "moodle.")
        for table, privileges in NEEDED.items()
        for privilege in privileges
    }


@pytest.mark.parametrize("page", FRENCH, ids=lambda page: page.name)
def test_french_is_set_as_french_is(page: Path) -> None:
    assert [found[0] for found in _FRENCH_SPACING.finditer(prose(read(page)))] == []


def test_pictures_load_nothing() -> None:
    loaded = re.compile(r"url\((?!#)|@import|<script|<image|href=")
    pictures = sorted((ROOT / "docs" / "images").glob("*.svg"))

    assert [picture.name for picture in pictures if loaded.search(read(picture))] == []
    assert pictures
