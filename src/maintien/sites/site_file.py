"""The site file: a name for each site, so that no password need be typed.

    [sites.campus]
    config = "/var/www/moodle/config.php"

    [sites.archive]
    url = "postgresql://reader@db.example.org/moodle"
    password_env = "ARCHIVE_PASSWORD"

``password_env`` names a variable of the environment, ``password_file`` a file whose first line is the
password. Relative paths start at the site file's folder.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from maintien.errors.sites import (
    BrokenSiteEntry,
    BrokenSiteFile,
    NoPasswordFound,
    NoSiteFile,
    UnknownSite,
    UnknownSiteKey,
)
from maintien.messages import N_

KEYS: Final = ("config", "password_env", "password_file", "url")

_LARGEST_PASSWORD_FILE: Final = 4096
"""Characters; whatever is larger was not meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteEntry:
    """One site of the file. Exactly one of ``url`` and ``config`` is given."""

    name: str
    path: Path
    """The site file's."""
    url: str | None = field(default=None, repr=False)
    config: Path | None = None
    password_env: str | None = None
    password_file: Path | None = None


def read_site_names(path: Path) -> tuple[str, ...]:
    """Read the names in the site file, in alphabetical order; none where there is no file.

    Raises:
        BrokenSiteFile: it can't be read.
    """
    return tuple(sorted(_read_sites(path) or ()))


def find_site(path: Path, name: str) -> SiteEntry:
    """Read the site called ``name``.

    Raises:
        NoSiteFile: there is no file.
        UnknownSite: it does not know the name.
        BrokenSiteFile, BrokenSiteEntry, UnknownSiteKey: it is not written as it has to be.
    """
    sites = _read_sites(path)
    if not sites:
        raise NoSiteFile(site=name, path=path)
    if name not in sites:
        raise UnknownSite(site=name, path=path, known=", ".join(sorted(sites)))
    return _entry(path, name, sites[name])


def read_password(entry: SiteEntry, environment: Mapping[str, str]) -> str | None:
    """Take the password from where the entry says; None where it says nothing.

    Raises:
        NoPasswordFound: it is not there.
    """
    if entry.password_env is not None:
        if entry.password_env not in environment:
            raise NoPasswordFound(site=entry.name, path=entry.path, place=entry.password_env)
        return environment[entry.password_env]
    return None if entry.password_file is None else _first_line(entry, entry.password_file)


def _first_line(entry: SiteEntry, path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            return file.readline(_LARGEST_PASSWORD_FILE).rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        # Not chained: a UnicodeDecodeError holds what it could not decode.
        raise NoPasswordFound(site=entry.name, path=entry.path, place=path) from None


def _read_sites(path: Path) -> Mapping[str, object] | None:
    try:
        text = path.read_text(encoding="utf-8")
        sites = tomllib.loads(text).get("sites", {})
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        raise BrokenSiteFile(path=path, reason=N_("it is not a text in UTF-8.")) from None
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise BrokenSiteFile(path=path, reason=_words(error)) from error
    if not isinstance(sites, dict):
        raise BrokenSiteFile(path=path, reason=N_("its sites are not tables such as [sites.campus]."))
    return sites


def _words(error: Exception) -> str:
    return error.strerror or "" if isinstance(error, OSError) else str(error)


def _entry(path: Path, name: str, values: object) -> SiteEntry:
    texts = _texts(path, name, values)
    if ("url" in texts) == ("config" in texts):
        reason = N_("give it either url or config.")
        raise BrokenSiteEntry(path=path, site=name, reason=reason)
    if {"password_env", "password_file"} <= texts.keys():
        reason = N_("give it either password_env or password_file.")
        raise BrokenSiteEntry(path=path, site=name, reason=reason)
    return SiteEntry(
        name=name,
        path=path,
        url=texts.get("url"),
        config=_beside(path, texts.get("config")),
        password_env=texts.get("password_env"),
        password_file=_beside(path, texts.get("password_file")),
    )


def _texts(path: Path, name: str, values: object) -> dict[str, str]:
    if not isinstance(values, dict):
        raise BrokenSiteEntry(path=path, site=name, reason=N_("it is not a table such as [sites.campus]."))
    for key, value in values.items():
        if key not in KEYS:
            raise UnknownSiteKey(path=path, site=name, key=key, known=", ".join(KEYS))
        if not isinstance(value, str):
            raise BrokenSiteEntry(path=path, site=name, reason=N_("its values have to be texts."))
    return values


def _beside(path: Path, text: str | None) -> Path | None:
    return None if text is None else path.parent / Path(text).expanduser()
