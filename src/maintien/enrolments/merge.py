"""Moodle's rule for folding one enrolment into the course's manual instance.

Source: enrol_manual_plugin::restore_user_enrolment (enrol/manual/lib.php), Moodle 4.1 and 4.3, which
the restore calls for every enrolment of the backup when it restores users as manual enrolments.
"""

from typing import NamedTuple

from maintien.enrolments.state import EnrolmentInstance, UserEnrolment
from maintien.moodle.values import NO_END, EnrolmentStatus


class Period(NamedTuple):
    """What an enrolment says: its status and its two dates (Unix seconds, ``ends_at`` 0 for never)."""

    status: int
    starts_at: int
    ends_at: int


def period_of(enrolment: UserEnrolment) -> Period:
    """Take the status and the dates of a row."""
    return Period(enrolment.status, enrolment.starts_at, enrolment.ends_at)


def merge_as_moodle_does(
    existing: Period | None,
    source: Period,
    *,
    source_instance: EnrolmentInstance,
    manual_is_enabled: bool,
) -> Period | None:
    """Fold ``source`` into the manual enrolment that the person has, or has not.

    Returns what Moodle writes, which may equal ``existing``; None when it writes nothing. A source that
    merely ends later than an active manual enrolment writes nothing: Moodle compares the other way.
    """
    if existing is None or existing.status != EnrolmentStatus.ACTIVE:
        if manual_is_enabled and not source_instance.is_enabled:
            return source._replace(status=EnrolmentStatus.SUSPENDED)
        return source
    if source.status != EnrolmentStatus.ACTIVE:
        return None
    return _merge_active(existing, source)


def _merge_active(existing: Period, source: Period) -> Period | None:
    starts_later = source.starts_at > existing.starts_at
    starts_at = min(source.starts_at, existing.starts_at)
    # Moodle compares the bare numbers here: 2147483647 is an ordinary late date to it.
    if source.ends_at == NO_END:
        ends_at, changes_end = NO_END, existing.ends_at != NO_END
    elif existing.ends_at == NO_END:
        ends_at, changes_end = NO_END, False
    else:
        ends_at = max(source.ends_at, existing.ends_at)
        changes_end = source.ends_at < existing.ends_at
    if not (starts_later or changes_end):
        return None
    return Period(EnrolmentStatus.ACTIVE, starts_at, ends_at)
