"""The settings of the invented site, as a Moodle 4.3 has them after installation, and a little more."""

from collections.abc import Mapping
from typing import Final

from maintien.moodle.values import UnenrolAction
from maintien.sites.demo.book import RowBook
from maintien.sites.demo.calendar import ZONE_NAME, UniversityCalendar
from maintien.sites.demo.curriculum import DOMAIN, UNIVERSITY
from maintien.sites.demo.register import COURSE_FIELD, PERSON_FIELD, ROLE_FIELD, TABLE_NAME
from maintien.sites.feeds.guard import MARKER_NAME, MARKER_PLUGIN, MARKER_VALUE

ADMIN: Final = 2
GUEST: Final = 1
"""Ids that installing Moodle gives. Source: lib/db/install.php, Moodle 4.3."""

LOCAL_HOST: Final = 1

ROLES: Final = (
    "manager",
    "coursecreator",
    "editingteacher",
    "teacher",
    "student",
    "guest",
    "user",
    "frontpage",
)
"""In the order in which installing creates them. Source: lib/db/install.php, Moodle 4.3."""

ROLE_IDS: Final[Mapping[str, int]] = {name: number for number, name in enumerate(ROLES, start=1)}

_CORE: Final = {
    "version": "2023100900",
    "release": "4.3 (Build: 20231009)",
    "branch": "403",
    "siteadmins": str(ADMIN),
    "siteguest": str(GUEST),
    "mnet_localhost_id": str(LOCAL_HOST),
    "enrol_plugins_enabled": "manual,guest,self,cohort,database",
    "auth": "cas",
    "lang": "fr",
    "country": "FR",
    "timezone": ZONE_NAME,
    "forcetimezone": "99",
    "sessiontimeout": "28800",
    "defaultuserroleid": str(ROLE_IDS["user"]),
    "guestroleid": str(ROLE_IDS["guest"]),
    "creatornewroleid": str(ROLE_IDS["editingteacher"]),
    "disablegradehistory": "0",
    "recovergradesdefault": "0",
}

_STUDENT: Final = str(ROLE_IDS["student"])

_PLUGINS: Final = {
    (MARKER_PLUGIN, MARKER_NAME): MARKER_VALUE,
    ("enrol_manual", "status"): "0",
    ("enrol_manual", "roleid"): _STUDENT,
    ("enrol_manual", "enrolperiod"): "0",
    ("enrol_manual", "expiredaction"): str(int(UnenrolAction.KEEP)),
    ("enrol_manual", "expirynotify"): "0",
    ("enrol_manual", "expirythreshold"): "86400",
    ("enrol_self", "status"): "1",
    ("enrol_self", "roleid"): _STUDENT,
    ("enrol_cohort", "roleid"): _STUDENT,
    ("enrol_cohort", "unenrolaction"): str(int(UnenrolAction.SUSPEND_AND_REMOVE_ROLES)),
    ("enrol_database", "dbtype"): "pdo",
    ("enrol_database", "dbencoding"): "utf-8",
    ("enrol_database", "localcoursefield"): "idnumber",
    ("enrol_database", "localuserfield"): "idnumber",
    ("enrol_database", "localrolefield"): "shortname",
    ("enrol_database", "remoteenroltable"): TABLE_NAME,
    ("enrol_database", "remotecoursefield"): COURSE_FIELD,
    ("enrol_database", "remoteuserfield"): PERSON_FIELD,
    ("enrol_database", "remoterolefield"): ROLE_FIELD,
    ("enrol_database", "defaultrole"): _STUDENT,
    ("enrol_database", "ignorehiddencourses"): "0",
    ("enrol_database", "unenrolaction"): str(int(UnenrolAction.UNENROL)),
    ("tool_log", "enabled_stores"): "logstore_standard",
    ("logstore_standard", "jsonformat"): "1",
}


def add_configuration(book: RowBook, calendar: UniversityCalendar, register: str) -> None:
    """Add settings, roles and hosts; ``register`` is how the settings name the register's database."""
    identifier = {"siteidentifier": site_identifier(calendar)}
    for name, value in {**_CORE, **identifier}.items():
        book.add("config", name=name, value=value)
    for (plugin, name), value in {**_PLUGINS, ("enrol_database", "dbhost"): register}.items():
        book.add("config_plugins", plugin=plugin, name=name, value=value)
    for sortorder, name in enumerate(ROLES, start=1):
        book.add("role", name="", shortname=name, description="", sortorder=sortorder, archetype=name)
    _add_hosts(book, calendar)


def site_identifier(calendar: UniversityCalendar, variant: str = "") -> str:
    """What tells this university from others, copies and later ones included.

    Source: get_site_identifier (lib/moodlelib.php), Moodle 4.3, which draws it.
    """
    return f"demo{variant}{calendar.now}{DOMAIN}"


def _add_hosts(book: RowBook, calendar: UniversityCalendar) -> None:
    for wwwroot, name in ((f"https://moodle.{DOMAIN}", UNIVERSITY), ("", "All Hosts")):
        book.add(
            "mnet_host",
            wwwroot=wwwroot,
            ip_address="192.0.2.10" if wwwroot else "",
            name=name,
            public_key="",
            last_connect_time=calendar.began_at,
            applicationid=1,
        )
