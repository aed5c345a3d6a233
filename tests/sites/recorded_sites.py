"""A recorded course in a database, opened as maintien opens a site."""

from collections.abc import Iterator
from contextlib import contextmanager

from maintien.moodle.ids import UserId
from maintien.planning.planner import Planner
from maintien.planning.policy import Circumstances, LikeMoodlePolicy
from maintien.runs.execute import CourseOutcome, execute
from maintien.sites.database.opening import open_database
from maintien.sites.database.site import DatabaseSite
from maintien.sites.database.urls import parse_database_url
from maintien.sites.interface import Author, Selection
from tests.golden_cases import ProcedureCase, RecordedCase, load_before
from tests.servers.moodle_databases import MoodleDatabase


@contextmanager
def site_before(database: MoodleDatabase, case: RecordedCase) -> Iterator[DatabaseSite]:
    """The site with the course as it was before the case."""
    database.empty()
    with database.engine.begin() as connection:
        load_before(connection, case, database.prefix)
    site, _release = open_database(parse_database_url(database.site_url), "recorded")
    try:
        yield site
    finally:
        site.close()


def run_planner(site: DatabaseSite, planner: Planner) -> list[CourseOutcome]:
    """Carry out what ``planner`` plans for the whole site."""
    return list(
        execute(
            site,
            site.select(Selection(everything=True)),
            planner.plan,
            author=author_of(planner),
            inherited_roles=planner.inherited_roles,
        )
    )


def author_of(planner: Planner) -> Author:
    """Write when the planner says it is."""
    circumstances = planner.circumstances
    return Author(operator=circumstances.operator, clock=lambda: circumstances.now)


def circumstances_of(case: RecordedCase) -> Circumstances:
    """When and by whom the case was recorded."""
    return Circumstances(now=case.clock, operator=UserId(case.operator))


def procedure_planner(site: DatabaseSite, case: ProcedureCase) -> Planner:
    """The three steps with the end date of the case."""
    config = site.read_config()
    return Planner(
        policy=LikeMoodlePolicy(ends_at=case.timeend, end_roles=frozenset({config.roles["student"]})),
        config=config,
        circumstances=circumstances_of(case),
    )
