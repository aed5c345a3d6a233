"""A run whose store is full, or whose database goes away, stops, says so, and can be gone on with."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import Connection, text

import maintien.runs.execute
from maintien.cli.main import main
from maintien.runs.journal import CourseStatus, RunStatus
from maintien.runs.store.database import DatabaseRunJournal
from maintien.runs.store.opening import open_run_store
from maintien.sites.database import writing
from maintien.sites.database.dirty_users import mark_users_dirty
from tests.runs.small_site import NOW, SmallSite
from tests.servers.moodle_databases import MoodleDatabase

CONVERT: Final = ("convert", "--all", "--until", "2027-08-31", "--run")

on_servers = pytest.mark.parametrize("moodle_database", ["postgresql", "mariadb"], indirect=True)
on_sqlite = pytest.mark.parametrize("moodle_database", ["sqlite"], indirect=True)


@contextmanager
def small(database: MoodleDatabase) -> Iterator[SmallSite]:
    site = SmallSite(database=database)
    site.build()
    try:
        yield site
    finally:
        site.remove_copies()


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        maintien.runs.execute,
        "batches",
        lambda sizes, _: (sizes[start : start + 4] for start in range(0, len(sizes), 4)),
    )


def say(site: SmallSite, state: Path, *command: str) -> int:
    url = site.database.site_url
    return main([*command, "--site", url, "--state", f"sqlite:///{state}", "--now", f"@{NOW}"])


def courses(state: Path) -> tuple[RunStatus, dict[CourseStatus, int]]:
    store = open_run_store(f"sqlite:///{state}")
    (record,) = store.runs()
    store.engine.dispose()
    return record.status, dict(record.totals.courses)


def limit_pages(monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """Fill the disk that the journal is on, once so many batches were noted."""
    planned = DatabaseRunJournal.planned
    noted = []

    def full(journal: DatabaseRunJournal, plans: object) -> None:
        noted.append(plans)
        if len(noted) > after:
            with journal.store.engine.connect() as connection:
                pages = connection.scalar(text("PRAGMA page_count"))
                connection.execute(text(f"PRAGMA max_page_count = {pages}"))
        planned(journal, plans)  # type: ignore[arg-type]

    monkeypatch.setattr(DatabaseRunJournal, "planned", full)


@on_sqlite
@pytest.mark.usefixtures("small_batches")
def test_full_store_stops_the_run_before_the_batch_is_written(
    moodle_database: MoodleDatabase,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    state = tmp_path / "runs.sqlite"
    with small(moodle_database) as site:
        with monkeypatch.context() as patch:
            limit_pages(patch, after=2)
            assert say(site, state, *CONVERT) == 1
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("The runs kept in sqlite:///")
        assert "full" in err
        written = {row[0] for row in site.rows()["logstore_standard_log"].elements()}
        assert written
        assert manual_courses(site) == set(range(2, 10))

        assert say(site, state, "resume", "last", "--run") == 0
        resumed = site.rows()
        site.put_back()
        assert say(site, tmp_path / "other.sqlite", *CONVERT) == 0
        assert site.rows() == resumed


@on_sqlite
def test_store_that_can_only_be_read_lets_nothing_be_written(
    moodle_database: MoodleDatabase, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = tmp_path / "runs.sqlite"
    open_run_store(f"sqlite:///{state}").engine.dispose()
    holder = sqlite3.connect(state)
    holder.execute("CREATE TRIGGER no BEFORE INSERT ON maintien_run BEGIN SELECT RAISE(ABORT, 'no'); END")
    holder.commit()
    holder.close()
    with small(moodle_database) as site:
        before = site.everything()
        assert say(site, state, *CONVERT) == 1
        assert site.everything() == before
    assert capsys.readouterr().err.startswith("The runs kept in sqlite:///")


@on_servers
@pytest.mark.usefixtures("small_batches")
def test_run_that_loses_its_database_stops_and_resumes(
    moodle_database: MoodleDatabase,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    state = tmp_path / "runs.sqlite"
    batches = []

    def losing(connection: Connection, *arguments: object) -> None:
        """Lose the database when a batch is written, and not yet committed."""
        batches.append(connection)
        if len(batches) == 3:
            end_other_sessions(moodle_database)
        mark_users_dirty(connection, *arguments)  # type: ignore[arg-type]

    with small(moodle_database) as site:
        with monkeypatch.context() as patch:
            patch.setattr(writing, "mark_users_dirty", losing)
            assert say(site, state, *CONVERT) == 1
        out, err = capsys.readouterr()
        assert (out, "Traceback" in err) == ("", False)
        status, found = courses(state)
        assert status is RunStatus.STOPPED
        # The batch that was lost; and the next, if it was read before its session ended too.
        assert found[CourseStatus.WRITTEN] == 8
        assert found[CourseStatus.PLANNED] in {4, 8}
        assert manual_courses(site) == set(range(2, 10))

        assert say(site, state, "resume", "last", "--run") == 0
        resumed = site.rows()
        site.put_back()
        assert say(site, tmp_path / "other.sqlite", *CONVERT) == 0
        assert site.rows() == resumed


def manual_courses(site: SmallSite) -> set[int]:
    """The courses in which somebody has the new end date."""
    return {row[0] for row in site.rows()["user_enrolments"] if row[1] == "manual" and row[8] == NOW}


def end_other_sessions(database: MoodleDatabase) -> None:
    """End every session of the database but one's own, as a restart does."""
    with database.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
            return
        sessions = connection.execute(
            text(
                "SELECT id FROM information_schema.processlist"
                " WHERE db = DATABASE() AND id <> CONNECTION_ID()"
            )
        ).scalars()
        for session in sessions.all():
            connection.execute(text(f"KILL {session}"))
