"""The site file names sites; what is wrong in it is named, and its passwords are not."""

import re
from pathlib import Path

import pytest

from maintien.errors.sites import (
    BadSiteUrl,
    BrokenSiteEntry,
    BrokenSiteFile,
    NoPasswordFound,
    NoSite,
    NoSiteFile,
    UnknownSite,
    UnknownSiteKey,
)
from maintien.errors.tree import MaintienError
from maintien.sites.database.settings import DatabaseSettings, Product
from maintien.sites.opening import find_settings
from maintien.sites.site_file import read_site_names
from tests.sites.small_moodle import everything_said

SECRET = "s3cr3t"  # noqa: S105 -- a test's

CONFIG_PHP = f"""<?php
$CFG = new stdClass();
$CFG->dbtype = 'pgsql';
$CFG->dbhost = 'db.example.org';
$CFG->dbname = 'moodle';
$CFG->dbuser = 'me';
$CFG->dbpass = '{SECRET}';
$CFG->prefix = 'm_';
$CFG->dboptions = ['dbschema' => 'campus', 'dbport' => 5433];
require_once(__DIR__ . '/lib/setup.php');
"""

FROM_CONFIG_PHP = DatabaseSettings(
    product=Product.POSTGRESQL,
    database="moodle",
    host="db.example.org",
    port=5433,
    user="me",
    password=SECRET,
    prefix="m_",
    search_path="campus",
)

SITES = """
[sites.plain]
url = "postgresql://me@db.example.org/moodle"
[sites.env]
url = "postgresql://me@db.example.org/moodle"
password_env = "PASSWORD"
[sites.file]
url = "postgresql://me@db.example.org/moodle"
password_file = "password"
[sites.php]
config = "moodle/config.php"
[sites.lite]
url = "sqlite:///moodle.db"
"""


@pytest.fixture
def site_file(tmp_path: Path) -> Path:
    path = tmp_path / "sites.toml"
    path.write_text(SITES, encoding="utf-8")
    (tmp_path / "password").write_text(f"{SECRET}\nnot this\n", encoding="utf-8")
    (tmp_path / "moodle").mkdir()
    (tmp_path / "moodle/config.php").write_text(CONFIG_PHP, encoding="utf-8")
    return path


def on_server(password: str | None) -> DatabaseSettings:
    return DatabaseSettings(
        product=Product.POSTGRESQL,
        database="moodle",
        host="db.example.org",
        user="me",
        password=password,
    )


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("plain", on_server(None)),
        ("env", on_server(SECRET)),
        ("file", on_server(SECRET)),
        ("php", FROM_CONFIG_PHP),
    ],
)
def test_name_leads_to_its_site(site_file: Path, name: str, settings: DatabaseSettings) -> None:
    found = find_settings(name, site_file=site_file, environment={"PASSWORD": SECRET})

    assert found == (name, settings)


def test_paths_start_at_the_site_files_folder(site_file: Path) -> None:
    _name, settings = find_settings("lite", site_file=site_file, environment={})

    assert settings.database == str(site_file.parent / "moodle.db")


def test_config_php_is_a_site(site_file: Path) -> None:
    path = str(site_file.parent / "moodle/config.php")

    assert find_settings(path, site_file=site_file, environment={}) == (path, FROM_CONFIG_PHP)


