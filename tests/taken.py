"""Builds what was taken from the people of a course, a line a fact."""

from dataclasses import dataclass, field, replace

from maintien.enrolments.archive_evidence import ArchivedPast, ArchiveEvidence
from maintien.enrolments.state import CourseState, UserEnrolment
from maintien.enrolments.withdrawals import (
    Deed,
    LeftGroup,
    LogReach,
    LostGrades,
    RemovedEnrolment,
    UnassignedRole,
    UnreadableEvent,
    UpdatedEnrolment,
    Window,
    Withdrawals,
)
from maintien.moodle.ids import ContextId, EnrolmentId, GroupId, InstanceId, RoleId, UserId
from maintien.moodle.values import NO_COMPONENT, NO_END, NO_ITEM, EnrolmentStatus, component_of
from tests.builders import LONG_AGO, NOW, CourseBuilder

DAY = 24 * 60 * 60
CUT = NOW - DAY
WINDOW = Window(CUT - DAY, CUT + DAY // 2)
ADMINISTRATOR = UserId(2)
BY_CRON = Deed(CUT, "cli", ADMINISTRATOR)
BY_HAND = Deed(CUT, "web", ADMINISTRATOR)
LOG = LogReach(LONG_AGO, NOW)


@dataclass(slots=True)
class Taken:
    """The course after the cut, with the evidence of it."""

    course: CourseBuilder = field(default_factory=CourseBuilder)
    removed: list[RemovedEnrolment] = field(default_factory=list)
    updated: dict[EnrolmentId, UpdatedEnrolment] = field(default_factory=dict)
    roles: list[UnassignedRole] = field(default_factory=list)
    left_groups: list[LeftGroup] = field(default_factory=list)
    grades: list[LostGrades] = field(default_factory=list)
    unreadable: list[UnreadableEvent] = field(default_factory=list)
    groups: set[GroupId] = field(default_factory=set)
    log: LogReach | None = LOG
    archive: ArchiveEvidence | None = None
    since_archive: ArchivedPast | None = None
    """What is known since the archive was made, besides the groups; nothing where None."""

    def unenrol(  # noqa: PLR0913 -- one a fact
        self,
        userid: UserId,
        instanceid: InstanceId,
        *,
        method: str = "cohort",
        status: int = EnrolmentStatus.ACTIVE,
        starts_at: int = 0,
        ends_at: int = NO_END,
        was_last: bool = False,
        modified_at: int = LONG_AGO,
        deed: Deed = BY_CRON,
    ) -> UserEnrolment:
        """Somebody was unenrolled."""
        row = UserEnrolment(
            id=EnrolmentId(401 + len(self.removed)),
            instanceid=instanceid,
            userid=userid,
            status=status,
            starts_at=starts_at,
            ends_at=ends_at,
            modifierid=UserId(0),
            timecreated=LONG_AGO,
            timemodified=modified_at,
        )
        self.removed.append(RemovedEnrolment(row, method, was_last, deed))
        return row

    def suspend(
        self,
        userid: UserId,
        instanceid: InstanceId,
        *,
        ends_at: int = NO_END,
        deed: Deed | None = BY_CRON,
        modified_at: int = 0,
    ) -> UserEnrolment:
        """Somebody's enrolment was suspended; without a ``deed`` no log tells of it."""
        row = self.course.enrol(userid, instanceid, status=EnrolmentStatus.SUSPENDED, ends_at=ends_at)
        row = row._replace(timemodified=modified_at)
        self.course.enrolments[-1] = row
        if deed is not None:
            method = next(each.method for each in self.course.instances if each.id == instanceid)
            self.updated[row.id] = UpdatedEnrolment(row.id, userid, method, deed)
        return row

    def unassign(
        self,
        userid: UserId,
        roleid: RoleId,
        instanceid: InstanceId | None = None,
        *,
        contextid: ContextId | None = None,
        deed: Deed = BY_CRON,
    ) -> None:
        """Somebody lost a role: one given by hand, or by an instance of cohort sync."""
        component = NO_COMPONENT if instanceid is None else component_of("cohort")
        context = self.course.course.contextid if contextid is None else contextid
        itemid = NO_ITEM if instanceid is None else instanceid
        self.roles.append(UnassignedRole(userid, roleid, context, component, itemid, deed))

    def leave(self, userid: UserId, groupid: int, *, deed: Deed = BY_CRON, is_gone: bool = False) -> None:
        """Somebody left a group, which is in the course still, or not."""
        self.left_groups.append(LeftGroup(userid, GroupId(groupid), deed))
        if not is_gone:
            self.groups.add(GroupId(groupid))

    def state(self) -> CourseState:
        """Give the course as it is now, with what was taken."""
        return replace(
            self.course.state(),
            withdrawals=Withdrawals(
                removed=tuple(self.removed),
                updated=dict(self.updated),
                roles=tuple(self.roles),
                left_groups=tuple(self.left_groups),
                grades=tuple(self.grades),
                unreadable=tuple(self.unreadable),
                groups=frozenset(self.groups),
                log=self.log,
                archived=self._archived(),
            ),
        )

    def _archived(self) -> ArchivedPast | None:
        if self.archive is None:
            return None
        past = self.since_archive or ArchivedPast(evidence=self.archive)
        return replace(past, evidence=self.archive, groups=frozenset(self.groups))
