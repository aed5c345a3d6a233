"""Whose doing a withdrawal was."""

import pytest

from maintien.enrolments.withdrawals import Deed, Window, is_by_person
from maintien.moodle.ids import UserId

STUDENT, ADMINISTRATOR, NOBODY = UserId(11), UserId(2), UserId(0)


def by_person(origin: str, userid: UserId, method: str = "database") -> bool:
    return is_by_person(Deed(0, origin, userid), STUDENT, method)


@pytest.mark.parametrize("origin", ["web", "ws"])
def test_what_somebody_else_does_on_a_page_is_done_by_a_person(origin: str) -> None:
    assert by_person(origin, ADMINISTRATOR)


@pytest.mark.parametrize("origin", ["cli", "restore", ""])
def test_what_is_done_elsewhere_is_a_syncs_doing(origin: str) -> None:
    assert not by_person(origin, ADMINISTRATOR)


@pytest.mark.parametrize("origin", ["web", "ws"])
def test_sync_at_sign_in_runs_as_the_person_or_as_nobody(origin: str) -> None:
    assert not by_person(origin, STUDENT)
    assert not by_person(origin, NOBODY)


@pytest.mark.parametrize("method", ["self", "fee", "paypal"])
def test_who_leaves_a_method_without_sync_leaves_by_hand(method: str) -> None:
    assert by_person("web", STUDENT, method)
    assert not by_person("cli", STUDENT, method)


def test_both_ends_lie_in_the_window() -> None:
    window = Window(10, 20)

    assert (9 in window, 10 in window, 20 in window, 21 in window) == (False, True, True, False)
