"""The documentation is true: its links lead somewhere, its commands exist, nothing is left out."""

import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple, get_args
from urllib.parse import unquote

import pytest
from typer.core import TyperCommand, TyperGroup, TyperOption

from maintien import errors
from maintien.cli.main import build_program
from maintien.errors import MaintienError
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
    "convert": "convert.md",
}
"""Where the guide explains the options of each command; those of all commands stand in index.md."""

_LINK: Final = re.compile(r"\]\(([^)\s]+)\)")
_FENCE: Final = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_CODE: Final = re.compile(r"`[^`\n]*`")
_HEADING: Final = re.compile(r"^(#+) (.+)$", re.MULTILINE)
_NOT_IN_ANCHORS: Final = re.compile(r"[^\w\- ]")
_PROGRAM: Final = re.compile(r"(\S*/)?maintien")
_SHELL: Final = frozenset({"|", ">", ">>", "<", "&&", "||", ";"})
_FIELD: Final = re.compile(r"(')?\{\w+(?:!r)?\}")
_FRENCH_SPACING: Final = re.compile(r"(?<!\|)[ ][:;?!»](?=[\s)*|.,]|$)|«[^\u00a0]|\w[;?!](?=\s|$)|\w'\w")

PROGRAM: Final = build_program(load_texts("en"))

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
    return frozenset(
        _NOT_IN_ANCHORS.sub("", words.lower()).replace(" ", "-") for _, words in headings(page)
    )


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
    found = PROGRAM.commands[name]
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
    """What is wrong with the arguments of a command line."""
    known = options_of(PROGRAM)
    chosen: str | None = None
    faults = []
    waiting = iter(words)
    for word in waiting:
        name, equals, value = word.partition("=")
        if not word.startswith("-"):
            if chosen is not None or word not in PROGRAM.commands:
                faults.append(f"{word} is not expected")
                continue
            chosen = word
            known |= options_of(command(word))
    waiting = iter([word for word in words if word != chosen])
    for word in waiting:
        name, equals, value = word.partition("=")
        if name not in known:
            faults.append(f"there is no {name}")
        elif known[name].is_flag:
            faults += [f"{name} takes no value"] if equals else []
        elif not (value or next(waiting, "")):
            faults.append(f"{name} lacks its value")
    return faults


def error_classes() -> list[type[MaintienError]]:
    """Every error that a person can meet."""
    return [
        each
        for each in vars(errors).values()
        if isinstance(each, type) and issubclass(each, MaintienError) and "message" in vars(each)
    ]


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
