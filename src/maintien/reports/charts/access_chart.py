"""What the chart of people with access over time shows, whatever it is drawn with."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from enum import Enum
from typing import Final

from maintien.enrolments.access_over_time import Step, people_at
from maintien.messages import N_
from maintien.moodle.values import NO_END, is_unlimited
from maintien.reports.language import Texts

_DAY: Final = 24 * 60 * 60
LEAST_MARGIN: Final = 14 * _DAY
"""Seconds shown before the first moment that matters, and after the last, at least."""
_MARGIN: Final = 8
"""The margin's part of what lies between them."""


class Moment(Enum):
    """Why a moment is marked."""

    NOW = "now"
    CUT = "cut"
    END = "end"


_NAMES: Final = {
    Moment.NOW: N_("now"),
    Moment.CUT: N_("the cut"),
    Moment.END: N_("end date"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A moment that matters, and how many people have access from then on."""

    moment: Moment
    at: int
    people: int
    """Without a conversion."""
    people_converted: int | None
    """After the planned one; None where none is planned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessChart:
    """People with access over time, if the feeds drop people at the cut."""

    subject: str
    """What it is about: a course's name, or how many courses. It may hold anything."""
    zone: tzinfo
    now: int
    cut_at: int
    """Unix seconds, like all moments here."""
    until: int = NO_END
    """The end date of the planned conversion."""
    steps: Sequence[Step]
    """Without a conversion."""
    steps_converted: Sequence[Step] | None = None
    """After the planned conversion; None where none is planned."""

    @property
    def begins_at(self) -> int:
        """The moment at the left edge."""
        return max(0, min(self._moments) - self._margin)

    @property
    def ends_at(self) -> int:
        """The moment at the right edge."""
        return max(self._moments) + self._margin

    @property
    def _moments(self) -> list[int]:
        moments = [self.now, self.cut_at]
        if self.steps_converted is not None and not is_unlimited(self.until):
            moments.append(self.until)
        return moments

    @property
    def _margin(self) -> int:
        return max(LEAST_MARGIN, (max(self._moments) - min(self._moments)) // _MARGIN)

    @property
    def most_people(self) -> int:
        """The largest number that is shown."""
        series = [self.steps, self.steps_converted or ()]
        return max((step.people for steps in series for step in self.shown(steps)), default=0)

    def shown(self, steps: Sequence[Step]) -> list[Step]:
        """Give the steps between the edges, and one at the left edge."""
        first = Step(self.begins_at, people_at(steps, self.begins_at))
        return [first, *(step for step in steps if self.begins_at < step.at < self.ends_at)]

    def marks(self) -> Iterator[Mark]:
        """Give the moments that matter, by time; the present first where it is the moment of the cut."""
        moments = {Moment.NOW: self.now, Moment.CUT: self.cut_at}
        if self.steps_converted is not None and not is_unlimited(self.until):
            moments[Moment.END] = self.until
        for moment, at in sorted(moments.items(), key=lambda pair: pair[1]):
            # The present is before the cut, also where both are the same second.
            seen_at = at - 1 if moment is Moment.NOW and at == self.cut_at else at
            yield Mark(
                moment=moment,
                at=at,
                people=people_at(self.steps, seen_at),
                people_converted=(
                    None if self.steps_converted is None else people_at(self.steps_converted, seen_at)
                ),
            )


def mark_name(texts: Texts, mark: Mark) -> str:
    """Name a marked moment."""
    return texts.gettext(_NAMES[mark.moment])


def mark_sentence(texts: Texts, chart: AccessChart, mark: Mark) -> str:
    """Say when a marked moment is, and how many people have access from then on."""
    fields = {
        "moment": mark_name(texts, mark),
        "date": texts.date_time(mark.at, chart.zone),
        "people": texts.number(mark.people),
    }
    if mark.people_converted is None:
        return texts.ngettext(
            "{moment}, {date}: {people} person", "{moment}, {date}: {people} people", mark.people
        ).format(**fields)
    return texts.ngettext(
        "{moment}, {date}: {people} person without a conversion, {converted} after it",
        "{moment}, {date}: {people} people without a conversion, {converted} after it",
        mark.people,
    ).format(**fields, converted=texts.number(mark.people_converted))


def title_of(texts: Texts) -> str:
    """Say what the chart counts."""
    return texts.gettext("People with access over time")


def series_names(texts: Texts, chart: AccessChart) -> list[str]:
    """Name the lines, the one without a conversion first."""
    if chart.steps_converted is None:
        return [texts.gettext("if nothing is done")]
    if is_unlimited(chart.until):
        return [texts.gettext("without a conversion"), texts.gettext("after the conversion")]
    until = texts.gettext("after the conversion, until {date}")
    return [
        texts.gettext("without a conversion"),
        until.format(date=texts.day(chart.until, chart.zone)),
    ]
