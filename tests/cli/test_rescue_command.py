"""``rescue`` shows what a sync took away, and gives it back only with ``--run``."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import maintien.runs.conduct
import maintien.runs.execute
from maintien.runs.execute import CourseOutcome, execute
from tests.cli.conftest import Said, Say
from tests.cli.cut_university import CUT, GROUP, cut_off
from tests.cli.university import NOW

UNTIL = 1819749599
"""The last second of 2027-08-31 in Paris."""
SINCE = ("--since", f"@{CUT}")
RESCUE = ("rescue", "--course", "BIO", *SINCE, "--until", "2027-08-31")
EVERYTHING = ("rescue", "--all", *SINCE, "--until", "2027-08-31")
TABLES = ("mdl_enrol", "mdl_user_enrolments", "mdl_role_assignments", "mdl_groups_members")
BIO, MATH, HIST = 2, 4, 6
"""The instances that fill these courses."""


@pytest.fixture
def cut_university(university: Path) -> Path:
    """The university after the sync has emptied BIO, and HIST, where the manual method is disabled."""
    cut_off(university, BIO)
    cut_off(university, HIST)
    return university


@pytest.fixture
def after_cut(cut_university: Path, at_university: Say) -> Say:  # noqa: ARG001 -- it is cut first
    """Types a command line about the university, an hour after the cut."""
    return at_university


def rows(university: Path) -> dict[str, list[Any]]:
    connection = sqlite3.connect(university)
    found = {table: connection.execute(f"SELECT * FROM {table} ORDER BY id").fetchall() for table in TABLES}
    connection.close()
    return found


def selected(university: Path, query: str) -> set[tuple[Any, ...]]:
    connection = sqlite3.connect(university)
    try:
        return set(connection.execute(query))
    finally:
        connection.close()


def manual(university: Path) -> set[tuple[Any, ...]]:
    """Instance, person and end of every manual enrolment."""
    query = (
        "SELECT enrolid, userid, timeend FROM mdl_user_enrolments JOIN mdl_enrol e ON e.id = enrolid"
        " WHERE enrol = 'manual'"
    )
    return selected(university, query)


def document(said: Said) -> dict[str, Any]:
    assert said.status == 0, said.err
    read: dict[str, Any] = json.loads(said.out)
    return read


def test_preview_writes_nothing_and_names_everybody_with_the_source(
    cut_university: Path, after_cut: Say
) -> None:
    before = cut_university.read_bytes()
    said = after_cut(*RESCUE)

    assert (said.status, said.err) == (0, "")
    assert "PREVIEW" in said.out
    for name in ("Ada", "Brahim", "Chloe"):
        line = next(line for line in said.out.splitlines() if name in line)
        assert "2026-08-29" in line
        assert "2027-08-31 23:59" in line
        assert line.rstrip().endswith("log")
    assert cut_university.read_bytes() == before


def test_run_gives_access_roles_and_groups_back(cut_university: Path, after_cut: Say) -> None:
    preview = document(after_cut(*RESCUE, "--json"))
    done = document(after_cut(*RESCUE, "--json", "--run"))

    assert done == preview | {"written": True, "run": 1}
    assert manual(cut_university) == {(1, 11, UNTIL), (1, 12, UNTIL), (1, 13, UNTIL)}
    roles = "SELECT roleid, userid FROM mdl_role_assignments WHERE component = '' AND itemid = 0"
    assert selected(cut_university, roles) == {(5, 11), (5, 12), (5, 13)}
    members = "SELECT groupid, userid, component, itemid FROM mdl_groups_members"
    assert selected(cut_university, members) == {(GROUP, userid, "", 0) for userid in (11, 12, 13)}


def test_json_tells_source_and_time_of_each_person(after_cut: Say) -> None:
    (course,) = document(after_cut(*RESCUE, "--json"))["courses"]

    assert course["people"][0] == {
        "user": 11,
        "before": None,
        "after": {
            "status": "active",
            "starts_at": {"unix": 0, "iso": None},
            "ends_at": {"unix": UNTIL, "iso": "2027-08-31T23:59:59+02:00"},
        },
        "roles": ["student"],
        "groups": [GROUP],
        "taken_at": {"unix": CUT, "iso": "2026-08-29T11:40:00+02:00"},
        "sources": ["log"],
    }


def test_policy_is_told(after_cut: Say) -> None:
    asked = ("--methods", "all", "--roles", "all", "--enable-manual", "--no-keep-groups", "--also-by-people")
    told = document(after_cut(*RESCUE, "--to", f"@{CUT + 5}", *asked, "--json"))["policy"]

    assert {key: value for key, value in told.items() if key not in ("since", "to", "ends_at")} == {
        "kind": "rescue_policy",
        "methods": None,
        "roles": None,
        "keep_groups": False,
        "enable_manual": True,
        "also_by_people": True,
    }
    assert (told["since"]["unix"], told["to"]["unix"], told["ends_at"]["unix"]) == (CUT, CUT + 5, UNTIL)


def test_defaults_are_those_of_the_documentation(after_cut: Say) -> None:
    told = document(after_cut(*RESCUE, "--json"))["policy"]

    assert told["to"]["unix"] == NOW
    assert (told["methods"], told["roles"]) == (["cohort", "database"], ["student"])
    assert (told["keep_groups"], told["enable_manual"], told["also_by_people"]) == (True, False, False)


def test_second_run_finds_nothing_to_do(cut_university: Path, after_cut: Say) -> None:
    after_cut(*EVERYTHING, "--run")
    before = rows(cut_university)
    said = after_cut(*EVERYTHING, "--run")

    assert said.status == 0
    assert "NOTHING TO DO" in said.out
    assert rows(cut_university) == before


def test_course_whose_method_is_disabled_is_left_alone_and_named(
    cut_university: Path, after_cut: Say
) -> None:
    hist = ("rescue", "--course", "HIST", *SINCE, "--until", "2027-08-31")
    said = after_cut(*hist, "--run")

    assert "disabled" in said.out
    assert "Chloe Martin" in said.out
    assert manual(cut_university) == set()
    after_cut(*hist, "--enable-manual", "--run")
    assert manual(cut_university) == {(5, 13, UNTIL)}


def test_what_a_person_took_is_listed_and_given_back_only_if_asked(
    university: Path, at_university: Say
) -> None:
    cut_off(university, BIO, origin="web")

    (course,) = document(at_university(*RESCUE, "--json"))["courses"]
    assert {entry["reason"] for entry in course["left_alone"]} == {"taken_by_person"}
    assert "by account 2" in at_university(*RESCUE).out
    at_university(*RESCUE, "--also-by-people", "--run")
    assert {userid for _, userid, _ in manual(university)} == {11, 12, 13}


def test_other_days_are_not_looked_at(after_cut: Say) -> None:
    for window in (("--since", f"@{CUT + 1}"), ("--since", "2026-01-01", "--to", "2026-08-28")):
        asked = ("rescue", "--course", "BIO", *window, "--until", "2027-08-31")
        assert "NOTHING TO DO" in after_cut(*asked).out


def test_day_is_read_from_its_beginning_to_its_end(after_cut: Say) -> None:
    day = ("rescue", "--course", "BIO", "--since", "2026-08-29", "--to", "2026-08-29")
    told = document(after_cut(*day, "--until", "2027-08-31", "--json"))["policy"]

    assert told["since"]["iso"] == "2026-08-29T00:00:00+02:00"
    # Nothing can have been taken in the rest of the day.
    assert told["to"]["unix"] == NOW


def test_courses_file_gives_each_course_its_end(cut_university: Path, after_cut: Say, tmp_path: Path) -> None:
    file = tmp_path / "courses.csv"
    file.write_text("course,until,roles\nBIO,2027-01-31,student\n")
    said = after_cut("rescue", "--courses-file", str(file), *SINCE, "--run")

    assert said.status == 0, said.err
    assert {end for _, _, end in manual(cut_university)} == {1801436399}


def test_undo_takes_the_rescue_back(cut_university: Path, after_cut: Say) -> None:
    before = rows(cut_university)
    after_cut(*EVERYTHING, "--enable-manual", "--run")
    assert rows(cut_university) != before

    refused = after_cut("undo", "1", "--run")
    assert (refused.status, "people: 4" in refused.err) == (2, True)
    undone = after_cut("undo", "1", "--run", "--even-if-access-is-lost")

    assert undone.status == 0, undone.err
    assert rows(cut_university) == before


def test_runs_are_listed_as_rescues(after_cut: Say) -> None:
    after_cut(*RESCUE, "--run")

    assert "rescue" in after_cut("runs", "--json").out
    assert "sauvetage" in after_cut("runs", "--lang", "fr").out


def test_interrupted_rescue_is_resumed_with_the_same_window(
    cut_university: Path, after_cut: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = (*EVERYTHING, "--enable-manual", "--run")
    with monkeypatch.context() as patch:
        patch.setattr(maintien.runs.execute, "batches", lambda sizes, _: ([size] for size in sizes))
        _stop_after_first(patch)
        assert after_cut(*asked).status == 130
    assert manual(cut_university) != {(1, 11, UNTIL), (1, 12, UNTIL), (1, 13, UNTIL), (5, 13, UNTIL)}

    preview = document(after_cut("resume", "1", "--json"))
    said = after_cut("resume", "1", "--run")

    assert preview["totals"]["enrolments_added"] == 1
    assert said.status == 0, said.err
    assert manual(cut_university) == {(1, 11, UNTIL), (1, 12, UNTIL), (1, 13, UNTIL), (5, 13, UNTIL)}


def _stop_after_first(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*arguments: object, **options: object) -> Iterator[CourseOutcome]:
        courses = execute(*arguments, **options)  # type: ignore[arg-type]
        yield next(courses)
        raise KeyboardInterrupt

    monkeypatch.setattr(maintien.runs.conduct, "execute", interrupted)


def test_run_is_shown_as_it_was(after_cut: Say) -> None:
    after_cut(*RESCUE, "--run")
    shown = document(after_cut("runs", "show", "1", "--json"))

    assert shown["policy"]["kind"] == "rescue_policy"
    assert shown["courses"][0]["people"][0]["sources"] == ["log"]
