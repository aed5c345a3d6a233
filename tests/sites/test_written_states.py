"""What a database site holds after writing is what the plan says, and the inverse gives it all back."""

from dataclasses import replace

import pytest
from sqlalchemy import insert, select

from maintien.enrolments.state import CourseState
from maintien.moodle.ids import EnrolmentId, InstanceId, MembershipId, RoleAssignmentId, RoleId
from maintien.moodle.values import NO_END
from maintien.planning.applying import apply_plan
from maintien.planning.changes import Added, Change, Changed, Removed
from maintien.planning.convert import plan_conversion
from maintien.planning.plan import CoursePlan
from maintien.planning.policy import ConversionPolicy, EndFor
from maintien.sites.database.site import DatabaseSite
from maintien.sites.interface import Authorship, Selection
from tests.builders import UNTIL
from tests.golden_cases import procedure_case
from tests.servers.moodle_databases import MoodleDatabase
from tests.sites.recorded_sites import circumstances_of, site_before

CASES = (103, 108, 120, 132, 136, 202, 303, 310)
EVERYTHING = Selection(everything=True)


def read_state(site: DatabaseSite) -> CourseState:
    (size,) = site.select(EVERYTHING)
    (state,) = site.read_states([size.course])
    return state


def without_ids(state: CourseState) -> CourseState:
    """The state with new rows numbered alike, whoever numbered them."""
    numbers = {row.id: InstanceId(number) for number, row in enumerate(state.instances)}
    return replace(
        state,
        instances=tuple(row._replace(id=numbers[row.id]) for row in state.instances),
        enrolments=tuple(
            sorted(
                row._replace(id=EnrolmentId(0), instanceid=numbers[row.instanceid])
                for row in state.enrolments
            )
        ),
        roles=tuple(sorted(row._replace(id=RoleAssignmentId(0)) for row in state.roles)),
        memberships=tuple(sorted(row._replace(id=MembershipId(0)) for row in state.memberships)),
    )


def conversion_of(site: DatabaseSite, number: int) -> CoursePlan:
    config = site.read_config()
    student = frozenset({config.roles["student"]})
    policy = ConversionPolicy(
        ends_at=UNTIL + 50_000_000,
        roles=student,
        end_roles=student,
        enable_manual=True,
        include_suspended=True,
        end_for=EndFor.ALL_MANUAL,
    )
    return plan_conversion(read_state(site), policy, config, circumstances_of(procedure_case(number)))


def author(number: int) -> Authorship:
    circumstances = circumstances_of(procedure_case(number))
    return Authorship(operator=circumstances.operator, now=circumstances.now)


def differences(before: CourseState, after: CourseState) -> tuple[Change, ...]:
    """The changes that lead from one state to the other, with the ids of the database."""
    changes: list[Change] = []
    for old_rows, new_rows in (
        (before.instances, after.instances),
        (before.enrolments, after.enrolments),
        (before.roles, after.roles),
        (before.memberships, after.memberships),
    ):
        old, new = ({row.id: row for row in rows} for rows in (old_rows, new_rows))
        changes.extend(Removed(row) for key, row in old.items() if key not in new)
        changes.extend(Added(row) for key, row in new.items() if key not in old)
        changes.extend(Changed(old[key], row) for key, row in new.items() if key in old and old[key] != row)
    return tuple(changes)


@pytest.mark.parametrize("number", CASES)
def test_site_holds_what_the_plan_says(moodle_database: MoodleDatabase, number: int) -> None:
    with site_before(moodle_database, procedure_case(number)) as site:
        before, plan = read_state(site), conversion_of(site, number)
        assert plan.changes

        site.write([plan], author(number))

        assert without_ids(read_state(site)) == without_ids(apply_plan(before, plan))


@pytest.mark.parametrize("number", CASES)
def test_inverse_gives_back_every_row_with_its_id_and_times(
    moodle_database: MoodleDatabase, number: int
) -> None:
    with site_before(moodle_database, procedure_case(number)) as site:
        before, plan = read_state(site), conversion_of(site, number)
        site.write([plan], author(number))
        after = read_state(site)

        back = replace(plan, changes=differences(after, before), echoes={})
        site.write([back], author(number))
        assert read_state(site) == before

        # Rows that had ids once get them back, too.
        site.write([replace(plan, changes=differences(before, after), echoes={})], author(number))
        assert read_state(site) == after


def test_new_enrolment_is_inserted_with_its_end_date(moodle_database: MoodleDatabase) -> None:
    with site_before(moodle_database, procedure_case(103)) as site:
        plan = conversion_of(site, 103)
        site.write([plan], author(103))

        added = {c.row.userid for c in plan.changes if isinstance(c, Added) and hasattr(c.row, "ends_at")}
        rows = [row for row in read_state(site).enrolments if row.timecreated == author(103).now]
        assert {row.userid for row in rows} == added
        assert all(row.ends_at not in (NO_END, 2147483647) for row in rows)


def test_enabling_the_manual_instance_marks_the_course(moodle_database: MoodleDatabase) -> None:
    """As enrol_plugin::update_status does; case 102 has a disabled one."""
    with site_before(moodle_database, procedure_case(102)) as site:
        plan = conversion_of(site, 102)
        site.write([plan], author(102))

        flags, context = site.tables.cache_flags, site.tables.context
        with site.engine.connect() as connection:
            marked = connection.scalars(
                select(flags.c.name).where(flags.c.flagtype == "accesslib/dirtycontexts")
            ).all()
            path = connection.scalar(select(context.c.path).where(context.c.id == plan.course.contextid))
        assert marked == [path]


def test_accounts_of_role_holders_are_looked_at_where_roles_matter(
    moodle_database: MoodleDatabase,
) -> None:
    with site_before(moodle_database, procedure_case(103)) as site:
        (size,) = site.select(EVERYTHING)
        roles = site.tables.role_assignments
        with site.engine.begin() as connection:
            stray = {"contextid": size.course.contextid, "roleid": 5, "userid": 999999}
            connection.execute(insert(roles).values(stray))

        (plain,) = site.read_states([size.course])
        (thorough,) = site.read_states([size.course], [RoleId(5)])

        assert plain.missing == frozenset()
        assert thorough.missing == thorough.deleted == {999999}
