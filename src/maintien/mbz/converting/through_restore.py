"""Writes an enrolment so that Moodle's restore makes of it what is wanted.

A restore merges an archive's enrolment into the one that a person has by hand already, and writes the
merge only where the archive's begins later, never ends, or ends earlier
(:mod:`~maintien.enrolments.merge`). So one that merely ends later would be lost. It is written as beginning
a second later than the one there is: the merge keeps the earlier beginning and takes the later end. One that
only begins earlier is written as ending a second earlier: the merge keeps the later end.

What no archive can bring about: an end date earlier than the one there is, or a beginning and an end that
both move.
"""

from collections.abc import Iterator

from maintien.enrolments.merge import Period, merge_as_moodle_does
from maintien.enrolments.state import EnrolmentInstance
from maintien.moodle.values import NO_END


def as_written(existing: Period | None, wanted: Period, instance: EnrolmentInstance) -> Period | None:
    """Give what to write so that a restore turns ``existing`` into ``wanted``; None where nothing would.

    ``instance`` is the manual instance, as the archive has it.
    """
    for written in _candidates(existing, wanted):
        if _restored(existing, written, instance) == wanted:
            return written
    return None


def _candidates(existing: Period | None, wanted: Period) -> Iterator[Period]:
    yield wanted
    if existing is None:
        return
    yield wanted._replace(starts_at=existing.starts_at + 1)
    if existing.ends_at > NO_END + 1:
        yield wanted._replace(ends_at=existing.ends_at - 1)


def _restored(existing: Period | None, written: Period, instance: EnrolmentInstance) -> Period | None:
    merged = merge_as_moodle_does(
        existing, written, source_instance=instance, manual_is_enabled=instance.is_enabled
    )
    return existing if merged is None else merged
