"""The syncs play Moodle's own part, on sites that are marked as invented, and on no other.

Following a feed writes to Moodle's tables, which otherwise only the execution of a plan does. What is
here imitates Moodle's scheduled tasks so that the embedded university can live through its cut; run
against a real site it would withdraw people. So every sync first looks for the marker that only
:mod:`maintien.sites.demo` puts there.
"""

from typing import Final

from sqlalchemy import Connection, select

from maintien.errors.sites import NotADemoSite
from maintien.sites.database.tables import MoodleTables

MARKER_PLUGIN: Final = "maintien"
MARKER_NAME: Final = "demo"
MARKER_VALUE: Final = "1"
"""The row of ``config_plugins`` that says a site is invented."""


def require_demo_site(connection: Connection, tables: MoodleTables, name: str) -> None:
    """Refuse a site that isn't marked as invented; ``name`` is how it is called before people.

    Raises:
        NotADemoSite: the marker is missing.
    """
    plugins = tables.config_plugins.c
    marked = select(plugins.value).where(plugins.plugin == MARKER_PLUGIN, plugins.name == MARKER_NAME)
    if connection.scalar(marked) != MARKER_VALUE:
        raise NotADemoSite(site=name)
