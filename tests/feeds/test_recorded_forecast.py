"""Every recorded cut, foreseen: the forecast names whom a real Moodle took out, and nobody else."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from maintien.enrolments.forecast import CourseForecast, UnenrolEffect, forecast_course
from maintien.moodle.ids import UserId
from maintien.moodle.values import EnrolmentStatus, InstanceStatus, is_unlimited
from maintien.sites.database.reading_rolls import FeedsRead, RollWishes
from maintien.sites.database.settings import DatabaseSettings, Product
from maintien.sites.database.site import DatabaseSite
from maintien.sites.database.tables import moodle_tables
from maintien.sites.feeds.register_listings import RegisterListings, read_register_listings
from maintien.sites.interface import Selection
from tests.feeds.recorded_cut import RecordedCut, fill, recorded_cuts
from tests.feeds.register_table import write_register
from tests.servers.moodle_databases import MoodleDatabase

by_case = pytest.mark.parametrize("case", recorded_cuts(), ids=str)


def people_with_access(case: RecordedCut, when: str) -> frozenset[int]:
    """Who may enter, worked out from the recorded rows alone."""
    rows: Mapping[str, Any] = case.record[when]
    enabled = {row["id"] for row in rows["enrol"] if row["status"] == InstanceStatus.ENABLED}
    barred = {user["id"] for user in case.record["users"] if user["deleted"] or user["suspended"]}
    return frozenset(
        row["userid"]
        for row in rows["user_enrolments"]
        if row["status"] == EnrolmentStatus.ACTIVE
        and row["enrolid"] in enabled
        and row["timestart"] <= case.clock
        and (is_unlimited(row["timeend"]) or row["timeend"] > case.clock)
        and row["userid"] not in barred
    )


def people_lost(case: RecordedCut) -> frozenset[int]:
    return people_with_access(case, "before") - people_with_access(case, "cut")


@contextmanager
def site_before(case: RecordedCut, database: MoodleDatabase) -> Iterator[DatabaseSite]:
    tables = moodle_tables(database.prefix)
    with database.engine.begin() as connection:
        fill(connection, tables, case)
    yield DatabaseSite(name="recorded", engine=database.engine, tables=tables)


def forecast(site: DatabaseSite, case: RecordedCut, feeds: FeedsRead | None = None) -> CourseForecast:
    config = site.read_config()
    courses = [size.course for size in site.select(Selection(everything=True))]
    wishes = RollWishes(students=frozenset({config.roles["student"]}), groups=True, grades=True, feeds=feeds)
    (roll,) = site.read_rolls(courses, wishes)
    return forecast_course(roll, config, at=case.clock, reads_feeds=feeds is not None)


def read_feeds(site: DatabaseSite, case: RecordedCut, path: Path) -> FeedsRead:
    write_register(path, case.register)
    courses = [size.course.id for size in site.select(Selection(everything=True))]
    place = DatabaseSettings(product=Product.SQLITE, database=str(path))
    reading = read_register_listings(site, courses=courses, place=place)
    assert isinstance(reading, RegisterListings)
    return FeedsRead(register=reading.people)


@by_case
def test_whoever_lost_access_was_foreseen_without_a_look_at_the_feeds(
    case: RecordedCut, moodle_database: MoodleDatabase
) -> None:
    with site_before(case, moodle_database) as site:
        foreseen = forecast(site, case).losing
    still_listed = people_with_access(case, "cut")
    assert people_lost(case) == foreseen - still_listed


@by_case
def test_whoever_lost_access_and_nobody_else_was_foreseen_from_the_feeds(
    case: RecordedCut, moodle_database: MoodleDatabase, tmp_path: Path
) -> None:
    with site_before(case, moodle_database) as site:
        found = forecast(site, case, read_feeds(site, case, tmp_path / "register.sqlite"))
    assert found.losing_now == people_lost(case)


@by_case
def test_what_they_lost_was_foreseen(
    case: RecordedCut, moodle_database: MoodleDatabase, tmp_path: Path
) -> None:
    with site_before(case, moodle_database) as site:
        found = forecast(site, case, read_feeds(site, case, tmp_path / "register.sqlite"))
    before, cut = case.record["before"], case.record["cut"]
    enrolled = {row["userid"] for row in cut["user_enrolments"]}
    assert found.gone & found.losing_now == people_lost(case) - enrolled
    for userid in found.losing_now:
        groups = rows_of(before["groups_members"], userid) - rows_of(cut["groups_members"], userid)
        grades = grades_of(case, "grades_before", userid) - grades_of(case, "grades_cut", userid)
        rows = rows_of(before["user_enrolments"], userid)
        is_unenrolled = not rows <= rows_of(cut["user_enrolments"], userid)
        assert (found.effect_on(UserId(userid)) is UnenrolEffect.UNENROLLED) == is_unenrolled
        assert (found.groups.get(userid, 0), found.grades.get(userid, 0)) == (len(groups), len(grades))


def rows_of(rows: list[Mapping[str, Any]], userid: int) -> set[int]:
    return {row["id"] for row in rows if row["userid"] == userid}


def grades_of(case: RecordedCut, when: str, userid: int) -> set[str]:
    return {
        row["itemtype"]
        for row in case.record[when]
        if row["userid"] == userid and row["finalgrade"] is not None
    }
