"""The campaign file that comes with the embedded university is one, and runs there."""

import json
from pathlib import Path

import pytest

from maintien.sites.demo.calendar import university_calendar
from maintien.sites.demo.campaign import CAMPAIGN_FILE, sample_campaign, write_sample_campaign
from maintien.sites.demo.creation import create_demo
from tests.cli.conftest import Say, say
from tests.demo.moments import NOW

__all__ = ["say"]

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / CAMPAIGN_FILE


def test_sample_runs_on_the_university_and_has_nothing_left_to_do(
    tmp_path: Path, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo = create_demo(tmp_path, now=NOW)
    write_sample_campaign(tmp_path, demo.calendar)
    monkeypatch.setenv("MAINTIEN_SITE", demo.site_url)
    command = ("--now", f"@{NOW}", "--lang", "en", "campaign", "run", str(tmp_path / CAMPAIGN_FILE), "--run")

    done = say(*command, "--json")
    document = json.loads(done.out)

    assert (done.status, done.err) == (0, "")
    assert [(rule["name"], rule["totals"]["courses"]) for rule in document["rules"]] == [
        ("Apprentis", 8),
        ("Infirmiers", 4),
        ("Mémoires", 2),
        ("Santé", 8),
        ("Droit", 9),
    ]
    assert all(rule["people"] for rule in document["rules"])
    assert (document["campaign"]["courses_excluded"], document["campaign"]["courses_unmatched"]) == (1, 8)
    assert document["totals"]["left_alone"]["excluded_person"] > 0
    again = json.loads(say(*command, "--monitor").out)
    assert (again["status"], again["run"]) == ("nothing_to_do", None)


def test_published_example_is_the_sample_of_a_year() -> None:
    assert EXAMPLE.read_text(encoding="utf-8") == sample_campaign(university_calendar(NOW))


def test_file_of_somebody_else_is_not_replaced(tmp_path: Path) -> None:
    theirs = tmp_path / CAMPAIGN_FILE
    theirs.write_text("[campaign]\n", encoding="utf-8")
    write_sample_campaign(tmp_path, university_calendar(NOW))
    assert theirs.read_text(encoding="utf-8") == "[campaign]\n"


def test_sample_of_an_earlier_year_is_replaced(tmp_path: Path) -> None:
    year = 365 * 24 * 60 * 60
    write_sample_campaign(tmp_path, university_calendar(NOW - year))
    write_sample_campaign(tmp_path, university_calendar(NOW))
    assert (tmp_path / CAMPAIGN_FILE).read_text(encoding="utf-8") == sample_campaign(university_calendar(NOW))