def test_name_goes_before_a_file_of_that_name(site_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(site_file.parent)
    (site_file.parent / "plain").write_text("not PHP", encoding="utf-8")

    assert find_settings("plain", site_file=site_file, environment={}) == ("plain", on_server(None))


def test_file_that_is_no_name_is_taken_for_a_config_php(
    site_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(site_file.parent)
    (site_file.parent / "copy").write_text(CONFIG_PHP, encoding="utf-8")

    assert find_settings("copy", site_file=site_file, environment={}) == ("copy", FROM_CONFIG_PHP)


def test_names_are_listed_in_their_order(site_file: Path) -> None:
    assert read_site_names(site_file) == ("env", "file", "lite", "php", "plain")


def test_no_file_has_no_names(tmp_path: Path) -> None:
    assert read_site_names(tmp_path / "sites.toml") == ()


NO_SITE = {
    "empty": ("", NoSite, "which site"),
    "spaces": ("  ", NoSite, "which site"),
    "unknown": ("other", UnknownSite, "other.* env, file, lite, php, plain"),
    "long": ("x" * 5000, UnknownSite, "xxx"),
    "url_without_its_beginning": (f"me:{SECRET}@host/moodle", BadSiteUrl, "begin with"),
    "url_with_one_slash": (f"postgresql:/me:{SECRET}@host/moodle", BadSiteUrl, "begin with"),
    "url_with_one_slash_and_no_address": (f"mysql:/me:{SECRET}", BadSiteUrl, "begin with"),
    "url_without_an_address": (f"mysql:me:{SECRET}", BadSiteUrl, "begin with"),
}


@pytest.mark.parametrize(("text", "error", "words"), NO_SITE.values(), ids=NO_SITE)
def test_what_names_no_site_is_refused(
    site_file: Path, text: str, error: type[MaintienError], words: str
) -> None:
    with pytest.raises(error, match=words) as caught:
        find_settings(text, site_file=site_file, environment={})

    assert SECRET not in everything_said(caught.value)


def test_name_without_a_site_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(NoSiteFile, match="campus"):
        find_settings("campus", site_file=tmp_path / "sites.toml", environment={})


BROKEN = {
    "no_toml": (b"[sites.campus\n", BrokenSiteFile, "line 1"),
    "no_utf8": (b'[sites.campus]\nurl = "\xe9s3cr3t"', BrokenSiteFile, "UTF-8"),
    "sites_not_tables": (b"sites = 3", BrokenSiteFile, "tables"),
    "site_not_a_table": (b'sites.campus = "s3cr3t"', BrokenSiteEntry, "table"),
    "neither": (b"[sites.campus]", BrokenSiteEntry, "either url or config"),
    "both": (b'[sites.campus]\nurl = "sqlite:///x"\nconfig = "y"', BrokenSiteEntry, "either url or config"),
    "number": (b"[sites.campus]\nurl = 3", BrokenSiteEntry, "texts"),
    "unknown_key": (b'[sites.campus]\npassword = "s3cr3t"', UnknownSiteKey, "'password'"),
    "two_passwords": (
        b'[sites.campus]\nurl = "mysql://me@h/d"\npassword_env = "A"\npassword_file = "b"',
        BrokenSiteEntry,
        "either password_env or password_file",
    ),
    "password_twice": (
        b'[sites.campus]\nurl = "mysql://me:s3cr3t@h/d"\npassword_env = "PASSWORD"',
        BrokenSiteEntry,
        "twice",
    ),
    "no_variable": (
        b'[sites.campus]\nurl = "mysql://me@h/d"\npassword_env = "NOT_SET"',
        NoPasswordFound,
        "NOT_SET",
    ),
    "no_password_file": (
        b'[sites.campus]\nurl = "mysql://me@h/d"\npassword_file = "nowhere"',
        NoPasswordFound,
        "nowhere",
    ),
    "bad_url": (b'[sites.campus]\nurl = "foo://me:s3cr3t@h/d"', BadSiteUrl, "knows"),
}


@pytest.mark.parametrize(("content", "error", "words"), BROKEN.values(), ids=BROKEN)
def test_broken_site_file_is_named_and_its_passwords_are_not(
    tmp_path: Path, content: bytes, error: type[MaintienError], words: str
) -> None:
    path = tmp_path / "sites.toml"
    path.write_bytes(content)

    with pytest.raises(error, match=re.escape(words)) as caught:
        find_settings("campus", site_file=path, environment={"PASSWORD": SECRET})

    assert SECRET not in everything_said(caught.value)


def test_site_file_that_is_a_folder_is_broken(tmp_path: Path) -> None:
    with pytest.raises(BrokenSiteFile, match="directory"):
        find_settings("campus", site_file=tmp_path, environment={})


def test_password_that_is_no_text_is_not_shown(tmp_path: Path) -> None:
    path = tmp_path / "sites.toml"
    path.write_text('[sites.campus]\nurl = "mysql://me@h/d"\npassword_file = "p"', encoding="utf-8")
    (tmp_path / "p").write_bytes(b"s3cr3t\xe9")

    with pytest.raises(NoPasswordFound) as caught:
        find_settings("campus", site_file=path, environment={})

    assert SECRET not in everything_said(caught.value)
