"""What a sync refuses, and that it has written nothing then."""

import pytest
from sqlalchemy import Engine

from maintien.errors.sites import BadRegisterSetting, NotADemoSite, RegisterUnreadable
from maintien.sites.feeds.cut import FedMoodle, sync_cohorts, sync_register
from tests.feeds.fed_moodle import NOW, STUDENT, Moodle
from tests.feeds.register_table import RegisterRow, make_register

pytestmark = pytest.mark.parametrize("moodle_database", ["sqlite"], indirect=True)


def guarded(moodle: Moodle, register: Engine) -> FedMoodle:
    return FedMoodle(name="campus", engine=moodle.database.engine, tables=moodle.tables, register=register)


@pytest.mark.parametrize("sync", [sync_cohorts, sync_register])
def test_site_without_the_marker_is_refused(moodle: Moodle, sync: object) -> None:
    course, ada = moodle.course("C1"), moodle.person("ada")
    moodle.instance(course, "cohort", customint1=moodle.cohort(ada), roleid=STUDENT)
    moodle.instance(course, "database")
    register = make_register([RegisterRow("C1", "ada", "student")])
    assert callable(sync)
    with pytest.raises(NotADemoSite, match="campus"):
        sync(guarded(moodle, register), now=NOW)
    assert moodle.enrolments() == set()


@pytest.mark.parametrize("value", ["", "0", "true", "1 "])
def test_marker_with_another_value_is_refused(moodle: Moodle, value: str) -> None:
    moodle.configure("maintien", "demo", value)
    with pytest.raises(NotADemoSite):
        sync_cohorts(guarded(moodle, make_register([])), now=NOW)


def test_site_with_the_marker_is_synced(moodle: Moodle) -> None:
    moodle.configure("maintien", "demo", "1")
    ada = moodle.person("ada")
    instance = moodle.instance(moodle.course("C1"), "cohort", customint1=moodle.cohort(ada), roleid=STUDENT)
    sync_cohorts(guarded(moodle, make_register([])), now=NOW)
    assert moodle.enrolments() == {(instance, ada, 0)}


BAD_SETTINGS = {
    "a table with a condition": ("remoteenroltable", "inscriptions WHERE 1=1"),
    "a table with a semicolon": ("remoteenroltable", "inscriptions;"),
    "a subquery": ("remoteenroltable", "(SELECT 1)"),
    "a quoted column": ("remotecoursefield", '"code_cours"'),
    "a column with a comment": ("remoteuserfield", "code_personne--"),
    "a role column that is two": ("remoterolefield", "role, role"),
    "a name with a line break": ("remoteuserfield", "code\npersonne"),
    "a local field that Moodle does not offer": ("localuserfield", "password"),
    "a local course field of the same kind": ("localcoursefield", "fullname"),
    "a local role field of the same kind": ("localrolefield", "archetype"),
}


@pytest.mark.parametrize(("name", "value"), BAD_SETTINGS.values(), ids=BAD_SETTINGS)
def test_setting_that_is_no_name_is_refused(moodle: Moodle, name: str, value: str) -> None:
    moodle.configure("enrol_database", name, value)
    with pytest.raises(BadRegisterSetting) as refusal:
        moodle.sync_register(RegisterRow("C1", "ada", "student"))
    assert refusal.value.fields == {"setting": f"enrol_database/{name}", "value": value.strip()}


@pytest.mark.parametrize(
    ("name", "value"),
    [("remoteenroltable", "ailleurs"), ("remotecoursefield", "ailleurs")],
)
def test_register_that_is_not_there_is_refused_and_nothing_written(
    moodle: Moodle, name: str, value: str
) -> None:
    moodle.configure("enrol_database", name, value)
    course, ada = moodle.course("C1"), moodle.person("ada")
    instance = moodle.instance(course, "database")
    moodle.enrol(instance, ada)
    moodle.role(course, ada, method="database", instance=instance)
    with pytest.raises(RegisterUnreadable):
        moodle.sync_register(RegisterRow("C1", "ada", "student"))
    assert moodle.enrolments() == {(instance, ada, 0)}
