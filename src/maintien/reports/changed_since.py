"""The words for a row that somebody changed after a run wrote it: its kind, and both values of each field."""

from datetime import tzinfo
from typing import Final

from maintien.messages import N_
from maintien.moodle.values import EnrolmentStatus
from maintien.planning.left_alone import ChangedSince
from maintien.reports.language import Texts
from maintien.reports.safe_text import printable

ROWS: Final = {
    "UserEnrolment": N_("enrolment"),
    "RoleAssignment": N_("role"),
    "GroupMembership": N_("group membership"),
    "EnrolmentInstance": N_("the course's manual enrolment method"),
}

FIELDS: Final = {
    "status": N_("status"),
    "starts_at": N_("begins"),
    "ends_at": N_("ends"),
    "modifierid": N_("changed by"),
    "timecreated": N_("created on"),
    "timemodified": N_("changed on"),
    "timeadded": N_("added on"),
    "component": N_("owner"),
    "itemid": N_("owner's number"),
    "sortorder": N_("position"),
}


def row_name(texts: Texts, row: str) -> str:
    """Name a kind of row."""
    return texts.gettext(ROWS.get(row, row))


def values_text(texts: Texts, reason: ChangedSince, values: tuple[str, ...], zone: tzinfo) -> str:
    """Say the values of the fields that differ; that the row is gone where there are none."""
    if not values:
        return texts.gettext("gone")
    return ", ".join(_value_text(texts, reason.row, value, zone) for value in values)


def _value_text(texts: Texts, row: str, assignment: str, zone: tzinfo) -> str:
    name, _, value = assignment.partition("=")
    field = texts.gettext(FIELDS.get(name, name))
    shown = _shown(texts, row, name, value, zone)
    return texts.gettext("{field}: {value}").format(field=field, value=shown)


def _shown(texts: Texts, row: str, name: str, value: str, zone: tzinfo) -> str:
    if not value.removeprefix("-").isdecimal():
        return printable(value) or "–"
    number = int(value)
    match name:
        case "starts_at":
            return texts.start_date(number, zone)
        case "ends_at":
            return texts.end_date(number, zone)
        case "timemodified" | "timecreated" | "timeadded":
            return texts.date_time(number, zone)
        case "status":
            return _status(texts, row, number)
        case _:
            return f"#{number}" if name == "modifierid" else str(number)


def _status(texts: Texts, row: str, status: int) -> str:
    if status == EnrolmentStatus.ACTIVE:
        return texts.gettext("active")
    return texts.gettext("suspended") if row == "UserEnrolment" else texts.gettext("disabled")
