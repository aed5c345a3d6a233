"""The embedded university is a Moodle that Moodle would take for its own, and the same every time."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from maintien.errors.sites import DemoFolderTaken
from maintien.moodle.config import SiteConfig
from maintien.moodle.ids import UserId
from maintien.moodle.values import UnenrolAction
from maintien.sites.demo.calendar import university_calendar
from maintien.sites.demo.configuration import site_identifier
from maintien.sites.demo.creation import create_demo, invent_university
from maintien.sites.demo.site import DemoSite, copy_demo
from maintien.sites.feeds.cut import sync_everything
from maintien.sites.feeds.interface import SyncCounts, Synced
from maintien.sites.opening import open_site
from tests.demo.moments import NOW


@pytest.fixture
def rows(university: DemoSite) -> Iterator["Rows"]:
    connection = sqlite3.connect(f"{university.site_path.as_uri()}?mode=ro", uri=True)
    yield Rows(connection)
    connection.close()


class Rows:
    """Asks the university's database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __call__(self, question: str) -> list[Any]:
        """The answer's rows; single values where it has one column."""
        answer = self._connection.execute(question).fetchall()
        return [row[0] if len(row) == 1 else row for row in answer]


def test_university_has_the_size_it_is_said_to_have(rows: Rows) -> None:
    assert rows("SELECT depth, COUNT(*) FROM mdl_course_categories GROUP BY depth") == [
        (1, 3),
        (2, 10),
    ]
    assert rows("SELECT COUNT(*) FROM mdl_course WHERE id <> 1") == [40]
    (people,) = rows("SELECT COUNT(*) FROM mdl_user WHERE deleted = 0")
    assert 1_900 <= people <= 2_100


def test_same_moment_and_seed_make_the_same_university() -> None:
    calendar = university_calendar(NOW)
    one, again, other = (invent_university(calendar, "sqlite:x", seed) for seed in (7, 7, 8))
    assert one == again
    assert one.book.rows["user"] != other.book.rows["user"]
    assert one.book.rows["course"] == other.book.rows["course"]


