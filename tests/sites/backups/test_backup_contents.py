"""What recorded archives show only empty, on each database: groups, grades, what belongs to accounts."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, column, insert, table

from maintien.mbz.locations import ArchiveLocation
from maintien.mbz.opening import open_archive
from maintien.mbz.reading import read_archive
from maintien.mbz.writing.backup import BackupRequest, backup_members
from maintien.mbz.writing.course_archives import ArchiveJob, Tally
from maintien.sites.database.site import DatabaseSite
from maintien.sites.interface import CourseSize, Selection
from tests.golden_cases import PROCEDURE_CASES, procedure_case
from tests.servers.moodle_databases import MoodleDatabase, Tables
from tests.sites.recorded_sites import site_before
from tests.sites.small_moodle import create_account, opened, url_for

CASE = 101
COURSE = 9
FIRST, SECOND, MEMBER = 10168, 10169, 10166
"""Two people of the course, and one who has nothing to do with it."""

ORPHAN = 99_999
PASSWORD = "s3cr3t"  # noqa: S105 -- a test's


def put(connection: Connection, name: str, /, **values: object) -> None:
    connection.execute(insert(table(f"mdl_{name}", *map(column, values))).values(values))


def size_of(site: DatabaseSite) -> CourseSize:
    (size,) = site.select(Selection(courses=(f"id:{COURSE}",)))
    return size


def documents(
    site: DatabaseSite, *, is_anonymised: bool = False, with_groups: bool = False
) -> dict[str, str]:
    request = BackupRequest(now=1, is_anonymised=is_anonymised, with_groups=with_groups)
    with site.backups().read(size_of(site).course, request) as contents:
        return {path: b"".join(pieces).decode() for path, pieces in backup_members(contents)}


@contextmanager
def rich_site(database: MoodleDatabase) -> Iterator[DatabaseSite]:
    with site_before(database, procedure_case(CASE)) as site:
        with database.engine.begin() as connection:
            _enrich(connection)
        yield site


def _enrich(connection: Connection) -> None:
    context = {"contextlevel": 30, "depth": 2, "path": "/1/2"}
    put(connection, "context", id=801, instanceid=FIRST, **context)
    put(connection, "context", id=802, instanceid=ORPHAN, **context)
    put(connection, "user_info_field", id=1, shortname="ine", name="INE", datatype="text")
    put(connection, "user_info_field", id=2, shortname="site", name="Site", datatype="menu")
    for fieldid, data in ((2, "Caen & co"), (1, "0A<1>")):
        put(connection, "user_info_data", userid=FIRST, fieldid=fieldid, data=data)
    put(connection, "user_info_data", userid=ORPHAN, fieldid=1, data="nobody's")
    for userid in (SECOND, FIRST, ORPHAN):
        put(connection, "user_preferences", userid=userid, name="lang", value=f"of {userid}")
    put(connection, "tag", id=4, userid=2, tagcollid=1, name="bio", rawname="Bio")
    for kind, item in (("user", SECOND), ("course", COURSE), ("user", ORPHAN)):
        put(
            connection,
            "tag_instance",
            tagid=4,
            itemtype=kind,
            itemid=item,
            component="core",
            timecreated=1,
            timemodified=1,
        )
    put(connection, "role_capabilities", contextid=801, roleid=7, capability="moodle/x:y", permission=1)
    put(connection, "role_assignments", contextid=801, roleid=1, userid=SECOND)
    put(connection, "role_assignments", contextid=10188, roleid=5, userid=ORPHAN)
    put(connection, "role_names", contextid=10188, roleid=5, name="Étudiant")
    put(connection, "groups", id=71, courseid=COURSE, name="TD", timecreated=1)
    put(connection, "groups", id=72, courseid=COURSE, name="TP", timecreated=1)
    for groupid, userid in ((72, MEMBER), (71, FIRST), (72, FIRST)):
        put(connection, "groups_members", groupid=groupid, userid=userid)
    put(connection, "groupings", id=81, courseid=COURSE, name="All")
    put(connection, "groupings_groups", groupingid=81, groupid=72)
    put(connection, "grade_categories", id=91, courseid=COURSE, depth=1, timecreated=1, timemodified=1)
    put(connection, "grade_items", id=92, courseid=COURSE, itemtype="course", iteminstance=91)
    put(connection, "grade_items", id=93, courseid=COURSE, itemtype="manual", itemname="Oral")
    put(connection, "grade_grades", itemid=93, userid=FIRST, finalgrade=12.5)


def test_what_belongs_to_accounts_goes_with_them(moodle_database: MoodleDatabase) -> None:
    with rich_site(moodle_database) as site:
        users = documents(site)["users.xml"]
    first = users[users.index(f'<user id="{FIRST}"') : users.index(f'<user id="{SECOND}"')]
    second = users[users.index(f'<user id="{SECOND}"') :]
    assert first.index("0A&lt;1&gt;") < first.index("Caen &amp; co")
    for part in ('contextid="801"', f"<value>of {FIRST}</value>", "moodle/x:y", f"<userid>{SECOND}</userid>"):
        assert part in first
    for part in (f"<value>of {SECOND}</value>", "<rawname>Bio</rawname>"):
        assert part in second
        assert part not in first


def test_roles_of_accounts_are_defined_and_not_referred_to(moodle_database: MoodleDatabase) -> None:
    with rich_site(moodle_database) as site:
        found = documents(site)
        anonymised = documents(site, is_anonymised=True)
    assert '<role id="7">' in found["roles.xml"]
    assert "<id>7</id>" not in found["course/inforef.xml"]
    assert '<role id="7">' not in anonymised["roles.xml"]
    assert "<nameincourse>Étudiant</nameincourse>" in found["roles.xml"]


def test_somebody_without_an_account_is_referred_to_and_has_none(moodle_database: MoodleDatabase) -> None:
    with rich_site(moodle_database) as site:
        found = documents(site)
    assert f"<id>{ORPHAN}</id>" in found["course/inforef.xml"]
    assert str(ORPHAN) not in found["users.xml"]
    assert "nobody" not in found["users.xml"]


def test_members_of_groups_come_with_the_groups(moodle_database: MoodleDatabase) -> None:
    with rich_site(moodle_database) as site:
        with_groups, without = documents(site, with_groups=True), documents(site)
    groups = with_groups["groups.xml"]
    assert groups.index("<name>TD</name>") < groups.index(f"<userid>{FIRST}</userid>")
    assert groups.index("<name>TP</name>") < groups.index(f"<userid>{MEMBER}</userid>")
    assert "<groupid>72</groupid>" in groups
    assert f'<user id="{MEMBER}"' in with_groups["users.xml"]
    assert f"<id>{MEMBER}</id>" not in with_groups["course/inforef.xml"]
    assert "<groupingref>" in with_groups["course/inforef.xml"]
    assert "TD" not in without["groups.xml"]
    assert f'<user id="{MEMBER}"' not in without["users.xml"]
    assert "<groupref>" not in without["course/inforef.xml"]


def test_grades_without_activity_are_written_exactly(moodle_database: MoodleDatabase) -> None:
    with rich_site(moodle_database) as site:
        gradebook = documents(site)["gradebook.xml"]
    # The recorded catalogue of PostgreSQL does not say how many decimals its numbers have.
    grade = "12.50000" if moodle_database.engine.dialect.name == "mariadb" else "12.5"
    assert f"<finalgrade>{grade}</finalgrade>" in gradebook
    assert gradebook.index("<itemname>Oral</itemname>") < gradebook.index(f"<userid>{FIRST}</userid>")


def test_no_gradebook_where_activities_have_grades(moodle_database: MoodleDatabase) -> None:
    with rich_site(moodle_database) as site:
        with moodle_database.engine.begin() as connection:
            put(connection, "grade_items", id=94, courseid=COURSE, itemtype="mod", itemmodule="quiz")
        found = documents(site)
    assert not {"gradebook.xml", "grade_history.xml"} & found.keys()


@pytest.mark.parametrize(
    ("recorded", "written"),
    [
        ({}, ("2023100900", "4.3")),
        ({"backup_version": "2008111700", "backup_release": "2.0 dev"}, ("2023100900", "4.3")),
        ({"backup_version": "2022112800", "backup_release": "4.1"}, ("2023100900", "4.3")),
        ({"backup_version": "2023100901", "backup_release": "4.3"}, ("2023100901", "4.3")),
    ],
    ids=["no row", "never made a backup", "none since the upgrade", "its own"],
)
def test_the_format_is_that_of_the_sites_moodle_whether_it_has_made_backups_or_not(
    moodle_database: MoodleDatabase, recorded: dict[str, str], written: tuple[str, str]
) -> None:
    with site_before(moodle_database, procedure_case(CASE)) as site:
        with moodle_database.engine.begin() as connection:
            for name, value in recorded.items():
                put(connection, "config", name=name, value=value)
        header = documents(site)["moodle_backup.xml"]
    assert f"<backup_version>{written[0]}</backup_version>" in header
    assert f"<backup_release>{written[1]}</backup_release>" in header


def test_an_account_of_another_site_names_it(moodle_database: MoodleDatabase) -> None:
    with rich_site(moodle_database) as site:
        with moodle_database.engine.begin() as connection:
            for id_, wwwroot in ((1, "https://here.example.fr"), (5, "https://there.example.fr")):
                put(connection, "mnet_host", id=id_, wwwroot=wwwroot, public_key="")
            connection.execute(
                table("mdl_user", column("id"), column("mnethostid"))
                .update()
                .where(column("id") == SECOND)
                .values(mnethostid=5)
            )
        found = documents(site)
    assert found["users.xml"].count("<mnethosturl>") == 1
    assert "<mnethosturl>https://there.example.fr</mnethosturl>" in found["users.xml"]
    assert "<mnet_remoteusers>1</mnet_remoteusers>" in found["moodle_backup.xml"]
    assert "<original_wwwroot>https://here.example.fr</original_wwwroot>" in found["moodle_backup.xml"]


@pytest.mark.parametrize(
    "moodle_tables",
    [
        Tables(
            names=frozenset(
                {
                    "config",
                    "config_plugins",
                    "context",
                    "course",
                    "course_categories",
                    "role",
                    "user",
                    "cohort",
                    "groups",
                    "groups_members",
                    "enrol",
                    "user_enrolments",
                    "role_assignments",
                    "mnet_host",
                }
            )
        )
    ],
    ids=["few tables"],
)
@pytest.mark.parametrize("with_groups", [False, True])
def test_tables_that_are_not_there_hold_nothing(
    moodle_database: MoodleDatabase, *, with_groups: bool
) -> None:
    with site_before(moodle_database, procedure_case(CASE)) as site:
        found = documents(site, with_groups=with_groups)
    assert "<custom_fields>\n    </custom_fields>" in found["users.xml"]


@pytest.mark.parametrize("moodle_database", ["postgresql", "mariadb"], indirect=True)
def test_an_account_that_may_only_read_suffices(moodle_database: MoodleDatabase, tmp_path: Path) -> None:
    create_account(moodle_database.engine, "reader", PASSWORD, grants="SELECT")
    with rich_site(moodle_database):
        site = opened(url_for(moodle_database.site_url, "reader", PASSWORD))
        job = ArchiveJob(
            backups=site.backups(),
            course=size_of(site).course,
            request=BackupRequest(now=1, with_groups=True),
            path=tmp_path / "course.mbz",
        )
        written = job.write()
        site.close()
    assert written.tally == Tally(
        instances=3, enrolments=8, role_assignments=10, users=10, groups=3, memberships=11
    )


@pytest.mark.parametrize("number", PROCEDURE_CASES)
@pytest.mark.parametrize("moodle_database", ["sqlite"], indirect=True)
def test_reading_an_archive_gives_the_state_that_it_was_made_of(
    moodle_database: MoodleDatabase, number: int, tmp_path: Path
) -> None:
    case = procedure_case(number)
    with site_before(moodle_database, case) as site:
        (size,) = site.select(Selection(courses=(f"id:{case.course.id}",)))
        path = tmp_path / "course.mbz"
        request = BackupRequest(now=case.clock, with_groups=True)
        ArchiveJob(backups=site.backups(), course=size.course, request=request, path=path).write()
        (state,) = site.read_states([size.course])
    with open_archive(ArchiveLocation(name="course.mbz", address=str(path))) as source:
        archived = read_archive(source).state
    assert [row._replace(sortorder=0) for row in archived.instances] == [
        row._replace(sortorder=0) for row in state.instances
    ]
    assert list(archived.enrolments) == [row._replace(timecreated=0) for row in state.enrolments]
    assert archived.roles == state.roles
    assert archived.memberships == state.memberships
