"""Draws the chart of people with access as an SVG file: for a report, a web page, a screen reader.

It stands alone: no script, no font, no picture from elsewhere. What comes from outside is escaped.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final
from xml.sax.saxutils import escape

from maintien.enrolments.access_over_time import Step
from maintien.reports.charts.access_chart import (
    AccessChart,
    Mark,
    Moment,
    mark_name,
    mark_sentence,
    series_names,
    title_of,
)
from maintien.reports.charts.scales import date_ticks, number_ticks
from maintien.reports.language import Texts
from maintien.reports.safe_text import printable

WIDTH: Final = 960
HEIGHT: Final = 500
_LEFT: Final = 84
_RIGHT: Final = WIDTH - 36
_TOP: Final = 156
_BOTTOM: Final = HEIGHT - 60

_MOST_NUMBERS: Final = 6
_MOST_DATES: Final = 8
_LONGEST_SUBJECT: Final = 90

_INK: Final = "#1f2328"
_FAINT: Final = "#59636e"
_GRID: Final = "#d8dee4"
_COLOURS: Final = ("#b3261e", "#0b5fa5")
"""Without and after a conversion; both stand out from white, also for whoever confuses red and green."""
_MARK_COLOURS: Final = {Moment.NOW: _FAINT, Moment.CUT: _COLOURS[0], Moment.END: _COLOURS[1]}
_DASHES: Final = ("", ' stroke-dasharray="9 5"')
_NO_XML: Final = re.compile("[\ufffe\uffff]")
"""Noncharacters, which are no part of XML, not even as references."""

_WIDTHS: Final = ("4", "2.5")


def draw_svg(texts: Texts, chart: AccessChart) -> str:
    """Draw the chart; ends with a line feed."""
    return "\n".join(_Drawing(texts, chart).lines()) + "\n"


def safe(text: str) -> str:
    """Escape a text that may hold anything, for the content of an element."""
    shown = _NO_XML.sub("\ufffd", printable(text))
    return escape(shown, {'"': "&quot;", "'": "&#39;"})


class _Drawing:
    """One chart while it is drawn."""

    def __init__(self, texts: Texts, chart: AccessChart) -> None:
        self._texts = texts
        self._chart = chart
        self._numbers = number_ticks(chart.most_people, _MOST_NUMBERS)
        self._marks = list(chart.marks())
        self._series = [chart.steps]
        if chart.steps_converted is not None:
            self._series.append(chart.steps_converted)

    def lines(self) -> Iterator[str]:
        """Give the file, element by element."""
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}"'
            f' height="{HEIGHT}" role="img" lang="{self._texts.code}" aria-labelledby="title desc"'
            ' font-family="sans-serif">'
        )
        yield f'<title id="title">{safe(self._title())}</title>'
        yield f'<desc id="desc">{safe(self._description())}</desc>'
        yield f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>'
        # Whoever is read the description need not be read the labels.
        yield '<g aria-hidden="true">'
        yield from self._heading()
        yield from self._number_axis()
        yield from self._date_axis()
        yield from self._drawn_marks()
        yield from self._drawn_series()
        yield "</g>"
        yield "</svg>"

    def _subject(self) -> str:
        subject = self._chart.subject
        return subject if len(subject) <= _LONGEST_SUBJECT else subject[: _LONGEST_SUBJECT - 1] + "…"

    def _title(self) -> str:
        return f"{title_of(self._texts)} \N{EN DASH} {self._subject()}"

    def _description(self) -> str:
        sentences = (mark_sentence(self._texts, self._chart, mark) for mark in self._marks)
        return " ".join(f"{sentence}." for sentence in sentences)

    def _heading(self) -> Iterator[str]:
        yield _text(24, 34, title_of(self._texts), size=20, weight="bold")
        yield _text(24, 56, self._subject(), size=14, fill=_FAINT)
        for number, name in enumerate(series_names(self._texts, self._chart)):
            x = 24 + 300 * number
            stroke = f'stroke="{_COLOURS[number]}" stroke-width="{_WIDTHS[number]}"{_DASHES[number]}'
            yield f'<path d="M{x} 79h36" fill="none" {stroke}/>'
            yield _text(x + 44, 84, name, size=14)

    def _number_axis(self) -> Iterator[str]:
        for number in self._numbers:
            y = self._y(number)
            yield f'<path d="M{_LEFT} {y}H{_RIGHT}" stroke="{_GRID}"/>'
            yield _text(_LEFT - 10, y + 5, self._texts.number(number), anchor="end", fill=_FAINT)

    def _date_axis(self) -> Iterator[str]:
        chart = self._chart
        yield f'<path d="M{_LEFT} {_BOTTOM}H{_RIGHT}" stroke="{_INK}"/>'
        for tick in date_ticks(chart.begins_at, chart.ends_at, chart.zone, _MOST_DATES):
            x = self._x(tick)
            yield f'<path d="M{x} {_BOTTOM}v6" stroke="{_INK}"/>'
            yield _text(x, _BOTTOM + 24, self._texts.day(tick, chart.zone), anchor="middle", fill=_FAINT)

    def _drawn_marks(self) -> Iterator[str]:
        """Draw a line for each moment, its label above; later labels stand lower, so that none meet."""
        for number, mark in enumerate(self._marks):
            x, y = self._x(mark.at), _TOP - 44 + 18 * number
            colour = _MARK_COLOURS[mark.moment]
            yield f'<path d="M{x} {y + 5}V{_BOTTOM}" stroke="{colour}" stroke-dasharray="2 4"/>'
            is_left = x < (_LEFT + _RIGHT) / 2
            anchor, shift = ("start", 6) if is_left else ("end", -6)
            yield _text(x + shift, y + 4, self._label(mark), anchor=anchor, fill=colour, size=13)

    def _label(self, mark: Mark) -> str:
        people = self._texts.number(mark.people)
        if mark.people_converted is not None:
            people = f"{people} / {self._texts.number(mark.people_converted)}"
        day = self._texts.day(mark.at, self._chart.zone)
        return f"{mark_name(self._texts, mark)}, {day} ({people})"

    def _drawn_series(self) -> Iterator[str]:
        for number, steps in enumerate(self._series):
            line = self._line(self._chart.shown(steps))
            stroke = f'stroke="{_COLOURS[number]}" stroke-width="{_WIDTHS[number]}"{_DASHES[number]}'
            if not number:
                area = f"{line}V{_BOTTOM}H{_LEFT}Z"
                yield f'<path d="{area}" fill="{_COLOURS[0]}" fill-opacity="0.08"/>'
            yield f'<path d="{line}" fill="none" stroke-linejoin="round" {stroke}/>'

    def _line(self, steps: Sequence[Step]) -> str:
        """Draw steps; those that fall on one tenth of a pixel are one."""
        (first, *others) = steps
        path = [f"M{_LEFT} {self._y(first.people)}"]
        latest = {self._x(step.at): self._y(step.people) for step in others}
        path += [f"H{x}V{y}" for x, y in latest.items()]
        return "".join([*path, f"H{_RIGHT}"])

    def _x(self, at: int) -> float:
        chart = self._chart
        share = (at - chart.begins_at) / (chart.ends_at - chart.begins_at)
        return round(_LEFT + share * (_RIGHT - _LEFT), 1)

    def _y(self, people: int) -> float:
        return round(_BOTTOM - people / self._numbers[-1] * (_BOTTOM - _TOP), 1)


def _text(
    x: float,
    y: float,
    words: str,
    *,
    size: int = 12,
    fill: str = _INK,
    anchor: str = "start",
    weight: str = "normal",
) -> str:
    return (
        f'<text x="{round(x, 1)}" y="{round(y, 1)}" font-size="{size}" fill="{fill}"'
        f' text-anchor="{anchor}" font-weight="{weight}">{safe(words)}</text>'
    )
