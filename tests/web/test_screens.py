"""Every page for a keyboard, a screen reader and a narrow screen, in a real browser."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.web.browser import PASSWORD, PATIENCE, Demo, require_accessible, sign_in, take_picture
from tests.web.test_in_chromium import WORDS, browser, demo

__all__ = ["browser", "demo"]

MOST_TABS = 250
NARROW = 320
"""Pixels: what remains of 1280 when a page is enlarged four times (WCAG 1.4.10)."""


def tab_to(page: Page, wanted: Locator) -> None:
    """Press the tabulator until something has the focus."""
    wanted.wait_for()
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"the keyboard never reaches {wanted}")


def addresses(page: Page, demo: Demo) -> list[str]:
    """Give a page of each kind, as far as there is something to see on it."""
    page.goto(f"{demo.address}/sites/demo/courses")
    href = page.locator("tbody a").first.get_attribute("href") or ""
    course = re.findall(r"\d+", href)[-1]
    found = [
        "",
        "account",
        "accounts",
        "accounts/new",
        "accounts/1",
        "added-sites",
        "added-sites/new",
        "archives",
        "audit",
        "audit?check",
        "nowhere",
        "sites/demo/courses",
        f"sites/demo/courses/{course}",
        f"sites/demo/courses/{course}/participants",
        f"sites/demo/courses/{course}/participants?method=database&role=student&status=active",
        "sites/demo/plans",
        f"sites/demo/plans/new?course={course}",
        "sites/demo/plans/new",
        f"sites/demo/plans/rescue?course={course}",
        "sites/demo/plans/campaign",
        "sites/demo/runs",
        "sites/demo/settings",
        "sites/demo/operations/1",
    ]
    return [f"{demo.address}/{each}" for each in found]


@pytest.mark.parametrize(("language", "width"), [("en", 1200), ("fr", NARROW)])
def test_every_page_is_accessible_wide_and_narrow(
    browser: Browser, demo: Demo, language: str, width: int
) -> None:
    page = sign_in(browser, demo, language)
    page.set_viewport_size({"width": width, "height": 900})
    titles: dict[str, str] = {}
    for address in addresses(page, demo):
        page.goto(address)
        if page.locator("[hx-trigger=load]").count():
            expect(page.locator("#people")).to_be_visible()
        require_accessible(page)
        assert page.locator("html").get_attribute("lang") == language
        assert page.locator("h1").count() == 1, address
        title = page.title()
        path = address.partition("?")[0]
        assert titles.setdefault(title, path) == path, (title, address)
    page.set_viewport_size({"width": 1200, "height": 900})
    page.goto(f"{demo.address}/added-sites/new")
    page.locator("#id_name").fill("campus")
    page.locator("#id_url").fill("mariadb://maintien@db.example.org/moodle?sslmode=verify-full")
    page.locator("#id_password").fill(PASSWORD)
    take_picture(page, "added-sites-new", language)
    page.close()


def test_access_is_maintained_by_the_keyboard_alone(browser: Browser, demo: Demo) -> None:
    words = WORDS["en"]
    page = sign_in(browser, demo, "en")
    page.goto(f"{demo.address}/sites/demo/courses?order=participants")
    tab_to(page, page.locator("tbody input").nth(4))
    page.keyboard.press("Space")
    tab_to(page, page.get_by_role("button", name=words["maintain"]))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_label(words["until"]))
    # A date whether the browser asks for the day or for the month first.
    page.keyboard.type("12102032")
    tab_to(page, page.get_by_role("button", name=words["show"]))
    page.keyboard.press("Enter")
    expect(page.get_by_text(words["fingerprint"])).to_be_visible(timeout=PATIENCE)
    # Whoever waited is at the beginning of what came, and not at that of the page.
    expect(page.locator("h1")).to_be_focused()
    if page.locator("#people").count():
        tab_to(page, page.locator("#people"))
        page.keyboard.type(page.locator(".card .h2").first.inner_text())
    tab_to(page, page.get_by_role("button", name=words["confirm"]))
    page.keyboard.press("Enter")
    expect(page.get_by_text(words["done"])).to_be_visible(timeout=PATIENCE)
    expect(page.locator("[data-result]")).to_be_focused()
    tab_to(page, page.get_by_role("link", name=words["run"]))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name=words["undo"]))
    page.keyboard.press("Enter")
    undo = page.get_by_role("button", name=words["undo_now"])
    undo.wait_for(timeout=PATIENCE)
    if page.locator("#losing").count():
        tab_to(page, page.locator("#losing"))
        page.keyboard.press("Space")
    tab_to(page, undo)
    page.keyboard.press("Enter")
    expect(page.get_by_text(words["done"])).to_be_visible(timeout=PATIENCE)
    page.close()


def test_a_form_with_mistakes_takes_whoever_sent_it_to_them(browser: Browser, demo: Demo) -> None:
    page = sign_in(browser, demo, "en")
    page.goto(f"{demo.address}/account")
    page.get_by_label("Present password").fill(PASSWORD)
    page.get_by_label("New password", exact=True).fill("short")
    page.get_by_label("New password, once more").fill("other")
    page.get_by_role("button", name="Change the password").click()
    mistakes = page.locator("[role=alert]")
    expect(mistakes).to_be_focused()
    require_accessible(page)
    mistakes.get_by_role("link").first.click()
    expect(page.get_by_label("New password", exact=True)).to_be_focused()
    page.close()


def test_what_has_the_focus_is_not_behind_the_header(browser: Browser, demo: Demo) -> None:
    page = sign_in(browser, demo, "en")
    page.set_viewport_size({"width": 1200, "height": 500})
    page.goto(f"{demo.address}/sites/demo/courses")
    page.locator("tbody a").last.focus()
    header = page.locator("header").bounding_box()
    assert header is not None
    for _ in range(15):
        page.keyboard.press("Shift+Tab")
        box = page.locator(":focus").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] > header["height"]
    page.close()


def test_participants_are_filtered_on_the_page_of_a_course_and_the_focus_stays(
    browser: Browser, demo: Demo
) -> None:
    page = sign_in(browser, demo, "en")
    page.goto(f"{demo.address}/sites/demo/courses")
    page.locator("tbody a").first.click()
    found = page.locator("#people [role=status]")
    everybody = found.inner_text()
    page.get_by_label("Enrolment method").focus()
    page.get_by_label("Enrolment method").select_option("manual")
    expect(found).not_to_have_text(everybody)
    expect(page.get_by_label("Enrolment method")).to_be_focused()
    expect(page).to_have_url(re.compile("method=manual"))
    page.get_by_label("Enrolment method").select_option("")
    expect(found).to_have_text(everybody)
    page.get_by_role("link", name="Next page").click()
    expect(found).to_be_focused()
    page.close()


EDITING = {
    "en": ("Select all", "Show what would be done", "Confirm: change", "enrolments of"),
    "fr": ("Sélectionner les", "Montrer ce qui serait fait", "Confirmer", "inscriptions de"),
}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_end_dates_of_a_filter_are_edited_and_the_run_is_undone(
    browser: Browser, demo: Demo, language: str
) -> None:
    everybody, show, confirm, changed = EDITING[language]
    words = WORDS[language]
    page = sign_in(browser, demo, language)
    page.goto(f"{demo.address}/sites/demo/courses?order=participants")
    page.locator("tbody a").first.click()
    page.locator("#method").select_option("manual")
    expect(page).to_have_url(re.compile("method=manual"))
    expect(page.locator("#people tbody tr").first).to_be_visible()
    require_accessible(page)
    take_picture(page, "participants", language)
    page.get_by_role("button", name=everybody).click()
    page.locator("#id_until").fill("2033-06-30")
    require_accessible(page)
    take_picture(page, "end-date", language)
    page.get_by_role("button", name=show).click()
    expect(page.get_by_text(words["fingerprint"])).to_be_visible(timeout=PATIENCE)
    require_accessible(page)
    page.locator("tbody a").first.click()
    expect(page.locator("tbody tr").first).to_contain_text("2033")
    require_accessible(page)
    page.go_back()
    if page.locator("#people").count():
        page.locator("#people").fill(page.locator(".card .h2").first.inner_text())
    page.get_by_role("button", name=confirm).click()
    expect(page.get_by_text(changed).last).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text(words["done"])).to_be_visible(timeout=PATIENCE)
    require_accessible(page)
    page.get_by_role("link", name=words["run"]).click()
    page.get_by_role("button", name=words["undo"]).click()
    undo = page.get_by_role("button", name=words["undo_now"])
    undo.wait_for(timeout=PATIENCE)
    if page.locator("#losing").count():
        page.locator("#losing").check()
    undo.click()
    expect(page.get_by_text(words["done"])).to_be_visible(timeout=PATIENCE)
    page.close()
