"""Tells whether a database is a Moodle's, and which."""

from typing import Final

from sqlalchemy import Connection, inspect, select

from maintien.errors.sites import MoodleTooOld, NotAMoodle, OtherPrefix
from maintien.moodle.release import OLDEST, parse_release
from maintien.sites.database.tables import MoodleTables, is_prefix

_LANDMARKS: Final = ("config", "user_enrolments")
"""Two tables that every Moodle has, and hardly anything else both of."""


def require_moodle(connection: Connection, tables: MoodleTables, site_name: str) -> str:
    """Return the Moodle's release, such as ``4.3 (Build: 20231009)``.

    Raises:
        OtherPrefix: there is a Moodle here, under another prefix.
        NotAMoodle: there is none.
        MoodleTooOld: there is one, from before Moodle 3.9.
    """
    inspector = inspect(connection)
    if not inspector.has_table(tables.config.name):
        raise _no_moodle(inspector.get_table_names(), tables.prefix, site_name)
    config = tables.config
    wanted = select(config.c.name, config.c.value).where(config.c.name.in_(("release", "version")))
    found = {name: str(value).strip() for name, value in connection.execute(wanted)}
    if not (found.get("release") and found.get("version")):
        raise NotAMoodle(site=site_name, prefix=tables.prefix, hint="")
    _require_recent(found["release"], site_name)
    return found["release"]


def _require_recent(text: str, site_name: str) -> None:
    release = parse_release(text)
    if release is not None and release < OLDEST:
        raise MoodleTooOld(site=site_name, release=str(release))


def _no_moodle(names: list[str], prefix: str, site_name: str) -> NotAMoodle:
    others = [other for other in prefixes(names) if other != prefix]
    if others:
        return OtherPrefix(site=site_name, prefix=prefix, hint="", found=", ".join(others))
    return NotAMoodle(site=site_name, prefix=prefix, hint="")


def prefixes(names: list[str]) -> list[str]:
    """Find under which prefixes these tables are a Moodle's, in alphabetical order."""
    there = frozenset(names)
    landmark, *others = _LANDMARKS
    candidates = {name.removesuffix(landmark) for name in there if name.endswith(landmark)}
    return sorted(
        prefix
        for prefix in candidates
        if is_prefix(prefix) and all(f"{prefix}{other}" in there for other in others)
    )
