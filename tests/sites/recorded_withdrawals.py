"""A recorded course after its cut, with the log of it, opened as maintien opens a site."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from maintien.enrolments.withdrawals import Window
from maintien.sites.database.opening import open_database
from maintien.sites.database.site import DatabaseSite
from maintien.sites.database.urls import parse_database_url
from tests.golden_cases import CutCase, load_cut
from tests.servers.moodle_databases import MoodleDatabase

HOUR = 3600


def window_of(case: CutCase) -> Window:
    """The hour about the sync."""
    return Window(case.clock - HOUR, case.clock + HOUR)


@contextmanager
def site_cut(database: MoodleDatabase, case: CutCase, *, as_json: bool = True) -> Iterator[DatabaseSite]:
    """The site after the cut, which reads with each course what was taken within the hour about it."""
    database.empty()
    with database.engine.begin() as connection:
        load_cut(connection, case, database.prefix, as_json=as_json)
    site, _release = open_database(parse_database_url(database.site_url), "recorded")
    site = replace(site, withdrawn_within=window_of(case))
    try:
        yield site
    finally:
        site.close()
