"""Drift from a plan as JSON: one object a course."""

from maintien.enrolments.state import (
    EnrolmentInstance,
    GroupMembership,
    RoleAssignment,
    UserEnrolment,
)
from maintien.moodle.values import EnrolmentStatus
from maintien.planning.changes import Added, Change, Changed, Removed, Row, row_of
from maintien.planning.drift import CourseDrift, Differently, Drift, NoLonger, OnlyNow
from maintien.planning.undo import NOBODY
from maintien.reports.conversion_document import ConversionHeader
from maintien.reports.documents import (
    Document,
    Json,
    course_document,
    kind_of,
    moment_document,
    typed_document,
)


def course_drift_document(drift: CourseDrift, header: ConversionHeader) -> Document:
    """Describe the drift of one course."""
    return course_document(drift.course) | {
        "is_gone": drift.is_course_gone,
        "obstacle": None if drift.obstacle is None else typed_document(drift.obstacle, header.zone),
        "warnings": [typed_document(warning, header.zone) for warning in drift.warnings],
        "drifts": [_drift_document(each, header) for each in drift.drifts],
    }


def _drift_document(drift: Drift, header: ConversionHeader) -> Document:
    document: Document = {
        "user": None if drift.userid == NOBODY else drift.userid,
        "kind": kind_of(drift),
        "planned": [],
        "now": [],
        "reason": None,
    }
    match drift:
        case OnlyNow(now=now):
            document["now"] = _changes(now, header)
        case NoLonger(planned=planned, reason=reason):
            document["planned"] = _changes(planned, header)
            document["reason"] = None if reason is None else typed_document(reason, header.zone)
        case Differently(planned=planned, now=now):
            document["planned"], document["now"] = _changes(planned, header), _changes(now, header)
    return document


def _changes(changes: tuple[Change, ...], header: ConversionHeader) -> list[Json]:
    return [_change_document(change, header) for change in changes]


def _change_document(change: Change, header: ConversionHeader) -> Document:
    before: Row | None = None
    after: Row | None = None
    match change:
        case Added(row):
            after = row
        case Changed(old, new):
            before, after = old, new
        case Removed(row):
            before = row
    return {
        "change": kind_of(change),
        "row": kind_of(row_of(change)),
        "before": None if before is None else _row_document(before, header),
        "after": None if after is None else _row_document(after, header),
    }


def _row_document(row: Row, header: ConversionHeader) -> Document:
    match row:
        case EnrolmentInstance():
            return {"method": row.method, "enabled": row.is_enabled}
        case UserEnrolment():
            return {
                "status": EnrolmentStatus(row.status).name.lower() if row.status in (0, 1) else row.status,
                "starts_at": moment_document(row.starts_at, header.zone),
                "ends_at": moment_document(row.ends_at, header.zone),
            }
        case RoleAssignment():
            return {"role": header.role_name(row.roleid), "component": row.component}
        case GroupMembership():
            return {"group": row.groupid, "component": row.component}
