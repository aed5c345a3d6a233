"""``demo`` tells the whole story in seconds, in either language, and overwrites nothing of anybody's."""

import io
import json
import re
import shlex
from collections.abc import Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import maintien.cli.demo.demo
from maintien.cli.main import main
from maintien.sites.demo.calendar import university_calendar
from maintien.sites.demo.creation import create_demo
from maintien.sites.demo.events import StoryEvent
from maintien.sites.demo.site import DemoSite
from maintien.sites.demo.story import tell
from tests.cli.conftest import Said, Say
from tests.cli.university import NOW

NOW_OPTION = ("--now", f"@{NOW}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A story that was told by the command, as a JSON document."""

    folder: Path
    said: Said
    events: list[StoryEvent]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The story, told once: it takes seconds."""
    folder = tmp_path_factory.mktemp("demo") / "my university"
    out, err = io.StringIO(), io.StringIO()
    events: list[StoryEvent] = []

    def overheard(university: DemoSite) -> Iterator[StoryEvent]:
        for event in tell(university):
            events.append(event)
            yield event

    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(maintien.cli.demo.demo, "tell", overheard)
        status = main(["demo", "--folder", str(folder), "--json", *NOW_OPTION])
    said = Said(status=status, out=out.getvalue(), err=err.getvalue())
    return Told(folder=folder, said=said, events=events)


@pytest.fixture
def document(told: Told) -> Mapping[str, Any]:
    """The story as a document."""
    assert (told.said.status, told.said.err) == (0, "")
    story: Mapping[str, Any] = json.loads(told.said.out)
    return story


def test_the_story_is_told_to_its_end(document: Mapping[str, Any]) -> None:
    assert [event["kind"] for event in document["story"]] == [
        "university_opened",
        "cut_forecast",
        "conversion_previewed",
        "conversion_done",
        "cut_happened",
        "access_kept",
        "access_compared",
        "sites_left",
    ]


def test_the_conversion_keeps_people_whom_the_cut_would_take(document: Mapping[str, Any]) -> None:
    events = {event["kind"]: event for event in document["story"]}
    standing = events["access_compared"]
    accesses = {name: standing[name]["accesses"] for name in ("before", "without", "converted")}
    assert accesses["without"] < accesses["converted"] / 2
    assert accesses["converted"] <= accesses["before"]
    assert events["conversion_done"]["failures"] == []


def test_the_commands_to_try_next_work(document: Mapping[str, Any], say: Say) -> None:
    commands = [shlex.split(command) for command in document["next_commands"]]
    assert [command[3] for command in commands] == ["check", "courses", "convert", "campaign"]
    for command in commands:
        said = say(*command[1:], *NOW_OPTION)
        assert (said.status, said.err) == (0, "")


@pytest.fixture(scope="module")
def too_late(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """The other story as a document."""
    folder, out = tmp_path_factory.mktemp("late") / "my university", io.StringIO()
    with redirect_stdout(out):
        assert main(["demo", "--too-late", "--folder", str(folder), "--json", *NOW_OPTION]) == 0
    story: Mapping[str, Any] = json.loads(out.getvalue())
    return story


def test_the_other_story_is_told_to_its_end(too_late: Mapping[str, Any]) -> None:
    events = {event["kind"]: event for event in too_late["story"]}
    assert [*events] == [
        "university_opened",
        "cut_happened",
        "cut_noticed",
        "rescue_previewed",
        "rescue_done",
        "access_given_back",
        "rescue_compared",
        "rescue_sites_left",
    ]
    compared = events["rescue_compared"]
    accesses = {moment: compared[moment]["accesses"] for moment in ("before", "cut", "rescued")}
    assert accesses["cut"] < accesses["rescued"] / 2
    assert accesses["rescued"] <= accesses["before"]
    assert [count["source"] for count in events["rescue_previewed"]["sources"]] == ["suspended-row", "log"]
    assert events["rescue_done"]["failures"] == []


def test_the_commands_of_the_other_story_work(too_late: Mapping[str, Any], say: Say) -> None:
    commands = [shlex.split(command)[1:] for command in too_late["next_commands"]]
    said = [say(*command) for command in commands]
    assert [(each.status, each.err) for each in said] == [(0, "")] * 3
    assert ("PREVIEW" in said[1].out, "DONE" in said[2].out) == (True, True)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_other_story_is_drawn(language: str, say: Say, tmp_path: Path) -> None:
    said = say("demo", "--too-late", "--folder", str(tmp_path / "late"), "--lang", language, *NOW_OPTION)
    titles = {
        "en": (
            "The cut",
            "What the cut took",
            "What the rescue would do",
            "The rescue",
            "Who has access again",
        ),
        "fr": ("La coupure", "Ce que la coupure a pris", "Ce que ferait le sauvetage", "Le sauvetage"),
    }[language]
    assert (said.status, said.err) == (0, "")
    places = [said.out.index(f"\n{title} ─") for title in titles]
    assert places == sorted(places)


def test_the_other_story_has_a_folder_of_its_own(
    say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "maintien-demo-too-late").write_text("mine", encoding="utf-8")
    assert "maintien-demo-too-late" in say("demo", "--too-late").err


def test_a_university_that_is_there_is_left_alone(told: Told, say: Say) -> None:
    folder = told.folder
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    said = say("demo", "--folder", str(folder), *NOW_OPTION)
    assert (said.status, said.err) == (0, "")
    assert "--fresh" in said.out
    assert str(folder / "university-before.sqlite") in said.out
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_what_to_try_next_stands_in_the_document_too(told: Told, say: Say) -> None:
    again = say("demo", "--folder", str(told.folder), "--json", *NOW_OPTION)
    assert json.loads(again.out) == json.loads(told.said.out) | {"story": []}


@pytest.fixture
def retold(told: Told, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Tells the same story again without living through it; gives the folders it was told in."""
    folders: list[Path] = []

    def made(folder: Path, *, now: int) -> DemoSite:
        folders.append(folder)
        return DemoSite(folder=folder, calendar=university_calendar(now))

    monkeypatch.setattr(maintien.cli.demo.demo, "create_demo", made)
    monkeypatch.setattr(maintien.cli.demo.demo, "tell", lambda _: iter(told.events))
    return folders


def test_the_story_is_drawn_in_english(retold: list[Path], say: Say, tmp_path: Path) -> None:
    said = say("demo", "--folder", str(tmp_path), *NOW_OPTION)
    assert (said.status, said.err, retold) == (0, "", [tmp_path])
    titles = (
        "A university",
        "What the cut would take",
        "What the conversion would do",
        "The conversion",
        "The cut",
        "Who kept access",
        "What is left to look at",
        "Your turn",
    )
    places = [said.out.index(f"\n{title} ─") for title in titles]
    assert places == sorted(places)
    assert said.out.count("maintien --site") == 4


def test_the_story_is_drawn_in_french(retold: list[Path], say: Say, tmp_path: Path) -> None:
    english = say("demo", "--folder", str(tmp_path), *NOW_OPTION).out.splitlines()
    said = say("demo", "--folder", str(tmp_path), "--lang", "fr", *NOW_OPTION)
    assert (said.status, said.err, retold) == (0, "", [tmp_path, tmp_path])
    alike = {line for line in said.out.splitlines() if line in english and "sqlite" not in line}
    assert not {line for line in alike if re.search(r"[a-z]{3} [a-z]{3}", line)}


def test_an_earlier_one_is_left_alone_unless_asked(retold: list[Path], told: Told, say: Say) -> None:
    say("demo", "--folder", str(told.folder), *NOW_OPTION)
    assert retold == []
    say("demo", "--folder", str(told.folder), "--fresh", *NOW_OPTION)
    assert retold == [told.folder]


def test_half_a_story_is_told_anew(retold: list[Path], say: Say, tmp_path: Path) -> None:
    create_demo(tmp_path, now=NOW)
    say("demo", "--folder", str(tmp_path), *NOW_OPTION)
    assert retold == [tmp_path]


@pytest.mark.parametrize("name", ["university.sqlite", "register.sqlite", "university-before.sqlite"])
@pytest.mark.parametrize("options", [(), ("--fresh",)])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_is_somebodys_is_never_replaced(
    name: str, options: tuple[str, ...], language: str, say: Say, tmp_path: Path
) -> None:
    theirs = tmp_path / name
    theirs.write_text("a thesis", encoding="utf-8")
    said = say("demo", "--folder", str(tmp_path), "--lang", language, *options)
    assert (said.status, said.out) == (2, "")
    assert said.err.count("\n") == 1
    assert str(theirs) in said.err
    assert theirs.read_text(encoding="utf-8") == "a thesis"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_folder_that_can_be_none_is_named(language: str, say: Say, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    said = say("demo", "--folder", str(file), "--lang", language)
    assert (said.status, said.out) == (2, "")
    assert said.err.count("\n") == 1
    assert str(file) in said.err


@pytest.mark.parametrize("now", ["then", "9999-01-01", "never"])
def test_a_year_that_no_story_fits_into_is_refused(now: str, say: Say, tmp_path: Path) -> None:
    said = say("demo", "--folder", str(tmp_path / "new"), "--now", now)
    assert (said.status, said.out) == (2, "")
    assert list(tmp_path.iterdir()) == []


def test_by_default_it_is_put_into_the_current_folder(
    say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "maintien-demo").write_text("mine", encoding="utf-8")
    said = say("demo")
    assert said.status == 2
    assert "maintien-demo" in said.err
