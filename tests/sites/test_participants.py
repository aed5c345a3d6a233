"""Databases select the participants that the rules select, whatever the filter."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maintien.enrolments.participant_filter import (
    EVERYBODY,
    GroupFilter,
    Join,
    KeywordFilter,
    LastAccessFilter,
    MethodFilter,
    Never,
    NotSince,
    ParticipantFilter,
    ParticipantStatus,
    PeopleFilter,
    RoleFilter,
    Since,
    StatusFilter,
)
from maintien.enrolments.participants_of_state import KnownPeople, select_participants
from maintien.enrolments.state import Course, CourseState
from maintien.errors.selection import UnknownGroup
from maintien.moodle.ids import CategoryId, ContextId, CourseId, GroupId, InstanceId, RoleId, UserId
from maintien.sites.database import some_people
from maintien.sites.database.participants import Choosing
from maintien.sites.database.site import DatabaseSite
from maintien.sites.database.tables import moodle_tables
from maintien.sites.interface import Selection
from maintien.uses.participant_filters import FilterRequest, make_filter
from maintien.uses.policies import Terms
from tests.builders import NOW, STUDENT, TEACHER, CourseBuilder
from tests.course_states import course_states
from tests.golden_cases import PROCEDURE_CASES, load_restored, procedure_case
from tests.servers.moodle_databases import MoodleDatabase
from tests.sites.put_states import OTHER_COURSE, Account, put_state
from tests.sites.small_moodle import opened

MANAGER = RoleId(1)
ADA = Account(username="ada", firstname="Ada", lastname="Martin", email="", idnumber="")
OTHER = Course(CourseId(OTHER_COURSE), "OTHER", "OTHER", "", CategoryId(1), ContextId(999))

V = TypeVar("V")

joins = st.sampled_from(Join)


def some(*values: V) -> st.SearchStrategy[frozenset[V]]:
    return st.frozensets(st.sampled_from(values), min_size=1, max_size=3)


texts = st.sampled_from(("Éric", "eric", "O'NEIL", "100%_!x", "œuvre", "Ñ", "ab\\c", " "))
moments = st.sampled_from((0, 1, NOW - 10, NOW, NOW + 10))
accounts = st.builds(
    Account,
    username=texts,
    firstname=texts,
    lastname=texts,
    email=texts,
    idnumber=texts,
    middlename=st.none() | texts,
    last_access=st.none() | moments,
)
methods = st.builds(
    MethodFilter,
    methods=some("manual", "cohort", "self", "meta", InstanceId(31), InstanceId(32)),
    join=joins,
)
roles = st.builds(RoleFilter, roles=some(STUDENT, TEACHER, MANAGER), no_role=st.booleans(), join=joins)
statuses = st.builds(StatusFilter, statuses=some(*ParticipantStatus), join=joins)
groups = st.builds(
    GroupFilter,
    groups=some(*(frozenset(map(GroupId, each)) for each in ((61,), (62,), (61, 63), (999,)))),
    no_group=st.booleans(),
    join=joins,
)
keywords = st.builds(
    KeywordFilter,
    keywords=some("é", "E", "o'neil", "%", "_", "!", "Œ", "ñ", "\\", "c o", "999"),
    join=joins,
)
last_accesses = st.builds(
    LastAccessFilter,
    accesses=some(*(kind(moment=at) for kind in (NotSince, Since) for at in (0, NOW)), Never()),
    join=joins,
)
people = st.builds(PeopleFilter, people=some(*map(UserId, (11, 12, 13, 99))), join=joins)
filters = st.builds(
    ParticipantFilter,
    people=st.none() | people,
    methods=st.none() | methods,
    roles=st.none() | roles,
    statuses=st.none() | statuses,
    groups=st.none() | groups,
    keywords=st.none() | keywords,
    last_access=st.none() | last_accesses,
    join=joins,
)


@st.composite
def known_states(draw: st.DrawFn) -> tuple[CourseState, dict[UserId, Account]]:
    """A course, and the accounts of its people; some are managers of its category."""
    state = draw(course_states())
    rows = (state.enrolments, state.roles, state.memberships)
    people = sorted({row.userid for of_table in rows for row in of_table})
    managers = draw(st.frozensets(st.sampled_from(people))) if people else frozenset[UserId]()
    return replace(state, inherited_roles={MANAGER: managers}), {userid: draw(accounts) for userid in people}


@contextmanager
def site_with(
    database: MoodleDatabase, state: CourseState, people: Mapping[UserId, Account]
) -> Iterator[DatabaseSite]:
    database.empty()
    with database.engine.begin() as connection:
        put_state(connection, moodle_tables(database.prefix), state, people)
    site = opened(database.site_url)
    try:
        yield site
    finally:
        site.close()


# The database is emptied for each example.
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(known=known_states(), wanted=st.lists(filters, min_size=12, max_size=12))
def test_databases_select_whom_the_rules_select(
    moodle_database: MoodleDatabase,
    known: tuple[CourseState, dict[UserId, Account]],
    wanted: list[ParticipantFilter],
) -> None:
    state, people = known
    looked_at = KnownPeople(
        texts={userid: account.texts for userid, account in people.items()},
        last_access={u: a.last_access for u, a in people.items() if a.last_access is not None},
    )
    with site_with(moodle_database, state, people) as site:
        for each in wanted:
            found = site.find_participants([state.course, OTHER], each, NOW)
            selected = select_participants(state, each, NOW, looked_at)
            assert found.get(state.course.id, frozenset()) == selected


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(known=known_states(), wanted=st.lists(filters, min_size=4, max_size=4))
def test_with_a_choice_the_rows_of_those_chosen_are_read_whole(
    moodle_database: MoodleDatabase,
    known: tuple[CourseState, dict[UserId, Account]],
    wanted: list[ParticipantFilter],
) -> None:
    state, people = known
    with site_with(moodle_database, state, people) as site:
        (whole,) = site.read_states([state.course])
        for each in wanted:
            choosing = replace(site, choosing=Choosing(wanted=each, at=NOW))
            (chosen,) = choosing.read_states([state.course])
            found = site.find_participants([state.course], each, NOW)
            assert chosen.selected == found.get(state.course.id, frozenset())
            assert chosen.instances == whole.instances
            for of_chosen, of_all in (
                (chosen.enrolments, whole.enrolments),
                (chosen.roles, whole.roles),
                (chosen.memberships, whole.memberships),
            ):
                assert of_chosen == tuple(row for row in of_all if row.userid in chosen.selected)


def test_of_many_everybody_is_read(moodle_database: MoodleDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(some_people, "MANY", 2)
    course = CourseBuilder()
    manual, cohort = course.instance("manual"), course.instance("cohort")
    chosen, _ = [course.student(manual) for _ in range(2)], course.student(cohort)
    people = {row.userid: ADA for row in course.enrolments}
    wanted = ParticipantFilter(methods=MethodFilter(methods=frozenset({"manual"})))
    with site_with(moodle_database, course.state(), people) as site:
        (state,) = replace(site, choosing=Choosing(wanted=wanted, at=NOW)).read_states([course.course])
    assert (state.selected, len(state.enrolments)) == (frozenset(chosen), 3)


def test_nobody_else_is_found_by_what_a_course_has_not(moodle_database: MoodleDatabase) -> None:
    course = CourseBuilder()
    with site_with(moodle_database, course.state(), {}) as site:
        assert site.find_participants([course.course], EVERYBODY, NOW) == {}
        assert site.find_participants([], EVERYBODY, NOW) == {}


def test_an_account_that_is_missing_altogether_is_never_selected(moodle_database: MoodleDatabase) -> None:
    course = CourseBuilder()
    manual = course.instance("manual")
    there, _missing = course.student(manual), course.student(manual)
    with site_with(moodle_database, course.state(), {there: ADA}) as site:
        assert site.find_participants([course.course], EVERYBODY, NOW) == {course.course.id: {there}}


def test_groups_are_found_by_name_in_every_course_asked_for(moodle_database: MoodleDatabase) -> None:
    course = CourseBuilder()
    course.join(course.student(course.instance("manual")), 61)
    with site_with(moodle_database, course.state(), {}) as site:
        asked = [course.course.id, OTHER.id]
        assert site.find_groups(asked, ["TD 61", "id:999"]) == {"TD 61": {61}, "id:999": {999}}
        with pytest.raises(UnknownGroup):
            site.find_groups([OTHER.id], ["TD 61"])


def test_manual_active_students_are_those_that_the_page_selected(moodle_database: MoodleDatabase) -> None:
    asked = FilterRequest(methods=("manual",), roles=("student",), statuses=("active",))
    for number in PROCEDURE_CASES:
        case = procedure_case(number)
        moodle_database.empty()
        with moodle_database.engine.begin() as connection:
            load_restored(connection, case, moodle_database.prefix)
        site = opened(moodle_database.site_url)
        courses = [size.course for size in site.select(Selection(everything=True))]
        terms = Terms(config=site.read_config(), zone=UTC, now=case.clock)
        wanted = make_filter(asked, site, [course.id for course in courses], terms)
        found = site.find_participants(courses, wanted, case.clock)
        site.close()
        selected = {CourseId(case.course.id): case.selected} if case.selected else {}
        assert found == selected, number
