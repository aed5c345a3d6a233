"""What a forecast found: on a terminal, and as a JSON document."""

import json
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Final, TextIO

from rich.console import RenderableType

from maintien.enrolments.forecast import CourseForecast, UnenrolEffect
from maintien.enrolments.people import Person
from maintien.moodle.ids import UserId
from maintien.reports.charts.access_chart import AccessChart
from maintien.reports.course_documents import packed, write_courses
from maintien.reports.forecast_document import (
    ForecastHeader,
    forecast_course_document,
    forecast_document,
)
from maintien.reports.forecast_screen import ForecastPerson, ForecastScreen
from maintien.reports.forecast_summary import ForecastSummary, ForecastTotals, count_forecast
from maintien.reports.language import Texts

PEOPLE_SHOWN: Final = 50
"""People named, where there is one course only."""


class ForecastReport:
    """Takes courses one at a time, in memory that does not grow with their enrolments.

    With ``keep_documents`` it also keeps, compressed, everything that the JSON document says of each course.
    """

    def __init__(self, header: ForecastHeader, *, keep_documents: bool = False) -> None:
        self.header = header
        self.totals = ForecastTotals()
        self.chart: AccessChart | None = None
        self._courses: list[ForecastSummary] = []
        self._documents: list[bytes] | None = [] if keep_documents else None
        self._shown: list[ForecastPerson] = []
        self._more_people = 0

    @property
    def courses(self) -> Sequence[ForecastSummary]:
        """The courses taken in, in their order."""
        return self._courses

    def add(self, forecast: CourseForecast) -> None:
        """Take one course in."""
        counts = count_forecast(forecast)
        self.totals.add(forecast, counts)
        self._courses.append(ForecastSummary(course=forecast.course, counts=counts))
        if self._documents is not None:
            document = forecast_course_document(self.header, forecast, counts)
            self._documents.append(packed(document))
        is_only_one = self.totals.courses == 1
        kept = forecast.effects[UnenrolEffect.KEPT]
        people = sorted(forecast.people, key=lambda userid: (userid in kept, userid)) if is_only_one else []
        self._shown = [_person(forecast, userid) for userid in islice(people, PEOPLE_SHOWN)]
        self._more_people = max(0, len(people) - PEOPLE_SHOWN)

    def people_shown(self) -> frozenset[UserId]:
        """Tell whose names :meth:`render` shows: read them and pass them to it."""
        return frozenset(person.userid for person in self._shown)

    def write_json(self, stream: TextIO) -> None:
        """Write the whole as one JSON document in ASCII, a line a course. Needs ``keep_documents``."""
        if self._documents is None:
            raise RuntimeError("the report was made without keep_documents")
        head = json.dumps(forecast_document(self.header, self.totals, self.chart))
        write_courses(stream, head, self._documents)

    def render(self, texts: Texts, width: int, people: Mapping[UserId, Person]) -> RenderableType:
        """Give the whole for a terminal of ``width`` columns; people without an entry show as ids."""
        screen = ForecastScreen(
            header=self.header,
            totals=self.totals,
            courses=self._courses,
            shown=self._shown,
            more_people=self._more_people,
            people=people,
            chart=self.chart,
        )
        return screen.render(texts, width)


def _person(forecast: CourseForecast, userid: UserId) -> ForecastPerson:
    return ForecastPerson(
        userid=userid,
        methods=forecast.methods_of(userid),
        is_student=userid in forecast.students,
        effect=forecast.effect_on(userid),
        groups=forecast.groups.get(userid, 0),
        grades=forecast.grades.get(userid, 0),
        state=forecast.listed_state_of(userid),
    )
