"""A conversion as a JSON document."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo

from maintien.enrolments.cut_timing import CourseTiming, CutCounts
from maintien.enrolments.state import UserEnrolment
from maintien.moodle.ids import RoleId
from maintien.moodle.values import EnrolmentStatus
from maintien.planning.left_alone import LeftAlone
from maintien.planning.plan import CoursePlan
from maintien.planning.policy import (
    ConversionPolicy,
    EndDatePolicy,
    LikeMoodlePolicy,
    Policy,
    RescuePolicy,
    UnenrolPolicy,
)
from maintien.reports.cut_timing import cut_document, timing_document
from maintien.reports.documents import (
    Document,
    Json,
    course_document,
    error_document,
    kind_of,
    moment_document,
    typed_document,
)
from maintien.reports.evidence_archives import archives_document
from maintien.reports.participant_documents import participant_policy_document
from maintien.reports.people_changes import PeopleHeader, PersonChange, people_changes
from maintien.reports.summary import Counts, CourseSummary, Totals
from maintien.runs.journal import EvidenceArchive


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionHeader:
    """What is the same for every course of a conversion."""

    site: str
    """The site's name, without a password."""
    written: bool
    """Whether the plans were written, or only shown."""
    policy: Policy
    zone: tzinfo
    """The site's time zone."""
    roles: Mapping[str, RoleId] = field(default_factory=dict)
    """Role ids by shortname (``SiteConfig.roles``)."""
    run: int | None = None
    """The run in the journal, if it was kept in one."""
    remaining: int = 0
    """Courses that a run which was written has not reached."""
    plan_fingerprint: str | None = None
    """Of the plan file that was made, or applied, if any was."""
    evidence: tuple[EvidenceArchive, ...] = ()
    """The backup archives that a rescue takes for evidence."""
    cut_since: int | None = None
    """Unix seconds: from when on signs of the cut were looked for; None where they were not."""

    @property
    def is_rescue(self) -> bool:
        """Whether something is given back, rather than converted."""
        return isinstance(self.policy, RescuePolicy)

    def role_name(self, roleid: RoleId) -> str:
        """Name a role by its shortname, or by its id where it has none."""
        return next((name for name, known in self.roles.items() if known == roleid), str(roleid))

    def role_names(self, roleids: Iterable[RoleId]) -> list[str]:
        """Name several roles, in alphabetical order."""
        return sorted(self.role_name(roleid) for roleid in roleids)


def conversion_document(header: ConversionHeader, totals: Totals, cut: CutCounts | None = None) -> Document:
    """Describe a conversion, all but its courses."""
    since = header.cut_since
    seen = {} if since is None or cut is None else {"cut": cut_document(cut, since, header.zone)}
    told = {"archives": archives_document(header.evidence, header.zone)} if header.evidence else {}
    return (seen | told) | {
        "run": header.run,
        "written": header.written,
        "site": header.site,
        "plan_fingerprint": header.plan_fingerprint,
        "policy": policy_document(header, header.policy),
        "totals": totals_document(totals),
    }


def totals_document(totals: Totals) -> Document:
    """Describe sums over courses."""
    return {
        "courses": totals.courses,
        "courses_changed": totals.courses_changed,
        "courses_left_alone": totals.courses_left_alone,
        "courses_failed": totals.courses_failed,
        **counts_document(totals.counts),
        "left_alone": {kind_of(reason): n for reason, n in totals.counts.left_alone.most_common()},
    }


