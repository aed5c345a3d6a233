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

LOCALES: Final = {"en": "en-GB", "fr": "fr-FR"}

_SERIOUS: Final = ("serious", "critical")


@dataclass(frozen=True)
class Demo:
    """``maintien web --demo``, as somebody starts it."""

    address: str
    link: str
    folder: Path
    process: int


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def serve_demo(folder: Path, port: int | None = None) -> Iterator[Demo]:
    """Start the application, where it was before or on a free port, and end it."""
    is_new = port is None
    port = free_port() if port is None else port
    command = [sys.executable, "-m", "maintien", "--lang", "en", "web", "--demo"]
    command += ["--folder", str(folder), "--bind", f"127.0.0.1:{port}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 -- ours
        try:
            assert process.stdout is not None
            said = process.stdout.readline() + (process.stdout.readline() if is_new else "")
            found = re.search(r"http://\S+/link/\S+", said)
            assert found or not is_new, said
            link = found[0] if found else ""
            yield Demo(f"http://127.0.0.1:{port}", link, folder, process.pid)
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


def set_first_password(browser: Browser, demo: Demo) -> None:
    """Follow the first account's link, and wait until the courses are counted."""
    page = browser.new_page(locale="en-GB")
    page.set_default_timeout(PATIENCE)
    wait_for_server(page, f"{demo.address}/health")
    page.goto(demo.link)
    require_accessible(page)
    take_picture(page, "link", "en")
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("New password, once more").fill(PASSWORD)
    page.get_by_role("button", name="Set the password and sign in").click()
    expect(page.get_by_role("heading", name="Sites")).to_be_visible()
    page.goto(f"{demo.address}/sites/demo/courses")
    for _ in range(120):
        if page.locator("tbody tr").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    page.close()


def sign_in(browser: Browser, demo: Demo, language: str) -> Page:
    """Sign the first account in, in a window and a language of its own."""
    page = browser.new_page(locale=LOCALES[language], viewport={"width": 1200, "height": 900})
    page.set_default_timeout(PATIENCE)
    page.goto(f"{demo.address}/sign-in")
    choose_language(page, language)
    require_accessible(page)
    take_picture(page, "sign-in", language)
    page.locator("#id_username").fill("admin")
    page.locator("#id_password").fill(PASSWORD)
    page.locator("main form button").first.click()
    expect(page.locator("main h1")).to_have_text("Sites")
    choose_language(page, language)
    return page


def choose_language(page: Page, language: str) -> None:
    """Have the pages in a language, where they are not."""
    name = "Français" if language == "fr" else "English"
    chooser = page.get_by_role("button", name=name, exact=True)
    if chooser.count():
        chooser.click()


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
    "free_port",
    "require_accessible",
    "serve_demo",
    "set_first_password",
    "sign_in",
    "take_picture",
    "wait_for_server",
]
