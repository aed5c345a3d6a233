"""What the program is told by where it runs: variables, folders, zones, the way it was called."""

import json
import sqlite3
import sys
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest

from maintien import bootstrap
from maintien.bootstrap import Wishes, this_machine
from tests.cli.conftest import Say


def test_the_site_file_is_in_the_persons_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("MAINTIEN_SITES")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert this_machine().site_file == tmp_path / "maintien" / "sites.toml"


def test_a_variable_names_another_site_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAINTIEN_SITES", "/elsewhere/sites.toml")
    assert this_machine().site_file == Path("/elsewhere/sites.toml")


MONTH = {"January": datetime(2027, 1, 15, tzinfo=UTC), "July": datetime(2027, 7, 15, tzinfo=UTC)}
ZONES = {
    "a zone": ("America/New_York", {"January": -5, "July": -4}),
    "a zone as the C library takes it": (":Asia/Tokyo", {"January": 9, "July": 9}),
}


@pytest.mark.parametrize("case", ZONES)
@pytest.mark.parametrize("month", MONTH)
def test_the_variable_for_the_zone_is_taken(case: str, month: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, hours = ZONES[case]
    monkeypatch.setenv("TZ", name)
    offset = MONTH[month].astimezone(this_machine().zone).utcoffset()
    assert offset is not None
    assert offset.total_seconds() == hours[month] * 3600


def local_time(tmp_path: Path, kind: str) -> Path:
    """A machine's own zone, as a link into the zones or as a copy."""
    zone = tmp_path / "zoneinfo" / "Europe" / "Paris"
    zone.parent.mkdir(parents=True)
    zone.write_bytes(files("tzdata").joinpath("zoneinfo", "Europe", "Paris").read_bytes())
    place = tmp_path / "localtime"
    if kind == "link":
        place.symlink_to(zone)
    else:
        place.write_bytes(zone.read_bytes())
    return place


@pytest.mark.parametrize("kind", ["link", "copy"])
@pytest.mark.parametrize(("month", "hours"), [("January", 1), ("July", 2)])
def test_without_it_the_machines_own_zone_is_taken(
    kind: str, month: str, hours: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("TZ")
    monkeypatch.setattr(bootstrap, "_LOCAL_TIME", local_time(tmp_path, kind))
    offset = MONTH[month].astimezone(this_machine().zone).utcoffset()
    assert offset is not None
    assert offset.total_seconds() == hours * 3600


def test_a_machine_without_a_zone_has_universal_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("TZ")
    monkeypatch.setattr(bootstrap, "_LOCAL_TIME", tmp_path / "nothing")
    assert str(this_machine().zone) == "UTC"


def on_path(tmp_path: Path) -> str:
    program = tmp_path / "maintien"
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)
    return str(tmp_path)


def test_the_program_goes_by_its_name_where_the_shell_finds_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "argv", [".venv/bin/maintien", "demo"])
    monkeypatch.setenv("PATH", on_path(tmp_path))
    assert this_machine().program == "maintien"


def test_the_program_goes_by_its_path_where_the_shell_does_not_find_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "argv", ["my tools/maintien", "demo"])
    monkeypatch.setenv("PATH", str(tmp_path))
    assert this_machine().program == "'my tools/maintien'"


def test_the_package_goes_by_the_interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/lib/maintien/__main__.py", "demo"])
    monkeypatch.setattr(sys, "executable", "/usr/bin/python3")
    assert this_machine().program == "/usr/bin/python3 -m maintien"


def test_no_repr_shows_the_environment_or_the_site() -> None:
    wishes = Wishes(site="mysql://u:abc@host/db")
    assert "abc" not in repr(wishes)
    assert "LANG" not in repr(this_machine())


def test_the_site_is_the_options_before_it_is_the_environments(
    university: Path, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAINTIEN_SITE", "nowhere")
    said = say("check", "--json", "--site", f"sqlite:///{university}")
    assert (said.status, json.loads(said.out)["site"]) == (0, f"sqlite:///{university}")


def test_the_site_may_be_a_name_in_the_site_file(university: Path, say: Say, tmp_path: Path) -> None:
    site_file = tmp_path / "sites.toml"
    site_file.write_text(f'[sites.campus]\nurl = "sqlite:///{university}"\n', encoding="utf-8")
    said = say("check", "--json", "--site", "campus")
    assert (said.status, json.loads(said.out)["site"]) == (0, "campus")


def test_dates_are_read_in_the_sites_zone_or_else_the_machines(
    university: Path, at_university: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    arguments = ("convert", "--course", "BIO", "--until", "2027-08-31", "--json")
    of_site = json.loads(at_university(*arguments).out)
    connection = sqlite3.connect(university)
    connection.execute("UPDATE mdl_config SET value = '99' WHERE name = 'timezone'")
    connection.commit()
    connection.close()
    of_machine = json.loads(at_university(*arguments).out)
    ends = [document["policy"]["ends_at"]["iso"] for document in (of_site, of_machine)]
    assert ends == ["2027-08-31T23:59:59+02:00", "2027-08-31T23:59:59-04:00"]
