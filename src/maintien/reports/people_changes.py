"""What a plan changes, person by person."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Protocol

from maintien.enrolments.state import (
    EnrolmentInstance,
    GroupMembership,
    RoleAssignment,
    UserEnrolment,
)
from maintien.moodle.ids import GroupId, RoleId, UserId
from maintien.planning.changes import Change, Changed, Removed
from maintien.planning.plan import CoursePlan


class PeopleHeader(Protocol):
    """By what people's changes are put into words."""

    @property
    def zone(self) -> tzinfo:
        """The site's time zone."""
        ...

    def role_name(self, roleid: RoleId) -> str:
        """Name a role."""
        ...

    def role_names(self, roleids: Iterable[RoleId]) -> list[str]:
        """Name several roles, in alphabetical order."""
        ...


@dataclass(slots=True, kw_only=True)
class PersonChange:
    """Everything that changes for one person in one course."""

    userid: UserId
    before: UserEnrolment | None = None
    """The manual enrolment as it was, or the automatic one that becomes it; None for none, and where it
    does not change."""
    after: UserEnrolment | None = None
    """The manual enrolment as it will be; None where it does not change."""
    roles: list[RoleId] = field(default_factory=list)
    """Roles given by hand, or that become so."""
    groups: list[GroupId] = field(default_factory=list)
    """Groups whose membership becomes an ordinary one, or is given back as one."""
    removed: list[UserEnrolment] = field(default_factory=list)
    """Enrolments that go: automatic ones that a manual one takes in, or manual ones."""
    roles_removed: list[RoleId] = field(default_factory=list)
    groups_left: list[GroupId] = field(default_factory=list)


def people_changes(plan: CoursePlan) -> list[PersonChange]:
    """List what changes for each person, by id."""
    people: dict[UserId, PersonChange] = {}
    for change in plan.changes:
        row = change.after if isinstance(change, Changed) else change.row
        if isinstance(row, EnrolmentInstance):
            continue
        person = people.get(row.userid)
        if person is None:
            person = people[row.userid] = PersonChange(userid=row.userid)
        _note(person, change, row)
    return [people[userid] for userid in sorted(people)]


# Class patterns would read better and cost five times as much, a million times over.
def _note(
    person: PersonChange, change: Change, row: UserEnrolment | RoleAssignment | GroupMembership
) -> None:
    if isinstance(change, Removed):
        _note_removed(person, row)
    elif isinstance(row, UserEnrolment):
        person.after = row
        if isinstance(change, Changed) and isinstance(change.before, UserEnrolment):
            person.before = change.before
    elif isinstance(row, RoleAssignment):
        person.roles.append(row.roleid)
    else:
        person.groups.append(row.groupid)


def _note_removed(person: PersonChange, row: UserEnrolment | RoleAssignment | GroupMembership) -> None:
    if isinstance(row, UserEnrolment):
        person.removed.append(row)
    elif isinstance(row, RoleAssignment):
        person.roles_removed.append(row.roleid)
    else:
        person.groups_left.append(row.groupid)
