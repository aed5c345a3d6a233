"""Reads the states of any number of courses, batch by batch, in memory that does not grow with them."""

from collections.abc import Collection, Iterator, Sequence

from maintien.enrolments.state import CourseState
from maintien.moodle.ids import RoleId
from maintien.runs.batches import BatchSize, batches
from maintien.runs.execute import Observer
from maintien.sites.interface import CourseSize, Site


def read_all_states(
    site: Site,
    sizes: Sequence[CourseSize],
    *,
    inherited_roles: Collection[RoleId] = (),
    observer: Observer,
) -> Iterator[CourseState]:
    """Read the states of these courses, in their order."""
    observer.started(len(sizes), sum(size.enrolments for size in sizes))
    try:
        for batch in batches(sizes, BatchSize()):
            yield from site.read_states([size.course for size in batch], inherited_roles)
            observer.advanced(len(batch), sum(size.enrolments for size in batch))
    finally:
        observer.finished()
