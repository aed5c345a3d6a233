"""Somebody watches in a browser while a worker is killed, or the whole application is started again."""

import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.shared_facts import skip_without
from tests.web.browser import (
    CHROMIUM,
    PATIENCE,
    Demo,
    chromium,
    free_port,
    serve_demo,
    set_first_password,
    sign_in,
    wait_for_server,
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        skip_without("Debian's chromium is not installed")
    with chromium() as running:
        yield running


@contextmanager
def application(folder: Path, browser: Browser) -> Iterator[Demo]:
    with serve_demo(folder) as running:
        set_first_password(browser, running)
        yield running


def confirm_everything(page: Page, demo: Demo) -> int:
    """Have a plan for every course applied, with a backup of each first, which takes its time."""
    page.goto(f"{demo.address}/sites/demo/plans/new?everything=1")
    page.locator("#id_until").fill("2032-08-31")
    page.locator("#id_backup").check()
    page.locator("main form button.btn-primary").click()
    expect(page.locator("code")).to_be_visible(timeout=PATIENCE)
    people = page.locator(".card .h2").first.inner_text()
    page.locator("#people").fill(people)
    page.locator("form[action$=apply] button").click()
    return int("".join(filter(str.isdecimal, people)))


def wait_until_in_the_middle(demo: Demo) -> None:
    """Wait until the run has planned some of its courses, and is not over."""
    for _ in range(3000):
        statuses = courses_of_runs(demo)
        if statuses and set(statuses) != {"pending"}:
            assert [status for _, status in runs(demo)] == ["running"]
            return
        time.sleep(0.02)
    raise AssertionError("no run began")


def workers_of(demo: Demo) -> list[int]:
    """Find the workers among the children of the application: its server has children of its own."""
    parents = {
        int(entry.name): parent_of(entry) for entry in Path("/proc").iterdir() if entry.name.isdecimal()
    }
    with_children = set(parents.values())
    return [
        process
        for process, parent in parents.items()
        if parent == demo.process and process not in with_children and is_spawned(process)
    ]


def parent_of(entry: Path) -> int:
    try:
        return int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        # It has ended meanwhile.
        return 0


def is_spawned(process: int) -> bool:
    return b"spawn_main" in Path(f"/proc/{process}/cmdline").read_bytes()


def rows_of(path: Path, statement: str) -> list[tuple[Any, ...]]:
    if not path.exists():
        return []
    with closing(sqlite3.connect(path, timeout=30)) as connection:
        try:
            return connection.execute(statement).fetchall()
        except sqlite3.OperationalError:
            # Its tables are still to be made.
            return []


def runs(demo: Demo) -> list[tuple[Any, ...]]:
    return rows_of(demo.folder / "runs.sqlite", "SELECT id, status FROM maintien_run ORDER BY id")


def courses_of_runs(demo: Demo) -> list[str]:
    rows = rows_of(demo.folder / "runs.sqlite", "SELECT status FROM maintien_run_course")
    return [status for (status,) in rows]


def people_with_the_end_date(demo: Demo) -> list[tuple[Any, ...]]:
    """List who has an enrolment to the end date in which course, each as often as there is one."""
    return rows_of(
        demo.folder / "university.sqlite",
        "SELECT e.courseid, ue.userid FROM mdl_user_enrolments ue JOIN mdl_enrol e ON e.id = ue.enrolid"
        " WHERE e.enrol = 'manual' AND ue.timeend BETWEEN 1977000000 AND 1978000000",
    )


def test_a_run_whose_worker_is_killed_goes_on_while_somebody_watches(
    browser: Browser, tmp_path: Path
) -> None:
    with application(tmp_path, browser) as demo:
        page = sign_in(browser, demo, "en")
        people = confirm_everything(page, demo)
        wait_until_in_the_middle(demo)
        killed = workers_of(demo)
        assert killed
        for process in killed:
            os.kill(process, signal.SIGKILL)
        assert [status for _, status in runs(demo)] == ["running"]
        # Nobody touches the page: it asks by itself.
        expect(page.locator(".alert-success")).to_be_visible(timeout=3 * PATIENCE)
        assert [status for _, status in runs(demo)] == ["done"]
        assert "planned" not in courses_of_runs(demo)
        enrolled = people_with_the_end_date(demo)
        assert len(enrolled) == len(set(enrolled)) == people
        page.close()


def test_a_run_goes_on_when_the_application_is_started_again(browser: Browser, tmp_path: Path) -> None:
    port = free_port()
    with application(tmp_path, browser) as demo:
        page = sign_in(browser, demo, "fr")
        people = confirm_everything(page, demo)
        wait_until_in_the_middle(demo)
    assert [status for _, status in runs(demo)] != ["done"]
    with serve_demo(tmp_path, port) as again:
        wait_for_server(page, f"{again.address}/health")
        # Whoever was signed in still is: the session is in the application's tables.
        page.goto(f"{again.address}/sites/demo/plans/1")
        expect(page.locator(".alert-success")).to_be_visible(timeout=3 * PATIENCE)
        assert [status for _, status in runs(again)] == ["done"]
        enrolled = people_with_the_end_date(again)
        assert len(enrolled) == len(set(enrolled)) == people
        page.close()
