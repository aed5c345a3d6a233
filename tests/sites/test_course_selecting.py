"""Courses are found as people name them: exactly, each once, never the front page."""

from collections.abc import Iterator

import pytest
from sqlalchemy import delete, event, insert, update

from maintien.enrolments.state import Course
from maintien.errors.selection import (
    AmbiguousCategory,
    AmbiguousCohort,
    AmbiguousCourse,
    FrontPageCourse,
    UnknownCategory,
    UnknownCohort,
    UnknownCourse,
)
from maintien.errors.sites import CourseWithoutContext
from maintien.errors.tree import MaintienError
from maintien.moodle.ids import CategoryId, ContextId, CourseId
from maintien.sites.database.site import DatabaseSite
from maintien.sites.interface import CourseSize, Selection
from tests.servers.moodle_databases import MoodleDatabase, Tables
from tests.sites.small_moodle import TABLES, fill_database, opened

on_sqlite = pytest.mark.parametrize("moodle_database", ["sqlite"], indirect=True)
on_servers = pytest.mark.parametrize("moodle_database", ["postgresql", "mariadb"], indirect=True)


@pytest.fixture
def moodle_tables() -> Tables:
    return TABLES


@pytest.fixture
def site(moodle_database: MoodleDatabase) -> Iterator[DatabaseSite]:
    fill_database(moodle_database)
    site = opened(moodle_database.site_url)
    yield site
    site.close()


def ids(sizes: list[CourseSize]) -> list[int]:
    return [size.course.id for size in sizes]


SELECTIONS = {
    "nothing": (Selection(), []),
    "everything_but_the_front_page": (Selection(everything=True), [2, 3, 4, 5, 6, 7, 8]),
    "by_id": (Selection(courses=("3",)), [3]),
    "by_short_name": (Selection(courses=("BIO",)), [3]),
    "by_short_name_in_its_own_case": (Selection(courses=("ALG",)), [2]),
    "by_short_name_in_the_other_case": (Selection(courses=("alg",)), [6]),
    "by_short_name_with_accents": (Selection(courses=("Été",)), [5]),
    "by_id_number": (Selection(courses=("chem",)), [4]),
    "by_exact_id": (Selection(courses=("id:5",)), [5]),
    "by_exact_short_name": (Selection(courses=("shortname:301",)), [4]),
    "by_exact_id_number": (Selection(courses=("idnumber:301",)), [2]),
    "by_id_number_with_a_colon": (Selection(courses=("x:7",)), [7]),
    "by_the_id_number_1_which_is_not_the_front_page": (Selection(courses=("1",)), [5]),
    "each_once_in_the_order_of_ids": (Selection(courses=("BIO", "3", "ALG")), [2, 3]),
    "by_category_with_subcategories": (Selection(categories=("Sciences",)), [2, 3, 4]),
    "by_the_id_number_of_a_category": (Selection(categories=("SCI",)), [2, 3, 4]),
    "by_a_subcategory": (Selection(categories=("2",)), [3, 4]),
    "by_a_category_without_path": (Selection(categories=("Moved",)), [4]),
    "by_a_category_whose_id_begins_like_another": (Selection(categories=("id:11",)), []),
    "by_cohort": (Selection(cohorts=("First year",)), [2, 5]),
    "by_the_id_number_of_a_cohort": (Selection(cohorts=("L2",)), [3]),
    "by_a_cohort_that_feeds_nothing": (Selection(cohorts=("id:3",)), []),
    "parts_add_up": (Selection(courses=("8",), categories=("2",), cohorts=("1",)), [2, 3, 4, 5, 8]),
}


@on_sqlite
@pytest.mark.parametrize(("selection", "expected"), SELECTIONS.values(), ids=SELECTIONS)
def test_selection_finds_its_courses(site: DatabaseSite, selection: Selection, expected: list[int]) -> None:
    assert ids(site.select(selection)) == expected


