"""A sync or a person changes the course between reading and writing; others hold its rows."""

import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import Connection, delete, func, insert, select, update

from maintien.enrolments.state import Course, CourseState
from maintien.moodle.ids import RoleId
from maintien.planning.planner import Planner
from maintien.planning.policy import ConversionPolicy
from maintien.runs.execute import CourseOutcome, execute
from maintien.sites.database.site import DatabaseSite
from maintien.sites.database.tables import MoodleTables
from maintien.sites.interface import Selection
from tests.golden_cases import ProcedureCase, procedure_case
from tests.servers.moodle_databases import MoodleDatabase
from tests.sites.recorded_sites import author_of, circumstances_of, site_before

CASE = 103
"""A course with an enabled manual instance, two cohorts, the external database, groups."""

Interference = Callable[[Connection, MoodleTables, ProcedureCase], object]


@dataclass(slots=True)
class MovingSite:
    """A site whose course is changed right after it has been read for the first time."""

    site: DatabaseSite
    interfere: Interference
    case: ProcedureCase
    reads: int = 0
    reads_while_writing: bool = False
    name: str = "moving"

    def read_states(
        self, courses: Sequence[Course], inherited_roles: Collection[RoleId] = ()
    ) -> Iterator[CourseState]:
        states = list(self.site.read_states(courses, inherited_roles))
        self.reads += 1
        if self.reads == 1:
            with self.site.engine.begin() as connection:
                self.interfere(connection, self.site.tables, self.case)
        yield from states

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 -- whatever the site has
        return getattr(self.site, name)


def planner_for(site: DatabaseSite, case: ProcedureCase) -> Planner:
    config = site.read_config()
    student = frozenset({config.roles["student"]})
    return Planner(
        policy=ConversionPolicy(ends_at=case.clock + 10**7, roles=student, end_roles=student),
        config=config,
        circumstances=circumstances_of(case),
    )


def convert(site: DatabaseSite | MovingSite, planner: Planner) -> CourseOutcome:
    (outcome,) = execute(
        site,
        site.select(Selection(everything=True)),
        planner.plan,
        author=author_of(planner),
    )
    return outcome


def automatic_student(connection: Connection, tables: MoodleTables, case: ProcedureCase) -> int:
    """Somebody with an active automatic enrolment, the student role from it, and no manual one."""
    enrol, rows, roles = tables.enrol, tables.user_enrolments, tables.role_assignments
    manual = select(rows.c.userid).join(enrol, enrol.c.id == rows.c.enrolid)
    userid = connection.scalar(
        select(func.min(rows.c.userid))
        .join(enrol, enrol.c.id == rows.c.enrolid)
        .join(roles, (roles.c.userid == rows.c.userid) & (roles.c.itemid == enrol.c.id))
        .where(enrol.c.enrol.in_(("cohort", "database")), enrol.c.status == 0, rows.c.status == 0)
        .where(roles.c.roleid == case.roles["student"])
        .where(rows.c.userid.not_in(manual.where(enrol.c.enrol == "manual")))
    )
    assert userid is not None
    return int(userid)


def manual_instance(connection: Connection, tables: MoodleTables) -> int:
    enrol = tables.enrol
    return int(connection.scalar(select(enrol.c.id).where(enrol.c.enrol == "manual")) or 0)


def enrol_by_hand(connection: Connection, tables: MoodleTables, case: ProcedureCase) -> None:
    connection.execute(
        insert(tables.user_enrolments).values(
            enrolid=manual_instance(connection, tables),
            userid=automatic_student(connection, tables, case),
            status=0,
            timestart=0,
            timeend=0,
        )
    )


def give_role_by_hand(connection: Connection, tables: MoodleTables, case: ProcedureCase) -> None:
    connection.execute(
        insert(tables.role_assignments).values(
            roleid=case.roles["student"],
            contextid=case.course.contextid,
            userid=automatic_student(connection, tables, case),
            component="",
            itemid=0,
        )
    )


def drop_memberships(connection: Connection, tables: MoodleTables, _: ProcedureCase) -> None:
    connection.execute(delete(tables.groups_members))


def delete_instance(connection: Connection, tables: MoodleTables, _: ProcedureCase) -> None:
    instanceid = manual_instance(connection, tables)
    rows = tables.user_enrolments
    connection.execute(delete(rows).where(rows.c.enrolid == instanceid))
    connection.execute(delete(tables.enrol).where(tables.enrol.c.id == instanceid))


def suspend_manual(connection: Connection, tables: MoodleTables, _: ProcedureCase) -> None:
    rows = tables.user_enrolments
    instanceid = manual_instance(connection, tables)
    connection.execute(update(rows).where(rows.c.enrolid == instanceid).values(status=1))


def run_the_cut(connection: Connection, tables: MoodleTables, case: ProcedureCase) -> None:
    automatic = select(tables.enrol.c.id).where(tables.enrol.c.enrol.in_(("cohort", "database")))
    ids = list(connection.scalars(automatic))
    rows, roles = tables.user_enrolments, tables.role_assignments
    connection.execute(delete(rows).where(rows.c.enrolid.in_(ids)))
    connection.execute(delete(roles).where(roles.c.itemid.in_(ids)))
    drop_memberships(connection, tables, case)


