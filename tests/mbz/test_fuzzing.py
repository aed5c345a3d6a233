"""The fuzz target finds what does harm, says how to make it again, and finds nothing now."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from maintien.mbz.source import ArchiveSource
from tests.mbz.fuzzing import fuzz

PROJECT = Path(__file__).resolve().parents[2]
SECONDS = "5"
"""``make fuzz`` takes a minute."""


def test_no_broken_archive_does_harm() -> None:
    command = [sys.executable, "-m", "tests.mbz.fuzzing.fuzz", "--seconds", SECONDS]
    ended = subprocess.run(command, capture_output=True, check=False, cwd=PROJECT, text=True)  # noqa: S603 -- our own program
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert re.match(r"seed \w+, \d+ archives to begin with\n\d+ archives read, nothing harmed", ended.stdout)


def test_seed_and_number_make_an_archive_again() -> None:
    corpus = fuzz.load_corpus(None)
    numbers = range(len(corpus), len(corpus) + 50)
    first = [fuzz.make(corpus, "seed", number) for number in numbers]
    assert [fuzz.make(corpus, "seed", number) for number in numbers] == first
    assert len(set(first)) > 25


def test_harm_is_told_with_what_makes_it_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(_: ArchiveSource) -> None:
        raise RecursionError

    monkeypatch.setattr(fuzz, "read_archive", stumble)
    monkeypatch.chdir(tmp_path)
    corpus = fuzz.load_corpus(None)
    with pytest.raises(fuzz.HarmDone, match=r"RecursionError.*--seed abc --only 0"):
        fuzz.run(corpus, "abc", seconds=0)
    assert (tmp_path / "fuzz-abc-0.mbz").read_bytes() == corpus[0]
