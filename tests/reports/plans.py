"""Plans to report, and screens to report them on."""

import io
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from rich.console import Console, RenderableType

from maintien.enrolments.people import Person
from maintien.enrolments.state import Course, GroupMembership, RoleAssignment, UserEnrolment
from maintien.moodle.ids import (
    CategoryId,
    ContextId,
    CourseId,
    EnrolmentId,
    GroupId,
    InstanceId,
    MembershipId,
    RoleAssignmentId,
    RoleId,
    UserId,
)
from maintien.planning.changes import Change
from maintien.planning.left_alone import LeftAlone, Reason
from maintien.planning.plan import CoursePlan
from maintien.planning.policy import ConversionPolicy
from maintien.reports.conversion_document import ConversionHeader

PARIS = ZoneInfo("Europe/Paris")
UNTIL = 1_819_749_599
"""2027-08-31 23:59:59 in Paris."""
EARLIER = 1_788_213_599
"""2026-08-31 23:59:59 in Paris."""
STUDENT = RoleId(5)


def header(*, written: bool = False, run: int | None = None) -> ConversionHeader:
    student = frozenset({STUDENT})
    return ConversionHeader(
        site="moodle.example.fr",
        written=written,
        policy=ConversionPolicy(ends_at=UNTIL, roles=student, end_roles=student),
        zone=PARIS,
        roles={"student": STUDENT, "editingteacher": RoleId(3)},
        run=run,
    )


def course(number: int = 7, shortname: str = "BIO101", fullname: str = "Biologie") -> Course:
    return Course(
        CourseId(number), shortname, fullname, f"N-{number}", CategoryId(1), ContextId(100 + number)
    )


def enrolment(userid: int, *, ends_at: int = UNTIL, starts_at: int = 0, status: int = 0) -> UserEnrolment:
    return UserEnrolment(
        EnrolmentId(0), InstanceId(1), UserId(userid), status, starts_at, ends_at, UserId(2), 0, 0
    )


def role(userid: int, roleid: int = STUDENT) -> RoleAssignment:
    return RoleAssignment(
        RoleAssignmentId(0), RoleId(roleid), ContextId(107), UserId(userid), "", 0, UserId(2), 0, 0
    )


def membership(userid: int, groupid: int, component: str = "") -> GroupMembership:
    return GroupMembership(MembershipId(groupid), GroupId(groupid), UserId(userid), component, 0, 0)


def left_alone(reason: Reason, *userids: int) -> tuple[LeftAlone, ...]:
    return tuple(LeftAlone(UserId(userid), reason) for userid in userids)


def plan(
    *changes: Change,
    of: Course | None = None,
    converted: Iterable[int] = (),
    left: Iterable[LeftAlone] = (),
) -> CoursePlan:
    return CoursePlan(
        course=of or course(),
        changes=changes,
        converted=frozenset(map(UserId, converted)),
        left_alone=tuple(left),
    )


def person(userid: int, firstname: str = "Zoé", lastname: str = "Martin") -> Person:
    return Person(UserId(userid), f"u{userid}", firstname, lastname, f"u{userid}@example.fr", f"N{userid}")


def shown(renderable: RenderableType, width: int = 100) -> str:
    """Draw without colours, and with one space for many, which tables pad with."""
    return "\n".join(" ".join(line.split()) for line in drawn(renderable, width).splitlines())


def drawn(renderable: RenderableType, width: int) -> str:
    """Draw without colours."""
    screen = io.StringIO()
    Console(file=screen, width=width, color_system=None).print(renderable)
    return screen.getvalue()
