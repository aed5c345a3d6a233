"""Adds what enrolling a person in a course consists of: the enrolment, roles, group memberships."""

from dataclasses import dataclass, field
from typing import NamedTuple

from maintien.moodle.values import (
    NO_COMPONENT,
    NO_END,
    NO_ITEM,
    EnrolmentStatus,
    component_of,
)
from maintien.sites.demo.book import RowBook
from maintien.sites.demo.calendar import UniversityCalendar
from maintien.sites.demo.catalogue import CohortInstance, TaughtCourse
from maintien.sites.demo.configuration import ADMIN, ROLE_IDS


class Seat(NamedTuple):
    """A student in a course, however enrolled."""

    course: TaughtCourse
    userid: int


@dataclass(slots=True, kw_only=True)
class Rolls:
    """Enrols people, and remembers which students sit where."""

    book: RowBook
    calendar: UniversityCalendar
    seats: dict[Seat, None] = field(default_factory=dict)
    """In the order of their first enrolment."""

    def enrol_by_register(self, course: TaughtCourse, instance: int, userid: int, role: str) -> None:
        """Enrol as the external database's sync does."""
        self._add_enrolment(instance, userid)
        self._give_role(course.contextid, userid, role, component_of("database"), instance)
        self._seat(course, userid, role)

    def enrol_by_cohort(
        self, course: TaughtCourse, instance: CohortInstance, userid: int, *, has_left: bool
    ) -> None:
        """Enrol as cohort sync does; suspend as it does with those who have left the cohort."""
        status = EnrolmentStatus.SUSPENDED if has_left else EnrolmentStatus.ACTIVE
        self._add_enrolment(instance.id, userid, status=status)
        component = component_of("cohort")
        if not (has_left or course.subject.has_cohort_switched_off):
            self._give_role(course.contextid, userid, "student", component, instance.id)
        if instance.groupid is not None:
            self._join(instance.groupid, userid, component, instance.id)
        self._seat(course, userid, "student")

    def enrol_by_hand(
        self,
        course: TaughtCourse,
        instance: int,
        userid: int,
        role: str,
        *,
        ends_at: int = NO_END,
        status: EnrolmentStatus = EnrolmentStatus.ACTIVE,
    ) -> None:
        """Enrol as a teacher does in the list of participants, or as people do themselves."""
        self._add_enrolment(instance, userid, status=status, ends_at=ends_at)
        self._give_role(course.contextid, userid, role, NO_COMPONENT, NO_ITEM)
        self._seat(course, userid, role)

    def join_tutorial(self, groupid: int, userid: int) -> None:
        """Put somebody into a group, as teachers do."""
        self._join(groupid, userid, NO_COMPONENT, NO_ITEM)

    def give_category_role(self, contextid: int, userid: int, role: str) -> None:
        """Give a role in a category, which holds in all its courses without any enrolment."""
        self._give_role(contextid, userid, role, NO_COMPONENT, NO_ITEM)

    def _seat(self, course: TaughtCourse, userid: int, role: str) -> None:
        if role == "student":
            self.seats.setdefault(Seat(course, userid))

    def _add_enrolment(
        self,
        instance: int,
        userid: int,
        *,
        status: EnrolmentStatus = EnrolmentStatus.ACTIVE,
        ends_at: int = NO_END,
    ) -> None:
        self.book.add(
            "user_enrolments",
            status=int(status),
            enrolid=instance,
            userid=userid,
            timestart=0,
            timeend=ends_at,
            modifierid=ADMIN,
            timecreated=self.calendar.began_at,
            timemodified=self.calendar.began_at,
        )

    def _give_role(self, contextid: int, userid: int, role: str, component: str, itemid: int) -> None:
        self.book.add(
            "role_assignments",
            roleid=ROLE_IDS[role],
            contextid=contextid,
            userid=userid,
            timemodified=self.calendar.began_at,
            modifierid=ADMIN,
            component=component,
            itemid=itemid,
            sortorder=0,
        )

    def _join(self, groupid: int, userid: int, component: str, itemid: int) -> None:
        self.book.add(
            "groups_members",
            groupid=groupid,
            userid=userid,
            timeadded=self.calendar.began_at,
            component=component,
            itemid=itemid,
        )
