"""A page says what the tables say, loads nothing, and takes no text for markup."""

import io
import re
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest

import maintien.reports.formats.page
from maintien.reports.formats.markup import Markup, element
from maintien.reports.formats.page import HtmlPage
from maintien.reports.language import load_texts
from maintien.reports.tables import Cell, Column, Heading, Kind, Moment, Table

PARIS = ZoneInfo("Europe/Paris")
TABLES = {
    "people": Table("People", (Column("id", Kind.ID), Column("name"), Column("courses", Kind.NUMBER))),
    "ends": Table("Ends", (Column("until", Kind.MOMENT),)),
}


def page(*rows: tuple[str, list[Cell]], heading: Heading | None = None, language: str = "en") -> str:
    stream = io.StringIO()
    with HtmlPage(stream, load_texts(language), heading or Heading("Report"), TABLES, PARIS) as written:
        for table, row in rows:
            written.add(table, row)
    return stream.getvalue()


class Outline(HTMLParser):
    """Notes the elements and texts of a page, and what is not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


HOSTILE = {
    "markup": ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    "an attribute": ("\" onload='x' <", "\" onload='x' <"),
    "an entity": ("&lt;b&gt; &amp;", "&lt;b&gt; &amp;"),
    "a control": ("a\x1b[2Jb\x00", r"a\x1b[2Jb\x00"),
    "a mark that turns the direction": ("a\u202eb", r"a\u202eb"),
    "a line break": ("a\nb", r"a\nb"),
    "half a character": ("\ud800", r"\ud800"),
    "a comment's end": ("--><!--", "--><!--"),
    "a formula": ("=1+1", "=1+1"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_no_text_is_more_than_text(case: str) -> None:
    hostile, shown = HOSTILE[case]
    heading = Heading(hostile, [(hostile, hostile)])
    outline = Outline(page(("people", [1, hostile, 2]), heading=heading))

    assert outline.open == []
    assert outline.texts.count(shown) == 5  # the title twice, a label and its fact, a cell
    assert {tag for tag, _ in outline.tags} <= {
        *("html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "dl", "dt", "dd"),
        *("section", "div", "table", "thead", "tbody", "tr", "th", "td", "bdi", "time"),
    }


def test_page_loads_nothing_and_says_so_to_the_browser() -> None:
    text = page(("people", [1, "Ada", 2]))
    tags = Outline(text).tags

    nothing = "default-src 'none'; style-src 'unsafe-inline'"
    policy: dict[str, str | None] = {"http-equiv": "Content-Security-Policy", "content": nothing}
    assert ("meta", policy) in tags
    assert not any({"src", "href", "style", "onload", "srcset"} & attributes.keys() for _, attributes in tags)
    assert not re.search(r"@import|url\(|<script|<link", text)


def test_page_is_good_to_read_aloud() -> None:
    outline = Outline(page(("people", [1, "Ada", 2]), language="fr"))

    assert ("html", {"lang": "fr"}) in outline.tags
    headings = [attributes for tag, attributes in outline.tags if tag == "th"]
    assert [heading["scope"] for heading in headings] == ["col"] * 3
    regions = [attributes for tag, attributes in outline.tags if tag == "div"]
    titles = [attributes["id"] for tag, attributes in outline.tags if tag == "h2"]
    assert [region["aria-labelledby"] for region in regions] == titles[:1]
    assert regions[0]["tabindex"] == "0"  # whoever uses no mouse can scroll a wide table


CELLS: dict[str, tuple[str, list[Cell], list[str]]] = {
    "ids and numbers": ("people", [1234, "Ada", 5678], ["1234", "Ada", "5,678"]),
    "nothing": ("people", [1, None, None], ["1"]),
    "a moment": ("ends", [Moment(1_819_749_599)], ["2027-08-31 23:59"]),
    "a word for never": ("ends", ["unlimited"], ["unlimited"]),
    "no date any more": ("ends", [Moment(1 << 60)], [f"@{1 << 60}"]),
}


@pytest.mark.parametrize("case", CELLS)
def test_cell_is_shown_as_people_write_it(case: str) -> None:
    table, row, shown = CELLS[case]
    text = page((table, row))
    body = text[text.index("<tbody>") : text.index("</tbody>")]
    assert [each for each in Outline(body).texts if each.strip()] == shown


def test_moment_is_there_for_programs_too() -> None:
    assert '<time datetime="2027-08-31T23:59:59+02:00">31/08/2027 23:59</time>' in page(
        ("ends", [Moment(1_819_749_599)]), language="fr"
    )


def test_long_table_ends_and_says_how_much_more_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maintien.reports.formats.page, "ROWS_SHOWN", 2)
    rows: list[tuple[str, list[Cell]]] = [("people", [number, "x", 1]) for number in range(5)]
    text = page(*rows)
    assert text.count("<tr>") == 3
    assert "and 3 more rows" in text
    assert "People (5)" in text


def test_empty_table_has_its_title_and_no_rows() -> None:
    text = page()
    assert "People (0)" in text
    assert "<table>" not in text


def test_chart_stands_above_the_tables() -> None:
    heading = Heading("Report", chart='<svg role="img"><title>Access</title></svg>')
    text = page(heading=heading)
    assert '<figure><svg role="img"><title>Access</title></svg></figure>' in text


def test_page_that_fails_is_not_written() -> None:
    stream = io.StringIO()
    with (
        pytest.raises(KeyError),
        HtmlPage(stream, load_texts("en"), Heading("Report"), TABLES, PARIS) as written,
    ):
        written.add("nothing", [])
    assert stream.getvalue() == ""


def test_markup_is_not_escaped_again() -> None:
    assert element("p", element("b", "<"), "&", id_="a", data_x='"') == Markup(
        '<p id="a" data-x="&quot;"><b>&lt;</b>&amp;</p>'
    )
