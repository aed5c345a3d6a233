"""Documents that recorded archives show only empty: groups, grades, remote accounts, anonymised ones."""

import pytest

from maintien.mbz.writing.anonymising import anonymised
from maintien.mbz.writing.documents.course_roles_xml import course_roles_document
from maintien.mbz.writing.documents.enrolments_xml import enrolments_document
from maintien.mbz.writing.documents.gradebook_xml import Gradebook, gradebook_document
from maintien.mbz.writing.documents.groups_xml import Groups, groups_document
from maintien.mbz.writing.documents.inforef_xml import inforef_document
from maintien.mbz.writing.documents.users_xml import UserBelongings, users_document
from maintien.mbz.writing.rows import RowStream, no_rows
from maintien.mbz.writing.settings import root_settings
from maintien.moodle.release import Release


def test_groups_have_their_members_and_groupings_their_groups() -> None:
    groups = Groups(
        groups=RowStream(columns=("id", "name", "enrolmentkey"), rows=[(3, "TD 1", None), (4, "TD <2>", "")]),
        members=RowStream(
            columns=("groupid", "id", "userid", "timeadded", "component", "itemid"),
            rows=[(4, 9, 77, 1_760_000_000, "enrol_cohort", 35)],
        ),
        groupings=RowStream(columns=("id", "name"), rows=[(6, "TD")]),
        grouping_groups=RowStream(columns=("groupingid", "id", "groupid", "timeadded"), rows=[(6, 1, 3, 5)]),
    )
    assert "".join(groups_document(groups, with_custom_fields=True)) == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        "<groups>\n"
        '  <group id="3">\n'
        "    <name>TD 1</name>\n"
        "    <enrolmentkey>$@NULL@$</enrolmentkey>\n"
        "    <group_members>\n"
        "    </group_members>\n"
        "  </group>\n"
        '  <group id="4">\n'
        "    <name>TD &lt;2&gt;</name>\n"
        "    <enrolmentkey></enrolmentkey>\n"
        "    <group_members>\n"
        '      <group_member id="9">\n'
        "        <userid>77</userid>\n"
        "        <timeadded>1760000000</timeadded>\n"
        "        <component>enrol_cohort</component>\n"
        "        <itemid>35</itemid>\n"
        "      </group_member>\n"
        "    </group_members>\n"
        "  </group>\n"
        "  <groupcustomfields>\n"
        "  </groupcustomfields>\n"
        "  <groupings>\n"
        '    <grouping id="6">\n'
        "      <name>TD</name>\n"
        "      <grouping_groups>\n"
        '        <grouping_group id="1">\n'
        "          <groupid>3</groupid>\n"
        "          <timeadded>5</timeadded>\n"
        "        </grouping_group>\n"
        "      </grouping_groups>\n"
        "    </grouping>\n"
        "    <groupingcustomfields>\n"
        "    </groupingcustomfields>\n"
        "  </groupings>\n"
        "</groups>"
    )


def test_moodle_4_1_knows_no_custom_fields_of_groups() -> None:
    assert "".join(groups_document(Groups(), with_custom_fields=False)) == (
        '<?xml version="1.0" encoding="UTF-8"?>\n<groups>\n  <groupings>\n  </groupings>\n</groups>'
    )


