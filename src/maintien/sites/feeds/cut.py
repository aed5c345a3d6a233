"""The syncs as Moodle's cron runs them, on invented sites: the *cut*, once the feeds have dropped people.

These functions write to Moodle's tables in Moodle's stead; see :mod:`maintien.sites.feeds.guard` for why
they refuse every site that isn't marked as invented. Each is one transaction of its own.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, Engine

from maintien.moodle.ids import UserId
from maintien.sites.database.connecting import writing_engine
from maintien.sites.database.dirty_users import mark_users_dirty
from maintien.sites.database.tables import MoodleTables
from maintien.sites.feeds.cohort import COHORT
from maintien.sites.feeds.cohort_sync import follow_cohorts, purge_cohort_roles
from maintien.sites.feeds.counting import count_steps, people_of
from maintien.sites.feeds.effect import RolesRemoved, Step
from maintien.sites.feeds.guard import require_demo_site
from maintien.sites.feeds.interface import (
    FeedNotConfigured,
    MethodSwitchedOff,
    Synced,
    SyncOutcome,
)
from maintien.sites.feeds.log import log_steps
from maintien.sites.feeds.register import RegisterFeed
from maintien.sites.feeds.register_settings import DATABASE, NoRegister, parse_register_settings
from maintien.sites.feeds.register_sync import follow_register
from maintien.sites.feeds.sync import OneCourse, Scope, Sync, WholeSite, begin_sync


@dataclass(frozen=True, slots=True, kw_only=True)
class FedMoodle:
    """An invented Moodle, and the register beside it."""

    name: str
    """How the site is called before people, never with a password."""
    engine: Engine
    tables: MoodleTables
    register: Engine
    any_site_in_a_test: bool = False
    """Lifts the guard. For tests of the syncs themselves, on databases that the tests have made."""


def sync_everything(moodle: FedMoodle, *, now: int) -> tuple[SyncOutcome, SyncOutcome]:
    """Run both syncs over the whole site, cohorts first.

    Raises what the two do.
    """
    return sync_cohorts(moodle, now=now), sync_register(moodle, now=now)


def sync_cohorts(
    moodle: FedMoodle,
    *,
    now: int,
    scope: WholeSite | OneCourse | None = None,
    operator: UserId | None = None,
) -> SyncOutcome:
    """Run cohort sync, over the whole site unless a scope is given, in one transaction.

    ``now`` in Unix seconds; ``operator`` None is the site's first administrator, as in cron. A second
    run at once changes nothing.

    Raises:
        NotADemoSite: the site is not invented; nothing was written.

    Source: enrol_cohort_sync (enrol/cohort/locallib.php), Moodle 4.1 and 4.3.
    """
    with writing_engine(moodle.engine).begin() as connection:
        sync = _begin(moodle, connection, now, operator)
        if not sync.config.is_enabled(COHORT):
            roles = purge_cohort_roles(sync)
            _finish(sync, COHORT, (RolesRemoved(roles=roles),))
            return MethodSwitchedOff(method=COHORT, roles_removed=len(roles))
        steps = follow_cohorts(sync, scope or WholeSite())
        _finish(sync, COHORT, steps)
        return Synced(method=COHORT, counts=count_steps(steps))


def sync_register(
    moodle: FedMoodle,
    *,
    now: int,
    scope: Scope | None = None,
    operator: UserId | None = None,
) -> SyncOutcome:
    """Run the external database's sync, over the whole site unless a scope is given, in one transaction.

    ``now`` in Unix seconds; ``operator`` None is the site's first administrator, as in cron.

    Raises:
        NotADemoSite: the site is not invented; nothing was written.
        BadRegisterSetting: the site's settings can't be followed; nothing was written.
        RegisterUnreadable: the register can't be read; nothing was written.

    Source: enrol_database_plugin::sync_enrolments and sync_user_enrolments (enrol/database/lib.php),
    Moodle 4.1 and 4.3.
    """
    with writing_engine(moodle.engine).begin() as connection:
        sync = _begin(moodle, connection, now, operator)
        if not sync.config.is_enabled(DATABASE):
            return MethodSwitchedOff(method=DATABASE)
        settings = parse_register_settings(sync.core, sync.plugins, sync.config.unenrol_action(DATABASE))
        if isinstance(settings, NoRegister):
            return FeedNotConfigured(method=DATABASE)
        feed = RegisterFeed(
            connection=connection,
            tables=moodle.tables,
            register=moodle.register,
            settings=settings,
        )
        steps, spared = follow_register(sync, feed, scope or WholeSite())
        _finish(sync, DATABASE, steps)
        return Synced(method=DATABASE, counts=count_steps(steps), spared_everybody=spared)


def _begin(moodle: FedMoodle, connection: Connection, now: int, operator: UserId | None) -> Sync:
    if not moodle.any_site_in_a_test:
        require_demo_site(connection, moodle.tables, moodle.name)
    return begin_sync(connection, moodle.tables, now=now, operator=operator)


def _finish(sync: Sync, method: str, steps: tuple[Step, ...]) -> None:
    log_steps(sync, method, steps)
    touched = {userid for step in steps for userid in people_of(step)}
    mark_users_dirty(sync.connection, sync.tables, sync.config, touched, sync.now)
