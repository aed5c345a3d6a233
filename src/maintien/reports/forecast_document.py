"""A forecast as a JSON document."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from enum import Enum

from maintien.enrolments.access_over_time import Step
from maintien.enrolments.forecast import CourseForecast
from maintien.moodle.ids import UserId
from maintien.reports.charts.access_chart import AccessChart
from maintien.reports.documents import Document, Json, course_document, moment_document
from maintien.reports.forecast_summary import (
    COUNTED,
    OF_FEEDS,
    ForecastCounts,
    ForecastTotals,
)


class RegisterState(Enum):
    """How the look at the register of the external database went."""

    READ = "read"
    EMPTY = "empty"
    """It names no course at all."""
    UNREADABLE = "unreadable"
    NOT_CONFIGURED = "not_configured"
    """The site's settings name no table to follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastHeader:
    """What is the same for every course of a forecast."""

    site: str
    """The site's name, without a password."""
    at: int
    """Unix seconds: the moment at which access is looked at."""
    zone: tzinfo
    """The site's time zone."""
    register: RegisterState | None = None
    """None where no feed was to be read."""

    @property
    def reads_feeds(self) -> bool:
        """Whether the feeds were to be read."""
        return self.register is not None


def forecast_document(header: ForecastHeader, totals: ForecastTotals, chart: AccessChart | None) -> Document:
    """Describe a forecast, all but its courses."""
    return {
        "site": header.site,
        "at": moment_document(header.at, header.zone),
        "feeds": None if header.register is None else {"register": header.register.value},
        "totals": {
            "courses": totals.courses,
            "courses_losing": totals.courses_losing,
            **counts_document(header, totals.counts),
            "people": totals.people,
        },
        "access_over_time": None if chart is None else _chart_document(chart),
    }


def counts_document(header: ForecastHeader, counts: ForecastCounts) -> Document:
    """Give the counts by name; those of feeds only where feeds were to be read."""
    return {name: getattr(counts, name) for name in COUNTED if header.reads_feeds or name not in OF_FEEDS}


def _chart_document(chart: AccessChart) -> Document:
    converted = chart.steps_converted
    return {
        "now": moment_document(chart.now, chart.zone),
        "cut_at": moment_document(chart.cut_at, chart.zone),
        "until": None if converted is None else moment_document(chart.until, chart.zone),
        "without_conversion": _steps_document(chart, chart.steps),
        "after_conversion": None if converted is None else _steps_document(chart, converted),
    }


def _steps_document(chart: AccessChart, steps: Sequence[Step]) -> Json:
    return [{"at": step.at, "people": step.people} for step in chart.shown(steps)]


def forecast_course_document(
    header: ForecastHeader, forecast: CourseForecast, counts: ForecastCounts
) -> Document:
    """Describe the forecast of one course, with its people by id."""
    return (
        course_document(forecast.course)
        | counts_document(header, counts)
        | {"people": [_person_document(forecast, userid) for userid in sorted(forecast.people)]}
    )


def _person_document(forecast: CourseForecast, userid: UserId) -> Document:
    state = forecast.listed_state_of(userid)
    return {
        "id": userid,
        "methods": list(forecast.methods_of(userid)),
        "is_student": userid in forecast.students,
        "effect": forecast.effect_on(userid).value,
        "last_enrolment": userid in forecast.gone,
        "groups": forecast.groups.get(userid, 0),
        "grades": forecast.grades.get(userid, 0),
        "listed": None if state is None else state.value,
    }