def policy_document(header: ConversionHeader, policy: Policy) -> Document:
    """Describe what a conversion is asked to do."""
    if isinstance(policy, EndDatePolicy | UnenrolPolicy):
        return {
            "kind": kind_of(policy),
            **participant_policy_document(policy, header.zone, header.role_names),
        }
    common: Document = {
        "kind": kind_of(policy),
        "ends_at": moment_document(policy.ends_at, header.zone),
    }
    match policy:
        case LikeMoodlePolicy():
            return common | {"end_roles": header.role_names(policy.end_roles)}
        case ConversionPolicy():
            return common | {
                "end_roles": header.role_names(policy.end_roles),
                **_whom_document(header, policy),
                "include_suspended": policy.include_suspended,
                "end_for": policy.end_for.value,
                "keep_groups": policy.keep_groups,
                "enable_manual": policy.enable_manual,
                "mode": policy.mode.value,
                "feed_is_gone": policy.feed_is_gone,
            }
        case RescuePolicy():
            return common | {
                "since": moment_document(policy.window.since, header.zone),
                "to": moment_document(policy.window.to, header.zone),
                **_whom_document(header, policy),
                "keep_groups": policy.keep_groups,
                "enable_manual": policy.enable_manual,
                "also_by_people": policy.also_by_people,
            }


def _whom_document(header: ConversionHeader, policy: ConversionPolicy | RescuePolicy) -> Document:
    return {
        "methods": None if policy.methods is None else sorted(policy.methods),
        "roles": None if policy.roles is None else header.role_names(policy.roles),
    }


def converted_course_document(
    header: ConversionHeader,
    plan: CoursePlan,
    summary: CourseSummary,
    timing: CourseTiming | None = None,
) -> Document:
    """Describe what happens in one course. Where it failed nothing does, and nobody is listed."""
    is_done = summary.failure is None
    seen = {} if timing is None else {"cut": timing_document(timing)}
    return (
        course_document(plan.course)
        | seen
        | {
            **counts_document(summary.counts),
            "obstacle": None if plan.obstacle is None else typed_document(plan.obstacle, header.zone),
            "warnings": [typed_document(warning, header.zone) for warning in plan.warnings],
            "failure": None if summary.failure is None else error_document(summary.failure),
            "left_alone": [_left_alone_document(p, header) for p in plan.left_alone if is_done],
            "people": [person_document(p, plan, header) for p in people_changes(plan) if is_done],
        }
    )


def counts_document(counts: Counts) -> Document:
    """Describe how many rows and people change."""
    return {
        "enrolments_added": counts.enrolments_added,
        "enrolments_changed": counts.enrolments_changed,
        "enrolments_removed": counts.enrolments_removed,
        "roles_assigned": counts.roles_assigned,
        "roles_kept": counts.roles_kept,
        "roles_removed": counts.roles_removed,
        "groups_kept": counts.groups_kept,
        "groups_joined": counts.groups_joined,
        "groups_left": counts.groups_left,
        "manual_instances_added": counts.instances_added,
        "manual_instances_enabled": counts.instances_enabled,
        "people_converted": counts.people_converted,
    }


def _left_alone_document(person: LeftAlone, header: ConversionHeader) -> Document:
    document = typed_document(person.reason, header.zone)
    kind = document.pop("kind")
    return {"user": person.userid, "reason": kind, **document}


def person_document(person: PersonChange, plan: CoursePlan, header: PeopleHeader) -> Document:
    """Describe what changes for a person."""
    document: Document = {
        "user": person.userid,
        "before": _enrolment_document(person.before, header),
        "after": _enrolment_document(person.after, header),
        "roles": [header.role_name(roleid) for roleid in person.roles],
        "groups": list(person.groups),
    }
    if person.removed:
        document |= {
            "removed": [_enrolment_document(row, header) for row in person.removed],
            "roles_removed": [header.role_name(roleid) for roleid in person.roles_removed],
            "groups_left": list(person.groups_left),
            "leaves_course": person.userid in plan.leavers,
        }
    grounds = plan.grounds.get(person.userid)
    if grounds is None:
        return document
    return document | {
        "taken_at": None if grounds.taken_at is None else moment_document(grounds.taken_at, header.zone),
        "sources": [source.value for source in grounds.sources],
    }


def _enrolment_document(row: UserEnrolment | None, header: PeopleHeader) -> Json:
    if row is None:
        return None
    return {
        "status": EnrolmentStatus(row.status).name.lower() if row.status in (0, 1) else row.status,
        "starts_at": moment_document(row.starts_at, header.zone),
        "ends_at": moment_document(row.ends_at, header.zone),
    }
