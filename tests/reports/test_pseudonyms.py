"""The same person has the same pseudonym, and neither ids nor the order of rows tell whose it is."""

import stat
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintien.errors.files import PseudonymSecretUnusable
from maintien.reports.pseudonym_secret import read_secret
from maintien.reports.pseudonyms import PseudonymousWriter, Pseudonyms, without_people
from maintien.reports.tables import Cell, Column, Kind, Personal, Table

SECRET = b"0123456789abcdef" * 2
PSEUDONYMS = Pseudonyms(secret=SECRET, site_id="abc/mdl_")
TABLES = {
    "people": Table(
        "People",
        (
            Column("course id", Kind.ID),
            Column("person id", Kind.ID, Personal.WHO),
            Column("person", personal=Personal.DETAIL),
            Column("groups", Kind.NUMBER),
        ),
    ),
    "courses": Table("Courses", (Column("course id", Kind.ID), Column("people", Kind.NUMBER))),
}


class Noted:
    """Keeps rows."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, list[Cell]]] = []

    def add(self, table: str, row: Sequence[Cell]) -> None:
        self.rows.append((table, list(row)))


def written(*rows: tuple[str, list[Cell]]) -> list[tuple[str, list[Cell]]]:
    noted = Noted()
    writer = PseudonymousWriter(noted, TABLES, PSEUDONYMS)
    for table, row in rows:
        writer.add(table, row)
    writer.close()
    return noted.rows


def test_pseudonym_is_the_same_every_time() -> None:
    assert PSEUDONYMS.of(11) == Pseudonyms(secret=SECRET, site_id="abc/mdl_").of(11) == "p-bgavh2ettttm"


@given(st.integers(1, 1 << 62), st.integers(1, 1 << 62))
def test_people_have_pseudonyms_of_their_own(ada: int, brahim: int) -> None:
    assert (PSEUDONYMS.of(ada) == PSEUDONYMS.of(brahim)) is (ada == brahim)


OTHERS = {
    "another site": Pseudonyms(secret=SECRET, site_id="xyz/mdl_"),
    "another secret": Pseudonyms(secret=SECRET[::-1], site_id="abc/mdl_"),
    "a secret and a site that look alike together": Pseudonyms(secret=SECRET + b"a", site_id="bc/mdl_"),
}


@pytest.mark.parametrize("case", OTHERS)
def test_pseudonym_says_nothing_elsewhere(case: str) -> None:
    assert OTHERS[case].of(11) != PSEUDONYMS.of(11)


def test_secret_is_not_shown() -> None:
    assert "0123" not in repr(PSEUDONYMS)


def test_columns_about_people_go_or_become_texts() -> None:
    assert without_people(TABLES)["people"].columns == (
        Column("course id", Kind.ID),
        Column("person id", Kind.TEXT, Personal.WHO),
        Column("groups", Kind.NUMBER),
    )
    assert without_people(TABLES)["courses"] == TABLES["courses"]


def test_rows_have_pseudonyms_and_no_details() -> None:
    assert written(("people", [7, 11, "Ada", 2]), ("courses", [7, 1])) == [
        ("people", [7, PSEUDONYMS.of(11), 2]),
        ("courses", [7, 1]),
    ]


def test_row_about_nobody_stays_so() -> None:
    assert written(("people", [7, None, None, 2])) == [("people", [7, None, 2])]


def test_rows_of_a_course_are_sorted_by_pseudonym_and_courses_keep_their_order() -> None:
    rows: list[tuple[str, list[Cell]]] = [
        ("people", [course, userid, "", 0]) for course in (9, 7) for userid in range(11, 31)
    ]

    found = written(*rows)

    assert [row[0] for _, row in found] == [9] * 20 + [7] * 20
    for part in (found[:20], found[20:]):
        names = [str(row[1]) for _, row in part]
        assert names == sorted(names) == sorted(PSEUDONYMS.of(userid) for userid in range(11, 31))


def test_rows_of_one_person_keep_their_order() -> None:
    rows: list[tuple[str, list[Cell]]] = [("people", [7, 11, "", n]) for n in (3, 1, 2)]
    assert [row[2] for _, row in written(*rows)] == [3, 1, 2]


def test_secret_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "pseudonyms.secret"
    made = read_secret(path)

    assert (len(made), read_secret(path)) == (64, made)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    assert read_secret(tmp_path / "other.secret") != made


def test_secret_of_somebody_s_own_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_bytes(SECRET + b"\n")
    assert read_secret(path) == SECRET


UNUSABLE = {"empty": b"", "short": b"x" * 31, "blank": b" " * 64}


@pytest.mark.parametrize("case", UNUSABLE)
def test_secret_that_could_be_guessed_is_refused(case: str, tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_bytes(UNUSABLE[case])
    with pytest.raises(PseudonymSecretUnusable, match="32 bytes"):
        read_secret(path)


def test_secret_that_can_t_be_read_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(PseudonymSecretUnusable):
        read_secret(tmp_path)
