"""The language a person reads: sentences, numbers, dates and lists.

The catalogues are GNU gettext's, with the English sentences as their keys, so English needs no file.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from typing import Final

from maintien.errors.command_line import UnknownLanguage
from maintien.moodle.values import is_unlimited

ENGLISH: Final = "en"
FRENCH: Final = "fr"
LANGUAGES: Final = (FRENCH, ENGLISH)

_GROUPING: Final = {ENGLISH: ",", FRENCH: "\u202f"}
_PERCENT: Final = {ENGLISH: "%", FRENCH: "\u00a0%"}
_DAY: Final = {ENGLISH: "%Y-%m-%d", FRENCH: "%d/%m/%Y"}
_HOUR: Final = 60 * 60
_DAY_LENGTH: Final = 24 * _HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """Sentences, numbers, dates and lists in one language."""

    code: str
    """``fr`` or ``en``."""
    catalogue: NullTranslations = field(default_factory=NullTranslations, repr=False)

    def gettext(self, message: str) -> str:
        """Translate a message; its fields are left for the caller to fill."""
        # gettext answers the empty message with the catalogue's header.
        return self.catalogue.gettext(message) if message else ""

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Translate the form of a message that goes with ``n``; its fields are left to fill."""
        return self.catalogue.ngettext(singular, plural, n)

    def number(self, n: int) -> str:
        """Write a whole number with its thousands grouped: 1,234,567."""
        return f"{n:,}".replace(",", _GROUPING[self.code])

    def percent(self, part: int, whole: int) -> str:
        """Write how much of ``whole`` a ``part`` is, in whole percents rounded down; of nothing, 0."""
        return f"{part * 100 // whole if whole else 0}{_PERCENT[self.code]}"

    def day(self, unix: int, zone: tzinfo) -> str:
        """Write the day of a Unix time in ``zone``."""
        return self._moment(unix, zone, _DAY[self.code])

    def date_time(self, unix: int, zone: tzinfo) -> str:
        """Write a Unix time in ``zone``, to the minute."""
        return self._moment(unix, zone, f"{_DAY[self.code]} %H:%M")

    def start_date(self, unix: int, zone: tzinfo) -> str:
        """Write when an enrolment begins; 0 is no date."""
        return self.date_time(unix, zone) if unix else self.gettext("always")

    def end_date(self, unix: int, zone: tzinfo) -> str:
        """Write when an enrolment ends, or that it never does."""
        return self.gettext("unlimited") if is_unlimited(unix) else self.date_time(unix, zone)

    def duration(self, seconds: int) -> str:
        """Write a length of time in whole days, or in hours rounded up where it is no number of days."""
        if seconds and seconds % _DAY_LENGTH == 0:
            days = seconds // _DAY_LENGTH
            return self.ngettext("{n} day", "{n} days", days).format(n=self.number(days))
        hours = -(-seconds // _HOUR)
        return self.ngettext("{n} hour", "{n} hours", hours).format(n=self.number(hours))

    def join(self, items: Iterable[str]) -> str:
        """Write a list: a, b and c."""
        *first, last = list(items) or [""]
        if not first:
            return last
        both = self.gettext("{all_but_last} and {last}")
        return both.format(all_but_last=", ".join(first), last=last)

    def _moment(self, unix: int, zone: tzinfo, form: str) -> str:
        moment = moment_of(unix, zone)
        # A number that is no date any more still says what stands in the database.
        return f"@{unix}" if moment is None else moment.strftime(form)


def moment_of(unix: int, zone: tzinfo) -> datetime | None:
    """Give the date of a Unix time; None for numbers beyond the calendar, which columns may hold."""
    try:
        return datetime.fromtimestamp(unix, zone)
    except (OverflowError, OSError, ValueError):
        return None


def load_texts(code: str) -> Texts:
    """Load the catalogue of a language.

    Raises UnknownLanguage.
    """
    if code not in LANGUAGES:
        raise UnknownLanguage(language=code)
    if code == ENGLISH:
        return Texts(code=ENGLISH)
    path = files("maintien").joinpath("locale", code, "LC_MESSAGES", "maintien.mo")
    with path.open("rb") as file:
        return Texts(code=code, catalogue=GNUTranslations(file))


def choose_language(option: str | None, environ: Mapping[str, str]) -> str:
    """Choose between the languages there are: the option asked for, or else the environment's.

    Raises UnknownLanguage for an option that is none of them.
    """
    if option is None:
        return next((code for code in _wishes(environ) if code in LANGUAGES), ENGLISH)
    if option not in LANGUAGES:
        raise UnknownLanguage(language=option)
    return option


def _wishes(environ: Mapping[str, str]) -> list[str]:
    """List the languages the environment asks for, as GNU gettext reads it: the best first.

    The locale is the first of LC_ALL, LC_MESSAGES and LANG that is set; LANGUAGE, a list, goes before
    it unless the locale is C or POSIX, which ask for no translation at all.
    """
    locales = (environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    locale = next(filter(None, locales), "")
    code = _language_of(locale)
    if code in ("c", "posix"):
        return []
    # What comes after a wish for another language is a second choice, and so is English.
    return [_language_of(wish) for wish in environ.get("LANGUAGE", "").split(":") if wish] + [code]


def _language_of(locale: str) -> str:
    """Take the language from a locale's name: ``fr`` from ``fr_CA.UTF-8``."""
    return re.split(r"[_.@-]", locale, maxsplit=1)[0].lower()
