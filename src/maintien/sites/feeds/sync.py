"""One sync at work: in which transaction, over which courses, when and in whose name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy import Connection, select

from maintien.moodle.config import SiteConfig, parse_site_config
from maintien.moodle.ids import CourseId, RoleId, UserId
from maintien.moodle.values import NO_END, EnrolmentStatus
from maintien.sites.database.tables import MoodleTables


@dataclass(frozen=True, slots=True)
class WholeSite:
    """Every course, as cron does it."""


@dataclass(frozen=True, slots=True)
class OneCourse:
    """One course, as restoring into it does."""

    courseid: CourseId


@dataclass(frozen=True, slots=True)
class OnePerson:
    """One person's courses, as their login does."""

    userid: UserId


Scope: TypeAlias = WholeSite | OneCourse | OnePerson


@dataclass(frozen=True, slots=True, kw_only=True)
class Sync:
    """A sync under way. Everything it writes is part of the caller's transaction."""

    connection: Connection
    tables: MoodleTables
    core: Mapping[str, str]
    """``config`` by name."""
    plugins: Mapping[tuple[str, str], str]
    """``config_plugins`` by plugin and name."""
    config: SiteConfig
    operator: UserId
    """Goes into modifierid: cron runs as the site's first administrator."""
    now: int
    """Unix seconds."""

    def stamped(self, **values: object) -> dict[str, object]:
        """Complete the values of a changed ``user_enrolments`` row with who writes it, and when."""
        return {**values, "modifierid": self.operator, "timemodified": self.now}

    def new_enrolment(self) -> dict[str, object]:
        """Give the values that every enrolment by a feed begins with: active, without dates.

        Source: enrol_plugin::enrol_user (lib/enrollib.php), Moodle 4.1 and 4.3.
        """
        values = self.stamped(status=int(EnrolmentStatus.ACTIVE), timestart=0, timeend=NO_END)
        return {**values, "timecreated": self.now}

    def new_role(self) -> dict[str, object]:
        """Give what is the same in every role assignment that this sync adds.

        Source: role_assign (lib/accesslib.php), Moodle 4.1 and 4.3.
        """
        return {"timemodified": self.now, "modifierid": self.operator, "sortorder": 0}


def begin_sync(
    connection: Connection, tables: MoodleTables, *, now: int, operator: UserId | None = None
) -> Sync:
    """Read the site's settings and get ready. ``operator`` None is the first administrator, or nobody."""
    config, plugins, role = tables.config.c, tables.config_plugins.c, tables.role.c
    core = dict(connection.execute(select(config.name, config.value)).all())
    settings = {
        (plugin, name): value
        for plugin, name, value in connection.execute(select(plugins.plugin, plugins.name, plugins.value))
    }
    roles = {name: RoleId(number) for number, name in connection.execute(select(role.id, role.shortname))}
    site = parse_site_config(core, settings, roles)
    return Sync(
        connection=connection,
        tables=tables,
        core=core,
        plugins=settings,
        config=site,
        operator=operator if operator is not None else next(iter(site.administrators), UserId(0)),
        now=now,
    )