INTERFERENCES: dict[str, Interference] = {
    "somebody enrols a person by hand": enrol_by_hand,
    "somebody gives a role by hand": give_role_by_hand,
    "a sync takes the group memberships": drop_memberships,
    "somebody deletes the manual instance": delete_instance,
    "somebody suspends the manual enrolments": suspend_manual,
}


def rows_by_key(site: DatabaseSite) -> dict[str, Counter[tuple[object, ...]]]:
    tables = site.tables
    keys = {
        "enrolments": (tables.user_enrolments, ("enrolid", "userid")),
        "roles": (tables.role_assignments, ("contextid", "roleid", "userid", "component", "itemid")),
        "memberships": (tables.groups_members, ("groupid", "userid")),
        "manual instances": (tables.enrol, ("courseid", "enrol", "sortorder")),
    }
    with site.engine.connect() as connection:
        return {
            name: Counter(tuple(row) for row in connection.execute(select(*(t.c[c] for c in columns))))
            for name, (t, columns) in keys.items()
        }


@pytest.mark.parametrize("name", INTERFERENCES)
def test_course_that_moved_ends_as_if_it_had_moved_before_it_was_read(
    moodle_database: MoodleDatabase, name: str
) -> None:
    case = procedure_case(CASE)
    with site_before(moodle_database, case) as site:
        with site.engine.begin() as connection:
            INTERFERENCES[name](connection, site.tables, case)
        convert(site, planner_for(site, case))
        expected = rows_by_key(site)

    with site_before(moodle_database, case) as site:
        moving = MovingSite(site, INTERFERENCES[name], case)
        outcome = convert(moving, planner_for(site, case))

        assert outcome.failure is None
        found = rows_by_key(site)
        assert found.keys() == expected.keys()
        assert {k: sorted(map(len, v)) for k, v in found.items()} == {
            k: sorted(map(len, v)) for k, v in expected.items()
        }
        assert all(count == 1 for rows in found.values() for count in rows.values())
        assert found["memberships"] == expected["memberships"]
        assert found["roles"] == expected["roles"]
        # What moved made the batch be read and planned once more.
        assert moving.reads == 2


@pytest.mark.parametrize("moodle_database", ["postgresql", "mariadb"], indirect=True)
def test_conversions_beside_a_sync_that_adds_and_removes_lose_and_double_nothing(
    moodle_database: MoodleDatabase,
) -> None:
    """A writer enrols and unenrols the same people by the same methods as long as conversions run."""
    case = procedure_case(CASE)
    with site_before(moodle_database, case) as site:
        sync = _Sync(site, case)
        sync.start()
        try:
            outcomes = [convert(site, planner_for(site, case)) for _ in range(25)]
        finally:
            sync.stop()
        outcomes.append(convert(site, planner_for(site, case)))

        assert [o.failure for o in outcomes if o.failure] == []
        assert sync.rounds > 0
        found = rows_by_key(site)
        assert {key for rows in found.values() for key, n in rows.items() if n > 1} == set()
        with site.engine.connect() as connection:
            people = automatic_people(connection, site.tables, case)
            manual = manual_instance(connection, site.tables)
        assert {(manual, userid) for userid in people} <= set(found["enrolments"])


def automatic_people(connection: Connection, tables: MoodleTables, case: ProcedureCase) -> set[int]:
    """Students whom a method enrols actively now, and whose account is in use."""
    enrol, rows, roles, user = (
        tables.enrol,
        tables.user_enrolments,
        tables.role_assignments,
        tables.user,
    )
    return set(
        connection.scalars(
            select(rows.c.userid)
            .join(enrol, enrol.c.id == rows.c.enrolid)
            .join(roles, roles.c.userid == rows.c.userid)
            .join(user, user.c.id == rows.c.userid)
            .where(enrol.c.enrol.in_(("cohort", "database")), enrol.c.status == 0)
            .where(rows.c.status == 0, user.c.suspended == 0)
            .where(roles.c.roleid == case.roles["student"])
        )
    )


@dataclass
class _Sync:
    """Removes and adds the automatic rows of the course, over and over, in short transactions."""

    site: DatabaseSite
    case: ProcedureCase
    rounds: int = 0
    _stopped: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join(timeout=60)
        assert not self._thread.is_alive()

    def _work(self) -> None:
        tables = self.site.tables
        with self.site.engine.connect() as connection:
            enrol, rows = tables.enrol, tables.user_enrolments
            automatic = select(enrol.c.id).where(enrol.c.enrol.in_(("cohort", "database")))
            of_feed = rows.c.enrolid.in_(list(connection.scalars(automatic)))
            kept = [dict(row) for row in connection.execute(select(rows).where(of_feed)).mappings()]
            connection.rollback()
            while not self._stopped.is_set() or self.rounds == 0:
                with connection.begin():
                    connection.execute(delete(rows).where(of_feed))
                with connection.begin():
                    connection.execute(insert(rows), kept)
                self.rounds += 1
