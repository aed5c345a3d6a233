"""However a command ends, it says one sentence, keeps passwords to itself, and tells it by its status."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

import maintien.cli.overview.courses
from maintien.cli.invocation.secrets import find_secrets, without_secrets
from tests.cli.conftest import Say

COURSES = ("courses", "--all")
SECRET = "s3cr3t/p@ss"  # noqa: S105 -- what must not be shown
SECRET_URL = "postgresql://reader:s3cr3t%2Fp%40ss@127.0.0.1:1/moodle"  # noqa: S105 -- same


def fail(*_: object, **__: object) -> object:
    """Stand for a driver that repeats what it was given."""
    raise RuntimeError(f"can't open {SECRET_URL}, with {SECRET}\nnot even \x1b[2J tomorrow")


@pytest.fixture
def mishap(monkeypatch: pytest.MonkeyPatch) -> None:
    """A programming mistake, where a site is opened."""
    monkeypatch.setattr("maintien.bootstrap.open_site", fail)


@pytest.mark.usefixtures("mishap")
@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_mishap_is_one_sentence(language: str, say: Say) -> None:
    said = say(*COURSES, "--site", SECRET_URL, "--lang", language)
    assert (said.status, said.out) == (1, "")
    assert said.err.count("\n") == 1
    assert "RuntimeError" in said.err
    assert "--debug" in said.err


@pytest.mark.usefixtures("mishap")
@pytest.mark.parametrize("place", ["before", "after"])
def test_debug_shows_where_without_the_password(place: str, say: Say) -> None:
    arguments = ("--debug", *COURSES) if place == "before" else (*COURSES, "--debug")
    said = say(*arguments, "--site", SECRET_URL)
    assert (said.status, said.out) == (1, "")
    assert "Traceback" in said.err
    assert "open_session" in said.err
    assert "not even" in said.err
    for secret in ("s3cr3t", "p@ss", "p%40ss", "\x1b"):
        assert secret not in said.err


@pytest.mark.usefixtures("mishap")
def test_debug_hides_the_password_of_the_environment_too(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAINTIEN_SITE", SECRET_URL)
    said = say(*COURSES, "--debug")
    assert "Traceback" in said.err
    assert "s3cr3t" not in said.err


@pytest.mark.parametrize("debug", [(), ("--debug",)])
def test_a_database_that_does_not_answer_is_named_without_its_password(
    debug: tuple[str, ...], say: Say
) -> None:
    said = say(*COURSES, "--site", SECRET_URL, *debug)
    assert (said.status, said.out) == (1, "")
    assert "127.0.0.1" in said.err
    for secret in ("s3cr3t", "p@ss", "p%40ss"):
        assert secret not in said.err


def test_debug_shows_where_an_error_arose_as_well(at_university: Say) -> None:
    said = at_university("courses", "--course", "PHYS", "--debug")
    assert said.status == 2
    assert "Traceback" in said.err
    assert said.err.endswith("(“maintien courses --all” lists them).\n")


def test_without_debug_nothing_shows_where_an_error_arose(at_university: Say) -> None:
    assert at_university("courses", "--course", "PHYS").err.count("\n") == 1


SECRETS: Mapping[str, tuple[str, set[str]]] = {
    "a URL": ("mysql://u:abc@host/db", {"abc"}),
    "an encoded one": ("mysql://u:a%2Fb@host/db", {"a%2Fb", "a/b"}),
    "an at sign in it": ("mysql://u:a@b@host/db", {"a@b"}),
    "an option's": ("--site=mysql://u:abc@host/db", {"abc"}),
    "no password": ("mysql://u@host/db", set()),
    "no URL": ("campus", set()),
}


@pytest.mark.parametrize("case", SECRETS)
def test_passwords_are_found_in_urls(case: str) -> None:
    text, expected = SECRETS[case]
    assert find_secrets([text]) == expected


def test_urls_lose_their_credentials_wherever_they_stand() -> None:
    text = "first mysql://u:abc@host/db, then abc, and sqlite:///file"
    assert without_secrets(text, {"abc"}) == "first mysql://***@host/db, then ***, and sqlite:///file"


def test_an_interruption_is_told(at_university: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr(maintien.cli.overview.courses, "find_courses", interrupted)
    said = at_university(*COURSES)
    assert (said.status, said.out, said.err) == (130, "", "Interrupted.\n")


def test_an_interruption_while_reading_the_command_line_is_told(
    say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(**_: object) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr(maintien.cli.overview.courses, "ask_for_courses", interrupted)
    said = say(*COURSES)
    assert (said.status, said.out, said.err) == (130, "", "Interrupted.\n")


def start(university: Path, *arguments: str) -> "subprocess.Popen[bytes]":
    environment = os.environ | {"MAINTIEN_SITE": f"sqlite:///{university}"}
    return subprocess.Popen(  # noqa: S603 -- our own program
        [sys.executable, "-m", "maintien", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    )


@pytest.mark.parametrize("arguments", [COURSES, (*COURSES, "--json"), ("--help",)])
def test_a_reader_who_goes_away_is_no_error(arguments: tuple[str, ...], university: Path) -> None:
    with start(university, *arguments) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
    assert (process.returncode, said) == (141, b"")


def test_the_package_runs_as_a_program(university: Path) -> None:
    with start(university, "convert", "--course", "PHYS", "--until", "never") as process:
        out, err = process.communicate()
    assert (process.returncode, out, err.count(b"\n")) == (2, b"", 1)


def test_names_that_the_terminal_lacks_letters_for_do_no_harm(
    university: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    monkeypatch.setenv("PYTHONUTF8", "0")
    with start(university, "courses", "--course", "BIO", "--lang", "fr") as process:
        out, err = process.communicate()
    assert (process.returncode, err) == (0, b"")
    assert b"BIO" in out
