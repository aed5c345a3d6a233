"""Fills the courses of a degree: its students through the feeds, its teachers, and people enrolled by hand.

Whatever the feeds say is what the site has already, so that a sync before the cut changes nothing.
"""

from dataclasses import dataclass, field
from enum import Enum
from random import Random
from typing import Final

from maintien.moodle.values import FOREVER, NO_END, EnrolmentStatus
from maintien.sites.demo.catalogue import TaughtCourse, TaughtDegree
from maintien.sites.demo.curriculum import Manual
from maintien.sites.demo.people import DAY, Account, Accounts
from maintien.sites.demo.register import RegisterEntry
from maintien.sites.demo.rolls import Rolls

STAYING: Final = 0.05
"""Students who repeat the year, and so are listed next year as well."""
LEAVING: Final = 0.04
"""Students of a cohort who gave up during the year."""
BARRED: Final = 0.008
"""Students whose account is suspended."""
BY_HAND: Final = 0.06
"""Students in a course whom somebody enrolled by hand as well, earlier."""
RESITTING: Final = 12
"""People of earlier years in each degree, enrolled by hand alone."""
LISTENING: Final = 35
"""People who enrolled themselves in each course that lets them."""
TEACHING: Final = 9
"""Teachers of a degree: one responsible and one assistant for each course, and one on contract."""


class Earlier(Enum):
    """What an earlier enrolment by hand looks like."""

    UNLIMITED = "unlimited"
    FOREVER = "forever"
    ENDED = "ended"
    ENDS_SOON = "ends soon"
    ENDS_LATE = "ends late"
    SUSPENDED = "suspended"


EARLIER: Final = (
    Earlier.ENDS_SOON,
    Earlier.UNLIMITED,
    Earlier.ENDED,
    Earlier.ENDS_SOON,
    Earlier.SUSPENDED,
    Earlier.UNLIMITED,
    Earlier.ENDS_LATE,
    Earlier.FOREVER,
)
"""Gone through again and again."""


@dataclass(slots=True, kw_only=True)
class Enrolling:
    """Fills degrees one after another."""

    accounts: Accounts
    rolls: Rolls
    random: Random
    entries: list[RegisterEntry] = field(default_factory=list)
    """What the register lists."""
    staying: list[str] = field(default_factory=list)
    """Numbers of the people whom the feeds list next year too."""
    _earlier: int = 0

    def fill(self, taught: TaughtDegree) -> None:
        """Enrol everybody who learns or teaches in this degree."""
        for place in range(taught.degree.students):
            self._add_student(taught, place)
        teachers = [self.accounts.add_teacher() for _ in range(TEACHING)]
        for place, course in enumerate(taught.courses):
            self._staff(taught, course, teachers[place], teachers[-2 - place], teachers[-1])
        self.staying.extend(teacher.number for teacher in teachers[:-1])
        self._add_resitting(taught)
        for course in taught.courses:
            self._add_listeners(course)

    def _add_student(self, taught: TaughtDegree, place: int) -> None:
        student = self.accounts.add_student(is_suspended=self.random.random() < BARRED)
        has_left = bool(taught.cohorts) and self.random.random() < LEAVING
        if self.random.random() < STAYING and not has_left:
            self.staying.append(student.number)
        cohort = place % len(taught.cohorts) if taught.cohorts else None
        if cohort is not None and not has_left:
            self._join_cohort(taught.cohorts[cohort], student)
        for course in taught.courses:
            if course.database is not None and not has_left:
                self._list(course, course.database, student, "student")
            if cohort is not None:
                instance = course.cohorts[cohort]
                self.rolls.enrol_by_cohort(course, instance, student.id, has_left=has_left)
            if course.tutorials:
                groupid = course.tutorials[place % len(course.tutorials)]
                self.rolls.join_tutorial(groupid, student.id)
            if self.random.random() < BY_HAND:
                self._enrol_earlier(course, student)

    def _join_cohort(self, cohortid: int, student: Account) -> None:
        when = self.rolls.calendar.began_at
        self.rolls.book.add("cohort_members", cohortid=cohortid, userid=student.id, timeadded=when)

    def _list(self, course: TaughtCourse, instance: int, person: Account, role: str) -> None:
        self.entries.append(RegisterEntry(course.idnumber, person.number, role))
        self.rolls.enrol_by_register(course, instance, person.id, role)

    def _enrol_earlier(self, course: TaughtCourse, student: Account) -> None:
        if course.manual is None:
            return
        earlier = EARLIER[self._earlier % len(EARLIER)]
        self._earlier += 1
        is_suspended = earlier is Earlier.SUSPENDED
        self.rolls.enrol_by_hand(
            course,
            course.manual,
            student.id,
            "student",
            ends_at=self._end_of(earlier),
            status=EnrolmentStatus.SUSPENDED if is_suspended else EnrolmentStatus.ACTIVE,
        )

    def _end_of(self, earlier: Earlier) -> int:
        calendar = self.rolls.calendar
        match earlier:
            case Earlier.UNLIMITED | Earlier.SUSPENDED:
                return NO_END
            case Earlier.FOREVER:
                return FOREVER
            case Earlier.ENDED:
                return calendar.began_at - 30 * DAY
            case Earlier.ENDS_SOON:
                return calendar.new_year
            case Earlier.ENDS_LATE:
                return calendar.until + 365 * DAY

    def _staff(
        self,
        taught: TaughtDegree,
        course: TaughtCourse,
        responsible: Account,
        assistant: Account,
        contracted: Account,
    ) -> None:
        if course.database is not None:
            self._list(course, course.database, assistant, "editingteacher")
            self._list(course, course.database, contracted, "teacher")
        if course.manual is not None and course.subject.manual is Manual.ENABLED:
            self.rolls.enrol_by_hand(course, course.manual, responsible.id, "editingteacher")
        else:
            self.rolls.give_category_role(taught.category.id, responsible.id, "editingteacher")

    def _add_resitting(self, taught: TaughtDegree) -> None:
        open_to_them = [c for c in taught.courses if c.manual and c.subject.manual is Manual.ENABLED]
        for place in range(RESITTING):
            student = self.accounts.add_student()
            ends_at = NO_END if place % 4 == 0 else self.rolls.calendar.new_year
            for course in self.random.sample(open_to_them, 2):
                if course.manual is not None:
                    self.rolls.enrol_by_hand(course, course.manual, student.id, "student", ends_at=ends_at)

    def _add_listeners(self, course: TaughtCourse) -> None:
        for _ in range(LISTENING if course.subject.is_open else 0):
            listener = self.accounts.add_student()
            self.rolls.enrol_by_hand(course, course.selfenrol, listener.id, "student")
