"""How long pages take while people browse a large site: ``python -m benchmarks.web``.

Pages of lists read only the application's own tables, which a worker fills when it counts a site. So they are
filled here as for a site of ``--courses`` courses; then ``--people`` people ask for lists, searches and
categories, with a moment between two pages. No run goes on meanwhile.
"""

import argparse
import random
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

PASSWORD = "a sentence that is easy to remember"  # noqa: S105 -- of nobody
PORT = 8799
FILL = """
from pathlib import Path
from django.db import connection
import sys
from maintien.bootstrap import this_machine
from maintien.web.configuration import SqliteFile, WebConfiguration
from maintien.web.serving import Serving, set_up
folder = Path(sys.argv[1])
set_up(Serving(configuration=WebConfiguration(folder=folder / "web",
    database=SqliteFile(path=folder / "web" / "web.sqlite")), site_file=folder / "sites.toml",
    state=f"sqlite:///{folder}/runs.sqlite"))
from maintien.web.models import CountedCourse, CountedSite
courses, each = int(sys.argv[2]), int(sys.argv[3])
CountedCourse.objects.filter(site="demo").delete()
CountedCourse.objects.bulk_create([
    CountedCourse(site="demo", course=n, shortname=f"C{n:05}", fullname=f"Course number {n} of many",
        idnumber=f"ID{n}", category=n % 40 + 1, path=f"/{n % 40 + 1}/", participants=each,
        automatic_only=each, at_risk=n * 7919 % each)
    for n in range(2, courses + 2)], batch_size=500)
CountedSite.objects.filter(site="demo").update(counted_at=2_000_000_000)
"""


@dataclass
class Browser:
    """Somebody who looks at pages."""

    cookies: SimpleCookie = field(default_factory=SimpleCookie)
    connection: HTTPConnection = field(default_factory=lambda: HTTPConnection("127.0.0.1", PORT, timeout=60))

    def ask(self, method: str, path: str, values: dict[str, str] | None = None) -> str:
        """Ask for a page."""
        cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in self.cookies.items())
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        # Anew each time: the server may have closed it meanwhile.
        self.connection.close()
        self.connection.request(method, path, urlencode(values or {}) if values else None, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        for name, value in answer.getheaders():
            if name == "Set-Cookie":
                self.cookies.load(value)
        if answer.status not in (200, 302):
            raise RuntimeError(f"{path}: {answer.status}")
        return text

    def send(self, path: str, values: dict[str, str]) -> None:
        """Open a form, and send it."""
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.ask("GET", path))
        if token is None:
            raise RuntimeError(path)
        self.ask("POST", path, {**values, "csrfmiddlewaretoken": token[1]})

    def browse(self, until: float, pause: float) -> list[float]:
        """Look at pages until some moment; give how long each took, in seconds."""
        took = []
        while time.monotonic() < until:
            time.sleep(random.uniform(0, 2 * pause))
            began = time.monotonic()
            self.ask("GET", random_page())
            took.append(time.monotonic() - began)
        return took


def random_page() -> str:
    """Think of a page."""
    return random.choice(
        [
            f"/sites/demo/courses?page={random.randint(1, 100)}",
            f"/sites/demo/courses?search=number+{random.randint(1, 99)}",
            f"/sites/demo/courses?category={random.randint(1, 40)}",
            f"/sites/demo/courses?order=name&page={random.randint(1, 100)}",
            f"/sites/demo/courses/{random.randint(2, 5000)}",
            "/",
        ]
    )


def main() -> None:
    """Measure, and print a line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--courses", type=int, default=5000)
    parser.add_argument("--enrolments", type=int, default=1_000_000)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--pause", type=float, default=2.0, help="seconds between two pages, on average")
    arguments = parser.parse_args()
    with TemporaryDirectory() as folder:
        measure(Path(folder), arguments)


def measure(folder: Path, arguments: argparse.Namespace) -> None:
    """Start the application, fill it, and let people browse."""
    command = [sys.executable, "-m", "maintien", "--lang", "en", "web", "--demo", "--folder", str(folder)]
    command += ["--bind", f"127.0.0.1:{PORT}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 -- ours
        try:
            if process.stdout is None:
                raise RuntimeError("no output")
            said = process.stdout.readline() + process.stdout.readline()
            link = said.split(f":{PORT}")[-1].strip()
            first = wait_for_first(link)
            time.sleep(20)
            each = str(arguments.enrolments // arguments.courses)
            fill = [sys.executable, "-c", FILL, str(folder), str(arguments.courses), each]
            subprocess.run(fill, check=True)  # noqa: S603 -- ours
            took = browse(first, arguments)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
    took.sort()
    print(f"{len(took)} pages by {arguments.people} people in {arguments.seconds} s,", end=" ")
    for percent in (50, 95, 99):
        print(f"{percent} %: {took[len(took) * percent // 100] * 1000:.0f} ms", end="  ")
    print()


def browse(first: Browser, arguments: argparse.Namespace) -> list[float]:
    """Let everybody browse at once."""
    people = [Browser(cookies=first.cookies) for _ in range(arguments.people)]
    until = time.monotonic() + arguments.seconds
    with ThreadPoolExecutor(arguments.people) as threads:
        lists = threads.map(lambda each: each.browse(until, arguments.pause), people)
        return [seconds for each in lists for seconds in each]


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
