"""Looks at who has what on a site, so that two moments can be compared."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy import select

from maintien.enrolments.access import people_with_access
from maintien.enrolments.state import CourseState
from maintien.moodle.ids import CourseId, GroupId, RoleId, UserId
from maintien.sites.database.site import DatabaseSite
from maintien.sites.demo.events import Loss, Standing
from maintien.sites.interface import Selection

Access: TypeAlias = tuple[CourseId, UserId]
Membership: TypeAlias = tuple[CourseId, UserId, GroupId]
Grade: TypeAlias = tuple[CourseId, UserId, int]
"""Course, person and grade item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """Who has what at one moment."""

    accesses: frozenset[Access]
    seats: frozenset[Access]
    """Students with access."""
    memberships: frozenset[Membership]
    grades: frozenset[Grade]

    @property
    def people(self) -> frozenset[UserId]:
        """People with access to some course."""
        return frozenset(userid for _, userid in self.accesses)

    @property
    def standing(self) -> Standing:
        """The same in numbers."""
        return Standing(
            people=len(self.people),
            accesses=len(self.accesses),
            memberships=len(self.memberships),
            grades=len(self.grades),
        )

    def within(self, courses: frozenset[CourseId]) -> "Observation":
        """The part that lies in these courses."""
        return Observation(
            accesses=frozenset(row for row in self.accesses if row[0] in courses),
            seats=frozenset(row for row in self.seats if row[0] in courses),
            memberships=frozenset(row for row in self.memberships if row[0] in courses),
            grades=frozenset(row for row in self.grades if row[0] in courses),
        )

    def without(self, other: "Observation") -> "Observation":
        """What is here and not in the other."""
        return Observation(
            accesses=self.accesses - other.accesses,
            seats=self.seats - other.accesses,
            memberships=self.memberships - other.memberships,
            grades=self.grades - other.grades,
        )


def loss_between(before: Observation, after: Observation) -> Loss:
    """Count what was there before and is not there after."""
    gone = before.without(after)
    return Loss(
        people=len(gone.people),
        people_left_with_nothing=len(gone.people - after.people),
        students=len({userid for _, userid in gone.seats}),
        accesses=len(gone.accesses),
        memberships=len(gone.memberships),
        grades=len(gone.grades),
    )


def observe(site: DatabaseSite, at: int) -> Observation:
    """Look at the whole site as it stands, and at who has access at Unix time ``at``."""
    student = site.read_config().roles["student"]
    courses = [size.course for size in site.select(Selection(everything=True))]
    accesses: set[Access] = set()
    seats: set[Access] = set()
    memberships: set[Membership] = set()
    for state in site.read_states(courses):
        people = people_with_access(state, at)
        accesses.update((state.course.id, userid) for userid in people)
        seats.update((state.course.id, userid) for userid in people & _students(state, student))
        memberships.update((state.course.id, m.userid, m.groupid) for m in state.memberships)
    return Observation(
        accesses=frozenset(accesses),
        seats=frozenset(seats),
        memberships=frozenset(memberships),
        grades=_read_grades(site),
    )


def read_faculties(site: DatabaseSite) -> Mapping[str, frozenset[CourseId]]:
    """Read the courses of each faculty, by its name, in the order of the categories."""
    course, category = site.tables.course, site.tables.course_categories
    top = category.alias()
    below = category.c.path.like(top.c.path.concat("/%"))
    statement = (
        select(top.c.name, course.c.id)
        .select_from(top.join(category, below).join(course, course.c.category == category.c.id))
        .where(top.c.parent == 0)
        .order_by(top.c.sortorder, course.c.sortorder)
    )
    faculties: dict[str, set[CourseId]] = {}
    with site.engine.connect() as connection:
        for name, courseid in connection.execute(statement):
            faculties.setdefault(name, set()).add(CourseId(courseid))
    return {name: frozenset(courses) for name, courses in faculties.items()}


def _students(state: CourseState, student: RoleId) -> frozenset[UserId]:
    return frozenset(row.userid for row in state.roles if row.roleid == student)


def _read_grades(site: DatabaseSite) -> frozenset[Grade]:
    grade, item = site.tables.grade_grades, site.tables.grade_items
    statement = (
        select(item.c.courseid, grade.c.userid, item.c.id)
        .join_from(grade, item, item.c.id == grade.c.itemid)
        .where(grade.c.finalgrade.is_not(None))
    )
    with site.engine.connect() as connection:
        return frozenset(
            (CourseId(courseid), UserId(userid), itemid)
            for courseid, userid, itemid in connection.execute(statement)
        )