def test_grades_stand_in_their_items() -> None:
    gradebook = Gradebook(
        categories=RowStream(columns=("id", "parent"), rows=[(1, None)]),
        items=RowStream(columns=("id", "itemtype"), rows=[(5, "course"), (6, "manual")]),
        grades=RowStream(columns=("id", "itemid", "finalgrade"), rows=[(8, 6, "12.50000")]),
        min_max_to_use="2",
        calculations_freeze="20150627",
    )
    assert "".join(gradebook_document(gradebook)) == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        "<gradebook>\n"
        "  <attributes>\n"
        "    <calculations_freeze>20150627</calculations_freeze>\n"
        "  </attributes>\n"
        "  <grade_categories>\n"
        '    <grade_category id="1">\n'
        "      <parent>$@NULL@$</parent>\n"
        "    </grade_category>\n"
        "  </grade_categories>\n"
        "  <grade_items>\n"
        '    <grade_item id="5">\n'
        "      <itemtype>course</itemtype>\n"
        "      <grade_grades>\n"
        "      </grade_grades>\n"
        "    </grade_item>\n"
        '    <grade_item id="6">\n'
        "      <itemtype>manual</itemtype>\n"
        "      <grade_grades>\n"
        '        <grade_grade id="8">\n'
        "          <finalgrade>12.50000</finalgrade>\n"
        "        </grade_grade>\n"
        "      </grade_grades>\n"
        "    </grade_item>\n"
        "  </grade_items>\n"
        "  <grade_letters>\n"
        "  </grade_letters>\n"
        "  <grade_settings>\n"
        '    <grade_setting id="">\n'
        "      <name>minmaxtouse</name>\n"
        "      <value>2</value>\n"
        "    </grade_setting>\n"
        "  </grade_settings>\n"
        "</gradebook>"
    )


def test_belongings_stand_in_their_account_and_only_a_remote_one_names_its_site() -> None:
    users = RowStream(
        columns=("id", "contextid", "username", "mnethosturl", "confirmed"),
        rows=[(3, 30, "lea", None, 1), (4, None, "noé", "https://other.example.fr", 1)],
    )
    belongings = UserBelongings(
        custom_fields=RowStream(
            columns=("owner", "id", "shortname", "datatype", "data"), rows=[(4, 7, "ine", "text", "0A&")]
        ),
        tags=RowStream(columns=("owner", "id", "name", "rawname"), rows=[(3, 8, "bio", "Bio")]),
        preferences=RowStream(columns=("owner", "id", "name", "value"), rows=[(4, 9, "x", "1")]),
        overrides=RowStream(columns=("owner", "id", "roleid"), rows=[(3, 1, 5)]),
        assignments=RowStream(columns=("owner", "id", "roleid"), rows=[(3, 2, 11)]),
    )
    assert "".join(users_document(users, belongings)) == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        "<users>\n"
        '  <user id="3" contextid="30">\n'
        "    <username>lea</username>\n"
        "    <confirmed>1</confirmed>\n"
        "    <custom_fields>\n"
        "    </custom_fields>\n"
        "    <tags>\n"
        '      <tag id="8">\n'
        "        <name>bio</name>\n"
        "        <rawname>Bio</rawname>\n"
        "      </tag>\n"
        "    </tags>\n"
        "    <preferences>\n"
        "    </preferences>\n"
        "    <roles>\n"
        "      <role_overrides>\n"
        '        <override id="1">\n'
        "          <roleid>5</roleid>\n"
        "        </override>\n"
        "      </role_overrides>\n"
        "      <role_assignments>\n"
        '        <assignment id="2">\n'
        "          <roleid>11</roleid>\n"
        "        </assignment>\n"
        "      </role_assignments>\n"
        "    </roles>\n"
        "  </user>\n"
        '  <user id="4" contextid="">\n'
        "    <username>noé</username>\n"
        "    <mnethosturl>https://other.example.fr</mnethosturl>\n"
        "    <confirmed>1</confirmed>\n"
        "    <custom_fields>\n"
        '      <custom_field id="7">\n'
        "        <field_name>ine</field_name>\n"
        "        <field_type>text</field_type>\n"
        "        <field_data>0A&amp;</field_data>\n"
        "      </custom_field>\n"
        "    </custom_fields>\n"
        "    <tags>\n"
        "    </tags>\n"
        "    <preferences>\n"
        '      <preference id="9">\n'
        "        <name>x</name>\n"
        "        <value>1</value>\n"
        "      </preference>\n"
        "    </preferences>\n"
        "    <roles>\n"
        "      <role_overrides>\n"
        "      </role_overrides>\n"
        "      <role_assignments>\n"
        "      </role_assignments>\n"
        "    </roles>\n"
        "  </user>\n"
        "</users>"
    )


