"""Which courses a rule is about."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from maintien.enrolments.state import Course
from maintien.moodle.ids import CategoryId, CourseId
from maintien.planning.campaign.patterns import Pattern


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseCriteria:
    """Courses by where and what they are; without any criterion, every course.

    A course has to fit every criterion that is given, each by one of its values. None stands for a
    criterion that is not given; one that holds nothing fits no course.
    """

    categories: frozenset[CategoryId] | None = None
    """Subcategories are among them."""
    names: "CourseNames | None" = None
    idnumbers: tuple[Pattern, ...] | None = None
    """Patterns for ID numbers, which are the register's codes on most sites."""
    fed_by_cohorts: frozenset[CourseId] | None = None
    """The courses that cohort sync fills from the cohorts named."""

    @property
    def is_everything(self) -> bool:
        """Whether no criterion is given."""
        given = (self.categories, self.names, self.idnumbers, self.fed_by_cohorts)
        return all(criterion is None for criterion in given)

    def fit(self, course: Course) -> bool:
        """Whether a course fits every criterion that is given."""
        return (
            (self.categories is None or course.categoryid in self.categories)
            and (self.names is None or self.names.fit(course))
            and (self.idnumbers is None or _any_fits(self.idnumbers, course.idnumber))
            and (self.fed_by_cohorts is None or course.id in self.fed_by_cohorts)
        )

    def idle_patterns(self, courses: Iterable[Course]) -> Iterator[Pattern]:
        """Find the patterns that no course fits at all: misspelt ones, mostly."""
        known = list(courses)
        for pattern in () if self.names is None else self.names.patterns:
            if not any(fits_name(pattern, course) for course in known):
                yield pattern
        for pattern in self.idnumbers or ():
            if not any(pattern.fits(course.idnumber) for course in known):
                yield pattern


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseNames:
    """Courses named one by one, and patterns for short names and full names."""

    courses: frozenset[CourseId] = frozenset()
    patterns: tuple[Pattern, ...] = ()

    def fit(self, course: Course) -> bool:
        """Whether a course is named, or one of its names fits a pattern."""
        return course.id in self.courses or any(fits_name(pattern, course) for pattern in self.patterns)


def fits_name(pattern: Pattern, course: Course) -> bool:
    """Whether the short name or the full name of a course fits."""
    return pattern.fits(course.shortname) or pattern.fits(course.fullname)


def _any_fits(patterns: Iterable[Pattern], text: str) -> bool:
    return any(pattern.fits(text) for pattern in patterns)
