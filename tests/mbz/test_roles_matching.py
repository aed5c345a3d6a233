"""Finding the roles of an archive again, each rule in a pair."""

from maintien.enrolments.accounts import SiteRole
from maintien.mbz.archive import ArchivedRole
from maintien.mbz.matching.roles import MatchedRoles, match_roles
from maintien.moodle.ids import RoleId

TEACHER = SiteRole(RoleId(4), "teacher", "teacher")
STUDENT = SiteRole(RoleId(5), "student", "student")
CREATOR = SiteRole(RoleId(2), "coursecreator", "coursecreator")


def role(roleid: int, shortname: str, archetype: str) -> ArchivedRole:
    return ArchivedRole(RoleId(roleid), shortname=shortname, name="", nameincourse="", archetype=archetype)


def matched(one: ArchivedRole, *site: SiteRole, is_same_site: bool = False) -> MatchedRoles:
    return match_roles([one], site, is_same_site=is_same_site)


def found(one: ArchivedRole, target: SiteRole) -> MatchedRoles:
    return MatchedRoles(targets={one.id: target}, replaced=[], missing=[])


def replaced(one: ArchivedRole, target: SiteRole) -> MatchedRoles:
    return MatchedRoles(targets={one.id: target}, replaced=[(one, target)], missing=[])


def missing(one: ArchivedRole) -> MatchedRoles:
    return MatchedRoles(targets={}, replaced=[], missing=[one])


def test_short_name_goes_first() -> None:
    student = role(4, "student", "student")
    other = SiteRole(RoleId(4), "learner", "student")

    assert matched(student, other, STUDENT) == found(student, STUDENT)
    assert matched(student, other, STUDENT, is_same_site=True) == found(student, STUDENT)


def test_renamed_role_is_found_by_its_id_on_the_same_site() -> None:
    student = role(5, "student", "student")
    renamed = SiteRole(RoleId(5), "learner", "student")
    older = SiteRole(RoleId(4), "guest learner", "student")

    assert matched(student, older, renamed, is_same_site=True) == found(student, renamed)


def test_id_means_nothing_elsewhere_nor_for_another_kind_of_role() -> None:
    student = role(5, "student", "student")
    renamed = SiteRole(RoleId(5), "learner", "student")
    older = SiteRole(RoleId(4), "guest learner", "student")
    other_kind = SiteRole(RoleId(5), "jury", "teacher")

    assert matched(student, older, renamed) == replaced(student, older)
    assert matched(student, other_kind, is_same_site=True) == missing(student)


def test_role_of_the_same_archetype_stands_in() -> None:
    learner = role(31, "learner", "student")

    assert matched(learner, TEACHER, STUDENT) == replaced(learner, STUDENT)


def test_roles_without_archetype_are_not_alike() -> None:
    jury = role(31, "jury", "")

    assert matched(jury, SiteRole(RoleId(32), "tutor", "")) == missing(jury)
    assert matched(jury, SiteRole(RoleId(32), "jury", "")) == found(jury, SiteRole(RoleId(32), "jury", ""))


def test_teacher_stands_in_for_editing_teacher_alone() -> None:
    editing = role(3, "editingteacher", "editingteacher")
    other = role(3, "lecturer", "editingteacher")

    assert matched(editing, TEACHER, STUDENT) == replaced(editing, TEACHER)
    assert matched(other, TEACHER, STUDENT) == missing(other)


def test_role_that_no_course_has_is_given_to_nobody() -> None:
    creator = role(2, "coursecreator", "coursecreator")

    assert matched(creator, CREATOR, is_same_site=True) == missing(creator)
    assert matched(role(2, "teacher", "coursecreator"), CREATOR, TEACHER).targets == {RoleId(2): TEACHER}
