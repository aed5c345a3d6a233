"""Finds the recorded facts of Moodle: $MAINTIEN_SHARED, or the folder ``shared`` beside the checkout."""

import os
from pathlib import Path
from typing import Final, NoReturn

import pytest

_BESIDE: Final = Path(__file__).resolve().parents[2] / "shared"


def is_ci() -> bool:
    """Whether everything a test needs has to be there."""
    return os.environ.get("CI") == "true"


def skip_without(reason: str) -> NoReturn:
    """Skip the test that lacks something; under CI it fails."""
    if is_ci():
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def shared_folder() -> Path:
    """The folder of recorded facts; without it the test is skipped."""
    folder = Path(os.environ.get("MAINTIEN_SHARED") or _BESIDE)
    if not (folder / "moodle").is_dir():
        skip_without(f"there are no recorded facts in {folder}: set MAINTIEN_SHARED")
    return folder
