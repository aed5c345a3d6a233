"""Packs courses into batches of about as many user enrolments as a short transaction can write.

The size adapts: a transaction that took longer than a second makes the next ones smaller, a quick one
lets them grow. A course is never split, so a very large one is a batch of its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from maintien.sites.interface import CourseSize

FIRST_SIZE: Final = 4_000
SMALLEST_SIZE: Final = 250
LARGEST_SIZE: Final = 20_000
"""User enrolments. Larger batches write no faster a row, and are held in memory whole."""

LONGEST_TRANSACTION: Final = 1.0
"""Seconds that a transaction may hold its locks beside a live Moodle."""


@dataclass(slots=True)
class BatchSize:
    """How many user enrolments the next batch may have."""

    enrolments: int = FIRST_SIZE

    def took(self, enrolments: int, seconds: float) -> None:
        """Learn from a transaction that wrote ``enrolments`` in ``seconds``."""
        if seconds <= 0 or enrolments < self.enrolments // 2:
            return
        # Half of what is allowed is aimed at: the machine may be busier in a moment.
        fitting = int(enrolments / seconds * LONGEST_TRANSACTION / 2)
        grown = min(fitting, self.enrolments * 2)
        self.enrolments = max(SMALLEST_SIZE, min(LARGEST_SIZE, grown))


def batches(sizes: Sequence[CourseSize], size: BatchSize) -> Iterator[list[CourseSize]]:
    """Pack ``sizes`` in their order; ``size`` is asked again for each batch."""
    batch: list[CourseSize] = []
    enrolments = 0
    for course in sizes:
        if batch and enrolments + course.enrolments > size.enrolments:
            yield batch
            batch, enrolments = [], 0
        batch.append(course)
        enrolments += course.enrolments
    if batch:
        yield batch
