"""The published JSON Schema refuses what the reader refuses of the form, and takes what it takes."""

import tomllib
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from maintien.errors.campaigns import UnknownKey, WrongValue
from maintien.runs.campaign_file.schema import campaign_schema, campaign_schema_text
from tests.runs.test_campaign_file import FAULTS, FULL, GOOD

DOCS = Path(__file__).parents[2] / "docs"
VALIDATOR = Draft202012Validator(campaign_schema())

WITHOUT_SITE = {
    "no campaign",
    "no name",
    "no courses",
    "courses, and all of them",
    "a rule without a name",
    "an exclusion of nothing",
    "a first day that never ends",
}
"""Faults of other kinds that a schema can find too."""


def as_json(value: Any) -> Any:  # noqa: ANN401 -- whatever TOML holds
    """Write TOML's dates as editors do for a schema."""
    match value:
        case dict():
            return {key: as_json(each) for key, each in value.items()}
        case list():
            return [as_json(each) for each in value]
        case date() | datetime() | time():
            return value.isoformat()
        case _:
            return value


def is_valid(text: str) -> bool:
    return VALIDATOR.is_valid(as_json(tomllib.loads(text)))


def test_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(campaign_schema())


def test_published_schema_is_the_reader_s() -> None:
    assert (DOCS / "campaign.schema.json").read_text(encoding="utf-8") == campaign_schema_text()


GOOD_ONES = {
    "a small file": GOOD,
    "a file that says everything": FULL,
    "the example": (DOCS / "examples" / "campaign.toml").read_text(encoding="utf-8"),
}


@pytest.mark.parametrize("case", GOOD_ONES)
def test_schema_takes_what_the_reader_takes(case: str) -> None:
    assert is_valid(GOOD_ONES[case])


def is_of_the_form(case: str) -> bool:
    return FAULTS[case][2][3] in (UnknownKey, WrongValue) or case in WITHOUT_SITE


@pytest.mark.parametrize("case", FAULTS)
def test_schema_finds_the_faults_of_the_form_and_no_others(case: str) -> None:
    old, new, _ = FAULTS[case]
    text = GOOD.replace(old, new, 1) if old else GOOD + new

    assert is_valid(text) is not is_of_the_form(case)
