"""What the story of the embedded university tells, as values; the words for them are in the edges."""

from dataclasses import dataclass
from typing import TypeAlias

from maintien.errors.tree import CourseFailed
from maintien.planning.findings import Obstacle
from maintien.planning.left_alone import Reason
from maintien.planning.plan import Source
from maintien.sites.demo.new_year import Cut
from maintien.sites.demo.site import DemoSite


@dataclass(frozen=True, slots=True, kw_only=True)
class FacultyFigures:
    """A faculty and how many people and courses it has."""

    name: str
    courses: int
    students: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UniversityOpened:
    """There is a university."""

    demo: DemoSite
    faculties: tuple[FacultyFigures, ...]
    courses: int
    people: int
    """Accounts that are not deleted, the guest's left out."""
    students: int
    """People with the student role in some course."""
    enrolments: int
    automatic_enrolments: int
    """Those by the register and by cohorts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What goes at a cut."""

    people: int
    """People who lose access to a course, or to several."""
    people_left_with_nothing: int
    """Those of them who have no course left."""
    students: int
    """Those of them who were students in a course they lose."""
    accesses: int
    """Pairs of person and course."""
    memberships: int
    """Pairs of person and group, of whoever they are."""
    grades: int
    """Grades that go into the history, where nobody sees them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FacultyLoss:
    """What goes in one faculty."""

    name: str
    loss: Loss


@dataclass(frozen=True, slots=True, kw_only=True)
class CutForecast:
    """What the cut would do, found out by letting it happen on a copy of the site."""

    at: int
    """Unix seconds."""
    loss: Loss
    faculties: tuple[FacultyLoss, ...]
    copy: DemoSite
    """The copy, as the cut left it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonCount:
    """How often people were left alone for one reason; somebody in two courses counts twice."""

    reason: type[Reason]
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ObstacleCount:
    """In how many courses nothing is converted for one reason."""

    obstacle: type[Obstacle]
    courses: tuple[str, ...]
    """Short names, in the order of the courses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionPreviewed:
    """What the conversion would do: counts over all courses' plans."""

    until: int
    """Unix seconds."""
    courses: int
    """Courses in which something changes."""
    people: int
    """People who get a manual enrolment or a longer one, each once."""
    enrolments_added: int
    enrolments_prolonged: int
    roles_added: int
    memberships_kept: int
    """Group memberships that the method owned and that become ordinary ones."""
    instances_added: int
    left_alone: tuple[ReasonCount, ...]
    """The most frequent first."""
    obstacles: tuple[ObstacleCount, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionDone:
    """The conversion has been carried out."""

    courses: int
    """Courses in which something was written."""
    people: int
    failures: tuple[CourseFailed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CutHappened:
    """1 September has come."""

    at: int
    """Unix seconds."""
    cut: Cut


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessKept:
    """What became of everybody after all."""

    kept: Loss
    """What the cut would have taken and did not."""
    loss: Loss
    """What the cut took all the same."""
    reasons: tuple[ReasonCount, ...]
    """Why people who lost access had been left alone; the most frequent first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How many people, accesses, group memberships and grades there are."""

    people: int
    accesses: int
    memberships: int
    grades: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessCompared:
    """The same night three times, for a chart."""

    before: Standing
    without: Standing
    """After the cut, had nothing been converted."""
    converted: Standing
    """After the cut, as it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SitesLeft:
    """The universities that stay, to try things on."""

    after: DemoSite
    """Where the story took place."""
    before: DemoSite
    """As it was at the beginning: the conversion is still to be made."""
    without: DemoSite
    """After the cut, nothing having been converted: people are to be rescued."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CutNoticed:
    """It is the morning after a cut for which nobody had prepared."""

    at: int
    """Unix seconds."""
    loss: Loss
    """What it took."""
    faculties: tuple[FacultyLoss, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCount:
    """Of how many people something is known from one source; somebody in two courses counts twice."""

    source: Source
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RescuePreviewed:
    """What the rescue would give back: counts over all courses' plans."""

    until: int
    """Unix seconds."""
    courses: int
    """Courses in which something changes."""
    people: int
    """People who get access back, each once."""
    enrolments_added: int
    enrolments_changed: int
    """Manual enrolments that had ended, or were suspended."""
    roles_added: int
    memberships_added: int
    """Group memberships that are given back."""
    memberships_kept: int
    """Those that are still there, and become ordinary ones."""
    sources: tuple[SourceCount, ...]
    people_without_grades: int
    """People in a course whose grades went, and stay in Moodle's history."""
    left_alone: tuple[ReasonCount, ...]
    """The most frequent first."""
    obstacles: tuple[ObstacleCount, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RescueDone:
    """The rescue has been carried out."""

    courses: int
    """Courses in which something was written."""
    people: int
    failures: tuple[CourseFailed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessGivenBack:
    """What became of everybody after all."""

    back: Loss
    """What the cut had taken and is there again."""
    loss: Loss
    """What is still missing."""
    reasons: tuple[ReasonCount, ...]
    """Why people who are still without access were left alone; the most frequent first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RescueCompared:
    """The day before, the night, and the morning after the rescue, for a chart."""

    before: Standing
    cut: Standing
    rescued: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class RescueSitesLeft:
    """The universities that stay, to try things on."""

    after: DemoSite
    """Where the story took place."""
    before: DemoSite
    """As it was at the beginning: the conversion is still to be made."""
    without: DemoSite
    """As the cut left it: people are to be rescued."""


StoryEvent: TypeAlias = (
    UniversityOpened
    | CutForecast
    | ConversionPreviewed
    | ConversionDone
    | CutHappened
    | AccessKept
    | AccessCompared
    | SitesLeft
    | CutNoticed
    | RescuePreviewed
    | RescueDone
    | AccessGivenBack
    | RescueCompared
    | RescueSitesLeft
)
