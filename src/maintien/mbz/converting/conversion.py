"""Converts what was read of an archive: by the rules for courses of a site, some people at a time.

What the new archive holds is what the conversion leaves in the manual instance, and nothing else:

1. everybody's manual enrolment, converted or there before;
2. the roles that people have by hand: with the three steps to the letter all of them, else those of
   people in the manual instance;
3. the group memberships that belong to no method, of people in the manual instance, where groups are kept.

A manual enrolment that was there before and changes is written so that a restore changes it
(:mod:`~maintien.mbz.converting.through_restore`), except with the three steps to the letter; people whom a
restore leaves as they are all the same are counted.

So converting the new archive again changes nothing. New rows are numbered after the highest number of
their kind, by person.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from maintien.enrolments.merge import period_of
from maintien.enrolments.state import (
    CourseState,
    EnrolmentInstance,
    GroupMembership,
    RoleAssignment,
    UserEnrolment,
)
from maintien.mbz.archive import ArchiveHeader
from maintien.mbz.converting.columns import sorted_numbers
from maintien.mbz.converting.packed import PackedRows
from maintien.mbz.converting.request import ArchiveRequest
from maintien.mbz.converting.scanning import Scan
from maintien.mbz.converting.through_restore import as_written
from maintien.moodle.ids import InstanceId, UserId
from maintien.moodle.values import NO_COMPONENT, NO_ITEM
from maintien.planning.applying import FIRST_NEW_ID, apply_plan
from maintien.planning.findings import (
    EndDateShortens,
    Finding,
    FindingAboutPeople,
    Obstacle,
    RestoreLeavesAsTheyAre,
)
from maintien.planning.left_alone import LeftAlone, Reason
from maintien.planning.plan import CoursePlan
from maintien.planning.planner import Planner

NAMES_KEPT: Final = 12
"""People to be named for each reason, at most."""


@dataclass(slots=True, kw_only=True)
class ConversionFigures:
    """What a conversion of an archive comes to."""

    people_converted: int = 0
    enrolments: int = 0
    """In the new archive; roles and memberships likewise."""
    roles: int = 0
    memberships: int = 0
    obstacle: Obstacle | None = None
    warnings: dict[type[Finding], Finding] = field(default_factory=dict)
    """Each kind once, with the people it concerns added up."""
    left_alone: Counter[type[Reason]] = field(default_factory=Counter)
    examples: list[LeftAlone] = field(default_factory=list)
    """Some of the people left alone, for each reason."""

    def note(self, plan: CoursePlan) -> None:
        """Take in the plan of a part of the people."""
        self.people_converted += len(plan.converted)
        self.obstacle = self.obstacle or plan.obstacle
        for warning in plan.warnings:
            # No archive shortens anything: whom that would have concerned is counted otherwise.
            if not isinstance(warning, EndDateShortens):
                self.add(warning)
        for entry in plan.left_alone:
            kind = type(entry.reason)
            if self.left_alone[kind] < NAMES_KEPT:
                self.examples.append(entry)
            self.left_alone[kind] += 1

    def add(self, warning: Finding) -> None:
        """Take in something to know."""
        known = self.warnings.get(type(warning))
        if isinstance(warning, FindingAboutPeople) and isinstance(known, FindingAboutPeople):
            warning = replace(warning, people=warning.people + known.people)
        self.warnings[type(warning)] = warning


class Converted(NamedTuple):
    """What goes into the new archive."""

    header: ArchiveHeader
    instance: EnrolmentInstance
    enrolments: PackedRows[UserEnrolment]
    """By id, as the others."""
    roles: PackedRows[RoleAssignment]
    memberships: PackedRows[GroupMembership]
    people: Sequence[int]
    """Whom any of these rows is about, by id."""


def convert_scan(scan: Scan, request: ArchiveRequest) -> tuple[Converted | None, ConversionFigures]:
    """Convert an archive; nothing where nobody would be in the new one, or the course is in the way.

    What becomes of people is in the figures either way.
    """
    conversion = _Conversion(scan, request, request.planner(scan.roles.values()))
    for part in scan.parts():
        conversion.take(part)
    return conversion.result(), conversion.figures


class _Conversion:
    """The new archive while it grows."""

    def __init__(self, scan: Scan, request: ArchiveRequest, planner: Planner) -> None:
        self.figures = ConversionFigures()
        self._scan = scan
        self._request = request
        self._planner = planner
        self._instance: EnrolmentInstance | None = None
        self._new_instance = InstanceId(max((row.id for row in scan.instances), default=0) + 1)
        self._enrolments = PackedRows(UserEnrolment, numbered_from=scan.enrolments.highest_id + 1)
        self._roles = PackedRows(RoleAssignment, numbered_from=scan.assignments.highest_id + 1)
        self._memberships = PackedRows(GroupMembership)

    def take(self, state: CourseState) -> None:
        plan = self._planner.plan(state)
        self.figures.note(plan)
        after = apply_plan(state, plan)
        manual = after.manual_instance
        if manual is None:
            return
        instanceid = self._own_id(manual.id)
        self._instance = manual._replace(id=instanceid)
        before = {row.userid: row for row in state.enrolments if row.instanceid == manual.id}
        enrolments = [
            self._written(row, before.get(row.userid), manual)._replace(instanceid=instanceid)
            for row in after.enrolments
            if row.instanceid == manual.id and row.userid not in after.missing
        ]
        people = {row.userid for row in enrolments}
        self._enrolments.add_numbered(enrolments)
        self._roles.add_numbered(row for row in after.roles if self._keeps_role(row, people, after))
        if self._request.takes_groups:
            self._memberships.add_numbered(row for row in after.memberships if self._keeps_group(row, people))

    def _written(
        self, row: UserEnrolment, before: UserEnrolment | None, manual: EnrolmentInstance
    ) -> UserEnrolment:
        """Give the row as it is written, and count the person if a restore would leave them as they are."""
        if before is None or before == row:
            return row
        written = as_written(period_of(before), period_of(row), manual)
        is_exact = self._request.like_moodle
        if written is None or (is_exact and written != period_of(row)):
            self.figures.add(RestoreLeavesAsTheyAre(people=1))
            return row
        return row._replace(starts_at=written.starts_at, ends_at=written.ends_at)

    def _own_id(self, instanceid: InstanceId) -> InstanceId:
        return self._new_instance if instanceid >= FIRST_NEW_ID else instanceid

    def _keeps_role(self, row: RoleAssignment, people: set[UserId], after: CourseState) -> bool:
        if not _is_by_hand(row) or row.roleid not in self._scan.roles:
            return False
        if self._request.like_moodle:
            return row.userid not in after.missing
        return row.userid in people

    def _keeps_group(self, row: GroupMembership, people: set[UserId]) -> bool:
        return _is_by_hand(row) and row.userid in people and row.groupid in self._scan.groups

    def result(self) -> Converted | None:
        enrolments, roles, memberships = self._enrolments, self._roles, self._memberships
        for rows in (enrolments, roles, memberships):
            rows.sort_by_id()
        if self._instance is None or not len(enrolments) or self.figures.obstacle is not None:
            return None
        self.figures.enrolments = len(enrolments)
        self.figures.roles = len(roles)
        self.figures.memberships = len(memberships)
        return Converted(
            header=self._scan.header,
            instance=self._instance,
            enrolments=enrolments,
            roles=roles,
            memberships=memberships,
            people=sorted_numbers(enrolments.people, roles.people),
        )


def _is_by_hand(row: RoleAssignment | GroupMembership) -> bool:
    return row.component == NO_COMPONENT and row.itemid == NO_ITEM
