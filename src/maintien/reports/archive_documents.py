"""What archives hold, as a JSON document."""

from collections.abc import Sequence
from datetime import tzinfo

from maintien.errors.tree import MaintienError
from maintien.mbz.archive import ArchiveHeader
from maintien.mbz.summary import ArchiveSummary, EnrolmentCount, EnrolmentKind, InstanceKind
from maintien.reports.archives import role_name
from maintien.reports.documents import Document, course_document, error_document, moment_document


def summaries_document(
    summaries: Sequence[tuple[str, ArchiveSummary]],
    failures: Sequence[tuple[str, MaintienError]],
    zone: tzinfo,
) -> Document:
    """Describe archives, and those that could not be read; the same document for one and for many."""
    return {
        "archives": [summary_document(name, summary, zone) for name, summary in summaries],
        "failed": [{"archive": name, "error": error_document(error)} for name, error in failures],
    }


def summary_document(name: str, summary: ArchiveSummary, zone: tzinfo) -> Document:
    """Describe one archive."""
    return {
        "archive": name,
        **_header_document(summary.header, zone),
        "course": course_document(summary.course),
        "instances": [_instances_document(*item) for item in summary.instances.items()],
        "enrolments": [_enrolments_document(summary, *item) for item in summary.enrolments.items()],
        "participants": summary.participants,
        "role_assignments": [
            {"id": roleid, "role": role_name(summary, roleid), "count": count}
            for roleid, count in sorted(summary.role_assignments.items())
        ],
        "groups": {
            "included": summary.header.includes_groups,
            "count": summary.groups,
            "memberships": [
                {"component": component, "count": count}
                for component, count in sorted(summary.memberships.items())
            ],
        },
        "users": {
            "included": summary.header.includes_users,
            "anonymised": summary.header.is_anonymised,
            "count": summary.users,
            "deleted": summary.deleted_users,
            "enrolled_but_missing": summary.missing_users,
        },
    }


def _header_document(header: ArchiveHeader, zone: tzinfo) -> Document:
    return {
        "type": header.type,
        "moodle_release": header.moodle_release,
        "moodle_version": header.moodle_version,
        "backup_release": header.backup_release,
        "backup_date": moment_document(header.backup_date, zone),
        "site": header.original_wwwroot,
        "site_identifier_hash": header.original_site_identifier_hash,
        "settings": dict(header.settings),
    }


def _instances_document(kind: InstanceKind, count: int) -> Document:
    return {"method": kind.method, "status": _switch(is_on=kind.is_enabled), "count": count}


def _enrolments_document(summary: ArchiveSummary, kind: EnrolmentKind, count: EnrolmentCount) -> Document:
    return {
        "method": kind.method,
        "instance_status": _switch(is_on=kind.is_enabled),
        "status": "active" if kind.is_active else "suspended",
        "count": count.enrolments,
        "roles": [
            {"id": roleid, "role": role_name(summary, roleid), "count": people}
            for roleid, people in count.roles.items()
        ],
        "without_role": count.without_role,
    }


def _switch(*, is_on: bool) -> str:
    return "enabled" if is_on else "disabled"