NOTHING_BROKEN = {
    "an enrolment has its instance and a living person": """
        SELECT ue.id FROM mdl_user_enrolments ue LEFT JOIN mdl_enrol e ON e.id = ue.enrolid
        LEFT JOIN mdl_user u ON u.id = ue.userid AND u.deleted = 0
        WHERE e.id IS NULL OR u.id IS NULL""",
    "an instance has its course": """
        SELECT e.id FROM mdl_enrol e LEFT JOIN mdl_course c ON c.id = e.courseid
        WHERE c.id IS NULL OR c.id = 1""",
    "nobody has a role twice": """
        SELECT COUNT(*) FROM mdl_role_assignments
        GROUP BY contextid, roleid, userid, component, itemid HAVING COUNT(*) > 1""",
    "a role has its context and its person": """
        SELECT ra.id FROM mdl_role_assignments ra LEFT JOIN mdl_context x ON x.id = ra.contextid
        LEFT JOIN mdl_user u ON u.id = ra.userid AND u.deleted = 0
        WHERE x.id IS NULL OR u.id IS NULL""",
    "a method's role is of an instance in that course": """
        SELECT ra.id FROM mdl_role_assignments ra JOIN mdl_context x ON x.id = ra.contextid
        LEFT JOIN mdl_enrol e ON e.id = ra.itemid AND ra.component = 'enrol_' || e.enrol
                             AND e.courseid = x.instanceid AND x.contextlevel = 50
        WHERE ra.component <> '' AND e.id IS NULL""",
    "a group's member is enrolled in its course": """
        SELECT m.id FROM mdl_groups_members m JOIN mdl_groups g ON g.id = m.groupid
        WHERE NOT EXISTS (SELECT 1 FROM mdl_user_enrolments ue JOIN mdl_enrol e ON e.id = ue.enrolid
                          WHERE ue.userid = m.userid AND e.courseid = g.courseid)""",
    "a method's membership is of the group that its instance fills": """
        SELECT m.id FROM mdl_groups_members m
        LEFT JOIN mdl_enrol e ON e.id = m.itemid AND m.component = 'enrol_' || e.enrol
                             AND e.customint2 = m.groupid
        WHERE m.component <> '' AND e.id IS NULL""",
    "a cohort's member is alive": """
        SELECT m.id FROM mdl_cohort_members m LEFT JOIN mdl_user u ON u.id = m.userid AND u.deleted = 0
        LEFT JOIN mdl_cohort c ON c.id = m.cohortid WHERE u.id IS NULL OR c.id IS NULL""",
    "a grade is of somebody enrolled": """
        SELECT g.id FROM mdl_grade_grades g JOIN mdl_grade_items i ON i.id = g.itemid
        WHERE NOT EXISTS (SELECT 1 FROM mdl_user_enrolments ue JOIN mdl_enrol e ON e.id = ue.enrolid
                          WHERE ue.userid = g.userid AND e.courseid = i.courseid)""",
    "a context's path ends with its number and is as deep as it says": """
        SELECT id FROM mdl_context WHERE path NOT LIKE '%/' || id
        OR depth <> LENGTH(path) - LENGTH(REPLACE(path, '/', ''))""",
    "a course's context is below its category's": """
        SELECT c.id FROM mdl_course c
        JOIN mdl_context x ON x.contextlevel = 50 AND x.instanceid = c.id
        LEFT JOIN mdl_context y ON y.contextlevel = 40 AND y.instanceid = c.category
        WHERE c.id <> 1 AND (y.id IS NULL OR x.path <> y.path || '/' || x.id)""",
    "a category's context is below its parent's": """
        SELECT c.id FROM mdl_course_categories c
        JOIN mdl_context x ON x.contextlevel = 40 AND x.instanceid = c.id
        JOIN mdl_context y ON CASE WHEN c.parent = 0 THEN y.contextlevel = 10
                              ELSE y.contextlevel = 40 AND y.instanceid = c.parent END
        WHERE x.path <> y.path || '/' || x.id""",
    "a category's path goes through its parent's": """
        SELECT c.id FROM mdl_course_categories c LEFT JOIN mdl_course_categories p ON p.id = c.parent
        WHERE c.path <> COALESCE(p.path, '') || '/' || c.id OR c.depth <> COALESCE(p.depth, 0) + 1""",
    "every course has a context": """
        SELECT id FROM mdl_course WHERE id NOT IN
        (SELECT instanceid FROM mdl_context WHERE contextlevel = 50)""",
    "every living person has a context": """
        SELECT id FROM mdl_user WHERE deleted = 0 AND id NOT IN
        (SELECT instanceid FROM mdl_context WHERE contextlevel = 30)""",
    "a category counts its courses": """
        SELECT c.id FROM mdl_course_categories c WHERE coursecount <>
        (SELECT COUNT(*) FROM mdl_course WHERE category = c.id)""",
    "a course stands in its category's place": """
        SELECT c.id FROM mdl_course c JOIN mdl_course_categories k ON k.id = c.category
        WHERE c.sortorder NOT BETWEEN k.sortorder + 1 AND k.sortorder + 9999""",
    "courses stand in different places": """
        SELECT sortorder FROM mdl_course GROUP BY sortorder HAVING COUNT(*) > 1""",
    "instances of a course stand one after another": """
        SELECT courseid FROM mdl_enrol GROUP BY courseid
        HAVING MIN(sortorder) <> 0 OR MAX(sortorder) <> COUNT(*) - 1
        OR COUNT(DISTINCT sortorder) <> COUNT(*)""",
    "people have addresses of their own": """
        SELECT email FROM mdl_user GROUP BY email HAVING COUNT(*) > 1""",
    "people have numbers of their own": """
        SELECT idnumber FROM mdl_user WHERE idnumber <> '' GROUP BY idnumber HAVING COUNT(*) > 1""",
    "nothing lies in the future": f"""
        SELECT id FROM mdl_user_enrolments WHERE timecreated > {NOW} UNION ALL
        SELECT id FROM mdl_user_lastaccess WHERE timeaccess > {NOW} UNION ALL
        SELECT id FROM mdl_grade_grades WHERE timemodified > {NOW}""",
}


@pytest.mark.parametrize("question", NOTHING_BROKEN.values(), ids=NOTHING_BROKEN)
def test_rows_are_as_moodle_would_have_them(rows: Rows, question: str) -> None:
    assert rows(question) == []


ODDITIES = {
    "disabled manual instances": (
        "SELECT COUNT(*) FROM mdl_enrol WHERE enrol = 'manual' AND status = 1",
        3,
    ),
    "courses without a manual instance": (
        """SELECT COUNT(*) FROM mdl_course WHERE id <> 1 AND id NOT IN
           (SELECT courseid FROM mdl_enrol WHERE enrol = 'manual')""",
        3,
    ),
    "disabled cohort instances": (
        "SELECT COUNT(*) FROM mdl_enrol WHERE enrol = 'cohort' AND status = 1",
        1,
    ),
    "hidden courses": ("SELECT COUNT(*) FROM mdl_course WHERE visible = 0", 1),
    "courses that people enrol themselves in": (
        "SELECT COUNT(*) FROM mdl_enrol WHERE enrol = 'self' AND status = 0",
        2,
    ),
}


