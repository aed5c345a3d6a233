"""Builds course states for tests, a line a fact; ids are given in the order of the calls."""

from dataclasses import dataclass, field
from itertools import count

from maintien.enrolments.state import (
    Course,
    CourseState,
    EnrolmentInstance,
    GroupMembership,
    RoleAssignment,
    UserEnrolment,
)
from maintien.moodle.config import ManualDefaults, SiteConfig
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
from maintien.moodle.values import (
    MANUAL,
    NO_COMPONENT,
    NO_END,
    NO_ITEM,
    EnrolmentStatus,
    InstanceStatus,
    component_of,
)
from maintien.planning.policy import Circumstances, ConversionPolicy

TEACHER = RoleId(3)
STUDENT = RoleId(5)
ROLES = {"editingteacher": TEACHER, "student": STUDENT}

OPERATOR = UserId(2)
YEAR = 365 * 24 * 60 * 60
NOW = 1_788_000_000
UNTIL = NOW + YEAR
LONG_AGO = NOW - YEAR

CIRCUMSTANCES = Circumstances(now=NOW, operator=OPERATOR)
CONFIG = SiteConfig(
    version=2023100900,
    enabled_methods=frozenset({"manual", "self", "guest", "cohort", "database"}),
    manual=ManualDefaults(roleid=STUDENT),
    roles=ROLES,
)
POLICY = ConversionPolicy(ends_at=UNTIL, roles=frozenset({STUDENT}), end_roles=frozenset({STUDENT}))


BIOLOGY = Course(CourseId(7), "BIO101", "Biologie", "BIO-101", CategoryId(1), ContextId(107))


@dataclass(slots=True)
class CourseBuilder:
    """A course that grows call by call."""

    course: Course = BIOLOGY
    instances: list[EnrolmentInstance] = field(default_factory=list)
    enrolments: list[UserEnrolment] = field(default_factory=list)
    roles: list[RoleAssignment] = field(default_factory=list)
    memberships: list[GroupMembership] = field(default_factory=list)
    deleted: set[UserId] = field(default_factory=set)
    suspended: set[UserId] = field(default_factory=set)
    inherited: dict[RoleId, frozenset[UserId]] = field(default_factory=dict)
    _people: "count[int]" = field(default_factory=lambda: count(11))

    def instance(
        self,
        method: str,
        *,
        status: int = InstanceStatus.ENABLED,
        expirynotify: int = 0,
        customint1: int | None = None,
    ) -> InstanceId:
        """Add an enrolment instance, last in sortorder."""
        instanceid = InstanceId(31 + len(self.instances))
        self.instances.append(
            EnrolmentInstance(
                id=instanceid,
                method=method,
                courseid=self.course.id,
                status=status,
                sortorder=len(self.instances),
                name=None,
                roleid=STUDENT,
                enrolperiod=0,
                expirynotify=expirynotify,
                expirythreshold=86400,
                notifyall=0,
                customint1=customint1,
                customint2=None,
                timecreated=LONG_AGO,
                timemodified=LONG_AGO,
            )
        )
        return instanceid

    def person(self, *, is_deleted: bool = False, is_suspended: bool = False) -> UserId:
        """Make an account."""
        userid = UserId(next(self._people))
        if is_deleted:
            self.deleted.add(userid)
        if is_suspended:
            self.suspended.add(userid)
        return userid

    def enrol(
        self,
        userid: UserId,
        instanceid: InstanceId,
        *,
        status: int = EnrolmentStatus.ACTIVE,
        starts_at: int = 0,
        ends_at: int = NO_END,
    ) -> UserEnrolment:
        """Enrol somebody, without a role."""
        row = UserEnrolment(
            id=EnrolmentId(501 + len(self.enrolments)),
            instanceid=instanceid,
            userid=userid,
            status=status,
            starts_at=starts_at,
            ends_at=ends_at,
            modifierid=UserId(0),
            timecreated=LONG_AGO,
            timemodified=LONG_AGO,
        )
        self.enrolments.append(row)
        return row

    def assign(self, userid: UserId, roleid: RoleId, instanceid: InstanceId | None = None) -> RoleAssignment:
        """Give a role: by hand, or by an instance."""
        component, itemid = self._owner(instanceid)
        row = RoleAssignment(
            id=RoleAssignmentId(701 + len(self.roles)),
            roleid=roleid,
            contextid=self.course.contextid,
            userid=userid,
            component=component,
            itemid=itemid,
            modifierid=UserId(0),
            timemodified=LONG_AGO,
            sortorder=0,
        )
        self.roles.append(row)
        return row

    def join(self, userid: UserId, groupid: int, instanceid: InstanceId | None = None) -> GroupMembership:
        """Put somebody into a group: by hand, or by an instance."""
        component, itemid = self._owner(instanceid)
        row = GroupMembership(
            id=MembershipId(901 + len(self.memberships)),
            groupid=GroupId(groupid),
            userid=userid,
            component=component,
            itemid=itemid,
            timeadded=LONG_AGO,
        )
        self.memberships.append(row)
        return row

    def student(self, instanceid: InstanceId) -> UserId:
        """Make an account that ``instanceid`` has enrolled as a student."""
        userid = self.person()
        self.enrol(userid, instanceid)
        self.assign(userid, STUDENT, instanceid)
        return userid

    def _owner(self, instanceid: InstanceId | None) -> tuple[str, int]:
        if instanceid is None:
            return NO_COMPONENT, NO_ITEM
        method = next(row.method for row in self.instances if row.id == instanceid)
        return (NO_COMPONENT, NO_ITEM) if method == MANUAL else (component_of(method), instanceid)

    def state(self) -> CourseState:
        """Give the course as it is now."""
        return CourseState(
            course=self.course,
            instances=tuple(self.instances),
            enrolments=tuple(self.enrolments),
            roles=tuple(self.roles),
            memberships=tuple(self.memberships),
            deleted=frozenset(self.deleted),
            suspended=frozenset(self.suspended),
            inherited_roles=dict(self.inherited),
        )
