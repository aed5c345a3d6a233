"""The 1 September of the invented university: the feeds drop last year's students, then the syncs run."""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, exists, select

from maintien.sites.database.connecting import writing_engine
from maintien.sites.database.tables import MoodleTables
from maintien.sites.demo.register import ENTRIES, NEXT_YEAR
from maintien.sites.demo.site import DemoSite
from maintien.sites.feeds.cut import FedMoodle, sync_everything
from maintien.sites.feeds.guard import require_demo_site
from maintien.sites.feeds.interface import SyncOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """What happened on 1 September."""

    register_entries: int
    """How many entries the register struck out."""
    cohort_members: int
    """How many people left their cohorts."""
    syncs: tuple[SyncOutcome, ...]


def cut_access(demo: DemoSite) -> Cut:
    """Begin the new year in the feeds, and run Moodle's syncs as its cron does that night.

    Listed next year are students who repeat the year, and teachers who stay; those who are new come
    later. A second cut finds nothing to do.

    Raises:
        NotADemoSite: the site is not invented; nothing was written.
    """
    with demo.open_moodle() as moodle:
        members = _empty_cohorts(moodle)
        entries = _strike_out(moodle)
        syncs = sync_everything(moodle, now=demo.calendar.cut_at)
    return Cut(register_entries=entries, cohort_members=members, syncs=syncs)


def _strike_out(moodle: FedMoodle) -> int:
    stays = exists().where(NEXT_YEAR.c.numero == ENTRIES.c.numero)
    with writing_engine(moodle.register).begin() as connection:
        return connection.execute(delete(ENTRIES).where(~stays)).rowcount


def _empty_cohorts(moodle: FedMoodle) -> int:
    with moodle.register.connect() as connection:
        staying = frozenset(connection.scalars(select(NEXT_YEAR.c.numero)))
    with writing_engine(moodle.engine).begin() as connection:
        require_demo_site(connection, moodle.tables, moodle.name)
        leaving = _members_but(connection, moodle.tables, staying)
        members = moodle.tables.cohort_members
        if leaving:
            connection.execute(delete(members).where(members.c.id.in_(leaving)))
    return len(leaving)


def _members_but(connection: Connection, tables: MoodleTables, staying: frozenset[str]) -> list[int]:
    member, user = tables.cohort_members, tables.user
    rows = connection.execute(
        select(member.c.id, user.c.idnumber).join_from(member, user, user.c.id == member.c.userid)
    )
    return [number for number, idnumber in rows if idnumber not in staying]
