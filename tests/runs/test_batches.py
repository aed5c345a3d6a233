"""Packing courses into batches."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintien.enrolments.state import Course
from maintien.moodle.ids import CategoryId, ContextId, CourseId
from maintien.runs.batches import (
    FIRST_SIZE,
    LARGEST_SIZE,
    SMALLEST_SIZE,
    BatchSize,
    batches,
)
from maintien.sites.interface import CourseSize


def sized(number: int, enrolments: int) -> CourseSize:
    course = Course(CourseId(number), "", "", "", CategoryId(1), ContextId(number))
    return CourseSize(course, enrolments)


@given(st.lists(st.integers(0, 3 * FIRST_SIZE)))
def test_every_course_is_in_one_batch_in_order_and_batches_are_full_but_not_over(
    enrolments: list[int],
) -> None:
    sizes = [sized(number, count) for number, count in enumerate(enrolments)]

    packed = list(batches(sizes, BatchSize()))

    assert [course for batch in packed for course in batch] == sizes
    totals = [sum(size.enrolments for size in batch) for batch in packed]
    assert all(total <= FIRST_SIZE or len(batch) == 1 for total, batch in zip(totals, packed, strict=True))
    assert all(
        total + following[0].enrolments > FIRST_SIZE
        for total, following in zip(totals, packed[1:], strict=False)
    )


@pytest.mark.parametrize(
    ("enrolments", "seconds", "next_size"),
    [
        (4_000, 4.0, 500),
        (4_000, 100.0, SMALLEST_SIZE),
        (4_000, 0.4, 5_000),
        (4_000, 0.001, 8_000),
        # A batch that was hardly filled says nothing about full ones.
        (100, 0.001, 4_000),
    ],
)
def test_batches_follow_what_transactions_take(enrolments: int, seconds: float, next_size: int) -> None:
    size = BatchSize()

    size.took(enrolments, seconds)

    assert size.enrolments == next_size


def test_batches_grow_no_further_than_fits_in_memory() -> None:
    size = BatchSize(enrolments=LARGEST_SIZE)

    size.took(LARGEST_SIZE, 0.001)

    assert size.enrolments == LARGEST_SIZE
