"""The chart of people with access: what it shows, and that nothing in it acts, as a picture and in blocks."""

from dataclasses import replace
from datetime import UTC
from io import StringIO
from typing import Final
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from maintien.enrolments.access_over_time import Step
from maintien.moodle.values import NO_END
from maintien.reports.charts.access_chart import AccessChart, Moment
from maintien.reports.charts.blocks import draw_blocks
from maintien.reports.charts.scales import date_ticks, number_ticks
from maintien.reports.charts.svg import draw_svg, safe
from maintien.reports.language import Texts, load_texts, moment_of

PARIS: Final = ZoneInfo("Europe/Paris")
DAY: Final = 86_400
NOW: Final = 1_788_000_000
CUT: Final = NOW + 90 * DAY
UNTIL: Final = NOW + 365 * DAY
EVIL: Final = "<script>alert(1)</script>&\"'\x1b[2J\u202e\ufffe]]>"

CHART: Final = AccessChart(
    subject="BIO101",
    zone=PARIS,
    now=NOW,
    cut_at=CUT,
    until=UNTIL,
    steps=(Step(0, 1200), Step(CUT, 180)),
    steps_converted=(Step(0, 1200), Step(CUT, 1100), Step(UNTIL, 180)),
)
ALONE: Final = replace(CHART, until=NO_END, steps_converted=None)

by_language = pytest.mark.parametrize("texts", [load_texts("en"), load_texts("fr")], ids=lambda t: t.code)


def drawn(texts: Texts, chart: AccessChart, width: int) -> str:
    console = Console(file=StringIO(), width=width, highlight=False, color_system=None)
    console.print(draw_blocks(texts, chart, width))
    file = console.file
    assert isinstance(file, StringIO)
    return file.getvalue()


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 -- our own


def texts_of(svg: str) -> list[str]:
    return [text for element in parsed(svg).iter() if (text := (element.text or "").strip())]


def test_moments_that_matter_are_marked_with_their_numbers() -> None:
    marks = [(mark.moment, mark.at, mark.people, mark.people_converted) for mark in CHART.marks()]
    assert marks == [
        (Moment.NOW, NOW, 1200, 1200),
        (Moment.CUT, CUT, 180, 1100),
        (Moment.END, UNTIL, 180, 180),
    ]
    assert [mark.people_converted for mark in ALONE.marks()] == [None, None]


def test_the_present_is_before_a_cut_of_the_same_second() -> None:
    chart = replace(ALONE, cut_at=NOW, steps=(Step(0, 9), Step(NOW, 1)))
    assert [(mark.moment, mark.people) for mark in chart.marks()] == [(Moment.NOW, 9), (Moment.CUT, 1)]


def test_conversion_without_end_has_no_mark_for_it() -> None:
    assert [mark.moment for mark in replace(CHART, until=NO_END).marks()] == [Moment.NOW, Moment.CUT]


def test_edges_lie_around_the_moments_that_matter() -> None:
    assert CHART.begins_at < NOW < UNTIL < CHART.ends_at
    assert replace(ALONE, now=0, cut_at=0).begins_at == 0


@by_language
def test_picture_is_xml_that_stands_alone_and_says_what_it_shows(texts: Texts) -> None:
    svg = draw_svg(texts, CHART)
    root = parsed(svg)
    name = "{http://www.w3.org/2000/svg}"
    assert root.get("role") == "img"
    assert root.get("lang") == texts.code
    assert root.find(f"{name}title") is not None
    description = root.findtext(f"{name}desc", "")
    assert all(texts.number(number) in description for number in (1200, 180, 1100))
    assert not any(word in svg for word in ("<script", "href", "url(", "@import", "<image", "onload"))


@by_language
def test_hostile_names_act_on_nothing(texts: Texts) -> None:
    evil = replace(CHART, subject=EVIL)
    svg, blocks = draw_svg(texts, evil), drawn(texts, evil, 80)
    assert "<script" not in svg
    assert "alert(1)" in "".join(texts_of(svg))
    for harmful in ("\x1b", "\u202e"):
        assert harmful not in svg
        assert harmful not in blocks


def test_characters_that_xml_lacks_are_replaced() -> None:
    assert safe("\ufffe&<a>\"'") == "\ufffd&amp;&lt;a&gt;&quot;&#39;"


def test_long_names_are_cut_off() -> None:
    svg = draw_svg(load_texts("en"), replace(CHART, subject="C" * 900))
    assert "C" * 100 not in svg


@by_language
@pytest.mark.parametrize("width", [20, 40, 60, 80, 200])
def test_blocks_fit_the_terminal(texts: Texts, width: int) -> None:
    lines = drawn(texts, CHART, width).splitlines()
    assert max(map(len, lines)) <= width


@by_language
def test_blocks_say_in_words_what_they_show(texts: Texts) -> None:
    said = drawn(texts, CHART, 100)
    assert all(texts.number(number) in said for number in (1200, 180, 1100))
    assert texts.date_time(CUT, PARIS) in said


def test_blocks_fall_at_the_cut() -> None:
    top, *_, bottom = [line for line in drawn(load_texts("en"), ALONE, 80).splitlines() if "┤" in line]
    picture = top.partition("┤")[2].rstrip()
    ground = bottom.partition("┤")[2]
    assert 0 < len(picture) < len(ground)
    assert set(picture) == {"█"}


def test_whoever_there_is_is_seen() -> None:
    chart = replace(ALONE, steps=(Step(0, 100_000), Step(CUT, 1)))
    assert "▁" in drawn(load_texts("en"), chart, 80)


def test_nobody_at_all_is_drawn_too() -> None:
    chart = replace(ALONE, steps=())
    assert "█" not in drawn(load_texts("en"), chart, 80)
    assert parsed(draw_svg(load_texts("en"), chart)) is not None


def test_marks_of_one_moment_do_not_hide_each_other() -> None:
    chart = replace(ALONE, cut_at=NOW)
    numbers = next(line for line in drawn(load_texts("en"), chart, 60).splitlines() if line.split() == ["12"])
    assert numbers


NUMBERS = {
    0: [0, 1],
    1: [0, 1],
    7: [0, 2, 4, 6, 8],
    1884: [0, 500, 1000, 1500, 2000],
    2000: [0, 500, 1000, 1500, 2000],
}


@pytest.mark.parametrize("largest", NUMBERS)
def test_numbers_on_the_axis_are_round(largest: int) -> None:
    assert number_ticks(largest, 6) == NUMBERS[largest]


@pytest.mark.parametrize("days", [1, 10, 40, 100, 400, 2000, 20_000])
def test_dates_on_the_axis_are_midnights_of_the_zone(days: int) -> None:
    for zone in (PARIS, UTC):
        ticks = date_ticks(NOW, NOW + days * DAY, zone, 8)
        assert 0 < len(ticks) <= 8
        moments = [moment_of(tick, zone) for tick in ticks]
        assert {(m.hour, m.minute, m.second) for m in moments if m is not None} == {(0, 0, 0)}
        assert sorted(set(ticks)) == ticks
        assert ticks[0] >= NOW
        assert ticks[-1] <= NOW + days * DAY
