"""Whom the next sync with the register keeps: read by its rules, from wherever the register is."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from sqlalchemy import insert, text

from maintien.moodle.ids import CourseId
from maintien.sites.database.settings import DatabaseSettings, Product
from maintien.sites.database.site import DatabaseSite
from maintien.sites.database.urls import parse_database_url
from maintien.sites.feeds import register_listings
from maintien.sites.feeds.register_listings import RegisterListings, read_register_listings
from maintien.sites.feeds.register_people import RegisterNotRead
from maintien.sites.feeds.register_settings import NoRegister
from tests.feeds.fed_moodle import STUDENT, Moodle
from tests.feeds.register_table import REGISTER, SETTINGS, RegisterRow, write_register
from tests.feeds.test_register_people import UNREADABLE, follow

ON_SQLITE = pytest.mark.parametrize("moodle_database", ["sqlite"], indirect=True)


def read(site: DatabaseSite, *courses: int, place: DatabaseSettings | None = None) -> RegisterListings:
    reading = read_register_listings(site, courses=[CourseId(course) for course in courses], place=place)
    assert isinstance(reading, RegisterListings)
    return reading


def listed(reading: RegisterListings) -> dict[int, list[int]]:
    return {courseid: sorted(people) for courseid, people in reading.people.items()}


def registered(path: Path, rows: Iterable[RegisterRow]) -> DatabaseSettings:
    write_register(path, rows)
    return DatabaseSettings(product=Product.SQLITE, database=str(path))


RULES = {
    "a role that the site has": (RegisterRow("C1", "ada", "student"), True),
    "a role that nobody knows": (RegisterRow("C1", "ada", "no such role"), False),
    "no role": (RegisterRow("C1", "ada"), False),
    "an other user": (RegisterRow("C1", "ada", "student", "1"), False),
    "an other user who is none": (RegisterRow("C1", "ada", "student", "0"), True),
    "nobody": (RegisterRow("C1", "0", "student"), False),
    "an unknown person": (RegisterRow("C1", "nobody", "student"), False),
    "a deleted account": (RegisterRow("C1", "ghost", "student"), False),
    "no course": (RegisterRow(None, "ada", "student"), False),
    "an unknown course": (RegisterRow("C9", "ada", "student"), False),
}


@ON_SQLITE
@pytest.mark.parametrize("case", RULES)
def test_row_lists_somebody_or_says_nothing(moodle: Moodle, tmp_path: Path, case: str) -> None:
    row, lists = RULES[case]
    course, ada = moodle.course("C1"), moodle.person("ada")
    moodle.person("ghost", deleted=1)
    moodle.instance(course, "database")
    site = follow(moodle, **{**SETTINGS, "remoteotheruserfield": "sans_inscription"})
    place = registered(tmp_path / "register.sqlite", [row])
    assert listed(read(site, course, place=place)) == ({course: [ada]} if lists else {})


@ON_SQLITE
def test_default_role_makes_up_for_one_that_is_missing(moodle: Moodle, tmp_path: Path) -> None:
    course, ada = moodle.course("C1"), moodle.person("ada")
    moodle.instance(course, "database")
    place = registered(tmp_path / "register.sqlite", [RegisterRow("C1", "ada")])
    assert listed(read(follow(moodle, **SETTINGS), course, place=place)) == {}
    site = follow(moodle, **{**SETTINGS, "defaultrole": str(STUDENT)})
    assert listed(read(site, course, place=place)) == {course: [ada]}


def test_people_are_spelt_as_the_database_of_the_site_compares(moodle: Moodle, tmp_path: Path) -> None:
    course, zoe = moodle.course("C1"), moodle.person("zoé")
    moodle.instance(course, "database")
    place = registered(tmp_path / "register.sqlite", [RegisterRow("C1", "ZOE ", "student")])
    folds = moodle.database.engine.dialect.name in ("mysql", "mariadb")
    found = listed(read(follow(moodle, **SETTINGS), course, place=place))
    assert found == ({course: [zoe]} if folds else {})


def test_courses_are_spelt_as_the_register_compares(moodle: Moodle) -> None:
    course, ada = moodle.course("C1"), moodle.person("ada")
    moodle.instance(course, "database")
    engine = moodle.database.engine
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS inscriptions"))
        REGISTER.create(connection)
        connection.execute(insert(REGISTER), [RegisterRow("c1", "ada", "student")._asdict()])
    place = parse_database_url(moodle.database.site_url)
    folds = engine.dialect.name in ("mysql", "mariadb")
    try:
        found = listed(read(follow(moodle, **SETTINGS), course, place=place))
    finally:
        with engine.begin() as connection:
            REGISTER.drop(connection)
    assert found == ({course: [ada]} if folds else {})


@ON_SQLITE
@pytest.mark.parametrize("few", [0, 500])
def test_only_courses_asked_for_are_read(
    moodle: Moodle, tmp_path: Path, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register_listings, "FEW_COURSES", few)
    one, two, ada = moodle.course("C1"), moodle.course("C2"), moodle.person("ada")
    for course in (one, two):
        moodle.instance(course, "database")
    rows = [RegisterRow("C1", "ada", "student"), RegisterRow("C2", "ada", "student")]
    place = registered(tmp_path / "register.sqlite", rows)
    reading = read(follow(moodle, **SETTINGS), two, place=place)
    assert (listed(reading), reading.is_empty) == ({two: [ada]}, False)


@ON_SQLITE
@pytest.mark.parametrize("few", [0, 500])
@pytest.mark.parametrize("course", [None, "", "0", "C9"])
def test_register_is_empty_where_it_names_no_course(
    moodle: Moodle, tmp_path: Path, few: int, course: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register_listings, "FEW_COURSES", few)
    known = moodle.course("C1")
    moodle.instance(known, "database")
    place = registered(tmp_path / "register.sqlite", [RegisterRow(course, "ada", "student")])
    assert read(follow(moodle, **SETTINGS), known, place=place).is_empty == (course != "C9")


@ON_SQLITE
def test_course_that_has_no_instance_yet_is_read_too(moodle: Moodle, tmp_path: Path) -> None:
    course, ada = moodle.course("C1"), moodle.person("ada")
    place = registered(tmp_path / "register.sqlite", [RegisterRow("C1", "ada", "student")])
    assert listed(read(follow(moodle, **SETTINGS), course, place=place)) == {course: [ada]}


@ON_SQLITE
def test_register_is_where_the_settings_say(moodle: Moodle, tmp_path: Path) -> None:
    course, ada = moodle.course("C1"), moodle.person("ada")
    moodle.instance(course, "database")
    host = write_register(tmp_path / "register.sqlite", [RegisterRow("C1", "ada", "student")])
    assert listed(read(follow(moodle, **SETTINGS, dbhost=host), course)) == {course: [ada]}


@ON_SQLITE
def test_register_without_a_folder_lies_beside_the_site(moodle: Moodle) -> None:
    course, ada = moodle.course("C1"), moodle.person("ada")
    moodle.instance(course, "database")
    beside = Path(str(moodle.database.engine.url.database)).parent / "beside.sqlite"
    write_register(beside, [RegisterRow("C1", "ada", "student")])
    assert listed(read(follow(moodle, **SETTINGS, dbhost="sqlite:beside.sqlite"), course)) == {course: [ada]}


@ON_SQLITE
def test_site_without_settings_has_no_register(moodle: Moodle) -> None:
    assert read_register_listings(follow(moodle), courses=[]) == NoRegister()


@ON_SQLITE
@pytest.mark.parametrize("case", UNREADABLE)
def test_register_that_can_not_be_read_is_unknown(moodle: Moodle, case: str) -> None:
    course = moodle.course("C1")
    moodle.instance(course, "database")
    site = follow(moodle, **{**SETTINGS, **UNREADABLE[case]})
    reading = read_register_listings(site, courses=[CourseId(course)])
    assert isinstance(reading, RegisterNotRead)
    assert (
        "geheim" not in f"{reading.error} {reading!r} {reading.error.__cause__} {reading.error.__context__}"
    )
