"""Measures ``backup`` of one large course: ``python -m benchmarks.backup``.

The whole ``maintien`` process, from its start to its end: seconds, peak memory, and what it wrote. Every
account has a context, two profile fields and two preferences; every other one is in a group.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

from benchmarks.servers import SERVERS
from benchmarks.university import COURSE_SIZE, FIRST_PERSON, NOW, Size, fill, numbers
from maintien.sites.database.tables import MoodleTables, moodle_tables
from tests.servers.interface import DatabaseServer

PREFIX = "mdl_"
SIZES = (10_000, 200_000)
COURSE = 2
"""The university's first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What was measured."""

    database: str
    people: int
    seconds: float
    processor_seconds: float
    peak_megabytes: float
    archive_megabytes: float


def main() -> None:
    """Measure what the arguments ask for, a line a measurement."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.backup", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="PEOPLE")
    parser.add_argument("--databases", nargs="+", choices=SERVERS, default=list(SERVERS))
    arguments = parser.parse_args()
    print("    database    people  seconds    CPU s  peak MB  archive MB  people/s", flush=True)
    for database in arguments.databases:
        with SERVERS[database]() as server:
            for people in arguments.sizes:
                print(_line(measure(server, database, people)), flush=True)


def measure(server: DatabaseServer, database: str, people: int) -> Measurement:
    """Measure one size on one server."""
    tables = moodle_tables(PREFIX)
    with _large_course(server, tables, people) as engine, TemporaryDirectory() as folder:
        archive = Path(folder) / "course.mbz"
        seconds, processor_seconds, peak = _run_maintien(engine, archive)
        return Measurement(
            database=database,
            people=people,
            seconds=seconds,
            processor_seconds=processor_seconds,
            peak_megabytes=peak,
            archive_megabytes=archive.stat().st_size / 1e6,
        )


@contextmanager
def _large_course(server: DatabaseServer, tables: MoodleTables, people: int) -> Iterator[Engine]:
    server.drop_database("course")
    server.create_database("course")
    engine = create_engine(server.url("course"))
    try:
        tables.metadata.create_all(engine)
        with engine.begin() as connection:
            fill(connection, tables, Size(enrolments=COURSE_SIZE), with_log=False)
            for statement in _statements(engine, people):
                connection.execute(text(statement))
        yield engine
    finally:
        engine.dispose()
        server.drop_database("course")


def _statements(engine: Engine, people: int) -> Iterator[str]:
    p, user = PREFIX, engine.dialect.identifier_preparer.quote(f"{PREFIX}user")
    groups = engine.dialect.identifier_preparer.quote(f"{PREFIX}groups")
    yield (
        f"INSERT INTO {user} (id, username, firstname, lastname, email, mnethostid, confirmed)"
        f" SELECT n + {FIRST_PERSON - 1}, CONCAT('u', n), 'Ada', CONCAT('No', n),"
        f" CONCAT('u', n, '@example.fr'), 1, 1 FROM {numbers(engine, people)} WHERE n > {COURSE_SIZE}"
    )
    yield f"DELETE FROM {p}role_assignments"
    yield f"DELETE FROM {p}user_enrolments"
    yield (
        f"INSERT INTO {p}user_enrolments (status, enrolid, userid, timestart, timeend, modifierid,"
        f" timecreated, timemodified) SELECT 0, 3, id, 0, 0, 0, {NOW}, {NOW} FROM {user}"
    )
    yield (
        f"INSERT INTO {p}role_assignments (roleid, contextid, userid, timemodified, modifierid, component,"
        f" itemid, sortorder) SELECT 5, 101, id, {NOW}, 0, 'enrol_database', 3, 0 FROM {user}"
    )
    yield (
        f"INSERT INTO {p}context (id, contextlevel, instanceid, path, depth)"
        f" SELECT id + 1000000, 30, id, CONCAT('/1/', id + 1000000), 2 FROM {user}"
    )
    yield (
        f"INSERT INTO {p}user_info_field (id, shortname, name, datatype, categoryid, sortorder)"
        " VALUES (1, 'ine', 'INE', 'text', 1, 1), (2, 'site', 'Site', 'menu', 1, 2)"
    )
    for field in (1, 2):
        yield (
            f"INSERT INTO {p}user_info_data (userid, fieldid, data, dataformat)"
            f" SELECT id, {field}, CONCAT('value ', id), 0 FROM {user}"
        )
    for name in ("htmleditor", "auth_forcepasswordchange"):
        yield f"INSERT INTO {p}user_preferences (userid, name, value) SELECT id, '{name}', '1' FROM {user}"
    yield f"INSERT INTO {groups} (id, courseid, name) VALUES (1, {COURSE}, 'TD 1')"
    yield (
        f"INSERT INTO {p}groups_members (groupid, userid, timeadded) SELECT 1, id, {NOW} FROM {user}"
        f" WHERE MOD(id, 2) = 0 AND id < {FIRST_PERSON + people}"
    )


def _run_maintien(engine: Engine, archive: Path) -> tuple[float, float, float]:
    """Run the whole program; give its seconds, those of the processor, and its peak memory in megabytes."""
    url = make_url(engine.url).set(drivername=engine.url.get_backend_name())
    url = url.difference_update_query(["charset"]).update_query_dict({"prefix": PREFIX})
    course = ("--course", f"id:{COURSE}", "--groups", "-o", str(archive))
    command = [sys.executable, "-m", "maintien", "--now", f"@{NOW}", "backup", *course]
    environment = os.environ | {
        "MAINTIEN_SITE": url.render_as_string(hide_password=False),
        "LANG": "C.UTF-8",
    }
    began = monotonic()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603 -- ours
    _, status, usage = os.wait4(process.pid, 0)
    seconds = monotonic() - began
    if os.waitstatus_to_exitcode(status) != 0:
        raise RuntimeError(f"maintien failed: {' '.join(command)}")
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def _line(measured: Measurement) -> str:
    return (
        f"{measured.database:>12}{measured.people:>10,}{measured.seconds:>9.1f}{measured.processor_seconds:>9.1f}"
        f"{measured.peak_megabytes:>9.0f}{measured.archive_megabytes:>12.1f}"
        f"{measured.people / measured.seconds:>10,.0f}"
    )


if __name__ == "__main__":
    main()
