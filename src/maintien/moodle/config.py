"""The settings of a Moodle site that matter here, read from ``config`` and ``config_plugins``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from maintien.moodle.ids import RoleId, UserId
from maintien.moodle.values import InstanceStatus, UnenrolAction

DEFAULT_SESSION_TIMEOUT: Final = 8 * 60 * 60
"""Seconds. Source: admin/settings/server.php (sessiontimeout), Moodle 4.3."""

DEFAULT_EXPIRY_THRESHOLD: Final = 24 * 60 * 60
"""Seconds. Source: enrol_manual_plugin::add_default_instance, enrol/manual/lib.php, Moodle 4.3."""

DEFAULT_UNENROL_ACTION: Final = UnenrolAction.UNENROL
"""What cohort and database do when nothing is set. Source: their settings.php, Moodle 4.3."""

STANDARD_LOG: Final = "logstore_standard"

NOTIFY_EVERYBODY: Final = 2
"""``expirynotify`` that tells participants of the end too. Source: enrol/manual/lib.php, Moodle 4.3."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualDefaults:
    """What a new manual instance gets.

    Source: enrol_manual_plugin::add_default_instance (enrol/manual/lib.php), Moodle 4.1 and 4.3.
    """

    status: int = InstanceStatus.ENABLED
    roleid: int = 0
    enrolperiod: int = 0
    expirynotify: int = 0
    expirythreshold: int = DEFAULT_EXPIRY_THRESHOLD

    @property
    def notifyall(self) -> int:
        """Whether participants are told of the end too, and not only whoever enrolled them."""
        return 1 if self.expirynotify == NOTIFY_EVERYBODY else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteConfig:
    """The settings in force on one site."""

    release: str = ""
    version: int = 0
    identifier: str = ""
    """What Moodle calls itself, the same for a copy; empty where it has not thought of one yet."""
    timezone: str | None = None
    """The zone's name, or None where Moodle leaves it to the server."""
    administrators: tuple[UserId, ...] = ()
    """In the order of ``siteadmins``."""
    session_timeout: int = DEFAULT_SESSION_TIMEOUT
    """Seconds."""
    enabled_methods: frozenset[str] | None = None
    """None where the site does not say (then no method counts as switched off)."""
    manual: ManualDefaults = field(default_factory=ManualDefaults)
    expired_action: UnenrolAction = UnenrolAction.KEEP
    """What the manual method does to an enrolment past its end date."""
    unenrol_actions: Mapping[str, UnenrolAction] = field(default_factory=dict)
    """What each automatic method does to people whom its feed has dropped."""
    default_roles: Mapping[str, RoleId] = field(default_factory=dict)
    """The role that a method gives where its instance names none, such as ``enrol_database/defaultrole``."""
    register_skips_hidden_courses: bool = False
    """Whether the external database's sync leaves hidden courses as they are."""
    logs_to_standard_log: bool = False
    log_is_json: bool = False
    """Whether ``other`` is written as JSON; otherwise in PHP's serialised form."""
    roles: Mapping[str, RoleId] = field(default_factory=dict)
    """Role ids by shortname."""
    components: frozenset[str] = frozenset()
    """Plugins that are installed, such as ``mod_forum``: those whose version the site knows."""

    def role_names(self, ids: Iterable[RoleId]) -> tuple[str, ...]:
        """Name roles by their shortnames, or by their ids where they have none, in alphabetical order."""
        names = {roleid: name for name, roleid in self.roles.items()}
        return tuple(sorted(names.get(roleid, str(roleid)) for roleid in ids))

    def is_enabled(self, method: str) -> bool:
        """Whether the site has this enrolment method switched on."""
        return self.enabled_methods is None or method in self.enabled_methods

    def has_component(self, component: str) -> bool:
        """Whether this is a plugin that is installed, or a part of core."""
        return component.startswith("core_") or component in self.components

    def unenrol_action(self, method: str) -> UnenrolAction:
        """Tell what ``method`` does to people whom its feed has dropped.

        Cohort sync has no "keep": set to it, it suspends people and removes their roles
        (enrol_cohort_sync, enrol/cohort/locallib.php, Moodle 4.3).
        """
        action = self.unenrol_actions.get(method, DEFAULT_UNENROL_ACTION)
        if method == "cohort" and action is UnenrolAction.KEEP:
            return UnenrolAction.SUSPEND_AND_REMOVE_ROLES
        return action


