"""What a site is set up like, who its people are, and in whose name to write."""

from collections.abc import Iterator

import pytest
from sqlalchemy import insert

from maintien.enrolments.people import Person
from maintien.errors.selection import UnknownOperator
from maintien.moodle.config import ManualDefaults, SiteConfig
from maintien.moodle.ids import CourseId, RoleId, UserId
from maintien.moodle.values import UnenrolAction
from maintien.sites.database.operators import OperatorFound
from maintien.sites.database.site import DatabaseSite
from tests.servers.moodle_databases import MoodleDatabase, Tables
from tests.sites.small_moodle import TABLES, fill_database, opened, put_settings


@pytest.fixture
def moodle_tables() -> Tables:
    return TABLES


@pytest.fixture
def site(moodle_database: MoodleDatabase) -> Iterator[DatabaseSite]:
    fill_database(moodle_database)
    site = opened(moodle_database.site_url)
    yield site
    site.close()


def test_settings_that_matter_are_read(site: DatabaseSite) -> None:
    settings = {
        "enrol_plugins_enabled": "manual,cohort",
        "siteadmins": "2,17",
        "sessiontimeout": "7200",
        "timezone": "Europe/Paris",
        "unrelated": "x",
    }
    plugins = {
        ("enrol_manual", "status"): "1",
        ("enrol_manual", "roleid"): "5",
        ("enrol_manual", "expiredaction"): "2",
        ("enrol_cohort", "unenrolaction"): "0",
        ("enrol_database", "unenrolaction"): "3",
        ("enrolXdatabase", "unenrolaction"): "1",
        ("tool_log", "enabled_stores"): "logstore_standard,logstore_database",
        ("logstore_standard", "jsonformat"): "1",
        ("mod_forum", "unenrolaction"): "1",
    }
    tables = site.tables
    with site.engine.begin() as connection:
        put_settings(connection, tables.prefix, settings)
        rows = [{"plugin": p, "name": n, "value": v} for (p, n), v in plugins.items()]
        connection.execute(insert(tables.config_plugins), rows)
        connection.execute(
            insert(tables.role), {"id": 5, "shortname": "student", "description": "", "sortorder": 5}
        )

    assert site.read_config() == SiteConfig(
        release="4.3 (Build: 20231009)",
        version=2023100900,
        timezone="Europe/Paris",
        administrators=(UserId(2), UserId(17)),
        session_timeout=7200,
        enabled_methods=frozenset({"manual", "cohort"}),
        manual=ManualDefaults(status=1, roleid=5),
        expired_action=UnenrolAction.SUSPEND,
        unenrol_actions={
            "cohort": UnenrolAction.UNENROL,
            "database": UnenrolAction.SUSPEND_AND_REMOVE_ROLES,
        },
        logs_to_standard_log=True,
        log_is_json=True,
        roles={"student": RoleId(5)},
    )


def test_bare_site_has_moodles_defaults(site: DatabaseSite) -> None:
    assert site.read_config() == SiteConfig(release="4.3 (Build: 20231009)", version=2023100900)


@pytest.fixture
def people(site: DatabaseSite) -> None:
    rows = [
        {
            "id": 2,
            "username": "admin",
            "mnethostid": 1,
            "firstname": "Ada",
            "lastname": "Min",
            "email": "a@b",
        },
        {"id": 7, "username": "zoé", "idnumber": "z7", "suspended": 1},
        {"id": 8, "username": "zoe", "mnethostid": 2, "deleted": 1},
        {"id": 9, "username": "guest", "mnethostid": 4},
        {"id": 10, "username": "guest", "mnethostid": 3},
        {"id": 11, "username": "20260001"},
        {"id": 12, "username": "2"},
    ]
    columns = {
        "mnethostid": 1,
        "firstname": "",
        "lastname": "",
        "email": "",
        "idnumber": "",
        "suspended": 0,
        "deleted": 0,
    }
    with site.engine.begin() as connection:
        put_settings(connection, site.tables.prefix, {"mnet_localhost_id": "3"})
        connection.execute(insert(site.tables.user), [{**columns, **row} for row in rows])


@pytest.mark.usefixtures("people")
def test_people_are_read_by_id_and_the_missing_are_missing(site: DatabaseSite) -> None:
    found = site.read_people([UserId(8), UserId(2), UserId(7), UserId(99), UserId(2)])

    assert found == {
        2: Person(UserId(2), "admin", "Ada", "Min", "a@b", ""),
        7: Person(UserId(7), "zoé", "", "", "", "z7", is_suspended=True),
        8: Person(UserId(8), "zoe", "", "", "", "", is_deleted=True),
    }


def test_nobody_is_read_without_asking(site: DatabaseSite) -> None:
    assert site.read_people([]) == {}


def test_names_of_groups_are_read_by_course(site: DatabaseSite) -> None:
    rows = [
        {"id": 1, "courseid": 2, "name": "A"},
        {"id": 2, "courseid": 2, "name": "A"},
        {"id": 3, "courseid": 3, "name": "B"},
    ]
    with site.engine.begin() as connection:
        connection.execute(insert(site.tables.groups), rows)

    assert site.read_group_names([CourseId(2), CourseId(4)]) == {1: "A", 2: "A"}


OPERATORS = {
    "id": ("7", OperatorFound(id=UserId(7))),
    "user_name": ("admin", OperatorFound(id=UserId(2))),
    "user_name_in_capitals": ("ADMIN", OperatorFound(id=UserId(2))),
    "user_name_with_an_accent": ("Zoé", OperatorFound(id=UserId(7))),
    "local_account_of_two": ("guest", OperatorFound(id=UserId(10))),
    "digits_are_an_id_first": ("2", OperatorFound(id=UserId(2))),
    "digits_of_a_user_name": ("20260001", OperatorFound(id=UserId(11))),
    "id_of_nobody": ("4000", OperatorFound(id=UserId(4000), is_known=False)),
    "id_of_a_deleted_account": ("8", OperatorFound(id=UserId(8), is_known=False)),
}


@pytest.mark.usefixtures("people")
def test_operator_is_found_by_id_or_user_name(site: DatabaseSite) -> None:
    found = {name: site.find_operator(text) for name, (text, _) in OPERATORS.items()}

    assert found == {name: expected for name, (_, expected) in OPERATORS.items()}


@pytest.mark.usefixtures("people")
def test_unknown_user_name_is_no_operator(site: DatabaseSite) -> None:
    for text in ("nobody", "zoe", "admin ", "", "0", "007", "-2", "9" * 30, "a\0", "\udce9"):
        with pytest.raises(UnknownOperator) as caught:
            site.find_operator(text)
        assert caught.value.fields == {"operator": text}
