"""Each guided path in a real browser, in both languages, from the first page to the undo."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

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

WORDS = {
    "en": {
        "maintain": "Maintain access in the selected courses…",
        "show": "Show what would be done",
        "confirm": "Confirm: maintain the access",
        "done": "Done.",
        "run": "The run: details, undo, download",
        "undo": "Show what undoing it would do",
        "undo_now": "Undo run",
        "until": "Last day of access",
        "fingerprint": "Fingerprint",
    },
    "fr": {
        "maintain": "Maintenir l’accès dans les cours sélectionnés…",
        "show": "Montrer ce qui serait fait",
        "confirm": "Confirmer",
        "done": "Terminé.",
        "run": "L’exécution",
        "undo": "Montrer ce que ferait son annulation",
        "undo_now": "Annuler l’exécution",
        "until": "Dernier jour d’accès",
        "fingerprint": "Empreinte",
    },
}


CAMPAIGN = """
[campaign]
name = "Rentrée"

[defaults]
until = 2032-08-31
owner = "Direction des études"
reason = "Les étudiants gardent leurs cours jusqu'à la fin du mois d'août."

[[rules]]
name = "Infirmiers"
cohorts = ["DEI2-A", "DEI2-B"]

[[rules]]
name = "Santé"
idnumbers = ["FGSM3-*", "FGSP2-*"]
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        skip_without("Debian's chromium is not installed")
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Demo]:
    """The application, with the first account's password set through its link."""
    with serve_demo(tmp_path_factory.mktemp("demo")) as running:
        set_first_password(browser, running)
        yield running


@pytest.mark.parametrize("language", ["en", "fr"])
def test_access_is_maintained_and_undone(browser: Browser, demo: Demo, language: str) -> None:
    words = WORDS[language]
    page = sign_in(browser, demo, language)
    require_accessible(page)
    page.get_by_role("link", name="demo", exact=True).click()
    page.wait_for_selector("tbody tr")
    require_accessible(page)
    take_picture(page, "courses", language)
    page.locator("tbody a").first.click()
    expect(page.locator("#people")).to_be_visible()
    take_picture(page, "course", language)
    page.locator("figure img").scroll_into_view_if_needed()
    expect(page.locator("figure img")).to_have_js_property("complete", value=True)
    assert page.locator("figure img").evaluate("picture => picture.naturalWidth") > 0
    require_accessible(page)
    page.go_back()
    page.locator("tbody input").nth(0).check()
    page.locator("tbody input").nth(1).check()
    page.get_by_role("button", name=words["maintain"]).click()
    page.get_by_label(words["until"]).fill("2032-08-31")
    require_accessible(page)
    take_picture(page, "until", language)
    page.get_by_role("button", name=words["show"]).click()
    expect(page.get_by_text(words["fingerprint"])).to_be_visible(timeout=PATIENCE)
    require_accessible(page)
    take_picture(page, "preview", language)
    page.locator("tbody a").first.click()
    expect(page.locator("tbody tr").first).to_contain_text("2032")
    require_accessible(page)
    take_picture(page, "people", language)
    page.go_back()
    if page.locator("#people").count():
        page.locator("#people").fill(page.locator(".card .h2").first.inner_text())
    page.get_by_role("button", name=words["confirm"]).click()
    expect(page.get_by_text(words["done"])).to_be_visible(timeout=PATIENCE)
    require_accessible(page)
    take_picture(page, "result", language)
    page.get_by_role("link", name=words["run"]).click()
    require_accessible(page)
    take_picture(page, "run", language)
    page.get_by_role("button", name=words["undo"]).click()
    page.get_by_role("button", name=words["undo_now"]).wait_for(timeout=PATIENCE)
    require_accessible(page)
    take_picture(page, "undo", language)
    if page.locator("#losing").count():
        page.locator("#losing").check()
    page.get_by_role("button", name=words["undo_now"]).click()
    expect(page.get_by_text(words["done"])).to_be_visible(timeout=PATIENCE)
    page.close()


def test_other_pages_are_accessible_too(browser: Browser, demo: Demo) -> None:
    page = sign_in(browser, demo, "en")
    for path in (
        "sites/demo/plans",
        "sites/demo/runs",
        "sites/demo/settings",
        "accounts",
        "accounts/new",
        "accounts/1",
        "audit",
        "nowhere",
    ):
        page.goto(f"{demo.address}/{path}")
        require_accessible(page)
        take_picture(page, path.replace("/", "-"), "en")
    page.close()


