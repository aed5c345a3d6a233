"""Debian's Chromium with the application in it: started once, for the tests that need a real one."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError

CHROMIUM: Final = Path("/usr/bin/chromium")
PICTURES: Final = "MAINTIEN_PICTURES"
"""Names a folder where the tests leave pictures of the pages, for the guide."""
PASSWORD: Final = "a sentence that is easy to remember"
PATIENCE: Final = 60_000
"""Milliseconds for work that a worker does, on a busy machine."""

_SERIOUS: Final = ("serious", "critical")


@dataclass(frozen=True)
class Demo:
    """``maintien web --demo``, as somebody starts it."""

    address: str
    link: str
    folder: Path
    process: int


@contextmanager
def serve_demo(folder: Path) -> Iterator[Demo]:
    """Start the application on a free port, and end it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "maintien", "--lang", "en", "web", "--demo"]
    command += ["--folder", str(folder), "--bind", f"127.0.0.1:{port}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 -- ours
        try:
            assert process.stdout is not None
            said = process.stdout.readline() + process.stdout.readline()
            found = re.search(r"http://\S+/link/\S+", said)
            assert found, said
            yield Demo(f"http://127.0.0.1:{port}", found[0], folder, process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser, and end it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        try:
            yield browser
        finally:
            browser.close()


def require_accessible(page: Page) -> None:
    """Check that axe finds nothing serious, and that the page is no wider than the window."""
    violations = [
        f"{each['id']}: {[node['target'] for node in each['nodes']]}"
        for each in Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        if each["impact"] in _SERIOUS
    ]
    assert violations == [], (page.url, violations)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url


def take_picture(page: Page, name: str, language: str) -> None:
    """Leave a picture for the guide, where pictures are wanted."""
    folder = os.environ.get(PICTURES)
    if folder:
        page.screenshot(path=Path(folder) / f"web-{name}.{language}.png")


def wait_for_server(page: Page, address: str) -> None:
    """Open the first page; the server needs a moment to start."""
    for _ in range(120):
        try:
            page.goto(address)
        except PlaywrightError:
            # Nobody listens yet.
            page.wait_for_timeout(500)
        else:
            return
    raise AssertionError("the server did not start")


__all__ = [
    "CHROMIUM",
    "PASSWORD",
    "PATIENCE",
    "Demo",
    "chromium",
    "expect",
    "require_accessible",
    "serve_demo",
    "take_picture",
    "wait_for_server",
]
