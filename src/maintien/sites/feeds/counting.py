"""Counts what the steps of a sync did, and tells whom they touched."""

from dataclasses import fields

from maintien.moodle.ids import UserId
from maintien.sites.feeds.effect import (
    Enrolled,
    InstancesCreated,
    MembershipsAdded,
    MembershipsRemoved,
    Reactivated,
    RolesGiven,
    RolesRemoved,
    Step,
    Suspended,
    Unenrolled,
)
from maintien.sites.feeds.interface import SyncCounts
from maintien.sites.feeds.rows import Rows


def count_steps(steps: tuple[Step, ...]) -> SyncCounts:
    """Add up the rows of all steps."""
    counts = [_count(step) for step in steps]
    names = (field.name for field in fields(SyncCounts))
    return SyncCounts(**{name: sum(getattr(count, name) for count in counts) for name in names})


def people_of(step: Step) -> frozenset[UserId]:
    """Tell whose rows a step touched."""
    return frozenset(UserId(row.userid) for row in _rows(step))


def _count(step: Step) -> SyncCounts:  # noqa: PLR0911 -- one a type
    match step:
        case InstancesCreated():
            return SyncCounts()
        case Enrolled(enrolments=rows):
            return SyncCounts(enrolled=len(rows))
        case Reactivated(enrolments=rows):
            return SyncCounts(reactivated=len(rows))
        case Suspended(enrolments=rows, roles=roles):
            return SyncCounts(suspended=len(rows), roles_removed=len(roles))
        case Unenrolled():
            return _count_unenrolled(step)
        case RolesGiven(roles=rows):
            return SyncCounts(roles_given=len(rows))
        case RolesRemoved(roles=rows):
            return SyncCounts(roles_removed=len(rows))
        case MembershipsAdded(memberships=rows):
            return SyncCounts(memberships_added=len(rows))
        case MembershipsRemoved(memberships=rows):
            return SyncCounts(memberships_removed=len(rows))


def _count_unenrolled(step: Unenrolled) -> SyncCounts:
    return SyncCounts(
        unenrolled=len(step.enrolments),
        roles_removed=len(step.own_roles) + len(step.other_roles),
        memberships_removed=len(step.own_memberships) + len(step.other_memberships),
        grades_removed=len(step.grades),
    )


def _rows(step: Step) -> Rows:
    match step:
        case InstancesCreated():
            return ()
        case Enrolled(enrolments=rows) | Reactivated(enrolments=rows):
            return rows
        case Suspended(enrolments=rows, roles=roles):
            return rows + roles
        case Unenrolled():
            # Whoever lost a role, a group or a grade lost an enrolment first.
            return step.enrolments
        case RolesGiven(roles=rows) | RolesRemoved(roles=rows):
            return rows
        case MembershipsAdded(memberships=rows) | MembershipsRemoved(memberships=rows):
            return rows