REFUSED = {
    "unknown_course": (Selection(courses=("none",)), UnknownCourse, {"course": "none"}),
    "case_of_a_course": (Selection(courses=("bio",)), UnknownCourse, {"course": "bio"}),
    "accents_of_a_course": (Selection(courses=("Ete",)), UnknownCourse, {"course": "Ete"}),
    "trailing_space": (Selection(courses=("BIO ",)), UnknownCourse, {"course": "BIO "}),
    "empty": (Selection(courses=("",)), UnknownCourse, {"course": ""}),
    "empty_exact": (Selection(courses=("idnumber:",)), UnknownCourse, {"course": "idnumber:"}),
    "id_that_is_a_word": (Selection(courses=("id:BIO",)), UnknownCourse, {"course": "id:BIO"}),
    "id_with_zeros": (Selection(courses=("003",)), UnknownCourse, {"course": "003"}),
    "id_of_another_script": (Selection(courses=("id:٣",)), UnknownCourse, {"course": "id:٣"}),
    "id_beyond_eight_bytes": (Selection(courses=("9" * 30,)), UnknownCourse, {"course": "9" * 30}),
    "nul": (Selection(courses=("BIO\0",)), UnknownCourse, {"course": "BIO\0"}),
    "half_a_character": (Selection(courses=("\udce9",)), UnknownCourse, {"course": "\udce9"}),
    "like_pattern": (Selection(courses=("B%",)), UnknownCourse, {"course": "B%"}),
    "quote": (Selection(courses=("' OR 1=1 --",)), UnknownCourse, {"course": "' OR 1=1 --"}),
    "front_page_by_id": (Selection(courses=("id:1",)), FrontPageCourse, {}),
    "front_page_by_short_name": (Selection(courses=("campus",)), FrontPageCourse, {}),
    "id_number_and_short_name": (
        Selection(courses=("301",)),
        AmbiguousCourse,
        {"course": "301", "candidates": "id:2, id:4"},
    ),
    "id_and_id_number": (
        Selection(courses=("5",)),
        AmbiguousCourse,
        {"course": "5", "candidates": "id:5, id:8"},
    ),
    "short_name_of_two": (
        Selection(courses=("shortname:TWIN",)),
        AmbiguousCourse,
        {"course": "shortname:TWIN", "candidates": "id:7, id:8"},
    ),
    "unknown_even_where_all_are_selected": (
        Selection(courses=("none",), everything=True),
        UnknownCourse,
        {"course": "none"},
    ),
    "unknown_category": (Selection(categories=("none",)), UnknownCategory, {"category": "none"}),
    "case_of_a_category": (Selection(categories=("sci",)), UnknownCategory, {"category": "sci"}),
    "ambiguous_category": (
        Selection(categories=("Letters",)),
        AmbiguousCategory,
        {"category": "Letters", "candidates": "id:4, id:5"},
    ),
    "unknown_cohort": (Selection(cohorts=("none",)), UnknownCohort, {"cohort": "none"}),
    "ambiguous_cohort": (
        Selection(cohorts=("Same",)),
        AmbiguousCohort,
        {"cohort": "Same", "candidates": "id:3, id:4"},
    ),
}


@on_sqlite
@pytest.mark.parametrize(("selection", "error", "fields"), REFUSED.values(), ids=REFUSED)
def test_what_names_no_single_thing_is_refused(
    site: DatabaseSite, selection: Selection, error: type[MaintienError], fields: dict[str, object]
) -> None:
    with pytest.raises(error) as caught:
        site.select(selection)

    assert caught.value.fields == fields
    assert str(caught.value)


def outcome(site: DatabaseSite, selection: Selection) -> object:
    try:
        return ids(site.select(selection))
    except MaintienError as error:
        return type(error), error.fields


@on_servers
def test_servers_select_as_sqlite_does_whatever_they_take_for_equal(site: DatabaseSite) -> None:
    """In one test, since each takes a database of its own."""
    found = {name: outcome(site, selection) for name, (selection, _) in SELECTIONS.items()}
    refused = {name: outcome(site, selection) for name, (selection, *_) in REFUSED.items()}

    assert found == {name: expected for name, (_, expected) in SELECTIONS.items()}
    assert refused == {name: (error, fields) for name, (_, error, fields) in REFUSED.items()}


