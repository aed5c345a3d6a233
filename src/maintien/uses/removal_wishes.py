"""Which unenrolments to look for in the log, by how many courses are looked at."""

from typing import Final

from maintien.enrolments.withdrawals import Window
from maintien.moodle.config import SiteConfig
from maintien.moodle.ids import UserId
from maintien.sites.database.removals import RemovalWishes

FEW_COURSES: Final = 200
"""Of more courses than that, only unenrolments in an administrator's name are looked for in the log: those by
cron, and not those at sign-in, which lie among everything else that happened in a course."""

_NOBODY_SIGNED_IN: Final = UserId(0)


def removal_wishes_for(config: SiteConfig, window: Window, courses: int) -> RemovalWishes:
    """Wish for the unenrolments of so many courses within ``window``."""
    if courses <= FEW_COURSES:
        return RemovalWishes(window=window)
    return RemovalWishes(window=window, doers=frozenset({_NOBODY_SIGNED_IN, *config.administrators}))
