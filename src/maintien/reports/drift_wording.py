"""The words for what a plan does to somebody, where it is compared with another."""

from collections.abc import Iterator, Sequence

from maintien.enrolments.state import (
    EnrolmentInstance,
    GroupMembership,
    RoleAssignment,
    UserEnrolment,
)
from maintien.planning.changes import Added, Change, Changed, Removed, row_of
from maintien.reports.conversion_document import ConversionHeader
from maintien.reports.language import Texts
from maintien.reports.safe_text import printable


def changes_text(texts: Texts, header: ConversionHeader, changes: Sequence[Change]) -> str:
    """Say what changes of one kind of row do, harmless for a terminal."""
    groups = [str(row.groupid) for row in map(row_of, changes) if isinstance(row, GroupMembership)]
    said = list(_say_each(texts, header, changes))
    if groups:
        said.append(texts.gettext("groups kept: {groups}").format(groups=", ".join(groups)))
    return "; ".join(said)


def _say_each(texts: Texts, header: ConversionHeader, changes: Sequence[Change]) -> Iterator[str]:
    for change in changes:
        match row_of(change):
            case EnrolmentInstance():
                is_new = isinstance(change, Added)
                yield texts.gettext("method added") if is_new else texts.gettext("method enabled")
            case UserEnrolment() as row:
                yield _enrolment_text(texts, header, change, row)
            case RoleAssignment() as row:
                yield _role_text(texts, change, printable(header.role_name(row.roleid)))
            case GroupMembership():
                pass


def _enrolment_text(texts: Texts, header: ConversionHeader, change: Change, row: UserEnrolment) -> str:
    if isinstance(change, Removed):
        return texts.gettext("automatic enrolment removed")
    after = _period(texts, header, row)
    if isinstance(change, Changed) and isinstance(change.before, UserEnrolment):
        before = _period(texts, header, change.before)
        return texts.gettext("enrolled: {after} (before: {before})").format(after=after, before=before)
    return texts.gettext("enrolled: {after}").format(after=after)


def _period(texts: Texts, header: ConversionHeader, row: UserEnrolment) -> str:
    end = texts.end_date(row.ends_at, header.zone)
    start = texts.start_date(row.starts_at, header.zone)
    period = f"{start} \N{RIGHTWARDS ARROW} {end}" if row.starts_at else end
    return period if row.is_active else f"{period}, {texts.gettext('suspended')}"


def _role_text(texts: Texts, change: Change, role: str) -> str:
    match change:
        case Added():
            return texts.gettext("role {role} given").format(role=role)
        case Changed():
            return texts.gettext("role {role} kept").format(role=role)
        case Removed():
            return texts.gettext("duplicate role {role} removed").format(role=role)
