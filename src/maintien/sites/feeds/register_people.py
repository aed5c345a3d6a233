"""Whom the register of a site lists, read once: a register is outside Moodle, in no order of courses.

Unlike the sync, which follows the register, this only has to know whom the next sync may enrol, and
errs on the side of listing: case, accents and spaces at the end don't count, as they don't where
Moodle's database is MariaDB; neither does the role, nor whether the course is hidden.
"""

import unicodedata
from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy import Connection, select

from maintien.errors.tree import SiteError
from maintien.moodle.ids import CourseId
from maintien.moodle.values import UnenrolAction
from maintien.sites.database.connecting import reading_engine
from maintien.sites.database.failures import database_failures
from maintien.sites.database.site import DatabaseSite
from maintien.sites.database.tables import MoodleTables
from maintien.sites.feeds.register import RegisterFeed
from maintien.sites.feeds.register_opening import open_register
from maintien.sites.feeds.register_settings import (
    DATABASE,
    PLUGIN,
    NoRegister,
    RegisterSettings,
    parse_register_settings,
)

PeopleByCourse: TypeAlias = Mapping[CourseId, "array[int]"]
"""User ids by course, duplicates possible: eight bytes a person, since there may be millions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterRead:
    """The register was read."""

    people: PeopleByCourse


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterNotRead:
    """There is a register, but no way to read it."""

    error: SiteError


RegisterReading: TypeAlias = RegisterRead | RegisterNotRead | NoRegister


def read_register_people(site: DatabaseSite) -> RegisterReading:
    """Read whom the site's register lists for courses that have a database instance; nothing is written."""
    with (
        database_failures(site.name, password=site.engine.url.password),
        reading_engine(site.engine).connect() as connection,
    ):
        try:
            return _read(connection, site.tables)
        except SiteError as error:
            return RegisterNotRead(error=error)


def _read(connection: Connection, tables: MoodleTables) -> RegisterRead | NoRegister:
    plugins = read_plugin_settings(connection, tables)
    # What the sync does with whom it drops is of no matter here.
    settings = parse_register_settings({}, plugins, UnenrolAction.KEEP)
    if isinstance(settings, NoRegister):
        return settings
    named = {name: value.strip() for (_, name), value in plugins.items()}
    register = open_register(named, settings.table, connection.engine)
    try:
        feed = RegisterFeed(connection=connection, tables=tables, register=register, settings=settings)
        return RegisterRead(people=_match(feed))
    finally:
        register.dispose()


def read_plugin_settings(connection: Connection, tables: MoodleTables) -> Mapping[tuple[str, str], str]:
    """Read the settings of the external database method, by plugin and name."""
    plugins = tables.config_plugins.c
    rows = connection.execute(select(plugins.name, plugins.value).where(plugins.plugin == PLUGIN))
    return {(PLUGIN, name): value or "" for name, value in rows}


def _match(feed: RegisterFeed) -> PeopleByCourse:
    courses = _by_name(_courses(feed.connection, feed.tables, feed.settings))
    people = _by_name(_accounts(feed.connection, feed.tables, feed.settings))
    listed: defaultdict[CourseId, array[int]] = defaultdict(lambda: array("q"))
    for entry in feed.read_entries():
        users = people.get(folded(entry.user), ())
        for courseid in courses.get(folded(entry.course), ()):
            listed[CourseId(courseid)].extend(users)
    return dict(listed)


def _courses(
    connection: Connection, tables: MoodleTables, settings: RegisterSettings
) -> Iterable[tuple[object, int]]:
    course, instance = tables.course, tables.enrol
    fed = select(instance.c.courseid).where(instance.c.enrol == DATABASE)
    statement = select(course.c[settings.local_course_field], course.c.id).where(course.c.id.in_(fed))
    return ((name, courseid) for name, courseid in connection.execute(statement))


def _accounts(
    connection: Connection, tables: MoodleTables, settings: RegisterSettings
) -> Iterable[tuple[object, int]]:
    user = tables.user.c
    statement = select(user[settings.local_user_field], user.id).where(user.deleted == 0)
    return ((name, userid) for name, userid in connection.execute(statement))


def _by_name(rows: Iterable[tuple[object, int]]) -> Mapping[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    for value, rowid in rows:
        if name := folded("" if value is None else str(value)):
            found[name] = (*found.get(name, ()), rowid)
    return found


def folded(text: str) -> str:
    """Give what is left of a text where case, accents and spaces at the end don't count."""
    if not text.isascii():
        letters = unicodedata.normalize("NFKD", text)
        text = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return text.rstrip().casefold()
