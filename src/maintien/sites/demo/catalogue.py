"""Adds the categories and courses of the invented site, with what people are enrolled through."""

from dataclasses import dataclass
from typing import Final

from maintien.moodle.values import ContextLevel, InstanceStatus
from maintien.sites.demo.book import RowBook
from maintien.sites.demo.calendar import UniversityCalendar
from maintien.sites.demo.categories import FORMAT_HTML, Category, add_category, root_category
from maintien.sites.demo.configuration import ROLE_IDS
from maintien.sites.demo.contexts import Context, add_context
from maintien.sites.demo.curriculum import (
    FACULTIES,
    UNIVERSITY,
    Degree,
    Faculty,
    FedBy,
    Subject,
)
from maintien.sites.demo.instances import CourseInstances

STUDENTS_IN_A_GROUP: Final = 40
STUDENTS_IN_A_COHORT: Final = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortInstance:
    """A cohort instance of a course, and the group that it fills, if any."""

    id: int
    cohortid: int
    groupid: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaughtCourse:
    """A course with what enrolling people in it takes."""

    id: int
    contextid: int
    idnumber: str
    subject: Subject
    manual: int | None
    """The manual instance, whatever its status, or None."""
    selfenrol: int
    database: int | None
    tutorials: tuple[int, ...]
    """Groups that teachers made; none where cohorts fill the groups."""
    cohorts: tuple[CohortInstance, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaughtDegree:
    """A degree with its courses, and the cohorts of its students."""

    faculty: Faculty
    degree: Degree
    category: Context
    """The context of its category."""
    courses: tuple[TaughtCourse, ...]
    cohorts: tuple[int, ...]


@dataclass(slots=True, kw_only=True)
class Catalogue:
    """Adds the university's courses to a book, degree by degree."""

    book: RowBook
    calendar: UniversityCalendar
    system: Context

    def add_everything(self) -> tuple[TaughtDegree, ...]:
        """Add the front page, and every faculty with its degrees and courses."""
        self._add_front_page()
        return tuple(degree for faculty in FACULTIES for degree in self._add_faculty(faculty))

    def _add_front_page(self) -> None:
        self._add_course_row(0, 1, UNIVERSITY, "Rivebelle", "", "site", is_visible=True)
        add_context(self.book, ContextLevel.COURSE, 1, self.system)

    def _add_faculty(self, faculty: Faculty) -> list[TaughtDegree]:
        category = add_category(
            self.book,
            faculty.title,
            faculty.code,
            root_category(self.system),
            courses=0,
            when=self.calendar.began_at,
        )
        return [self._add_degree(faculty, degree, category) for degree in faculty.degrees]

    def _add_degree(self, faculty: Faculty, degree: Degree, above: Category) -> TaughtDegree:
        idnumber = f"{faculty.code}-{degree.code}"
        category = add_category(
            self.book,
            degree.title,
            idnumber,
            above,
            courses=len(degree.subjects),
            when=self.calendar.began_at,
        )
        cohorts = self._add_cohorts(degree, above.context)
        courses = (
            self._add_course(degree, subject, place, category, cohorts)
            for place, subject in enumerate(degree.subjects, start=1)
        )
        return TaughtDegree(
            faculty=faculty,
            degree=degree,
            category=category.context,
            courses=tuple(courses),
            cohorts=cohorts,
        )

    def _add_cohorts(self, degree: Degree, context: Context) -> tuple[int, ...]:
        if degree.fed_by is FedBy.REGISTER:
            return ()
        count = max(1, degree.students // STUDENTS_IN_A_COHORT)
        return tuple(
            self.book.add(
                "cohort",
                contextid=context.id,
                name=f"{degree.title} – groupe {letter}",
                idnumber=f"{degree.code}-{letter}",
                descriptionformat=FORMAT_HTML,
                timecreated=self.calendar.began_at,
                timemodified=self.calendar.began_at,
            )
            for letter in "ABCDEFGH"[:count]
        )

    def _add_course(
        self,
        degree: Degree,
        subject: Subject,
        place: int,
        category: Category,
        cohorts: tuple[int, ...],
    ) -> TaughtCourse:
        idnumber = f"{degree.code}-{place:02}"
        courseid = self._add_course_row(
            category.id,
            category.sortorder + place,
            subject.title,
            idnumber,
            idnumber,
            "topics",
            is_visible=subject.is_visible,
        )
        context = add_context(self.book, ContextLevel.COURSE, courseid, category.context)
        instances = CourseInstances(book=self.book, calendar=self.calendar, courseid=courseid)
        manual, selfenrol = instances.add_usual(subject)
        return TaughtCourse(
            id=courseid,
            contextid=context.id,
            idnumber=idnumber,
            subject=subject,
            manual=manual,
            selfenrol=selfenrol,
            database=None if degree.fed_by is FedBy.COHORT else instances.add("database"),
            tutorials=self._add_tutorials(degree, subject, courseid),
            cohorts=tuple(
                self._add_cohort_instance(instances, subject, cohortid, letter)
                for cohortid, letter in zip(cohorts, "ABCDEFGH", strict=False)
            ),
        )

    def _add_course_row(
        self,
        category: int,
        sortorder: int,
        fullname: str,
        shortname: str,
        idnumber: str,
        layout: str,
        *,
        is_visible: bool,
    ) -> int:
        courseid = self.book.add(
            "course",
            category=category,
            sortorder=sortorder,
            fullname=fullname,
            shortname=shortname,
            idnumber=idnumber,
            summary="",
            summaryformat=FORMAT_HTML,
            format=layout,
            startdate=self.calendar.began_at,
            visible=int(is_visible),
            visibleold=int(is_visible),
            timecreated=self.calendar.began_at,
            timemodified=self.calendar.began_at,
        )
        self.book.add(
            "course_sections",
            course=courseid,
            section=0,
            summary="",
            summaryformat=FORMAT_HTML,
            sequence="",
            timemodified=self.calendar.began_at,
        )
        return courseid

    def _add_tutorials(self, degree: Degree, subject: Subject, courseid: int) -> tuple[int, ...]:
        if degree.fed_by is not FedBy.REGISTER or not subject.has_groups:
            return ()
        count = max(2, degree.students // STUDENTS_IN_A_GROUP)
        return tuple(self._add_group(courseid, f"TD {number}") for number in range(1, count + 1))

    def _add_cohort_instance(
        self, instances: CourseInstances, subject: Subject, cohortid: int, letter: str
    ) -> CohortInstance:
        groupid = None
        if subject.has_groups:
            groupid = self._add_group(instances.courseid, f"Groupe {letter}")
        is_off = subject.has_cohort_switched_off
        number = instances.add(
            "cohort",
            status=InstanceStatus.DISABLED if is_off else InstanceStatus.ENABLED,
            roleid=ROLE_IDS["student"],
            customint1=cohortid,
            customint2=groupid or 0,
        )
        return CohortInstance(id=number, cohortid=cohortid, groupid=groupid)

    def _add_group(self, courseid: int, name: str) -> int:
        return self.book.add(
            "groups",
            courseid=courseid,
            name=name,
            description="",
            descriptionformat=FORMAT_HTML,
            timecreated=self.calendar.began_at,
            timemodified=self.calendar.began_at,
        )
