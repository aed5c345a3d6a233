"""Links to the site in texts, as backup_course_task encodes them."""

import pytest

from maintien.mbz.writing.links import LinkEncoder

ENCODER = LinkEncoder("https://moodle.example.fr/site")


@pytest.mark.parametrize(
    ("link", "encoded"),
    [
        ("https://moodle.example.fr/site/course/view.php?id=12", "$@COURSEVIEWBYID*12@$"),
        ("http://moodle.example.fr/site/course/view.php?id=12", "$@COURSEVIEWBYID*12@$"),
        ("https://moodle.example.fr/site/course/view.php?id=12&topic=3", "$@COURSEVIEWBYID*12@$&topic=3"),
        ("https://moodle.example.fr/site/grade/report/index.php?id=4", "$@GRADEREPORTINDEXBYID*4@$"),
        ("https://moodle.example.fr/site/badges/view.php?type=2&id=4", "$@BADGESVIEWBYID*4@$"),
        ("https://moodle.example.fr/site/user/index.php?id=4", "$@USERINDEXVIEWBYID*4@$"),
        ("https://moodle.example.fr/site/pluginfile.php/31/x.png", "$@PLUGINFILEBYCONTEXT*31@$/x.png"),
        ("https://moodle.example.fr/site/h5p/embed.php?url=x", "$@H5PEMBED@$?url=x"),
    ],
)
def test_links_to_pages_of_the_course_lose_the_sites_address(link: str, encoded: str) -> None:
    assert ENCODER.encode(f'<a href="{link}">') == f'<a href="{encoded}">'


@pytest.mark.parametrize(
    "text",
    [
        "https://moodle.example.fr/site/mod/forum/view.php?id=12",
        "https://elsewhere.example.fr/site/course/view.php?id=12",
        "https://moodle.example.fr/site/course/view.php?name=biology",
        "no link at all, but long enough to be looked at",
    ],
)
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert ENCODER.encode(text) == text


def test_texts_too_short_to_hold_a_link_are_not_looked_at() -> None:
    short = LinkEncoder("http://a.fr")
    assert short.encode("http://a.fr/user/index.php?id=1") == "http://a.fr/user/index.php?id=1"
    assert short.encode("http://a.fr/user/index.php?id=12") == "$@USERINDEXVIEWBYID*12@$"


def test_moodle_4_1_leaves_links_to_files() -> None:
    text = "https://moodle.example.fr/site/pluginfile.php/31/x.png"
    assert LinkEncoder("https://moodle.example.fr/site", with_plugin_files=False).encode(text) == text


def test_a_site_whose_address_is_not_known_keeps_its_links() -> None:
    text = "https://moodle.example.fr/site/course/view.php?id=12"
    assert LinkEncoder("").encode(text) == text
