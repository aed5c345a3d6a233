"""How long pages take while people browse a large site and a run goes on: ``python -m benchmarks.web``.

A Moodle of ``--enrolments`` user enrolments, 200 a course, on the ``--database`` that is measured. The
application is started as ``maintien web`` starts it, with its own tables in an SQLite file, or on the same
PostgreSQL with ``--own-tables server``; its worker counts and charts the site. Then ``--people`` people ask
for pages, with a moment between two: first while no run goes on, then while a worker maintains everybody's
access.
"""

import argparse
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from urllib.parse import urlencode

from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url

from benchmarks.places import university
from benchmarks.processes import PREFIX
from benchmarks.servers import SERVERS
from benchmarks.university import FIRST_COURSE, Size
from maintien.sites.database.tables import moodle_tables

PASSWORD = "a sentence that is easy to remember"  # noqa: S105 -- of nobody
PORT = 8799
SITE = "/sites/campus"
UNTIL = "2032-08-31"
PATIENCE = 900.0
"""Seconds for counting and for preparing the plan, on a busy machine."""
PARTICIPANTS = {"HX-Request": "true", "HX-Target": "participants"}


class Asked(NamedTuple):
    """A page that somebody asked for, and what it took."""

    kind: str
    seconds: float


@dataclass
class Browser:
    """Somebody who looks at pages."""

    cookies: SimpleCookie = field(default_factory=SimpleCookie)
    connection: HTTPConnection = field(default_factory=lambda: HTTPConnection("127.0.0.1", PORT, timeout=60))

    def ask(
        self,
        method: str,
        path: str,
        values: Mapping[str, str] | None = None,
        more: Mapping[str, str] | None = None,
    ) -> tuple[str, str]:
        """Ask for a page; give its text, and where it sends the browser."""
        cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in self.cookies.items())
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded", **(more or {})}
        # Anew each time: the server may have closed it meanwhile.
        self.connection.close()
        self.connection.request(method, path, urlencode(values) if values else None, headers)
        answer = self.connection.getresponse()
        page = answer.read().decode()
        for name, value in answer.getheaders():
            if name == "Set-Cookie":
                self.cookies.load(value)
        if answer.status not in (200, 302):
            raise RuntimeError(f"{path}: {answer.status}")
        return page, answer.getheader("Location") or ""

    def send(self, form: str, values: Mapping[str, str], to: str | None = None) -> str:
        """Open a form, and send it; give where that leads."""
        page, _ = self.ask("GET", form)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        if token is None:
            raise RuntimeError(form)
        _, location = self.ask("POST", to or form, {**values, "csrfmiddlewaretoken": token[1]})
        return location

    def wait_for(self, path: str, sign: str) -> str:
        """Open a page until it shows something."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            page, _ = self.ask("GET", path)
            if re.search(sign, page):
                return page
            time.sleep(1)
        raise RuntimeError(f"{path} never showed {sign}")

    def browse(self, until: float, pause: float, courses: int) -> list[Asked]:
        """Look at pages until some moment."""
        took = []
        while time.monotonic() < until:
            time.sleep(random.uniform(0, 2 * pause))
            for kind, path, headers in random_visit(courses):
                began = time.monotonic()
                self.ask("GET", path, more=headers)
                took.append(Asked(kind, time.monotonic() - began))
        return took


def random_visit(courses: int) -> list[tuple[str, str, Mapping[str, str]]]:
    """Think of a page, with what its browser asks for as well."""
    course = f"{SITE}/courses/{random.randint(FIRST_COURSE, courses + FIRST_COURSE - 1)}"
    pages = courses // 50
    return random.choice(
        [
            [("list", f"{SITE}/courses?page={random.randint(1, pages)}", {})],
            [("list, chart", f"{SITE}/courses/chart.svg", {})],
            [("search", f"{SITE}/courses?search=Course+{random.randint(1, 99)}", {})],
            [("list by name", f"{SITE}/courses?order=name&page={random.randint(1, pages)}", {})],
            [
                ("course", course, {}),
                ("course, chart", f"{course}/chart.svg", {}),
                ("course, participants", f"{course}/participants", PARTICIPANTS),
            ],
            [("course, filter", f"{course}/participants?method=database&role=student&status=active", {})],
            [("plan", f"{SITE}/plans/1?page={random.randint(1, pages)}", {})],
            [("runs", f"{SITE}/runs", {})],
            [("sites", "/", {})],
        ]
    )


def main() -> None:
    """Measure, and print a table a phase."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=SERVERS, default="postgresql")
    parser.add_argument("--own-tables", choices=("sqlite", "server"), default="sqlite")
    parser.add_argument("--enrolments", type=int, default=1_000_000)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--pause", type=float, default=2.0, help="seconds between two pages, on average")
    parser.add_argument("--workers", type=int, default=2, help="processes that answer")
    arguments = parser.parse_args()
    size = Size(enrolments=arguments.enrolments)
    with (
        SERVERS[arguments.database]() as server,
        university(server, moodle_tables(PREFIX), size, with_log=True) as engine,
        TemporaryDirectory() as folder,
        own_tables(engine, arguments) as own,
        serving(Path(folder), engine, own, arguments) as (first, process),
    ):
        measure(first, process, engine, arguments, size)


