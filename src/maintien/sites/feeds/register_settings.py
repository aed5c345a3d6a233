"""The settings of the external database method: which table it follows, and how it reads it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from maintien.errors.sites import BadRegisterSetting
from maintien.moodle.ids import RoleId
from maintien.moodle.values import UnenrolAction

DATABASE: Final = "database"
PLUGIN: Final = "enrol_database"

COURSE_FIELDS: Final = frozenset({"id", "idnumber", "shortname"})
USER_FIELDS: Final = frozenset({"id", "idnumber", "email", "username"})
ROLE_FIELDS: Final = frozenset({"id", "shortname"})
"""What the settings page offers. Source: enrol/database/settings.php, Moodle 4.3."""

_REQUIRED: Final = ("dbtype", "remoteenroltable", "remotecoursefield", "remoteuserfield")

_NAME: Final = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*){0,2}", re.ASCII)
"""Names of tables and columns go into SQL as they are; Moodle takes anything, we take names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterSettings:
    """How the external table is read. Field names outside are as the administrator wrote them."""

    table: str
    course_field: str
    user_field: str
    role_field: str | None = None
    other_user_field: str | None = None
    """A column that says "role without enrolment" where it is not empty."""
    local_course_field: str = "idnumber"
    local_user_field: str = "idnumber"
    local_role_field: str = "shortname"
    default_role: RoleId | None = None
    """For entries without a role that Moodle knows; without it they are skipped."""
    unenrol_action: UnenrolAction = UnenrolAction.UNENROL
    ignores_hidden_courses: bool = False
    local_host: str = ""
    """``mnethostid`` of accounts that user names are looked up among."""


@dataclass(frozen=True, slots=True)
class NoRegister:
    """The settings name no table to follow."""


def parse_register_settings(
    core: Mapping[str, str], plugins: Mapping[tuple[str, str], str], action: UnenrolAction
) -> RegisterSettings | NoRegister:
    """Read the settings from the rows of ``config`` and ``config_plugins``.

    Raises:
        BadRegisterSetting: a table or field isn't a name, or a local field is none that Moodle offers.

    Source: enrol_database_plugin::sync_enrolments (enrol/database/lib.php), Moodle 4.1 and 4.3.
    """
    settings = {name: value.strip() for (plugin, name), value in plugins.items() if plugin == PLUGIN}
    if not all(settings.get(name) for name in _REQUIRED):
        return NoRegister()
    return RegisterSettings(
        table=_name(settings, "remoteenroltable"),
        course_field=_name(settings, "remotecoursefield"),
        user_field=_name(settings, "remoteuserfield"),
        role_field=_optional_name(settings, "remoterolefield"),
        other_user_field=_optional_name(settings, "remoteotheruserfield"),
        local_course_field=_choice(settings, "localcoursefield", COURSE_FIELDS, "idnumber"),
        local_user_field=_choice(settings, "localuserfield", USER_FIELDS, "idnumber"),
        local_role_field=_choice(settings, "localrolefield", ROLE_FIELDS, "shortname"),
        default_role=_role(settings.get("defaultrole", "")),
        unenrol_action=action,
        ignores_hidden_courses=settings.get("ignorehiddencourses", "") not in ("", "0"),
        local_host=core.get("mnet_localhost_id", ""),
    )


def _name(settings: Mapping[str, str], setting: str) -> str:
    value = settings[setting]
    if _NAME.fullmatch(value) is None:
        raise BadRegisterSetting(setting=f"{PLUGIN}/{setting}", value=value)
    return value


def _optional_name(settings: Mapping[str, str], setting: str) -> str | None:
    return _name(settings, setting) if settings.get(setting) else None


def _choice(settings: Mapping[str, str], setting: str, choices: frozenset[str], default: str) -> str:
    value = settings.get(setting) or default
    if value not in choices:
        raise BadRegisterSetting(setting=f"{PLUGIN}/{setting}", value=value)
    return value


def _role(text: str) -> RoleId | None:
    return RoleId(int(text)) if text.isdecimal() and int(text) else None
