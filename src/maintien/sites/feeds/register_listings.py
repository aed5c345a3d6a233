"""Whom the register lists, by the sync's own rules, read once for however many courses.

Where :mod:`maintien.sites.feeds.register_people` errs on the side of listing, so that nobody is moved whom a
sync would add again, this says what the next sync will do. Its rules, in order:

1. A row that names no course, nobody, or no role that the site has or defaults to, says nothing.
2. A row for an "other user" gives a role, and keeps nobody enrolled.
3. Courses are looked up in the register, people in Moodle, each as its database compares texts: MariaDB and
   MySQL take no notice of case, accents and spaces at the end, the others of everything. Of several accounts
   with one name the oldest counts, of several courses the last.

Source: enrol_database_plugin::sync_enrolments (enrol/database/lib.php), Moodle 4.1 and 4.3.
"""

from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    String,
    and_,
    cast,
    literal_column,
    null,
    select,
    table,
)
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.sql import quoted_name

from maintien.errors.sites import RegisterUnreadable
from maintien.errors.tree import SiteError
from maintien.moodle.ids import CourseId
from maintien.moodle.values import DATABASE, UnenrolAction
from maintien.sites.database.chunks import chunks
from maintien.sites.database.connecting import connect_engine, reading_engine
from maintien.sites.database.failures import clean_reason, database_failures
from maintien.sites.database.fetching import fetch_all
from maintien.sites.database.settings import DatabaseSettings
from maintien.sites.database.site import DatabaseSite
from maintien.sites.database.tables import MoodleTables
from maintien.sites.feeds.register import TEXT_LENGTH
from maintien.sites.feeds.register_opening import open_register
from maintien.sites.feeds.register_people import (
    PeopleByCourse,
    RegisterNotRead,
    folded,
    read_plugin_settings,
)
from maintien.sites.feeds.register_settings import (
    NoRegister,
    RegisterSettings,
    parse_register_settings,
)

ROWS_AT_A_TIME: Final = 10_000

FEW_COURSES: Final = 500
"""Up to so many courses the register is asked for these alone."""

