"""What the format of archives owes to the release of Moodle that writes them, beside columns of tables.

Of a release that is not known, what Moodle 4.3 does. Source: backup/moodle2 of Moodle 4.1, 4.3 and 5.1.
"""

from typing import Final

from maintien.moodle.release import Release

_NEW_COLUMNS: Final = {Release(4, 2): frozenset({"pdfexportfont", "visibility", "participation"})}
"""Columns by the first release after 4.1 that may have them: of ``course`` and of ``groups``."""

_XAPI_STATE_SINCE: Final = Release(4, 2)
_PLUGIN_FILE_LINKS_SINCE: Final = Release(4, 2)
_GROUP_FIELDS_SINCE: Final = Release(4, 3)
_SECTION_OPTIONS_APART_SINCE: Final = Release(4, 3)
_QUESTION_ACTIVITIES_SINCE: Final = Release(5, 0)


def columns_to_come(release: Release | None) -> frozenset[str]:
    """Name columns of ``course`` and ``groups`` that this release knows nothing of, should they be there."""
    later = (names for since, names in _NEW_COLUMNS.items() if release is not None and release < since)
    return frozenset().union(*later)


def has_xapi_state(release: Release | None) -> bool:
    """Whether there is a setting for the states of interactive contents."""
    return _is_since(release, _XAPI_STATE_SINCE)


def has_question_bank(release: Release | None) -> bool:
    """Whether there is a setting for the question bank: later, question banks are activities."""
    return release is None or release < _QUESTION_ACTIVITIES_SINCE


def has_plugin_file_links(release: Release | None) -> bool:
    """Whether links to files of plugins are encoded."""
    return _is_since(release, _PLUGIN_FILE_LINKS_SINCE)


def has_group_fields(release: Release | None) -> bool:
    """Whether groups can have custom fields."""
    return _is_since(release, _GROUP_FIELDS_SINCE)


def has_section_options_apart(release: Release | None) -> bool:
    """Whether the options of sections are in the sections only, not in the course as well."""
    return _is_since(release, _SECTION_OPTIONS_APART_SINCE)


def _is_since(release: Release | None, first: Release) -> bool:
    return release is None or release >= first