def test_overrides_come_before_assignments() -> None:
    document = course_roles_document(
        overrides=RowStream(
            columns=("id", "roleid", "capability", "permission"), rows=[(1, 5, "mod/forum:x", -1)]
        ),
        assignments=no_rows("id"),
    )
    assert "".join(document) == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        "<roles>\n"
        "  <role_overrides>\n"
        '    <override id="1">\n'
        "      <roleid>5</roleid>\n"
        "      <capability>mod/forum:x</capability>\n"
        "      <permission>-1</permission>\n"
        "    </override>\n"
        "  </role_overrides>\n"
        "  <role_assignments>\n"
        "  </role_assignments>\n"
        "</roles>"
    )


def test_references_come_in_moodles_order_and_without_empty_kinds() -> None:
    document = inforef_document(roles=[5], users=[], groups=[2, 3], groupings=[1])
    assert "".join(document) == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        "<inforef>\n"
        "  <groupingref>\n    <grouping>\n      <id>1</id>\n    </grouping>\n  </groupingref>\n"
        "  <groupref>\n    <group>\n      <id>2</id>\n    </group>\n"
        "    <group>\n      <id>3</id>\n    </group>\n  </groupref>\n"
        "  <roleref>\n    <role>\n      <id>5</id>\n    </role>\n  </roleref>\n"
        "</inforef>"
    )


def test_rows_out_of_turn_are_a_programmers_mistake() -> None:
    instances = RowStream(columns=("id",), rows=[(1,), (2,)])
    enrolments = RowStream(columns=("id", "enrolid"), rows=[(5, 2), (6, 1)])
    with pytest.raises(RuntimeError, match="out of turn"):
        list(enrolments_document(instances, enrolments))


def test_anonymising_replaces_names_and_nothing_else() -> None:
    columns = ("id", "username", "email", "firstname", "middlename", "city", "picture", "auth", "lastaccess")
    users = RowStream(
        columns=columns,
        rows=[
            (9, "lea", "l@x.fr", "Léa", None, "Caen", 31, "cas", 17),
            (12, "noé", "", "", "", "", 0, "", 0),
        ],
    )
    assert list(anonymised(users).rows) == [
        [
            9,
            "anon1",
            "anon1@doesntexist.invalid",
            "anonfirstname1",
            "anonmiddlename1",
            "Perth",
            0,
            "manual",
            17,
        ],
        [
            12,
            "anon2",
            "anon2@doesntexist.invalid",
            "anonfirstname2",
            "anonmiddlename2",
            "Perth",
            0,
            "manual",
            0,
        ],
    ]


@pytest.mark.parametrize(
    ("release", "has_question_bank", "has_xapi_state"),
    [
        (Release(4, 1), True, False),
        (Release(4, 3), True, True),
        (Release(5, 1), False, True),
        (None, True, True),
    ],
)
def test_settings_are_those_that_the_release_has(
    release: Release | None, *, has_question_bank: bool, has_xapi_state: bool
) -> None:
    settings = {
        each.name: each.value for each in root_settings(release, is_anonymised=True, with_groups=True)
    }
    assert settings["anonymize"] == settings["groups"] == settings["users"] == "1"
    assert ("questionbank" in settings) is has_question_bank
    assert ("xapistate" in settings) is has_xapi_state


@pytest.mark.parametrize(
    ("is_anonymised", "with_groups"), [(False, False), (True, False), (False, True), (True, True)]
)
def test_only_what_was_asked_for_is_on(*, is_anonymised: bool, with_groups: bool) -> None:
    settings = root_settings(Release(4, 3), is_anonymised=is_anonymised, with_groups=with_groups)
    on = {each.name for each in settings if each.value == "1"}
    asked_for = {"anonymize"} if is_anonymised else set()
    asked_for |= {"groups"} if with_groups else set()
    assert on == {"users", "role_assignments", *asked_for}
