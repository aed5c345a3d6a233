"""What the register says: a table outside Moodle lists who is enrolled in which course, with which role.

Source: enrol_database_plugin::sync_enrolments and sync_user_enrolments (enrol/database/lib.php), Moodle
4.1 and 4.3. Values are compared as they are, letter by letter; Moodle leaves case and accents to its
database. ``dbencoding`` is left to the driver.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

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
    true,
)
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.sql import quoted_name

from maintien.errors.sites import RegisterUnreadable
from maintien.moodle.ids import ContextId, CourseId, InstanceId, RoleId, UserId
from maintien.moodle.values import ContextLevel
from maintien.sites.database.tables import MoodleTables
from maintien.sites.feeds.interface import Listed
from maintien.sites.feeds.register_settings import DATABASE, RegisterSettings
from maintien.sites.feeds.rows import AnyRow, AnySelect

ROWS_AT_A_TIME: Final = 10_000

TEXT_LENGTH: Final = 255
"""As long as the longest field of Moodle's that people are looked up by."""


class FedCourse(NamedTuple):
    """A course that the register may name."""

    courseid: CourseId
    contextid: ContextId
    instanceid: InstanceId | None
    """The database instance, or None while the course has none."""
    is_visible: bool


class Entry(NamedTuple):
    """A row of the register, as texts; '' where it says nothing."""

    course: str
    user: str
    role: str
    is_other_user: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterFeed:
    """The external table of a site, as a :class:`~maintien.sites.feeds.interface.Feed`.

    The register may be another database on another server, so what it says is matched here.
    """

    connection: Connection
    """To Moodle's database."""
    tables: MoodleTables
    register: Engine
    settings: RegisterSettings

    @property
    def method(self) -> str:
        """The external database method."""
        return DATABASE

    def read_listed(self, courses: Collection[CourseId] | None = None) -> Iterator[Listed]:
        """Read everybody whom the register lists for these courses, or for all that have an instance."""
        fed = {
            name: course
            for name, course in self.read_courses().items()
            if courses is None or course.courseid in courses
        }
        yield from self.match(self.read_entries(), fed)

    def read_courses(self, courseid: CourseId | None = None) -> Mapping[str, FedCourse]:
        """Read all courses, or this one, under the name that the register has for it.

        Where several courses have one name, or a course several database instances, the last counts.
        Courses without a name are left out.
        """
        course = self.tables.course.c
        one = true() if courseid is None else course.id == courseid
        name = course[self.settings.local_course_field]
        rows = self.connection.execute(self._courses(name, is_outer=True).where(one))
        # A course with an instance goes before one of the same name without.
        ordered = sorted(rows, key=lambda row: row[2] is not None)
        return {_text(row[-1]): _course(row) for row in ordered if _text(row[-1])}

    def read_instances(self) -> Iterator[FedCourse]:
        """Read every database instance with its course, whether the course has a name or not."""
        for row in self.connection.execute(self._courses(null(), is_outer=False)):
            yield _course(row)

    def read_course_names(self) -> frozenset[str]:
        """Read which courses the register names, known or not.

        Raises:
            RegisterUnreadable: there is no such table or column, or no way to it.
        """
        names = (self.settings.course_field,)
        found = (_text(row[0]) for row in self._rows(self._statement(names).distinct()))
        return frozenset(name for name in found if name)

    def read_name(self, userid: UserId) -> str:
        """Read the name that the register has for a person; '' for none."""
        user = self.tables.user.c
        name = select(user[self.settings.local_user_field]).where(user.id == userid)
        return _text(self.connection.scalar(name))

    def read_entries(self, user: str | None = None) -> Iterator[Entry]:
        """Read the register's rows, all or one person's, those left out that name no course or nobody.

        Raises:
            RegisterUnreadable: there is no such table or column, or no way to it.
        """
        settings = self.settings
        names = (settings.course_field, settings.user_field)
        statement = self._statement((*names, settings.role_field, settings.other_user_field))
        if user is not None:
            theirs = cast(literal_column(settings.user_field), String(TEXT_LENGTH)) == user
            statement = statement.where(theirs)
        for row in self._rows(statement):
            course, person, role, other = (_text(value) for value in row)
            if course and person:
                yield Entry(course, person, role, bool(other))

    def match(
        self,
        entries: Iterable[Entry],
        courses: Mapping[str, FedCourse],
        people: Mapping[str, UserId] | None = None,
    ) -> Iterator[Listed]:
        """Find the people and roles that ``entries`` name, in these courses; each once.

        ``people`` by the names that the register has for them; None for everybody of the site. Who is
        listed as an "other user" and as enrolled too, with one role, is enrolled.
        """
        people = self._read_people() if people is None else people
        roles = self._read_roles()
        default = self._default_role(roles)
        found: dict[tuple[InstanceId, CourseId, UserId, RoleId], bool] = {}
        for entry in entries:
            course, userid = courses.get(entry.course), people.get(entry.user)
            roleid = roles.get(entry.role, default)
            if course is None or course.instanceid is None or userid is None or roleid is None:
                continue
            key = (course.instanceid, course.courseid, userid, roleid)
            found[key] = found.get(key, False) or not entry.is_other_user
        return (Listed(*key, is_enrolled=is_enrolled) for key, is_enrolled in found.items())

    def _courses(self, name: ColumnElement[Any], *, is_outer: bool) -> AnySelect:
        course, instance, context = self.tables.course, self.tables.enrol, self.tables.context
        ours = and_(instance.c.courseid == course.c.id, instance.c.enrol == DATABASE)
        own = and_(context.c.instanceid == course.c.id, context.c.contextlevel == ContextLevel.COURSE)
        return (
            select(course.c.id, context.c.id, instance.c.id, course.c.visible, name)
            .select_from(course.join(context, own).join(instance, ours, isouter=is_outer))
            .order_by(course.c.id, instance.c.id)
        )

    def _statement(self, names: Iterable[str | None]) -> AnySelect:
        # Unquoted, as Moodle writes them, so that the register folds their case as it does for Moodle.
        fields: list[ColumnElement[Any]] = [
            null() if name is None else literal_column(name) for name in names
        ]
        return select(*fields).select_from(table(quoted_name(self.settings.table, quote=False)))

    def _rows(self, statement: AnySelect) -> Iterator[AnyRow]:
        try:
            with self.register.connect() as connection:
                options = {"yield_per": ROWS_AT_A_TIME}
                yield from connection.execute(statement, execution_options=options)
        except SQLAlchemyError as error:
            reason = error.orig if isinstance(error, DBAPIError) else error
            raise RegisterUnreadable(table=self.settings.table, reason=reason) from error

    def _read_people(self) -> Mapping[str, UserId]:
        user = self.tables.user.c
        statement = select(user[self.settings.local_user_field], user.id).where(user.deleted == 0)
        if self.settings.local_user_field == "username":
            statement = statement.where(user.mnethostid == int(self.settings.local_host or 0))
        # Of several accounts with one name, the oldest is taken.
        rows = self.connection.execute(statement.order_by(user.id.desc()))
        return {_text(name): UserId(userid) for name, userid in rows}

    def _read_roles(self) -> Mapping[str, RoleId]:
        role = self.tables.role.c
        statement = select(role[self.settings.local_role_field], role.id).order_by(role.id)
        return {_text(name): RoleId(roleid) for name, roleid in self.connection.execute(statement)}

    def _default_role(self, roles: Mapping[str, RoleId]) -> RoleId | None:
        default = self.settings.default_role
        return default if default in roles.values() else None


def _course(row: AnyRow) -> FedCourse:
    return FedCourse(row[0], row[1], row[2], bool(row[3]))


def _text(value: object) -> str:
    """Read a value as PHP does that asks whether it is empty: 0 and '0' say nothing."""
    return "" if value is None or str(value) in ("", "0", "False") else str(value)
