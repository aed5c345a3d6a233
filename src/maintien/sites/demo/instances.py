"""Adds the enrolment instances of a course."""

from dataclasses import dataclass

from maintien.moodle.config import DEFAULT_EXPIRY_THRESHOLD
from maintien.moodle.values import InstanceStatus
from maintien.sites.demo.book import RowBook
from maintien.sites.demo.calendar import UniversityCalendar
from maintien.sites.demo.configuration import ROLE_IDS
from maintien.sites.demo.curriculum import Manual, Subject


@dataclass(slots=True, kw_only=True)
class CourseInstances:
    """Adds the enrolment instances of one course, each after the last."""

    book: RowBook
    calendar: UniversityCalendar
    courseid: int
    count: int = 0

    def add_usual(self, subject: Subject) -> tuple[int | None, int]:
        """Add what every course begins with: manual, guest, self. Returns the first and the last."""
        student = ROLE_IDS["student"]
        manual = None
        if subject.manual is not Manual.MISSING:
            is_off = subject.manual is Manual.DISABLED
            status = InstanceStatus.DISABLED if is_off else InstanceStatus.ENABLED
            manual = self.add(
                "manual", status=status, roleid=student, expirythreshold=DEFAULT_EXPIRY_THRESHOLD
            )
        self.add("guest", status=InstanceStatus.DISABLED)
        status = InstanceStatus.ENABLED if subject.is_open else InstanceStatus.DISABLED
        return manual, self.add(
            "self", status=status, roleid=student, expirythreshold=DEFAULT_EXPIRY_THRESHOLD
        )

    def add(
        self,
        method: str,
        *,
        status: InstanceStatus = InstanceStatus.ENABLED,
        roleid: int = 0,
        expirythreshold: int = 0,
        customint1: int | None = None,
        customint2: int | None = None,
    ) -> int:
        """Add one instance and return its id."""
        self.count += 1
        return self.book.add(
            "enrol",
            enrol=method,
            status=int(status),
            courseid=self.courseid,
            sortorder=self.count - 1,
            roleid=roleid,
            expirythreshold=expirythreshold,
            customint1=customint1,
            customint2=customint2,
            timecreated=self.calendar.began_at,
            timemodified=self.calendar.began_at,
        )
