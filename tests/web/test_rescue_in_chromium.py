"""Giving access back, in a real browser, in both languages, from the first page to the undo; archives too."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from maintien.sites.demo.creation import create_demo
from tests.mbz.hostile import good_tar
from tests.shared_facts import skip_without
from tests.web.browser import (
    CHROMIUM,
    PATIENCE,
    Demo,
    chromium,
    require_accessible,
    serve_demo,
    set_first_password,
    sign_in,
    take_picture,
)
from tests.web.cut_university import HOUR, blame_a_person, cut_university

WORDS = {
    "en": {
        "rescue": "Give access back in the selected courses…",
        "since": "Access was taken from",
        "until": "Last day of the access given back",
        "show": "Show what would be given back",
        "fingerprint": "Fingerprint",
        "removed": "Removed by a person",
        "confirm": "Confirm: give access back",
        "done": "Done.",
        "run": "The run: details, undo, download",
        "undo": "Show what undoing it would do",
        "undo_now": "Undo run",
        "archives": "Archives",
        "file": "Backup archive",
        "upload": "Upload",
        "inside": "What is in it",
        "last_day": "Last day of access",
        "convert": "Convert",
        "download": "Download the new archive",
    },
    "fr": {
        "rescue": "Rendre l’accès dans les cours sélectionnés…",
        "since": "L’accès a été retiré du",
        "until": "Dernier jour de l’accès rendu",
        "show": "Montrer ce qui serait rendu",
        "fingerprint": "Empreinte",
        "removed": "Retirés par une personne",
        "confirm": "Confirmer",
        "done": "Terminé.",
        "run": "L’exécution",
        "undo": "Montrer ce que ferait son annulation",
        "undo_now": "Annuler l’exécution",
        "archives": "Archives",
        "file": "Archive de sauvegarde",
        "upload": "Déposer",
        "inside": "Ce qu’elle contient",
        "last_day": "Dernier jour d’accès",
        "convert": "Convertir",
        "download": "Télécharger la nouvelle archive",
    },
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        skip_without("Debian's chromium is not installed")
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Demo]:
    """The application some hours after a cut."""
    folder = tmp_path_factory.mktemp("cut")
    now = int(time.time())
    create_demo(folder, now=now)
    cut_university(folder, began_at=now, cut_at=now - 6 * HOUR)
    with serve_demo(folder) as running:
        set_first_password(browser, running)
        yield running


def choose_cut_course(page: Page, demo: Demo, row: int) -> int:
    page.goto(f"{demo.address}/sites/demo/courses?order=cut")
    box = page.locator("tbody input").nth(row)
    box.check()
    return int(box.get_attribute("value") or "0")


@pytest.mark.parametrize(("language", "row"), [("en", 0), ("fr", 1)])
def test_access_is_given_back_and_the_run_undone(
    browser: Browser, demo: Demo, language: str, row: int
) -> None:
    words = WORDS[language]
    page = sign_in(browser, demo, language)
    course = choose_cut_course(page, demo, row)
    blame_a_person(demo.folder, course)
    page.get_by_role("button", name=words["rescue"]).click()
    page.get_by_label(words["since"]).fill(time.strftime("%Y-%m-%dT00:00", time.gmtime(time.time() - 86400)))
    page.get_by_label(words["until"]).fill("2032-08-31")
    require_accessible(page)
    take_picture(page, "rescue", language)
    page.get_by_role("button", name=words["show"]).click()
    expect(page.get_by_text(words["fingerprint"])).to_be_visible(timeout=PATIENCE)
    require_accessible(page)
    take_picture(page, "rescue-preview", language)
    page.locator("tbody a").first.click()
    expect(page.locator("tbody tr").first).to_contain_text("2032")
    expect(page.get_by_role("heading", name=words["removed"])).to_be_visible()
    require_accessible(page)
    take_picture(page, "rescue-people", language)
    page.go_back()
    if page.locator("#people").count():
        page.locator("#people").fill(page.locator(".card .h2").first.inner_text())
    page.get_by_role("button", name=words["confirm"]).click()
    expect(page.get_by_text(words["done"])).to_be_visible(timeout=PATIENCE)
    require_accessible(page)
    page.get_by_role("link", name=words["run"]).click()
    require_accessible(page)
    page.get_by_role("button", name=words["undo"]).click()
    page.get_by_role("button", name=words["undo_now"]).wait_for(timeout=PATIENCE)
    require_accessible(page)
    if page.locator("#losing").count():
        page.locator("#losing").check()
    page.get_by_role("button", name=words["undo_now"]).click()
    expect(page.get_by_text(words["done"])).to_be_visible(timeout=PATIENCE)
    page.close()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_an_archive_is_looked_into_and_converted(
    browser: Browser, demo: Demo, language: str, tmp_path: Path
) -> None:
    words = WORDS[language]
    backup = tmp_path / "backup.mbz"
    backup.write_bytes(good_tar())
    page = sign_in(browser, demo, language)
    page.get_by_role("link", name=words["archives"]).click()
    require_accessible(page)
    take_picture(page, "archives", language)
    page.get_by_label(words["file"]).set_input_files(backup)
    page.get_by_role("button", name=words["upload"]).click()
    expect(page.get_by_role("heading", name=words["inside"])).to_be_visible(timeout=PATIENCE)
    require_accessible(page)
    take_picture(page, "archive", language)
    page.get_by_label(words["last_day"]).fill("2032-08-31")
    page.get_by_role("button", name=words["convert"], exact=True).click()
    button = page.get_by_role("button", name=words["download"])
    button.wait_for(timeout=PATIENCE)
    require_accessible(page)
    take_picture(page, "archive-converted", language)
    with page.expect_download() as download:
        button.click()
    assert download.value.suggested_filename == "backup-manual.mbz"
    assert Path(download.value.path()).read_bytes().startswith(b"\x1f\x8b")
    page.close()


def test_a_broken_archive_is_refused_in_a_sentence(browser: Browser, demo: Demo, tmp_path: Path) -> None:
    backup = tmp_path / "broken.mbz"
    backup.write_bytes(good_tar()[:200])
    page = sign_in(browser, demo, "en")
    page.goto(f"{demo.address}/archives")
    page.get_by_label("Backup archive").set_input_files(backup)
    page.get_by_role("button", name="Upload").click()
    expect(page.locator(".alert-danger")).to_contain_text("broken.mbz", timeout=PATIENCE)
    require_accessible(page)
    page.close()


def test_the_new_pages_fit_on_a_narrow_screen(browser: Browser, demo: Demo) -> None:
    page = sign_in(browser, demo, "fr")
    course = choose_cut_course(page, demo, 0)
    page.set_viewport_size({"width": 360, "height": 740})
    for path in ("archives", f"sites/demo/plans/rescue?course={course}", "sites/demo/plans"):
        page.goto(f"{demo.address}/{path}")
        require_accessible(page)
    page.close()
