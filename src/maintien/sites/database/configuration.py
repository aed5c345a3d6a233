"""Reads the settings that matter from ``config``, ``config_plugins`` and ``role``."""

from typing import Final

from sqlalchemy import Connection, or_, select

from maintien.moodle.config import STANDARD_LOG, SiteConfig, parse_site_config
from maintien.moodle.ids import RoleId
from maintien.sites.database.tables import MoodleTables

CORE_SETTINGS: Final = (
    "enrol_plugins_enabled",
    "release",
    "sessiontimeout",
    "siteadmins",
    "siteidentifier",
    "timezone",
    "version",
)


def read_config(connection: Connection, tables: MoodleTables) -> SiteConfig:
    """Read the settings in force, and the roles; one query a table."""
    return parse_site_config(
        _core_settings(connection, tables),
        _plugin_settings(connection, tables),
        _roles(connection, tables),
    )


def _core_settings(connection: Connection, tables: MoodleTables) -> dict[str, str]:
    config = tables.config
    rows = connection.execute(select(config.c.name, config.c.value).where(config.c.name.in_(CORE_SETTINGS)))
    return {row.name: row.value for row in rows}


def _plugin_settings(connection: Connection, tables: MoodleTables) -> dict[tuple[str, str], str]:
    config = tables.config_plugins
    rows = connection.execute(
        select(config.c.plugin, config.c.name, config.c.value).where(
            or_(
                config.c.plugin.in_(("tool_log", STANDARD_LOG)),
                config.c.plugin.startswith("enrol_", autoescape=True),
                config.c.name == "version",
            )
        )
    )
    return {(plugin, name): value for plugin, name, value in rows}


def _roles(connection: Connection, tables: MoodleTables) -> dict[str, RoleId]:
    role = tables.role
    rows = connection.execute(select(role.c.shortname, role.c.id))
    return {shortname: RoleId(id_) for shortname, id_ in rows}
