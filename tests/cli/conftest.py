"""A university to type commands at, and what they say."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pytest

from maintien.cli.main import main
from tests.cli.university import NOW, build_university


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a command said, and how it ended."""

    status: int
    out: str
    err: str


Say: TypeAlias = Callable[..., Said]


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An English terminal of 100 columns, and nothing of whoever runs the tests."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "MAINTIEN_SITE", "MAINTIEN_SITES", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("MAINTIEN_SITES", str(tmp_path / "sites.toml"))


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Types a command line."""

    def typed(*arguments: str) -> Said:
        capsys.readouterr()
        status = main(list(arguments))
        out, err = capsys.readouterr()
        return Said(status=status, out=out, err=err)

    return typed


@pytest.fixture(scope="session")
def built_university(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The university as it was built."""
    path = tmp_path_factory.mktemp("university") / "moodle.sqlite"
    build_university(path)
    return path


@pytest.fixture
def university(built_university: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A university of the test's own, which the environment names."""
    path = tmp_path / "moodle.sqlite"
    shutil.copyfile(built_university, path)
    monkeypatch.setenv("MAINTIEN_SITE", f"sqlite:///{path}")
    return path


@pytest.fixture
def at_university(university: Path, say: Say) -> Say:  # noqa: ARG001 -- the environment names it
    """Types a command line about the university, at :data:`~tests.cli.university.NOW`."""

    def typed(*arguments: str) -> Said:
        return say("--now", f"@{NOW}", *arguments)

    return typed