def test_course_comes_whole_and_with_the_number_of_its_enrolments(site: DatabaseSite) -> None:
    algebra = Course(
        id=CourseId(2),
        shortname="ALG",
        fullname="Course 2",
        idnumber="301",
        categoryid=CategoryId(1),
        contextid=ContextId(102),
    )

    assert site.select(Selection(courses=("ALG",))) == [CourseSize(algebra, 3)]


def test_enrolments_are_counted_alike_one_by_one_and_all_together(site: DatabaseSite) -> None:
    everything = site.select(Selection(everything=True))

    assert {size.course.id: size.enrolments for size in everything if size.enrolments} == {2: 3, 3: 1}
    assert everything == [
        size for course in everything for size in site.select(Selection(courses=(f"id:{course.course.id}",)))
    ]


@pytest.mark.parametrize("selection", [Selection(courses=("BIO",)), Selection(everything=True)])
def test_course_without_context_is_named(site: DatabaseSite, selection: Selection) -> None:
    with site.engine.begin() as connection:
        connection.execute(delete(site.tables.context).where(site.tables.context.c.instanceid == 3))

    with pytest.raises(CourseWithoutContext) as caught:
        site.select(selection)

    assert caught.value.fields == {"course": 3}
    assert ids(site.select(Selection(courses=("ALG",)))) == [2]


def test_categories_come_as_a_tree_that_goes_by_parents(site: DatabaseSite) -> None:
    tree = [(row.id, row.name, row.parent, row.ancestry) for row in site.read_category_tree()]

    assert tree == [
        (1, "Sciences", 0, (1,)),
        (2, "Biology", 1, (1, 2)),
        (3, "Moved", 2, (1, 2, 3)),
        (4, "Letters", 0, (4,)),
        (5, "Letters", 0, (5,)),
        (11, "Empty", 0, (11,)),
    ]


@on_sqlite
def test_categories_come_in_the_order_that_moodle_shows(site: DatabaseSite) -> None:
    categories = site.tables.course_categories
    with site.engine.begin() as connection:
        for number, order in ((1, 50), (4, 10)):
            connection.execute(update(categories).where(categories.c.id == number).values(sortorder=order))

    tops = [row.id for row in site.read_category_tree() if row.parent == 0]

    assert tops == [5, 11, 4, 1]


@on_sqlite
def test_categories_in_a_circle_end(site: DatabaseSite) -> None:
    categories = site.tables.course_categories
    circle = [
        {"id": 21, "parent": 22, "path": "", "name": "Hen"},
        {"id": 22, "parent": 21, "path": "", "name": "Egg"},
    ]
    with site.engine.begin() as connection:
        connection.execute(insert(categories), circle)

    assert site.select(Selection(categories=("Hen",))) == []
    assert "Hen" not in [row.name for row in site.read_category_tree()]


def test_tokens_are_resolved_to_their_courses(site: DatabaseSite) -> None:
    assert site.resolve_courses(["BIO", "id:3", "idnumber:301", "BIO"]) == {
        "BIO": 3,
        "id:3": 3,
        "idnumber:301": 2,
    }


def test_first_unknown_token_is_the_one_named(site: DatabaseSite) -> None:
    with pytest.raises(UnknownCourse) as caught:
        site.resolve_courses(["BIO", "second", "first"])

    assert caught.value.fields == {"course": "second"}


def test_thousands_of_tokens_take_a_few_queries(site: DatabaseSite) -> None:
    course, context = site.tables.course, site.tables.context
    numbers = range(1000, 4000)
    with site.engine.begin() as connection:
        rows = [
            {"id": n, "category": 4, "shortname": f"S{n}", "fullname": "", "idnumber": f"N{n}"}
            for n in numbers
        ]
        connection.execute(insert(course), rows)
        connection.execute(insert(context), [{"id": n, "contextlevel": 50, "instanceid": n} for n in numbers])
    statements: list[str] = []
    event.listen(
        site.engine, "before_cursor_execute", lambda _c, _cursor, statement, *_: statements.append(statement)
    )

    found = site.select(Selection(courses=tuple(f"S{n}" for n in numbers)))

    assert ids(found) == list(numbers)
    queries = [statement for statement in statements if statement.startswith("SELECT")]
    # In each of two columns, then the courses and their counts, a thousand at a time.
    assert len(queries) == 2 * 3 + 2 * 3
