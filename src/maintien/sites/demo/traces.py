"""Adds what students leave in a course: grades, and the date of their last visit."""

from dataclasses import dataclass
from random import Random
from typing import Final

from maintien.sites.demo.book import RowBook
from maintien.sites.demo.calendar import UniversityCalendar
from maintien.sites.demo.catalogue import TaughtCourse, TaughtDegree
from maintien.sites.demo.configuration import ADMIN
from maintien.sites.demo.rolls import Seat

VISITING: Final = 0.85
GRADED: Final = 0.6
"""Shares of the students in a course."""

BEST_GRADE: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeItems:
    """The two things that a course is graded by: the examination, and the total."""

    examination: int
    total: int


def add_traces(
    book: RowBook,
    calendar: UniversityCalendar,
    random: Random,
    degrees: tuple[TaughtDegree, ...],
    seats: tuple[Seat, ...],
) -> None:
    """Add a gradebook to every course, and to most seats a visit and a grade."""
    gradebooks = {
        course.id: _add_gradebook(book, calendar, course) for degree in degrees for course in degree.courses
    }
    for seat in seats:
        if random.random() < VISITING:
            when = random.randrange(calendar.began_at, calendar.now + 1)
            book.add("user_lastaccess", userid=seat.userid, courseid=seat.course.id, timeaccess=when)
        if random.random() < GRADED:
            grade = f"{random.randrange(6, 2 * BEST_GRADE) / 2:.5f}"
            _add_grades(book, calendar, gradebooks[seat.course.id], seat.userid, grade)


def _add_gradebook(book: RowBook, calendar: UniversityCalendar, course: TaughtCourse) -> GradeItems:
    number = book.next_id("grade_categories")
    book.add(
        "grade_categories",
        courseid=course.id,
        depth=1,
        path=f"/{number}/",
        fullname="?",
        aggregation=13,
        aggregateonlygraded=1,
        timecreated=calendar.began_at,
        timemodified=calendar.began_at,
    )
    return GradeItems(
        total=_add_item(book, calendar, course, "course", None, iteminstance=number, sortorder=1),
        examination=_add_item(book, calendar, course, "manual", "Examen", categoryid=number, sortorder=2),
    )


def _add_item(
    book: RowBook,
    calendar: UniversityCalendar,
    course: TaughtCourse,
    itemtype: str,
    itemname: str | None,
    *,
    sortorder: int,
    categoryid: int | None = None,
    iteminstance: int | None = None,
) -> int:
    return book.add(
        "grade_items",
        courseid=course.id,
        categoryid=categoryid,
        itemname=itemname,
        itemtype=itemtype,
        iteminstance=iteminstance,
        grademax=BEST_GRADE,
        sortorder=sortorder,
        timecreated=calendar.began_at,
        timemodified=calendar.began_at,
    )


def _add_grades(
    book: RowBook, calendar: UniversityCalendar, items: GradeItems, userid: int, grade: str
) -> None:
    for itemid, raw in ((items.examination, grade), (items.total, None)):
        book.add(
            "grade_grades",
            itemid=itemid,
            userid=userid,
            rawgrade=raw,
            rawgrademax=BEST_GRADE,
            usermodified=ADMIN,
            finalgrade=grade,
            timecreated=calendar.now,
            timemodified=calendar.now,
        )
