"""Moodle's releases are read from what version.php says of them."""

import pytest

from maintien.moodle.release import Release, parse_release

RELEASES = {
    "4.3 (Build: 20231009)": Release(4, 3),
    "3.11.18+ (Build: 20240101)": Release(3, 11),
    "5.0.1": Release(5, 0),
    "4.5dev (Build: 20240920)": Release(4, 5),
    " 4.10.2": Release(4, 10),
    "": None,
    "4": None,
    "Moodle 4.3": None,
    "9999.1": None,
}


@pytest.mark.parametrize(("text", "release"), RELEASES.items())
def test_release_is_its_first_two_numbers(text: str, release: Release | None) -> None:
    assert parse_release(text) == release


def test_releases_are_in_the_order_of_their_numbers() -> None:
    assert Release(3, 9) < Release(3, 11) < Release(4, 0) < Release(4, 10) < Release(5, 0)


def test_release_is_written_as_moodle_does() -> None:
    assert str(Release(4, 10)) == "4.10"