def measure(first: Browser, process: int, engine: Engine, arguments: argparse.Namespace, size: Size) -> None:
    """Let people browse without a run, and with one."""
    began = time.monotonic()
    first.wait_for(f"{SITE}/courses", rf"{size.courses:,} courses")
    first.wait_for(f"{SITE}/courses", r"chart\.svg")
    print(f"counted and charted after {time.monotonic() - began:.0f} s", flush=True)
    plan = prepare_everything(first)
    show("no run", process, partial(browse, first, arguments, size), arguments)
    before = count_manual(engine)
    page, _ = first.ask("GET", plan)
    people = re.search(r'<div class="h2 mb-0">([\d,]+)</div>', page)
    first.send(plan, {"people": people[1] if people else ""}, to=f"{plan}/apply")
    first.wait_for(plan, "aria-valuenow")
    show("a run goes on", process, partial(browse, first, arguments, size), arguments)
    print(f"  the run wrote {count_manual(engine) - before:,} enrolments meanwhile", flush=True)


def prepare_everything(browser: Browser) -> str:
    """Have the worker prepare a plan for all courses; give its address."""
    form = f"{SITE}/plans/new?everything=1"
    page, _ = browser.ask("GET", form)
    courses = re.findall(r'name="course" value="(\d+)"', page)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    fields = [("csrfmiddlewaretoken", token[1] if token else ""), ("until", UNTIL), ("roles", "student")]
    fields += [("methods", "database"), ("keep_groups", "on"), *(("course", each) for each in courses)]
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    browser.connection.close()
    browser.connection.request("POST", f"{SITE}/plans/new", urlencode(fields), headers)
    answer = browser.connection.getresponse()
    answer.read()
    plan = answer.getheader("Location")
    if plan is None:
        raise RuntimeError(f"no plan: {answer.status}")
    browser.wait_for(plan, f"{plan}/apply")
    return plan


def browse(first: Browser, arguments: argparse.Namespace, size: Size) -> list[Asked]:
    """Let everybody browse at once."""
    people = [Browser(cookies=first.cookies) for _ in range(arguments.people)]
    until = time.monotonic() + arguments.seconds
    with ThreadPoolExecutor(arguments.people) as threads:
        lists = threads.map(lambda each: each.browse(until, arguments.pause, size.courses), people)
        return [asked for each in lists for asked in each]


