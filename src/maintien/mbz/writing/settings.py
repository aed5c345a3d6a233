"""The settings of a backup of nothing but enrolled users and their roles, as Moodle lists them.

Source: backup_root_task::define_settings (backup/moodle2/backup_root_task.class.php), Moodle 4.1, 4.3 and
5.1; the wizard's, which offers IMS Common Cartridge in general mode.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from maintien.mbz.writing.documents.moodle_backup_xml import SectionEntry, Setting
from maintien.mbz.writing.releases import has_question_bank, has_xapi_state
from maintien.moodle.release import Release

_BEFORE_GROUPS: Final = (
    "activities",
    "blocks",
    "files",
    "filters",
    "comments",
    "badges",
    "calendarevents",
    "userscompletion",
    "logs",
    "grade_histories",
)


def root_settings(
    release: Release | None, *, is_anonymised: bool, with_groups: bool, name: str = "backup.mbz"
) -> Iterator[Setting]:
    """List the settings of the whole backup; of a release that is not known, as of Moodle 4.3."""
    values: dict[str, str] = {"filename": name, "imscc11": "0", "users": "1"}
    values |= {"anonymize": _word(is_on=is_anonymised), "role_assignments": "1"}
    values |= dict.fromkeys(_BEFORE_GROUPS, "0")
    if has_question_bank(release):
        values["questionbank"] = "0"
    values["groups"] = _word(is_on=with_groups)
    values |= dict.fromkeys(("competencies", "customfield", "contentbankcontent"), "0")
    if has_xapi_state(release):
        values["xapistate"] = "0"
    values["legacyfiles"] = "0"
    return (Setting(name=setting, value=value) for setting, value in values.items())


def section_settings(sections: Iterable[SectionEntry]) -> Iterator[Setting]:
    """List the settings of sections, which are all included."""
    for section in sections:
        yield Setting(name=f"{section.name}_included", value="1", section=section.name)
        yield Setting(name=f"{section.name}_userinfo", value="1", section=section.name)


def _word(*, is_on: bool) -> str:
    return "1" if is_on else "0"
