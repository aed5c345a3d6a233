"""Reads the rolls of any number of courses, batch by batch, in memory that does not grow with them."""

from collections.abc import Iterator, Sequence

from maintien.enrolments.roll import CourseRoll
from maintien.runs.batches import LARGEST_SIZE, BatchSize, batches
from maintien.runs.execute import Observer
from maintien.sites.database.reading_rolls import RollWishes
from maintien.sites.database.site import DatabaseSite
from maintien.sites.interface import CourseSize


def read_all_rolls(
    site: DatabaseSite, sizes: Sequence[CourseSize], wishes: RollWishes, *, observer: Observer
) -> Iterator[list[CourseRoll]]:
    """Read the rolls of these courses, in their order, a batch at a time."""
    observer.started(len(sizes), sum(size.enrolments for size in sizes))
    try:
        for batch in batches(sizes, BatchSize(enrolments=LARGEST_SIZE)):
            yield list(site.read_rolls([size.course for size in batch], wishes))
            observer.advanced(len(batch), sum(size.enrolments for size in batch))
    finally:
        observer.finished()
