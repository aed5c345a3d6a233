"""How long filters of participants take in one course of very many people, and the command with them.

``python -m benchmarks participants --people 100000``: each filter, and filters together, the best of some
rounds of asking a database whom they select, and the seconds of processors that the server and this program
took for it, which tell more on a busy machine; then whole ``maintien`` processes, their list to nowhere.
"""

import argparse
import time
from typing import Final

from sqlalchemy import Engine

from benchmarks.places import empty_database, gather_figures
from benchmarks.processes import PREFIX, measure_maintien, processors_busy
from benchmarks.servers import SERVERS
from maintien.sites.database.opening import open_database
from maintien.sites.database.site import DatabaseSite
from maintien.sites.database.tables import MoodleTables, moodle_tables
from maintien.sites.database.urls import parse_database_url
from maintien.sites.interface import Selection
from tests.sites.large_course import COURSE, NOW, fill_large_course
from tests.sites.large_course_filters import FILTERS

_TABLES: Final = (
    *("user_enrolments", "role_assignments", "enrol", "context", "user", "course"),
    *("groups", "groups_members", "user_lastaccess"),
)
STEP_3: Final = ("--method", "manual", "--role", "student", "--status", "active")
COMMANDS: Final = {
    "step 3, as JSON": (*STEP_3, "--json"),
    "step 3, as CSV": (*STEP_3, "--format", "csv"),
    "teachers, on the screen": ("--role", "editingteacher"),
}


def main(arguments: list[str]) -> None:
    """Measure on each database, a line a filter."""
    asked = _parse_arguments(arguments)
    tables = moodle_tables(PREFIX)
    for database in asked.databases:
        with SERVERS[database]() as server, empty_database(server) as engine:
            _fill(engine, tables, asked.people)
            print(f"{database}, {asked.people:,} people", flush=True)
            _measure_filters(engine, asked.rounds)
            for name, options in COMMANDS.items():
                took = measure_maintien(engine, "participants", "--course", f"id:{COURSE}", *options)
                print(f"  maintien participants, {name}: {took}", flush=True)


def _parse_arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks participants", description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--databases", nargs="+", choices=SERVERS, default=list(SERVERS))
    parser.add_argument("--rounds", type=int, default=5, help="how often each is measured")
    return parser.parse_args(arguments)


def _fill(engine: Engine, tables: MoodleTables, people: int) -> None:
    tables.metadata.create_all(engine)
    with engine.begin() as connection:
        fill_large_course(connection, tables, people)
    gather_figures(engine, [getattr(tables, name) for name in _TABLES])


def _measure_filters(engine: Engine, rounds: int) -> None:
    site = _opened(engine)
    courses = [size.course for size in site.select(Selection(courses=(f"id:{COURSE}",)))]
    for name, (wanted, _) in FILTERS.items():
        best, selected, busy = float("inf"), 0, processors_busy()
        for _round in range(rounds):
            began = time.perf_counter()
            found = site.find_participants(courses, wanted, NOW)
            best = min(best, time.perf_counter() - began)
            selected = sum(map(len, found.values()))
        busy = (processors_busy() - busy) / rounds
        print(f"  {name:32}{selected:9,} people {best:8.3f} s, {busy:.2f} of processors", flush=True)
    site.close()


def _opened(engine: Engine) -> DatabaseSite:
    """Open the site as maintien does, with its own settings of a session."""
    url = engine.url.set(drivername=engine.url.get_backend_name())
    named = url.difference_update_query(["charset"]).update_query_dict({"prefix": PREFIX})
    site, _release = open_database(
        parse_database_url(named.render_as_string(hide_password=False)), "university"
    )
    return site