def parse_site_config(
    core: Mapping[str, str],
    plugins: Mapping[tuple[str, str], str],
    roles: Mapping[str, RoleId],
) -> SiteConfig:
    """Interpret the rows of ``config`` (by name), ``config_plugins`` (by plugin, name) and ``role``.

    A value that is not of its kind counts as not set, as PHP would take it for 0 or ''.
    """
    enabled = core.get("enrol_plugins_enabled")
    stores = plugins.get(("tool_log", "enabled_stores"), "")
    return SiteConfig(
        release=core.get("release", ""),
        version=_version(core.get("version", "")),
        identifier=core.get("siteidentifier", ""),
        timezone=_zone(core.get("timezone")),
        administrators=_ids(core.get("siteadmins", "")),
        session_timeout=_whole_number(core.get("sessiontimeout"), DEFAULT_SESSION_TIMEOUT),
        enabled_methods=None if enabled is None else frozenset(filter(None, enabled.split(","))),
        manual=_manual_defaults(plugins),
        expired_action=_action(plugins, "enrol_manual", "expiredaction", UnenrolAction.KEEP),
        unenrol_actions={
            plugin.removeprefix("enrol_"): _action(plugins, plugin, name, DEFAULT_UNENROL_ACTION)
            for plugin, name in plugins
            if name == "unenrolaction" and plugin.startswith("enrol_")
        },
        default_roles={
            plugin.removeprefix("enrol_"): RoleId(_whole_number(value, 0))
            for (plugin, name), value in plugins.items()
            if name == "defaultrole" and plugin.startswith("enrol_")
        },
        register_skips_hidden_courses=(
            plugins.get(("enrol_database", "ignorehiddencourses"), "") not in ("", "0")
        ),
        logs_to_standard_log=STANDARD_LOG in stores.split(","),
        log_is_json=plugins.get((STANDARD_LOG, "jsonformat"), "0") not in ("", "0"),
        roles=dict(roles),
        components=frozenset(plugin for plugin, name in plugins if name == "version"),
    )


def _manual_defaults(plugins: Mapping[tuple[str, str], str]) -> ManualDefaults:
    def setting(name: str, default: int) -> int:
        return _whole_number(plugins.get(("enrol_manual", name)), default)

    return ManualDefaults(
        status=setting("status", InstanceStatus.ENABLED),
        roleid=setting("roleid", 0),
        enrolperiod=setting("enrolperiod", 0),
        expirynotify=setting("expirynotify", 0),
        expirythreshold=setting("expirythreshold", DEFAULT_EXPIRY_THRESHOLD),
    )


def _version(text: str) -> int:
    # Moodle's own has decimals: 2023100900.05 (version.php).
    return _whole_number(text.partition(".")[0], 0)


def _action(
    plugins: Mapping[tuple[str, str], str], plugin: str, name: str, default: UnenrolAction
) -> UnenrolAction:
    try:
        return UnenrolAction(_whole_number(plugins.get((plugin, name)), default))
    except ValueError:
        return default


def _whole_number(text: str | None, default: int) -> int:
    try:
        return default if text is None else int(text)
    except ValueError:
        return default


def _zone(text: str | None) -> str | None:
    # 99 is Moodle's "whatever the server has" (core_date::get_server_timezone, lib/classes/date.php).
    return None if text in (None, "", "99") else text


def _ids(text: str) -> tuple[UserId, ...]:
    return tuple(UserId(int(part)) for part in text.split(",") if part.strip().isdecimal())
