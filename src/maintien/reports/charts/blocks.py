"""Draws the chart of people with access on a terminal, in blocks; a narrow one will do."""

from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.text import Text

from maintien.enrolments.access_over_time import Step, people_at
from maintien.reports.charts.access_chart import (
    AccessChart,
    Mark,
    mark_sentence,
    series_names,
    title_of,
)
from maintien.reports.language import Texts
from maintien.reports.safe_text import plain

HEIGHT: Final = 6
"""Lines of one picture."""
_WIDEST: Final = 100
_NARROWEST: Final = 16

_EIGHTHS: Final = " ▁▂▃▄▅▆▇█"
_FULL: Final = len(_EIGHTHS) - 1
_STYLES: Final = ("red", "blue")


def draw_blocks(texts: Texts, chart: AccessChart, width: int) -> RenderableType:
    """Draw the chart for a terminal of ``width`` columns: a picture a line, one above the other."""
    pictures = [chart.steps] if chart.steps_converted is None else [chart.steps, chart.steps_converted]
    drawing = _Drawing(texts, chart, width)
    parts: list[RenderableType] = [plain(f"{title_of(texts)} ({chart.subject})", "bold")]
    for number, (name, steps) in enumerate(zip(series_names(texts, chart), pictures, strict=True)):
        parts.append(plain(name, _STYLES[number]))
        parts += drawing.picture(steps, _STYLES[number])
    parts += drawing.axis()
    parts += drawing.legend()
    return Group(*parts)


class _Drawing:
    """One chart while it is drawn."""

    def __init__(self, texts: Texts, chart: AccessChart, width: int) -> None:
        self._texts = texts
        self._chart = chart
        self._most = max(1, chart.most_people)
        self._margin = len(texts.number(self._most)) + 1
        self._columns = max(_NARROWEST, min(width, _WIDEST) - self._margin - 1)
        self._marks = list(chart.marks())

    def picture(self, steps: Sequence[Step], style: str) -> Iterator[Text]:
        """Draw one line of the chart, as an area: its top row first."""
        heights = [self._height(people_at(steps, at)) for at in self._moments()]
        for row in reversed(range(HEIGHT)):
            label = self._label(row)
            line = Text(f"{label:>{self._margin - 1}} ┤" if label else f"{'':{self._margin}}│", "dim")
            blocks = (_EIGHTHS[max(0, min(_FULL, height - row * _FULL))] for height in heights)
            line.append("".join(blocks), style)
            yield _unbroken(line)

    def _moments(self) -> Iterator[int]:
        """Give the moment that each column shows, the one at its right edge."""
        begins_at, length = self._chart.begins_at, self._chart.ends_at - self._chart.begins_at
        return (begins_at + length * column // self._columns for column in range(1, self._columns + 1))

    def _height(self, people: int) -> int:
        """Tell how many eighths of a row stand for so many people; whoever there is, is seen."""
        return max(people * HEIGHT * _FULL // self._most, 1 if people else 0)

    def _label(self, row: int) -> str:
        if row == HEIGHT - 1:
            return self._texts.number(self._most)
        return self._texts.number(0) if not row else ""

    def axis(self) -> Iterator[Text]:
        """Draw the line of time, with a number under each marked moment, and its first and last day."""
        places = self._places()
        line = ["┴" if column in places else "─" for column in range(self._columns)]
        yield _unbroken(Text(f"{'':{self._margin}}└{''.join(line)}", "dim"))
        numbers = [str(places.get(column, " ")) for column in range(self._columns)]
        yield _unbroken(Text(f"{'':{self._margin + 1}}{''.join(numbers)}", "bold"))
        chart = self._chart
        first, last = (self._texts.day(at, chart.zone) for at in (chart.begins_at, chart.ends_at))
        gap = self._columns - len(first) - len(last)
        yield _unbroken(Text(f"{'':{self._margin + 1}}{first}{' ' * gap + last if gap > 0 else ''}", "dim"))

    def _places(self) -> dict[int, int]:
        """Give the column of each marked moment, and its number from 1 on; no two in one column."""
        places: dict[int, int] = {}
        length = self._chart.ends_at - self._chart.begins_at
        for number, mark in enumerate(self._marks, start=1):
            column = (mark.at - self._chart.begins_at) * self._columns // length
            while column in places:
                column += 1
            places[min(column, self._columns - 1)] = number
        return places

    def legend(self) -> Iterator[Text]:
        """Say in words what stands at each number."""
        for number, mark in enumerate(self._marks, start=1):
            yield plain(f"{number} {self._sentence(mark)}")

    def _sentence(self, mark: Mark) -> str:
        return mark_sentence(self._texts, self._chart, mark)


def _unbroken(line: Text) -> Text:
    line.no_wrap = True
    line.overflow = "crop"
    return line
