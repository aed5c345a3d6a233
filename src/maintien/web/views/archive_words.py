"""Puts into words what an archive holds, and what was made of it; names in it come from outside."""

from collections.abc import Iterator, Mapping
from datetime import tzinfo
from typing import Any

from maintien.mbz.archive import COURSE_TYPE
from maintien.planning.encoding import REASON_KINDS, decode_finding
from maintien.reports.finding_wording import finding_text
from maintien.reports.language import Texts
from maintien.reports.reason_wording import reason_label
from maintien.reports.safe_text import printable
from maintien.reports.setting_names import NO_SWITCH, setting_name
from maintien.reports.wording import method_name


def summary_words(texts: Texts, summary: Mapping[str, Any]) -> dict[str, Any]:
    """Say what an archive holds, as ``mbz info`` does."""
    return {
        "course": printable(summary["course"]["fullname"]),
        "shortname": printable(summary["course"]["shortname"]),
        "is_course": summary["type"] == COURSE_TYPE,
        "release": printable(summary["moodle_release"]),
        "address": printable(summary["site"]),
        "made_at": summary["backup_date"]["unix"],
        "participants": summary["participants"],
        "users": summary["users"],
        "groups": summary["groups"],
        "memberships": sum(row["count"] for row in summary["groups"]["memberships"]),
        "settings": texts.join(_settings(texts, summary["settings"])),
        "instances": [
            {
                "method": method_name(texts, row["method"]),
                "status": _switch(texts, row["status"]),
                "count": row["count"],
            }
            for row in summary["instances"]
        ],
        "enrolments": [_enrolments(texts, row) for row in summary["enrolments"]],
    }


def conversion_words(texts: Texts, made: Mapping[str, Any], zone: tzinfo) -> dict[str, Any]:
    """Say what was made of an archive."""
    return {
        **made,
        "until": texts.end_date(made["ends_at"], zone),
        "findings": [finding_text(texts, decode_finding(finding)) for finding in made["findings"]],
        "left_alone": [
            (reason_label(texts, REASON_KINDS[name]), number) for name, number in made["left_alone"].items()
        ],
        "unknown_roles": ", ".join(map(printable, made["unknown_roles"])),
    }


def _settings(texts: Texts, settings: Mapping[str, str]) -> Iterator[str]:
    for name, value in settings.items():
        if name not in NO_SWITCH and value not in ("", "0"):
            yield setting_name(texts, name)


def _enrolments(texts: Texts, row: Mapping[str, Any]) -> dict[str, Any]:
    status = texts.gettext("active") if row["status"] == "active" else texts.gettext("suspended")
    if row["instance_status"] != "enabled":
        status = texts.gettext("{status}, method disabled").format(status=status)
    roles = [f"{printable(role['role'])} {texts.number(role['count'])}" for role in row["roles"]]
    if row["without_role"]:
        roles.append(texts.gettext("without a role {n}").format(n=texts.number(row["without_role"])))
    return {
        "method": method_name(texts, row["method"]),
        "status": status,
        "count": row["count"],
        "roles": ", ".join(roles),
    }


def _switch(texts: Texts, status: str) -> str:
    return texts.gettext("enabled") if status == "enabled" else texts.gettext("disabled")
