"""Finds the courses that a person names: by themselves, by category, by cohort, or all."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from sqlalchemy import Connection, select

from maintien.errors.selection import (
    AmbiguousCategory,
    AmbiguousCohort,
    AmbiguousCourse,
    AmbiguousPerson,
    FrontPageCourse,
    UnknownCategory,
    UnknownCohort,
    UnknownCourse,
    UnknownGroup,
    UnknownPerson,
)
from maintien.moodle.ids import FRONT_PAGE, CategoryId, CohortId, CourseId, GroupId, UserId
from maintien.sites.database.categories import with_subcategories
from maintien.sites.database.chunks import chunks
from maintien.sites.database.courses import read_all_sizes, read_sizes
from maintien.sites.database.tables import MoodleTables
from maintien.sites.database.tokens import Lookup, find_every, resolve
from maintien.sites.interface import CourseSize, Selection


def select_courses(connection: Connection, tables: MoodleTables, selection: Selection) -> list[CourseSize]:
    """Find the courses of ``selection``, each once, by id; the front page is not among them.

    Every name is looked up, also where everything is selected anyway.

    Raises:
        UnknownCourse, AmbiguousCourse, FrontPageCourse, UnknownCategory, AmbiguousCategory,
        UnknownCohort, AmbiguousCohort: a name is not that of one thing.
        CourseWithoutContext: Moodle has not made the context of one of them.
    """
    named = set(resolve_courses(connection, tables, selection.courses).values())
    named.update(_in_categories(connection, tables, selection.categories))
    named.update(_fed_by_cohorts(connection, tables, selection.cohorts))
    if selection.everything:
        return read_all_sizes(connection, tables)
    return read_sizes(connection, tables, named - {FRONT_PAGE})


def resolve_courses(
    connection: Connection, tables: MoodleTables, tokens: Iterable[str]
) -> Mapping[str, CourseId]:
    """Find the course that each token names; three queries a thousand tokens.

    Raises:
        UnknownCourse, AmbiguousCourse, FrontPageCourse: for the first token that names no course,
            several, or the front page and nothing else.
    """
    lookup = Lookup(
        table=tables.course,
        texts=("shortname", "idnumber"),
        unknown=lambda token: UnknownCourse(course=token),
        ambiguous=lambda token, candidates: AmbiguousCourse(course=token, candidates=candidates),
    )
    found = resolve(connection, lookup, tokens, never=FRONT_PAGE)
    if FRONT_PAGE in found.values():
        raise FrontPageCourse
    return {token: CourseId(id_) for token, id_ in found.items()}


def _in_categories(
    connection: Connection, tables: MoodleTables, tokens: Collection[str]
) -> Iterator[CourseId]:
    if not tokens:
        return
    named = set(resolve_categories(connection, tables, tokens).values())
    course = tables.course
    for chunk in chunks(sorted(with_subcategories(connection, tables, named))):
        query = select(course.c.id).where(course.c.category.in_(chunk))
        yield from connection.execute(query).scalars()


def _fed_by_cohorts(
    connection: Connection, tables: MoodleTables, tokens: Collection[str]
) -> Iterator[CourseId]:
    if not tokens:
        return
    yield from read_courses_fed_by(connection, tables, resolve_cohorts(connection, tables, tokens).values())


def resolve_categories(
    connection: Connection, tables: MoodleTables, tokens: Iterable[str]
) -> Mapping[str, CategoryId]:
    """Find the category that each token names.

    Raises:
        UnknownCategory, AmbiguousCategory: for the first token that names none, or several.
    """
    lookup = Lookup(
        table=tables.course_categories,
        texts=("idnumber", "name"),
        unknown=lambda token: UnknownCategory(category=token),
        ambiguous=lambda token, found: AmbiguousCategory(category=token, candidates=found),
    )
    return {token: CategoryId(id_) for token, id_ in resolve(connection, lookup, tokens).items()}


def resolve_cohorts(
    connection: Connection, tables: MoodleTables, tokens: Iterable[str]
) -> Mapping[str, CohortId]:
    """Find the cohort that each token names.

    Raises:
        UnknownCohort, AmbiguousCohort: for the first token that names none, or several.
    """
    lookup = Lookup(
        table=tables.cohort,
        texts=("idnumber", "name"),
        unknown=lambda token: UnknownCohort(cohort=token),
        ambiguous=lambda token, found: AmbiguousCohort(cohort=token, candidates=found),
    )
    return {token: CohortId(id_) for token, id_ in resolve(connection, lookup, tokens).items()}


def resolve_people(
    connection: Connection, tables: MoodleTables, tokens: Iterable[str]
) -> Mapping[str, UserId]:
    """Find the account that each token names by its id, user name or ID number; deleted ones are none.

    Raises:
        UnknownPerson, AmbiguousPerson: for the first token that names nobody, or several accounts.
    """
    lookup = Lookup(
        table=tables.user,
        texts=("username", "idnumber"),
        unknown=lambda token: UnknownPerson(person=token),
        ambiguous=lambda token, found: AmbiguousPerson(person=token, candidates=found),
        among=tables.user.c.deleted == 0,
    )
    return {token: UserId(id_) for token, id_ in resolve(connection, lookup, tokens).items()}


def find_groups(
    connection: Connection, tables: MoodleTables, courses: Iterable[CourseId], tokens: Iterable[str]
) -> Mapping[str, frozenset[GroupId]]:
    """Find the groups of these courses that each token names; several may have one name.

    Raises:
        UnknownGroup: for the first token that names no group of any of them.
    """
    found = {token: frozenset[GroupId]() for token in tokens}
    for some in chunks(courses if found else ()):
        lookup = Lookup(
            table=tables.groups,
            texts=("name", "idnumber"),
            unknown=lambda token: UnknownGroup(group=token),
            ambiguous=lambda token, _: UnknownGroup(group=token),
            among=tables.groups.c.courseid.in_(some),
        )
        for token, ids in find_every(connection, lookup, found).items():
            found[token] |= frozenset(map(GroupId, ids))
    for token, groups in found.items():
        if not groups:
            raise UnknownGroup(group=token)
    return found


def read_courses_fed_by(
    connection: Connection, tables: MoodleTables, cohorts: Collection[CohortId]
) -> Iterator[CourseId]:
    """Read the courses that cohort sync fills from these cohorts, the disabled instances' too."""
    named = set(cohorts)
    enrol = tables.enrol
    feeds = select(enrol.c.courseid).where(enrol.c.enrol == "cohort")
    for chunk in chunks(sorted(named)):
        query = feeds.where(enrol.c.customint1.in_(chunk))
        yield from connection.execute(query).scalars()