@pytest.mark.parametrize(("question", "count"), ODDITIES.values(), ids=ODDITIES)
def test_oddity_is_there(rows: Rows, question: str, count: int) -> None:
    assert rows(question) == [count]


def test_earlier_enrolments_by_hand_are_of_every_kind(rows: Rows) -> None:
    calendar = university_calendar(NOW)
    kinds = rows(
        """SELECT DISTINCT ue.status, ue.timeend FROM mdl_user_enrolments ue
           JOIN mdl_enrol e ON e.id = ue.enrolid AND e.enrol = 'manual'
           JOIN mdl_user_enrolments other ON other.userid = ue.userid AND other.id <> ue.id
           JOIN mdl_enrol fed ON fed.id = other.enrolid AND fed.courseid = e.courseid
           AND fed.enrol IN ('database', 'cohort')"""
    )
    assert len(kinds) == 6
    ends = {end for status, end in kinds if status == 0}
    assert {0, 2147483647, calendar.new_year} < ends
    assert (min(ends - {0}) < NOW, max(ends - {2147483647}) > calendar.until) == (True, True)
    assert (1, 0) in kinds


def test_groups_are_of_teachers_and_of_cohorts(rows: Rows) -> None:
    components = rows("SELECT DISTINCT component FROM mdl_groups_members ORDER BY component")
    assert components == ["", "enrol_cohort"]


def test_site_opens_like_any_other(university: DemoSite, tmp_path: Path) -> None:
    opened = open_site(university.site_url, site_file=tmp_path / "sites.toml")
    try:
        config = opened.site.read_config()
    finally:
        opened.site.close()
    assert opened.warnings == ()
    assert config == SiteConfig(
        identifier=site_identifier(university.calendar),
        release="4.3 (Build: 20231009)",
        version=2023100900,
        timezone="Europe/Paris",
        administrators=(UserId(2),),
        session_timeout=28_800,
        enabled_methods=frozenset({"manual", "guest", "self", "cohort", "database"}),
        manual=config.manual,
        default_roles={"database": config.roles["student"]},
        unenrol_actions={
            "database": UnenrolAction.UNENROL,
            "cohort": UnenrolAction.SUSPEND_AND_REMOVE_ROLES,
        },
        logs_to_standard_log=True,
        log_is_json=True,
        roles=config.roles,
    )
    assert (config.manual.status, config.manual.roleid) == (0, config.roles["student"])


def test_feeds_say_what_the_site_has(tmp_path: Path) -> None:
    demo = create_demo(tmp_path, now=NOW)
    with demo.open_moodle() as moodle:
        outcomes = sync_everything(moodle, now=NOW)
    assert outcomes == (
        Synced(method="cohort", counts=SyncCounts()),
        Synced(method="database", counts=SyncCounts()),
    )


def test_earlier_university_is_replaced(tmp_path: Path) -> None:
    demo = create_demo(tmp_path, now=NOW)
    copy = copy_demo(demo, "-before")
    made = [path.read_bytes() for path in (demo.site_path, demo.register_path)]
    copy_demo(demo, "-before")
    create_demo(tmp_path, now=NOW)
    assert [path.read_bytes() for path in (demo.site_path, demo.register_path)] == made
    assert Counter(path.name for path in tmp_path.iterdir()) == Counter(
        path.name for each in (demo, copy) for path in (each.site_path, each.register_path)
    )


@pytest.mark.parametrize("name", ["university.sqlite", "register.sqlite"])
@pytest.mark.parametrize("content", [b"", b"my thesis\n" * 100], ids=["empty", "text"])
def test_file_that_is_no_university_is_not_replaced(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DemoFolderTaken):
        create_demo(tmp_path, now=NOW)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {name: content}


def test_copy_is_a_site_of_its_own_and_follows_its_own_register(tmp_path: Path) -> None:
    demo = create_demo(tmp_path, now=NOW)
    copy = copy_demo(demo, "-before")
    with demo.open_site() as site, copy.open_site() as other:
        assert site.read_config().identifier != other.read_config().identifier
    question = "SELECT value FROM mdl_config_plugins WHERE plugin='enrol_database' AND name='dbhost'"
    for each, register in ((demo, "register.sqlite"), (copy, "register-before.sqlite")):
        connection = sqlite3.connect(each.site_path)
        assert connection.execute(question).fetchall() == [(f"sqlite:{register}",)]
        connection.close()
