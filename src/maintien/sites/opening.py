"""Opens a site, whatever it was named by: a URL, Moodle's config.php, or a name in the site file."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeAlias

from maintien.errors.sites import BadSiteUrl, BrokenSiteEntry, NoSite
from maintien.messages import N_
from maintien.moodle.config_php import read_config_php
from maintien.moodle.release import NEWEST_KNOWN, OLDEST_PROVEN, parse_release
from maintien.sites.database.moodle_settings import settings_from_moodle
from maintien.sites.database.opening import open_database
from maintien.sites.database.settings import DatabaseSettings, Product
from maintien.sites.database.site import DatabaseSite
from maintien.sites.database.urls import parse_database_url
from maintien.sites.site_file import SiteEntry, find_site, read_password, read_site_names
from maintien.sites.write_access import WriteAccess

_SCHEME: Final = "://"


@dataclass(frozen=True, slots=True, kw_only=True)
class OldMoodle:
    """The site runs a Moodle from before 4.0, on which maintien was never tried."""

    release: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnprovenMoodle:
    """The site runs a Moodle that is newer than this maintien, or has a release of its own."""

    release: str


OpeningWarning: TypeAlias = OldMoodle | UnprovenMoodle


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedSite:
    """A site that answers, and what to know before working on it."""

    site: DatabaseSite
    warnings: tuple[OpeningWarning, ...] = ()


def open_site(text: str, *, site_file: Path, environment: Mapping[str, str] | None = None) -> OpenedSite:
    """Open the site that ``text`` names, and make sure that it is a Moodle.

    ``text`` is a URL; or a path to a config.php, which has a slash in it or ends in ``.php``; or a name
    in ``site_file``; or, where that does not know it, any existing file. ``environment`` is where
    ``password_env`` of a site is looked up.

    Raises:
        NoSite: ``text`` is empty.
        BadSiteUrl, UnknownUrlOption: the URL can't be used.
        NoSiteFile, UnknownSite, BrokenSiteFile, BrokenSiteEntry, UnknownSiteKey, NoPasswordFound: the
            site file does not lead to a site.
        BrokenConfigPhp, UnusableConfigPhp: Moodle's config.php does not.
        CannotConnect, SqliteTooOld, DatabaseFailed: the database does not answer as it should.
        NotAMoodle, OtherPrefix, MoodleTooOld: it is not a Moodle that maintien knows.
    """
    name, settings = find_settings(text, site_file=site_file, environment=environment or {})
    return open_settings(name, settings)


def open_settings(name: str, settings: DatabaseSettings) -> OpenedSite:
    """Open the site at these settings, called ``name``, and make sure that it is a Moodle.

    Raises CannotConnect, SqliteTooOld, DatabaseFailed, NotAMoodle, OtherPrefix and MoodleTooOld.
    """
    site, release = open_database(settings, name)
    return OpenedSite(site=site, warnings=warnings_about(release))


def check_may_write(site: DatabaseSite) -> WriteAccess:
    """Find what keeps the site's account from writing, if anything does; nothing is written."""
    return site.check_may_write()


def warnings_about(release: str) -> tuple[OpeningWarning, ...]:
    """Tell what to know of a Moodle of this release, such as ``4.3 (Build: 20231009)``."""
    branch = parse_release(release)
    if branch is None or branch > NEWEST_KNOWN:
        return (UnprovenMoodle(release=release),)
    return (OldMoodle(release=release),) if branch < OLDEST_PROVEN else ()


def find_settings(
    text: str, *, site_file: Path, environment: Mapping[str, str]
) -> tuple[str, DatabaseSettings]:
    """Find what the site is called before people, and how to reach its database.

    Raises as :func:`open_site`; nothing connects yet.
    """
    if not text.strip():
        raise NoSite
    if _SCHEME in text:
        settings = parse_database_url(text)
        return settings.label, settings
    is_path = "/" in text or text.endswith(".php")
    if not is_path and text in read_site_names(site_file):
        return text, _from_entry(find_site(site_file, text), environment)
    # Not Path.is_file, which raises where a name is too long to be a file's.
    if os.path.isfile(text) or (is_path and not _is_like_a_url(text)):  # noqa: PTH113 -- as above
        return text, _from_config_php(Path(text))
    if _is_like_a_url(text):
        raise BadSiteUrl(reason=N_("it does not begin with sqlite://, postgresql://, mariadb:// or mysql://"))
    return text, _from_entry(find_site(site_file, text), environment)


def _is_like_a_url(text: str) -> bool:
    """Whether ``text`` may hold a password, and so is not to be repeated."""
    return "@" in text or ":" in text.partition("/")[0]


def _from_config_php(path: Path) -> DatabaseSettings:
    return settings_from_moodle(read_config_php(str(path)), str(path))


def _from_entry(entry: SiteEntry, environment: Mapping[str, str]) -> DatabaseSettings:
    settings = (
        _from_config_php(entry.config)
        if entry.config is not None
        else _beside(entry, parse_database_url(entry.url or ""))
    )
    password = read_password(entry, environment)
    if password is None:
        return settings
    if settings.password is not None:
        reason = N_("its password is given twice.")
        raise BrokenSiteEntry(path=entry.path, site=entry.name, reason=reason)
    return replace(settings, password=password)


def _beside(entry: SiteEntry, settings: DatabaseSettings) -> DatabaseSettings:
    """Let the path of an SQLite file start at the site file's folder."""
    if settings.product is not Product.SQLITE:
        return settings
    return replace(settings, database=str(entry.path.parent / settings.database))
