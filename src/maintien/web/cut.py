"""How far the cut has got, as pages show it: in words first, and in colour beside them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from maintien.enrolments.cut_timing import LATELY, CutTiming
from maintien.reports.cut_timing import course_timing_text, timed_courses_text, timing_name
from maintien.reports.language import Texts

_LOOKS: Final[Mapping[CutTiming, tuple[str, str]]] = {
    CutTiming.BEFORE: ("success", "\N{WHITE CIRCLE}"),
    CutTiming.UNDER_WAY: ("warning", "\N{CIRCLE WITH LEFT HALF BLACK}"),
    CutTiming.DONE: ("danger", "\N{BLACK CIRCLE}"),
    CutTiming.UNKNOWN: ("secondary", "?"),
    CutTiming.NOTHING_AUTOMATIC: ("light", "\N{EN DASH}"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseCut:
    """What a table here keeps of the cut of one course."""

    timing: CutTiming
    waiting: int
    withdrawn: int
    without_access: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCut:
    """How far the cut has got."""

    words: str
    colour: str
    """The part of Bootstrap's classes that says which."""
    symbol: str
    """For those who see; the words say the same."""


def cut_name(texts: Texts, timing: str) -> ShownCut:
    """Say it in a word or two."""
    known = CutTiming(timing)
    return _shown(known, timing_name(texts, known))


def cut_of_course(texts: Texts, cut: CourseCut, looked_at: int, zone: tzinfo) -> ShownCut:
    """Say it of one course, with the people whom it is about; ``looked_at`` in Unix seconds."""
    return _shown(cut.timing, course_timing_text(texts, cut, looked_at - LATELY, zone))


def cut_of_courses(texts: Texts, courses: Mapping[str, int]) -> list[ShownCut]:
    """Say in how many courses it has got how far; ``courses`` by the value of their CutTiming."""
    found: Iterable[tuple[CutTiming, int]] = ((each, courses.get(each.value, 0)) for each in CutTiming)
    return [_shown(each, timed_courses_text(texts, each, number)) for each, number in found if number]


def _shown(timing: CutTiming, words: str) -> ShownCut:
    colour, symbol = _LOOKS[timing]
    return ShownCut(words=words, colour=colour, symbol=symbol)
