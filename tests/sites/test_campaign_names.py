"""What a campaign file names is found as people name it, on every database."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import insert

from maintien.errors.selection import (
    AmbiguousCategory,
    AmbiguousCohort,
    AmbiguousPerson,
    UnknownCategory,
    UnknownCohort,
    UnknownPerson,
)
from maintien.errors.tree import UsageError
from maintien.moodle.ids import CategoryId, CourseId, UserId
from maintien.sites.database.site import DatabaseSite
from maintien.sites.database.tables import moodle_tables
from tests.servers.moodle_databases import MoodleDatabase, Tables
from tests.sites.small_moodle import TABLES, fill_database, opened

PEOPLE = (
    {"id": 101, "username": "ada", "idnumber": "20260101", "deleted": 0},
    {"id": 102, "username": "brahim", "idnumber": "101", "deleted": 0},
    {"id": 103, "username": "chloe", "idnumber": "2026", "deleted": 0},
    {"id": 104, "username": "dora", "idnumber": "2026", "deleted": 0},
    {"id": 105, "username": "eve", "idnumber": "20260105", "deleted": 1},
)


@pytest.fixture(name="moodle_tables")
def tables_of_the_small_moodle() -> Tables:
    return TABLES


@pytest.fixture
def site(moodle_database: MoodleDatabase) -> Iterator[DatabaseSite]:
    fill_database(moodle_database)
    with moodle_database.engine.begin() as connection:
        connection.execute(
            insert(moodle_tables(moodle_database.prefix).user),
            [{"firstname": "", "lastname": "", "email": "", **person} for person in PEOPLE],
        )
    site = opened(moodle_database.site_url)
    yield site
    site.close()


def test_categories_come_with_all_below_them(site: DatabaseSite) -> None:
    assert site.resolve_categories(["SCI", "Biology", "id:11"]) == {
        "SCI": frozenset(map(CategoryId, (1, 2, 3))),
        "Biology": frozenset(map(CategoryId, (2, 3))),
        "id:11": frozenset(map(CategoryId, (11,))),
    }


def test_cohorts_come_with_the_courses_that_they_fill(site: DatabaseSite) -> None:
    assert site.resolve_cohorts(["L1", "Second year", "id:3"]) == {
        "L1": frozenset(map(CourseId, (2, 5))),
        "Second year": frozenset(map(CourseId, (3,))),
        "id:3": frozenset(),
    }


def test_people_are_found_by_id_user_name_or_id_number(site: DatabaseSite) -> None:
    names = ["ada", "20260101", "id:101", "idnumber:101", "username:dora"]

    assert site.resolve_people(names) == dict(zip(names, map(UserId, (101, 101, 101, 102, 104)), strict=True))


def test_nothing_named_is_nothing_found(site: DatabaseSite) -> None:
    assert (site.resolve_categories([]), site.resolve_cohorts([]), site.resolve_people([])) == ({}, {}, {})


def test_people_enrolled_count_once(site: DatabaseSite) -> None:
    assert site.count_enrolled_people() == 2


Resolve = Callable[[DatabaseSite, str], object]
REFUSED: dict[str, tuple[Resolve, str, type[UsageError]]] = {
    "no such category": (lambda site, text: site.resolve_categories([text]), "ALG", UnknownCategory),
    "two categories": (lambda site, text: site.resolve_categories([text]), "Letters", AmbiguousCategory),
    "no such cohort": (lambda site, text: site.resolve_cohorts([text]), "L3", UnknownCohort),
    "two cohorts": (lambda site, text: site.resolve_cohorts([text]), "Same", AmbiguousCohort),
    "nobody": (lambda site, text: site.resolve_people([text]), "frida", UnknownPerson),
    "in other letters": (lambda site, text: site.resolve_people([text]), "Ada", UnknownPerson),
    "a deleted account": (lambda site, text: site.resolve_people([text]), "eve", UnknownPerson),
    "a deleted account's id": (lambda site, text: site.resolve_people([text]), "id:105", UnknownPerson),
    "two people": (lambda site, text: site.resolve_people([text]), "2026", AmbiguousPerson),
    "an id and an ID number": (lambda site, text: site.resolve_people([text]), "101", AmbiguousPerson),
    "half a character": (lambda site, text: site.resolve_people([text]), "\ud800", UnknownPerson),
}


@pytest.mark.parametrize("case", REFUSED)
def test_name_of_nothing_or_of_several_is_refused(case: str, site: DatabaseSite) -> None:
    resolve, text, error = REFUSED[case]
    with pytest.raises(error):
        resolve(site, text)
