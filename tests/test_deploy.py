"""The files of deploy/ are understood by what they are for."""

import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.test_documentation import faults_of

DEPLOY: Final = Path(__file__).parents[1] / "deploy"
UNITS: Final = sorted((DEPLOY / "systemd").iterdir())
PROGRAM: Final = "/opt/maintien/.venv/bin/maintien"


def command_lines() -> list[str]:
    files = [*UNITS, *DEPLOY.glob("cron*")]
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    return [line.partition(PROGRAM)[2] for line in lines if PROGRAM in line and not line.startswith("#")]


def test_command_lines_are_those_of_the_program() -> None:
    lines = command_lines()

    assert [faults_of(shlex.split(line)) for line in lines] == [[], []]


def test_readmes_have_the_same_commands() -> None:
    english, french = ((DEPLOY / name).read_text(encoding="utf-8") for name in ("README.md", "README.fr.md"))

    assert english.split("```")[1] == french.split("```")[1]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed here")
def test_units_are_understood_by_systemd(tmp_path: Path) -> None:
    for unit in UNITS:
        # systemd-analyze wants the program to be there.
        text = unit.read_text(encoding="utf-8").replace(PROGRAM, sys.executable)
        (tmp_path / unit.name).write_text(text, encoding="utf-8")

    units = [str(tmp_path / unit.name) for unit in UNITS]
    verified = subprocess.run(  # noqa: S603 -- our own units
        ["systemd-analyze", "verify", "--man=no", *units],  # noqa: S607 -- wherever it is
        capture_output=True,
        text=True,
        check=False,
    )

    assert (verified.returncode, verified.stderr) == (0, "")
