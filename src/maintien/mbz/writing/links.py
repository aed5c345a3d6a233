"""Takes the site's address out of links, so that a restore can lead them to the new course.

Links to activities are left as they are: each activity has patterns of its own, and the restore of an
archive without activities would only put the same links back.
"""

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

SHORTEST: Final = 32
"""Bytes. Moodle looks for links in no shorter text."""

_COURSE_PAGES: Final = (
    ("COURSEVIEWBYID", "/course/view.php?id="),
    ("GRADEINDEXBYID", "/grade/index.php?id="),
    ("GRADEREPORTINDEXBYID", "/grade/report/index.php?id="),
    ("BADGESVIEWBYID", "/badges/view.php?type=2&id="),
    ("USERINDEXVIEWBYID", "/user/index.php?id="),
)
"""Source: backup_course_task::encode_content_links, Moodle 4.1 and 4.3."""

_PLUGIN_FILES: Final = ("PLUGINFILEBYCONTEXT", "/pluginfile.php/")
"""Since Moodle 4.2."""

_SCHEME: Final = re.compile("^https?://")


@dataclass(frozen=True)
class LinkEncoder:
    """Turns links to pages of ``wwwroot`` into ``$@NAME*ID@$``."""

    wwwroot: str
    """The site's address, without a slash at the end; empty where it is not known, and nothing is done."""
    with_plugin_files: bool = field(default=True, kw_only=True)

    def may_be_in(self, text: str) -> bool:
        """Whether the site's address is in ``text``."""
        return bool(self._place) and self._place in text

    def encode(self, text: str) -> str:
        """Encode the links in ``text``, whether they begin with http or https."""
        if not self.may_be_in(text) or len(text.encode(errors="ignore")) < SHORTEST:
            return text
        text = self._embedded.sub("$@H5PEMBED@$", text)
        for name, pattern in self._patterns:
            text = pattern.sub(rf"$@{name}*\1@$", text)
        return text

    @cached_property
    def _place(self) -> str:
        """The address from its double slash on."""
        place = _SCHEME.sub("", self.wwwroot)
        return f"://{place}" if place else ""

    @cached_property
    def _embedded(self) -> re.Pattern[str]:
        return re.compile(re.escape(f"{self.wwwroot}/h5p/embed.php"))

    @cached_property
    def _patterns(self) -> list[tuple[str, re.Pattern[str]]]:
        pages = (*_COURSE_PAGES, _PLUGIN_FILES) if self.with_plugin_files else _COURSE_PAGES
        return [(name, re.compile(f"https?{re.escape(self._place + page)}([0-9]+)")) for name, page in pages]


NO_LINKS: Final = LinkEncoder("")
