"""Rows kept as columns come back as they were, in little memory."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintien.enrolments.state import GroupMembership
from maintien.errors.archives import RepeatedRow
from maintien.mbz.converting.columns import Column, contains, sorted_numbers
from maintien.mbz.converting.packed import PackedRows
from maintien.moodle.ids import GroupId, MembershipId, UserId
from maintien.planning.applying import FIRST_NEW_ID

numbers = st.integers(-(1 << 63), (1 << 63) - 1) | st.sampled_from((0, 1, 1 << 31, -(1 << 31)))


def row(rowid: int, userid: int, component: str = "") -> GroupMembership:
    return GroupMembership(MembershipId(rowid), GroupId(61), UserId(userid), component, 0, 5)


def packed(*rows: GroupMembership) -> PackedRows[GroupMembership]:
    kept = PackedRows(GroupMembership)
    for each in rows:
        kept.add(each)
    return kept


@given(st.lists(numbers))
def test_column_gives_back_what_it_was_given(given_: list[int]) -> None:
    column = Column()
    for number in given_:
        column.append(number)

    assert list(column) == given_
    assert [column[place] for place in range(len(column))] == given_
    assert sorted_numbers(column, given_).__class__ is not list
    assert list(sorted_numbers(column, given_)) == sorted(set(given_))


@given(st.lists(numbers, unique=True), st.data())
def test_column_is_brought_into_another_order(given_: list[int], data: st.DataObject) -> None:
    column = Column()
    for number in given_:
        column.append(number)
    order = data.draw(st.permutations(range(len(given_))))

    column.bring(order)

    assert list(column) == [given_[place] for place in order]


def test_filled_column_has_one_number() -> None:
    column = Column()
    for number in (1, 2, 3):
        column.append(number)

    column.fill(9)

    assert list(column.part(1, 7)) == [9, 9]


def test_number_is_found_among_sorted_ones() -> None:
    assert contains((1, 5, 9), 5)
    assert not contains((1, 5, 9), 6)
    assert not contains((), 6)


def test_rows_are_sorted_by_person_and_what_is_there_again_goes() -> None:
    rows = packed(row(3, 12), row(2, 11, "enrol_cohort"), row(3, 12), row(1, 12))

    rows.sort_by_person("a.mbz")

    assert list(rows) == [row(2, 11, "enrol_cohort"), row(1, 12), row(3, 12)]
    assert rows.of_people(12, 12) == [row(1, 12), row(3, 12)]
    assert rows.of_people(1, 10) == []


def test_two_rows_of_one_number_are_refused() -> None:
    with pytest.raises(RepeatedRow):
        packed(row(3, 12), row(3, 13)).sort_by_person("a.mbz")


def test_new_rows_are_numbered_and_others_keep_theirs() -> None:
    rows = PackedRows(GroupMembership, numbered_from=70)

    rows.add_numbered([row(FIRST_NEW_ID + 1, 11), row(5, 12), row(FIRST_NEW_ID + 2, 13)])
    rows.sort_by_id()

    assert [each.id for each in rows] == [5, 70, 71]
    assert rows.highest_id == 71
