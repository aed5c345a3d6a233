"""Opens the register of a real site, where its settings say it is: only to read it.

ADOdb knows many databases, maintien those that Moodle itself runs on, and SQLite by way of PDO. A
register elsewhere counts as one that can't be read.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from sqlalchemy import Engine

from maintien.errors.sites import RegisterUnreadable
from maintien.sites.database.connecting import connect_engine
from maintien.sites.database.settings import DatabaseSettings, Product

_PRODUCTS: Final = {
    "mysql": Product.MARIADB,
    "mysqli": Product.MARIADB,
    "mysqlt": Product.MARIADB,
    "pgsql": Product.POSTGRESQL,
    "postgres": Product.POSTGRESQL,
    "postgres64": Product.POSTGRESQL,
    "postgres7": Product.POSTGRESQL,
}
"""Source: the choices of enrol/database/settings.php, Moodle 4.3; pgsql is PDO's word."""

_PDO: Final = "pdo"
_SQLITE: Final = "sqlite"

_HOST_AND_PORT: Final = re.compile(r"([^:]*):([0-9]{1,5})")


def open_register(settings: Mapping[str, str], table: str, site: Engine | None = None) -> Engine:
    """Make an engine for the register from the settings of ``enrol_database``; it connects when used.

    An SQLite file that is named without its folder lies beside the ``site``'s, if that is one.

    Raises:
        RegisterUnreadable: ``dbtype`` is none that maintien can read.
        CannotConnect: the SQLite file is not there.

    Source: enrol_database_plugin::db_init (enrol/database/lib.php), Moodle 4.1 and 4.3.
    """
    place = _place(settings, table)
    if place.product is Product.SQLITE and site is not None and site.dialect.name == "sqlite":
        place = replace(place, database=str(_folder_of(site) / place.database))
    return connect_engine(place)


def _folder_of(site: Engine) -> Path:
    return Path(unquote((site.url.database or "").removeprefix("file:"))).parent


def _place(settings: Mapping[str, str], table: str) -> DatabaseSettings:
    kind, host = settings.get("dbtype", ""), settings.get("dbhost", "")
    parts: Mapping[str, str] = {}
    if kind == _PDO:
        kind, _, rest = host.partition(":")
        if kind == _SQLITE:
            return DatabaseSettings(product=Product.SQLITE, database=rest)
        parts = dict(part.partition("=")[::2] for part in rest.split(";"))
        host = parts.get("host", "")
    if kind not in _PRODUCTS:
        raise RegisterUnreadable(table=table, reason=f"enrol_database/dbtype = {settings.get('dbtype', '')}")
    name, port = _host_and_port(host)
    port = int(parts["port"]) if parts.get("port", "").isdecimal() else port
    return DatabaseSettings(
        product=_PRODUCTS[kind],
        database=parts.get("dbname") or settings.get("dbname", ""),
        host=None if kind.startswith("mysql") and name.lower() == "localhost" else name or None,
        port=port,
        socket=parts.get("unix_socket") or None,
        user=settings.get("dbuser") or None,
        password=settings.get("dbpass") or None,
    )


def _host_and_port(text: str) -> tuple[str, int | None]:
    text = text.removeprefix("p:")
    found = _HOST_AND_PORT.fullmatch(text)
    return (text, None) if found is None else (found[1], int(found[2]))