def test_a_narrow_screen_shows_everything_without_scrolling_sideways(browser: Browser, demo: Demo) -> None:
    page = sign_in(browser, demo, "en")
    page.set_viewport_size({"width": 360, "height": 740})
    for path in ("", "sites/demo/courses", "sites/demo/plans", "sites/demo/runs", "accounts", "audit"):
        page.goto(f"{demo.address}/{path}")
        require_accessible(page)
    take_picture(page, "narrow", "en")
    page.close()


def test_the_list_is_searched_while_typing_and_by_the_keyboard_alone(browser: Browser, demo: Demo) -> None:
    page = sign_in(browser, demo, "en")
    page.goto(f"{demo.address}/sites/demo/courses")
    name = page.locator("tbody tr td:nth-child(2) .text-body-secondary").first.inner_text()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.locator("#search").focus()
    page.keyboard.type(name)
    expect(page.locator("tbody tr")).to_have_count(1)
    page.close()


def test_nothing_is_loaded_from_elsewhere_and_no_policy_is_broken(browser: Browser, demo: Demo) -> None:
    page = sign_in(browser, demo, "en")
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    for path in ("", "sites/demo/courses", "accounts/new"):
        page.goto(f"{demo.address}/{path}", wait_until="networkidle")
    assert asked
    assert all(url.startswith((demo.address, "data:")) for url in asked)
    assert said == []
    page.close()


def test_two_people_work_at_once(browser: Browser, demo: Demo, tmp_path: Path) -> None:
    del tmp_path
    first, second = sign_in(browser, demo, "en"), sign_in(browser, demo, "fr")
    for page, words, row in ((first, WORDS["en"], 2), (second, WORDS["fr"], 3)):
        page.goto(f"{demo.address}/sites/demo/courses")
        page.locator("tbody input").nth(row).check()
        page.locator("main form button.btn-primary").click()
        page.locator("#id_until").fill("2032-08-31")
        page.locator("main form button.btn-primary").click()
        del words
    for page, language in ((first, "en"), (second, "fr")):
        expect(page.locator("code")).to_be_visible(timeout=PATIENCE)
        page.get_by_role("button", name=WORDS["en"]["confirm"]).or_(
            page.get_by_role("button", name=WORDS["fr"]["confirm"])
        ).click()
        del language
    for page in (first, second):
        expect(page.locator(".alert-success")).to_be_visible(timeout=PATIENCE)
        page.close()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_access_is_maintained_by_a_campaign_file(browser: Browser, demo: Demo, language: str) -> None:
    words = WORDS[language]
    page = sign_in(browser, demo, language)
    page.goto(f"{demo.address}/sites/demo/plans/campaign")
    page.locator("#id_text").fill("[campaign]\nname = 7\n")
    page.locator("main form button.btn-primary").click()
    expect(page.locator("[role=alert] li").first).to_be_visible()
    require_accessible(page)
    take_picture(page, "campaign-faults", language)
    page.locator("#id_text").fill(CAMPAIGN)
    take_picture(page, "campaign", language)
    page.locator("main form button.btn-primary").click()
    expect(page.get_by_text(words["fingerprint"])).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("rowheader", name="Infirmiers")).to_be_visible()
    require_accessible(page)
    take_picture(page, "campaign-preview", language)
    if page.locator("#people").count():
        page.locator("#people").fill(page.locator(".card .h2").first.inner_text())
    page.get_by_role("button", name=words["confirm"]).click()
    expect(page.get_by_text(words["done"])).to_be_visible(timeout=PATIENCE)
    if page.get_by_role("link", name=words["run"]).count():
        page.get_by_role("link", name=words["run"]).click()
        expect(page.get_by_role("rowheader", name="Infirmiers")).to_be_visible()
        require_accessible(page)
        page.get_by_role("button", name=words["undo"]).click()
        page.get_by_role("button", name=words["undo_now"]).wait_for(timeout=PATIENCE)
        if page.locator("#losing").count():
            page.locator("#losing").check()
        page.get_by_role("button", name=words["undo_now"]).click()
        expect(page.get_by_text(words["done"])).to_be_visible(timeout=PATIENCE)
    page.close()