_FOLDING: Final = frozenset({"mysql", "mariadb"})
_EMPTY: Final = frozenset({"", "0", "False"})
"""What PHP takes for nothing (``empty``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterListings:
    """The register was read."""

    people: PeopleByCourse
    """Of courses that the register may name, whether the method has an instance there yet or not."""
    is_empty: bool
    """Whether the register names no course at all."""


ListingsReading: TypeAlias = RegisterListings | RegisterNotRead | NoRegister


def read_register_listings(
    site: DatabaseSite,
    *,
    courses: Collection[CourseId],
    place: DatabaseSettings | None = None,
) -> ListingsReading:
    """Read whom the site's register lists for these courses; nothing is written.

    ``place`` is where the register is, unless it is where the site's settings say.
    """
    with (
        database_failures(site.name, password=site.engine.url.password),
        reading_engine(site.engine).connect() as connection,
    ):
        try:
            return _read(connection, site.tables, courses, place)
        except SiteError as error:
            return RegisterNotRead(error=error)


def _read(
    connection: Connection,
    tables: MoodleTables,
    courses: Collection[CourseId],
    place: DatabaseSettings | None,
) -> RegisterListings | NoRegister:
    plugins = read_plugin_settings(connection, tables)
    if place is not None:
        plugins = {**plugins, ("enrol_database", "dbtype"): place.product.value}
    host = connection.scalar(select(tables.config.c.value).where(tables.config.c.name == "mnet_localhost_id"))
    core = {"mnet_localhost_id": str(host or "")}
    # What the sync does with whom it drops is of no matter here.
    settings = parse_register_settings(core, plugins, UnenrolAction.KEEP)
    if isinstance(settings, NoRegister):
        return settings
    named = {name: value.strip() for (_, name), value in plugins.items()}
    register = (
        open_register(named, settings.table, connection.engine) if place is None else connect_engine(place)
    )
    try:
        return _Register(connection, tables, settings, register).read(courses)
    except SQLAlchemyError as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        reason = clean_reason(cause, register.url.password)
        # Not chained: the driver's error may repeat a part of the password.
        raise RegisterUnreadable(table=settings.table, reason=reason) from None
    finally:
        register.dispose()


@dataclass(slots=True)
class _Register:
    """The register and the site it is matched with, for the time of one reading."""

    connection: Connection
    tables: MoodleTables
    settings: RegisterSettings
    register: Engine
    courses: "_Names" = field(init=False)
    people: "_Names" = field(init=False)
    roles: "_Names" = field(init=False)

    def read(self, wanted: Collection[CourseId]) -> RegisterListings:
        """Read the listings of these courses."""
        named = self._read_courses(frozenset(wanted))
        folds = self.register.dialect.name in _FOLDING
        self.courses = _Names(named, folds=folds)
        self.people = _Names(self._read_people(), folds=self.connection.dialect.name in _FOLDING)
        self.roles = _Names(self._read_roles(), folds=False)
        with self.register.connect() as register:
            if len(named) <= FEW_COURSES:
                rows = self._rows_of(register, [name for name, _ in named])
                return RegisterListings(people=self._match(rows), is_empty=not self._names_a_course(register))
            seen: dict[object, None] = {}
            people = self._match(self._all_rows(register), seen)
            return RegisterListings(people=people, is_empty=not any(map(_text, seen)))

    def _match(self, rows: Iterable[Sequence[Any]], seen: dict[object, None] | None = None) -> PeopleByCourse:
        listed: defaultdict[CourseId, array[int]] = defaultdict(lambda: array("q"))
        find_course, find_person, find_role = self.courses.find, self.people.find, self.roles.find
        default = self.settings.default_role
        has_default = default is not None and default in self.roles.ids
        for course, person, role, other in rows:
            if seen is not None:
                seen[course] = None
            courseid = find_course(course)
            if courseid is None or not (has_default or find_role(role) is not None):
                continue
            userid = find_person(person)
            if userid is not None and not _text(other):
                listed[CourseId(courseid)].append(userid)
        return dict(listed)

    def _all_rows(self, register: Connection) -> Iterator[Sequence[Any]]:
        options = {"stream_results": True, "yield_per": ROWS_AT_A_TIME}
        with register.execute(self._statement(), execution_options=options) as rows:
            yield from rows

    def _rows_of(self, register: Connection, names: Sequence[str]) -> Iterator[Sequence[Any]]:
        # As texts: the register's column may be of numbers.
        name = cast(literal_column(self.settings.course_field), String(TEXT_LENGTH))
        for chunk in chunks(names):
            yield from fetch_all(register, self._statement().where(name.in_(chunk)))

    def _names_a_course(self, register: Connection) -> bool:
        column: ColumnElement[Any] = literal_column(self.settings.course_field)
        said = cast(column, String(TEXT_LENGTH))
        query = select(column).select_from(self._table())
        found = register.execute(query.where(column.is_not(None), said.not_in(sorted(_EMPTY))).limit(1))
        return found.first() is not None

    def _statement(self) -> Any:  # noqa: ANN401 -- four columns of whatever type
        # Unquoted, as Moodle writes them, so that the register folds their case as it does for Moodle.
        settings = self.settings
        names = (
            settings.course_field,
            settings.user_field,
            settings.role_field,
            settings.other_user_field,
        )
        fields: list[Any] = [null() if name is None else literal_column(name) for name in names]
        return select(*fields).select_from(self._table())

    def _table(self) -> Any:  # noqa: ANN401 -- a table known by its name alone
        return table(quoted_name(self.settings.table, quote=False))

    def _read_courses(self, wanted: frozenset[CourseId]) -> list[tuple[str, int]]:
        course, instance = self.tables.course, self.tables.enrol
        ours = and_(instance.c.courseid == course.c.id, instance.c.enrol == DATABASE)
        query = select(course.c[self.settings.local_course_field], course.c.id, instance.c.id).select_from(
            course.outerjoin(instance, ours)
        )
        rows = fetch_all(self.connection, query)
        # A course with an instance goes before one of the same name without.
        ordered = sorted(rows, key=lambda row: (row[2] is not None, row[1], row[2] or 0))
        named = {_text(name): courseid for name, courseid, _ in ordered if _text(name)}
        return [(name, courseid) for name, courseid in named.items() if courseid in wanted]

    def _read_people(self) -> list[tuple[str, int]]:
        user = self.tables.user.c
        query = select(user[self.settings.local_user_field], user.id).where(user.deleted == 0)
        if self.settings.local_user_field == "username":
            query = query.where(user.mnethostid == int(self.settings.local_host or 0))
        # Of several accounts with one name, the oldest is taken.
        rows = fetch_all(self.connection, query.order_by(user.id.desc()))
        return [(_text(name), userid) for name, userid in rows]

    def _read_roles(self) -> list[tuple[str, int]]:
        role = self.tables.role.c
        rows = fetch_all(
            self.connection, select(role[self.settings.local_role_field], role.id).order_by(role.id)
        )
        return [(_text(name), roleid) for name, roleid in rows]


class _Names:
    """What texts name, looked up once for each text that occurs."""

    def __init__(self, named: Iterable[tuple[str, int]], *, folds: bool) -> None:
        self._exact = {name: number for name, number in named if name}
        self._folded = {folded(name): number for name, number in self._exact.items()} if folds else {}
        self._known: dict[object, int | None] = {}

    @property
    def ids(self) -> Collection[int]:
        """Everything that can be named."""
        return self._exact.values()

    def find(self, value: object) -> int | None:
        """Find what a value of the register names."""
        if value in self._known:
            return self._known[value]
        name = _text(value)
        found = self._exact.get(name) if name else None
        if found is None and name and self._folded:
            found = self._folded.get(folded(name))
        self._known[value] = found
        return found


def _text(value: object) -> str:
    """Read a value as PHP does that asks whether it is empty: 0 and '0' say nothing."""
    text = "" if value is None else str(value)
    return "" if text in _EMPTY else text
