"""What a forecast comes to, in figures: one summary a course, and the totals over all."""

from dataclasses import dataclass, field, fields
from typing import Final

from maintien.enrolments.forecast import CourseForecast, ListedState, UnenrolEffect
from maintien.enrolments.state import Course
from maintien.moodle.ids import UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastCounts:
    """People counted; over several courses a person counts once a course."""

    participants: int = 0
    """Everybody enrolled whose account is not deleted."""
    automatic_only: int = 0
    """People who have access, and through automatic methods only."""
    students: int = 0
    """Those of them who are students."""
    losing: int = 0
    """People who lose access once the feeds drop them."""
    students_losing: int = 0
    kept: int = 0
    suspended: int = 0
    suspended_and_roles_removed: int = 0
    unenrolled: int = 0
    last_enrolment: int = 0
    """People unenrolled who have no enrolment left in the course."""
    groups: int = 0
    """Group memberships that go."""
    grades: int = 0
    """Recorded grades that go."""
    listed: int = 0
    dropped: int = 0
    spared: int = 0
    unknown: int = 0
    losing_now: int = 0
    """People who lose access with the next sync."""
    to_add: int = 0
    to_return: int = 0

    def __add__(self, other: "ForecastCounts") -> "ForecastCounts":
        """Add up two counts."""
        return ForecastCounts(**{name: getattr(self, name) + getattr(other, name) for name in COUNTED})


COUNTED: Final = tuple(each.name for each in fields(ForecastCounts))

OF_FEEDS: Final = frozenset({"listed", "dropped", "spared", "unknown", "losing_now", "to_add", "to_return"})
"""Counts that mean something only where the feeds were read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastSummary:
    """What a forecast comes to in one course."""

    course: Course
    counts: ForecastCounts


def count_forecast(forecast: CourseForecast) -> ForecastCounts:
    """Count the people of a forecast."""
    effects = {effect: len(people) for effect, people in forecast.effects.items()}
    counts = ForecastCounts(
        participants=forecast.participants,
        automatic_only=len(forecast.people),
        students=len(forecast.students),
        losing=len(forecast.losing),
        students_losing=len(forecast.losing & forecast.students),
        kept=effects[UnenrolEffect.KEPT],
        suspended=effects[UnenrolEffect.SUSPENDED],
        suspended_and_roles_removed=effects[UnenrolEffect.SUSPENDED_WITHOUT_ROLES],
        unenrolled=effects[UnenrolEffect.UNENROLLED],
        last_enrolment=len(forecast.gone),
        groups=sum(forecast.groups.values()),
        grades=sum(forecast.grades.values()),
    )
    return counts if forecast.next_sync is None else counts + _counts_of_feeds(forecast)


def _counts_of_feeds(forecast: CourseForecast) -> ForecastCounts:
    next_sync = forecast.next_sync
    if next_sync is None:
        return ForecastCounts()
    states = {state: len(people) for state, people in next_sync.states.items()}
    return ForecastCounts(
        listed=states[ListedState.LISTED],
        dropped=states[ListedState.DROPPED],
        spared=states[ListedState.SPARED],
        unknown=states[ListedState.UNKNOWN],
        losing_now=len(forecast.losing_now),
        to_add=len(next_sync.to_add),
        to_return=len(next_sync.to_return),
    )


@dataclass(slots=True)
class ForecastTotals:
    """The sums over all courses, and how many different people they are."""

    courses: int = 0
    courses_losing: int = 0
    """Courses in which somebody loses access."""
    counts: ForecastCounts = field(default_factory=ForecastCounts)
    _people: dict[str, set[UserId]] = field(
        default_factory=lambda: {name: set() for name in ("automatic_only", "losing", "students_losing")}
    )

    def add(self, forecast: CourseForecast, counts: ForecastCounts) -> None:
        """Take one course in."""
        self.courses += 1
        self.courses_losing += bool(counts.losing)
        self.counts += counts
        losing = forecast.losing
        self._people["automatic_only"] |= forecast.people
        self._people["losing"] |= losing
        self._people["students_losing"] |= losing & forecast.students

    @property
    def people(self) -> dict[str, int]:
        """How many different people depend on feeds, lose some access, and are students who do."""
        return {name: len(people) for name, people in self._people.items()}
