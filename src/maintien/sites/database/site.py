"""A Moodle site in its own database."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine

from maintien.enrolments.archive_evidence import ArchiveEvidence
from maintien.enrolments.participant_filter import ParticipantFilter
from maintien.enrolments.people import Person
from maintien.enrolments.roll import CourseRoll
from maintien.enrolments.state import Course, CourseState
from maintien.enrolments.withdrawals import Window
from maintien.moodle.config import SiteConfig
from maintien.moodle.ids import CategoryId, CourseId, GroupId, RoleId, UserId
from maintien.planning.plan import CoursePlan
from maintien.sites.database import (
    categories,
    configuration,
    courses,
    dirty_users,
    duplicate_roles,
    last_access,
    locking,
    operators,
    participants,
    people,
    privileges,
    reading,
    reading_rolls,
    selecting,
    withdrawals,
    writing,
)
from maintien.sites.database.accounts import DatabaseAccounts
from maintien.sites.database.backups.reader import DatabaseBackups
from maintien.sites.database.categories import CategoryRow
from maintien.sites.database.connecting import reading_engine, writing_engine
from maintien.sites.database.courses import read_hidden_courses
from maintien.sites.database.failures import database_failures
from maintien.sites.database.operators import OperatorFound
from maintien.sites.database.participants import AlreadyChosen, Choosing
from maintien.sites.database.read_feeds import ReadFeeds
from maintien.sites.database.readable import may_read
from maintien.sites.database.reading_rolls import RollWishes
from maintien.sites.database.removals import RemovalWishes
from maintien.sites.database.tables import MoodleTables
from maintien.sites.interface import Authorship, CourseSize, Holder, Selection
from maintien.sites.write_access import WriteAccess


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseSite:
    """Implements :class:`~maintien.sites.interface.Site`; may be used by several threads."""

    name: str
    engine: Engine
    tables: MoodleTables
    feeds: ReadFeeds | None = None
    """What to read of the feeds with each course; None where it is not needed."""
    wwwroot: str | None = None
    """The site's address, where its configuration says it: the database may have an old one."""
    withdrawn_within: Window | None = None
    """Within which time to read with each course what was taken from people; None for not at all."""
    archives: Mapping[CourseId, ArchiveEvidence] = field(default_factory=dict)
    """What backup archives of courses tell of that time, to be read with ``withdrawn_within``."""
    removals: RemovalWishes | None = None
    """What to find with each course of whom syncs have unenrolled; None for nothing."""
    choosing: Choosing | AlreadyChosen | None = None
    """Whom to choose of the participants of each course that is read, whose rows suffice then."""

    @property
    def reads_while_writing(self) -> bool:
        """Whether the database lets one connection read while another writes."""
        return self.engine.dialect.name != "sqlite"

    def read_config(self) -> SiteConfig:
        """Read the settings in force, and the roles."""
        with self._reading() as connection:
            return configuration.read_config(connection, self.tables)

    def select(self, selection: Selection) -> list[CourseSize]:
        """Find the courses of a selection, each once, by id; the front page is not among them."""
        with self._reading() as connection:
            return selecting.select_courses(connection, self.tables, selection)

    def find_course(self, courseid: CourseId) -> Course:
        """Find a course by its id.

        Raises UnknownCourse where there is none, and CourseWithoutContext.
        """
        with self._reading() as connection:
            return courses.read_course(connection, self.tables, courseid)

    def with_removed(self, sizes: Sequence[CourseSize], window: Window) -> list[CourseSize]:
        """Count with the enrolments of each course those that were removed within ``window``.

        A course that a sync has emptied is as large to whoever gives its people back what they had.
        """
        courses = [size.course.id for size in sizes]
        with self._reading() as connection:
            removed = withdrawals.count_removed(connection, self.tables, courses, window)
        return [CourseSize(c, enrolments + removed.get(c.id, 0)) for c, enrolments in sizes]

    def resolve_courses(self, tokens: Iterable[str]) -> Mapping[str, CourseId]:
        """Find the course that each token names, so that lines of a file keep to their courses.

        Raises UnknownCourse, AmbiguousCourse or FrontPageCourse, for the first that names no course.
        """
        with self._reading() as connection:
            return selecting.resolve_courses(connection, self.tables, tokens)

    def resolve_categories(self, tokens: Iterable[str]) -> Mapping[str, frozenset[CategoryId]]:
        """Find the category that each token names, with all that lie below it.

        Raises UnknownCategory or AmbiguousCategory, for the first that names no category.
        """
        with self._reading() as connection:
            found = selecting.resolve_categories(connection, self.tables, tokens)
            return {
                token: categories.with_subcategories(connection, self.tables, {categoryid})
                for token, categoryid in found.items()
            }

    def resolve_cohorts(self, tokens: Iterable[str]) -> Mapping[str, frozenset[CourseId]]:
        """Find the courses that cohort sync fills from the cohort that each token names.

        Raises UnknownCohort or AmbiguousCohort, for the first that names no cohort.
        """
        with self._reading() as connection:
            found = selecting.resolve_cohorts(connection, self.tables, tokens)
            return {
                token: frozenset(selecting.read_courses_fed_by(connection, self.tables, [cohortid]))
                for token, cohortid in found.items()
            }

    def resolve_people(self, tokens: Iterable[str]) -> Mapping[str, UserId]:
        """Find the account that each token names: its id, user name or ID number.

        Raises UnknownPerson or AmbiguousPerson, for the first that names nobody.
        """
        with self._reading() as connection:
            return selecting.resolve_people(connection, self.tables, tokens)

    def count_enrolled_people(self) -> int:
        """Count the people enrolled in whatever course, each once."""
        with self._reading() as connection:
            return people.count_enrolled_people(connection, self.tables)

    def find_operator(self, text: str) -> OperatorFound:
        """Find the account with this id or user name.

        Raises UnknownOperator.
        """
        with self._reading() as connection:
            return operators.find_operator(connection, self.tables, text)

    def read_states(
        self, courses: Sequence[Course], inherited_roles: Collection[RoleId] = ()
    ) -> Iterator[CourseState]:
        """Read the states of one batch of courses, all as of one moment, in the order given."""
        with self._reading() as connection:
            yield from reading.read_states(
                connection,
                self.tables,
                courses,
                inherited_roles,
                reading.Beside(
                    feeds=self.feeds,
                    withdrawn_within=self.withdrawn_within,
                    archives=self.archives,
                    removals=self.removals,
                    choosing=self.choosing,
                ),
            )

    def find_participants(
        self, courses: Sequence[Course], wanted: ParticipantFilter, at: int
    ) -> Mapping[CourseId, frozenset[UserId]]:
        """Find whom a filter selects in one batch of courses at Unix time ``at``.

        Courses in which it selects nobody are missing from the answer.
        """
        with self._reading() as connection:
            return participants.find_participants(connection, self.tables, courses, wanted, at)

    def find_groups(
        self, courses: Iterable[CourseId], tokens: Iterable[str]
    ) -> Mapping[str, frozenset[GroupId]]:
        """Find the groups of these courses that each token names: by id, name or ID number.

        Raises UnknownGroup, for the first that names no group of any of them.
        """
        with self._reading() as connection:
            return selecting.find_groups(connection, self.tables, courses, tokens)

    def read_category_tree(self) -> list[CategoryRow]:
        """Read all course categories, each before those below it, in Moodle's order."""
        with self._reading() as connection:
            return categories.read_category_tree(connection, self.tables)

    def read_rolls(self, courses: Sequence[Course], wishes: RollWishes) -> Iterator[CourseRoll]:
        """Read the rolls of one batch of courses, all as of one moment, in the order given."""
        with self._reading() as connection:
            yield from reading_rolls.read_rolls(connection, self.tables, courses, wishes)

    def may_read_log(self) -> bool:
        """Whether the account may read the standard log."""
        with self._reading() as connection:
            return may_read(connection, self.tables.logstore_standard_log)

    def may_read_grades(self) -> bool:
        """Whether the account may read the grades."""
        with self._reading() as connection:
            return may_read(connection, self.tables.grade_items, self.tables.grade_grades)

    def find_hidden_courses(self) -> frozenset[CourseId]:
        """Find the courses that students can't see."""
        with self._reading() as connection:
            return read_hidden_courses(connection, self.tables)

    def read_people(self, ids: Iterable[UserId]) -> Mapping[UserId, Person]:
        """Read who people are; ids without an account are missing from the answer."""
        with self._reading() as connection:
            return people.read_people(connection, self.tables, ids)

    def read_last_access(
        self, courses: Sequence[CourseId], people: Collection[UserId]
    ) -> Mapping[CourseId, Mapping[UserId, int]]:
        """Read when people were last in these courses, in Unix seconds; who never was is missing."""
        with self._reading() as connection:
            return last_access.read_last_access(connection, self.tables, courses, people)

    def read_group_names(self, courses: Iterable[CourseId]) -> Mapping[GroupId, str]:
        """Read the names of all groups of these courses."""
        with self._reading() as connection:
            return people.read_group_names(connection, self.tables, courses)

    def accounts(self) -> DatabaseAccounts:
        """Give what looks accounts and roles up, for a restore."""
        return DatabaseAccounts(reading=self._reading, tables=self.tables, wwwroot=self.wwwroot)

    def backups(self) -> DatabaseBackups:
        """Give what reads backups of its courses, one after the other."""
        return DatabaseBackups(reading=self._reading, tables=self.tables, wwwroot=self.wwwroot)

    def write(
        self,
        plans: Sequence[CoursePlan],
        authorship: Authorship,
        *,
        marked_before: Collection[UserId] = (),
    ) -> None:
        """Write the changes of these plans in one transaction, all or nothing."""
        with self._writing() as connection:
            config = configuration.read_config(connection, self.tables)
            added_roles = writing.write_plans(
                connection, self.tables, config, plans, authorship, marked_before
            )
        if added_roles.count:
            with self._writing() as connection:
                duplicate_roles.take_back_duplicate_roles(
                    connection, self.tables.role_assignments, added_roles
                )

    def mark_users_dirty(self, users: Collection[UserId], authorship: Authorship) -> None:
        """Make the sessions of these people look their access up again."""
        with self._writing() as connection:
            config = configuration.read_config(connection, self.tables)
            dirty_users.mark_users_dirty(connection, self.tables, config, users, authorship.now)

    @contextmanager
    def hold_lock(self, claim: Holder, *, waits: bool = False) -> Iterator[Holder | None]:
        """Keep other runs off the site while the block runs; give who holds it already, or None."""
        with ExitStack() as stack:
            with self._failures():
                lock = locking.hold_lock(self.engine, self.tables.prefix, claim, waits=waits)
                holder = stack.enter_context(lock)
            yield holder

    def check_may_write(self) -> WriteAccess:
        """Find what keeps the account from writing, if anything does; nothing is written."""
        # Not as one that only reads: the server would answer for the transaction.
        with self._failures(), self.engine.connect() as connection:
            return privileges.check_may_write(connection, self.tables)

    def close(self) -> None:
        """Close the connections that are not in use."""
        self.engine.dispose()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._failures(), reading_engine(self.engine).connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with (
            self._failures(is_writing=True),
            writing_engine(self.engine).begin() as connection,
        ):
            yield connection

    def _failures(self, *, is_writing: bool = False) -> AbstractContextManager[None]:
        return database_failures(self.name, password=self.engine.url.password, is_writing=is_writing)
