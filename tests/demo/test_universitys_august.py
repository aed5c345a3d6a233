"""The guide's year of a university happens as it is told: its commands work, and its figures are theirs."""

import html
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from maintien.reports.language import load_texts

GUIDE: Final = Path(__file__).parents[2] / "docs" / "guide"
PAGE: Final = "a-university-s-august.md"

_BLOCK: Final = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_END: Final = "=== end of a block ==="
_FACT: Final = re.compile(r"<dt>(.*?)</dt><dd>(.*?)</dd>")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the commands are typed."""
    return tmp_path_factory.mktemp("august")


@pytest.fixture(scope="module")
def said(folder: Path) -> Mapping[str, str]:
    """What each block of commands says; they are typed as they stand, one after the other."""
    blocks = _BLOCK.findall((GUIDE / "en" / PAGE).read_text(encoding="utf-8"))
    typed = subprocess.run(  # noqa: S603 -- our own page
        ["/bin/bash", "-ec", "".join(f"{block}echo '{_END}'\n" for block in blocks)],
        cwd=folder,
        env={
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "COLUMNS": "200",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert typed.returncode == 0, typed.stderr
    return dict(zip(blocks, typed.stdout.split(_END), strict=False))


def answer(said: Mapping[str, str], words: str) -> str:
    """What the first block says that has these words in it."""
    return next(answer for block, answer in said.items() if words in block)


def facts(page: Path) -> dict[str, str]:
    """What stands above the tables of a report."""
    return {label: html.unescape(fact) for label, fact in _FACT.findall(page.read_text(encoding="utf-8"))}


def number(pattern: str, text: str) -> str:
    """The number that the pattern finds."""
    found = re.search(pattern, text)
    assert found, f"{pattern} is not in {text}"
    return found[1]


@pytest.fixture(scope="module")
def figures(said: Mapping[str, str], folder: Path) -> list[str]:
    """The figures of the story, as the commands give them."""
    foreseen, left = facts(folder / "forecast.html"), facts(folder / "the-day-before.html")
    rehearsal, rescue = answer(said, "undo last"), answer(said, "rescue --course")
    return [
        foreseen["People who lose access to a course"],
        foreseen["Students among them"],
        foreseen["Group memberships that go"],
        foreseen["Recorded grades that go"],
        left["People who lose access to a course"],
        number(r"\nPeople +([\d,]+)", rehearsal),
        number(r"\nCourses with changes +(\d+)", rehearsal),
        number(r"L3INF-01 .* (\d+) +\d+ *\n", answer(said, "university-without.sqlite")),
        number(r"\nKnown from: log +(\d+)", rescue),
        number(r"\nManual enrolments changed +(\d+)", answer(said, "end-date")),
        number(r"\nManual enrolments removed +(\d+)", answer(said, "repeaters --all")),
        number(r"\nManual enrolments removed +([\d,]+)", answer(said, "--ended")),
        number(r"\n last enrolment in the course +([\d,]+)", answer(said, "--ended")),
    ]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_figures_of_the_story_are_those_of_its_commands(language: str, figures: list[str]) -> None:
    told, texts = (GUIDE / language / PAGE).read_text(encoding="utf-8"), load_texts(language)
    numbers = [texts.number(int(figure.replace(",", ""))) for figure in figures]
    assert [number for number in numbers if not re.search(rf"(?<!\d){number}(?!\d)", told)] == []


def test_courses_without_a_rule_are_named_until_they_have_one(said: Mapping[str, str], folder: Path) -> None:
    first = answer(said, "campaign check")
    assert "No rule fits these courses, and nothing is done in them. (8 courses)" in first
    assert facts(folder / "check.html")["Courses without a rule"] == "0"


def test_second_run_of_the_rehearsal_says_nothing_and_the_undo_is_whole(said: Mapping[str, str]) -> None:
    rehearsal = answer(said, "undo last")
    assert rehearsal.count("DONE: the changes are written.") == 2
    assert "Takes back run" in rehearsal


def test_nights_are_quiet_and_the_campaign_ends_by_itself(said: Mapping[str, str]) -> None:
    assert '"status": "nothing_to_do"' in answer(said, "--quiet --monitor")
    assert '"status": "nothing_to_do"' in answer(said, "end-date")
    assert '"status": "not_on"' in answer(said, "--now 2026-09-02 campaign run")


def test_courses_overlooked_in_june_are_converted_the_day_before(said: Mapping[str, str]) -> None:
    day_before = answer(said, "courses --all\nmaintien --now 2026-08-31 forecast")
    assert re.findall(r"(M2DP-02|CAPA-03) .*? (\d+) +(\d+) +0 +0 *\n", day_before) == [
        ("M2DP-02", "61", "59"),
        ("CAPA-03", "71", "71"),
    ]
    assert re.search(r"\nCourses with changes +2\n", answer(said, "--enable-manual"))