def show(what: str, process: int, ask: Callable[[], list[Asked]], arguments: argparse.Namespace) -> None:
    """Let people ask for pages, and print what these took: all of them, and each kind."""
    before = server_seconds(process)
    took = ask()
    each = (server_seconds(process) - before) / len(took)
    load = os.getloadavg()[0]
    who = f"{arguments.people} people, {arguments.seconds} s"
    print(f"{what}: {who}, {each * 1000:.0f} ms of a processor a page, load {load:.1f}")
    kinds: defaultdict[str, list[float]] = defaultdict(list)
    for kind, seconds in took:
        kinds["all"].append(seconds)
        kinds[kind].append(seconds)
    for kind, seconds_of in sorted(kinds.items()):
        seconds_of.sort()
        cells = (f"{seconds_of[len(seconds_of) * each // 100] * 1000:6.0f}" for each in (50, 95, 99))
        print(f"  {kind:22}{len(seconds_of):6} pages, 50 %, 95 %, 99 % in ms:", *cells, flush=True)


def server_seconds(process: int) -> float:
    """Tell how many seconds of a processor the processes that answer have had.

    They are children of the one child that has any: gunicorn's.
    """
    answering = [each for server in children(process) for each in children(server)]
    ticks = 0
    for each in answering:
        # The name in brackets may hold spaces; utime and stime are the 14th and 15th values.
        values = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        ticks += int(values[11]) + int(values[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def children(process: int) -> list[int]:
    """Find the processes that a process has started."""
    found = []
    for task in Path(f"/proc/{process}/task").iterdir():
        found += [int(word) for word in (task / "children").read_text().split()]
    return found


def count_manual(engine: Engine) -> int:
    """Count the manual enrolments."""
    query = (
        f"SELECT count(*) FROM {PREFIX}user_enrolments ue JOIN {PREFIX}enrol e ON e.id = ue.enrolid"
        " WHERE e.enrol = 'manual'"
    )
    with engine.connect() as connection:
        return int(connection.execute(text(query)).scalar_one())


@contextmanager
def own_tables(engine: Engine, arguments: argparse.Namespace) -> Iterator[str]:
    """Give the URL of the application's own database; empty for its file."""
    if arguments.own_tables == "sqlite":
        yield ""
        return
    autocommit = engine.execution_options(isolation_level="AUTOCOMMIT")
    with autocommit.connect() as connection:
        connection.execute(text("CREATE DATABASE own"))
    try:
        folder = make_url(engine.url).query["host"]
        yield "postgresql://postgres@" + urlencode({"": str(folder)})[1:] + "/own"
    finally:
        with autocommit.connect() as connection:
            connection.execute(text("DROP DATABASE own WITH (FORCE)"))


@contextmanager
def serving(
    folder: Path, engine: Engine, own: str, arguments: argparse.Namespace
) -> Iterator[tuple[Browser, int]]:
    """Start the application, and sign in; gives its process too."""
    url = make_url(engine.url).set(drivername=engine.url.get_backend_name())
    url = url.difference_update_query(["charset"]).update_query_dict({"prefix": PREFIX})
    site_file = folder / "sites.toml"
    site_file.write_text(f'[sites.campus]\nurl = "{url.render_as_string(hide_password=False)}"\n')
    environment = os.environ | {
        "MAINTIEN_SITES": str(site_file),
        "MAINTIEN_STATE": f"sqlite:///{folder / 'runs.sqlite'}",
        "MAINTIEN_WEB_FOLDER": str(folder / "web"),
        "LANG": "C.UTF-8",
    }
    if own:
        environment["MAINTIEN_WEB_DATABASE"] = own
    command = [sys.executable, "-m", "maintien", "--lang", "en", "web", "--bind", f"127.0.0.1:{PORT}"]
    command += ["--workers", str(arguments.workers)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:  # noqa: S603 -- ours
        try:
            if process.stdout is None:
                raise RuntimeError("no output")
            said = process.stdout.readline() + process.stdout.readline()
            yield wait_for_first(said.split(f":{PORT}")[-1].strip()), process.pid
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def wait_for_first(link: str) -> Browser:
    """Sign in by the link, once the server answers."""
    for _ in range(120):
        browser = Browser()
        try:
            browser.send(link, {"password": PASSWORD, "again": PASSWORD})
        except ConnectionError:
            time.sleep(0.5)
        else:
            return browser
    raise RuntimeError("the server did not start")


if __name__ == "__main__":
    main()
