"""How Moodle calls the settings of a backup (the language pack *backup*, ``general…``)."""

from typing import Final

from maintien.messages import N_
from maintien.reports.language import Texts
from maintien.reports.safe_text import printable

SETTING_NAMES: Final = {
    "imscc11": N_("IMS Common Cartridge 1.1"),
    "users": N_("enrolled users"),
    "anonymize": N_("anonymised user information"),
    "role_assignments": N_("role assignments"),
    "activities": N_("activities and resources"),
    "blocks": N_("blocks"),
    "files": N_("files"),
    "filters": N_("filters"),
    "comments": N_("comments"),
    "badges": N_("badges"),
    "calendarevents": N_("calendar events"),
    "userscompletion": N_("user completion details"),
    "logs": N_("course logs"),
    "grade_histories": N_("grade history"),
    "questionbank": N_("question bank"),
    "groups": N_("groups and groupings"),
    "competencies": N_("competencies"),
    "customfield": N_("custom fields"),
    "contentbankcontent": N_("content bank content"),
    "xapistate": N_("user state in interactive content"),
    "legacyfiles": N_("legacy course files"),
}

NO_SWITCH: Final = frozenset({"filename"})
"""Settings that hold something else than on and off."""


def setting_name(texts: Texts, setting: str) -> str:
    """Name a setting; an unknown one by its own word."""
    name = SETTING_NAMES.get(setting)
    return printable(setting) if name is None else texts.gettext(name)
