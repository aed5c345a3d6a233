"""What feeds say, read without changing anything: for the forecast of a cut."""

import pytest

from maintien.moodle.ids import CourseId, InstanceId, RoleId, UserId
from maintien.moodle.values import UnenrolAction
from maintien.sites.feeds.cohort import CohortFeed
from maintien.sites.feeds.interface import Feed, Listed
from maintien.sites.feeds.register import RegisterFeed
from maintien.sites.feeds.register_settings import RegisterSettings
from tests.feeds.fed_moodle import STUDENT, TEACHER, Moodle
from tests.feeds.register_table import RegisterRow, make_register

SETTINGS = RegisterSettings(
    table="inscriptions",
    course_field="code_cours",
    user_field="code_personne",
    role_field="role",
    unenrol_action=UnenrolAction.UNENROL,
)


def listed(feed: Feed, *courses: int) -> set[Listed]:
    rows = list(feed.read_listed([CourseId(course) for course in courses] or None))
    assert len(rows) == len(set(rows))
    return set(rows)


def row(instance: int, course: int, userid: int, role: int | None) -> Listed:
    roleid = None if role is None else RoleId(role)
    return Listed(InstanceId(instance), CourseId(course), UserId(userid), roleid)


def test_cohorts_list_their_members_for_every_instance(moodle: Moodle) -> None:
    one, two, ada = moodle.course("C1"), moodle.course("C2"), moodle.person("ada")
    cohort = moodle.cohort(ada, moodle.person("ghost", deleted=1))
    first = moodle.instance(one, "cohort", customint1=cohort, roleid=STUDENT)
    second = moodle.instance(two, "cohort", customint1=cohort, roleid=0, status=1)
    with moodle.database.engine.connect() as connection:
        feed = CohortFeed(connection=connection, tables=moodle.tables)
        assert listed(feed) == {row(first, one, ada, STUDENT), row(second, two, ada, None)}
        assert listed(feed, two) == {row(second, two, ada, None)}


def test_register_lists_people_for_courses_that_have_an_instance(moodle: Moodle) -> None:
    one, two, ada = moodle.course("C1"), moodle.course("C2"), moodle.person("ada")
    moodle.course("C3")
    first, second = moodle.instance(one, "database"), moodle.instance(two, "database")
    register = make_register(
        [
            RegisterRow("C1", "ada", "student"),
            RegisterRow("C1", "ada", "student"),
            RegisterRow("C2", "ada", "teacher"),
            RegisterRow("C2", "ada", "student"),
            RegisterRow("C3", "ada", "student"),
        ]
    )
    with moodle.database.engine.connect() as connection:
        feed = RegisterFeed(connection=connection, tables=moodle.tables, register=register, settings=SETTINGS)
        theirs = {row(second, two, ada, TEACHER), row(second, two, ada, STUDENT)}
        assert listed(feed) == {row(first, one, ada, STUDENT)} | theirs
        assert listed(feed, two) == theirs


@pytest.mark.parametrize("moodle_database", ["sqlite"], indirect=True)
def test_of_two_courses_with_one_id_number_the_one_with_an_instance_is_listed(
    moodle: Moodle,
) -> None:
    fed, ada = moodle.course("C1"), moodle.person("ada")
    moodle.course("C1")
    instance = moodle.instance(fed, "database")
    register = make_register([RegisterRow("C1", "ada", "student")])
    with moodle.database.engine.connect() as connection:
        feed = RegisterFeed(connection=connection, tables=moodle.tables, register=register, settings=SETTINGS)
        assert listed(feed) == {row(instance, fed, ada, STUDENT)}
