"""Reads a site's URL. Nothing of it is ever repeated in an error, since it may hold a password."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from maintien.errors.sites import BadSiteUrl, UnknownUrlOption
from maintien.messages import N_
from maintien.sites.database.settings import (
    DEFAULT_CHARSET,
    DEFAULT_PREFIX,
    DatabaseSettings,
    Product,
    TransportSecurity,
)
from maintien.sites.database.tables import is_prefix

PRODUCTS: Final = {
    "sqlite": Product.SQLITE,
    "postgresql": Product.POSTGRESQL,
    "mariadb": Product.MARIADB,
    "mysql": Product.MARIADB,
}

_EVERYWHERE: Final = frozenset({"prefix"})
_ON_SERVERS: Final = frozenset({"socket", "unix_socket", "host", "sslmode", "ssl_ca"})
OPTIONS: Final = {
    Product.SQLITE: _EVERYWHERE,
    Product.POSTGRESQL: _EVERYWHERE | _ON_SERVERS | {"schema"},
    Product.MARIADB: _EVERYWHERE | _ON_SERVERS | {"charset"},
}

_PARTS: Final = re.compile(
    r"(?P<base>\w+://(?:[^:/?]*(?::[^@]*)?@)?[^?]*)(?:\?(?P<query>.*))?", re.ASCII | re.DOTALL
)
"""A password may have any character but @ as it is; ? ends the address only after it."""

_HOST: Final = re.compile(r"(?!-)[\w.-]{1,253}(?<!\.)|[0-9A-Fa-f:.]+(%\w+)?", re.ASCII)
_LONGEST_LABEL: Final = 63
"""Between the dots of a host's name (RFC 1035); longer ones fail while they are encoded."""

_PORTS: Final = range(1, 1 << 16)

_CHARSETS: Final = frozenset({"utf8mb4", "utf8mb3", "utf8"})
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def parse_database_url(text: str) -> DatabaseSettings:
    """Read ``sqlite:///FILE``, ``postgresql://…``, ``mariadb://…`` or ``mysql://…``.

    Raises:
        BadSiteUrl: it is not one of these, or a part of it can't be used.
        UnknownUrlOption: the query has a key that means nothing here.
    """
    url, query = _split(text)
    product = PRODUCTS.get(url.drivername)
    if product is None:
        raise BadSiteUrl(reason=N_("it is not of a database that maintien knows"))
    options = _options(query, product)
    if not url.database:
        raise BadSiteUrl(reason=N_("it names no database"))
    if product is Product.SQLITE:
        return _sqlite_settings(url, options)
    return _server_settings(url, product, options)


def is_host(text: str) -> bool:
    """Whether ``text`` can be a host's name or address; drivers fail on others in ways of their own."""
    is_written_so = _HOST.fullmatch(text) is not None
    return is_written_so and all(0 < len(label) <= _LONGEST_LABEL for label in text.split("."))


def _split(text: str) -> tuple[URL, str]:
    """Separate the query, whose empty values the parser would leave out."""
    parts = _PARTS.fullmatch(text)
    if parts is None or _CONTROLS.search(text):
        raise BadSiteUrl(reason=N_("it is not written like a URL"))
    try:
        url = make_url(parts["base"])
    except (ArgumentError, ValueError):
        # Not chained: the parser's error may repeat a part of the password.
        raise BadSiteUrl(reason=N_("it is not written like a URL")) from None
    if url.port is not None and url.port not in _PORTS:
        raise BadSiteUrl(reason=N_("its port is not one"))
    return url, parts["query"] or ""


def _options(query: str, product: Product) -> Mapping[str, str]:
    known = OPTIONS[product]
    pairs = parse_qsl(query, keep_blank_values=True)
    options = dict(pairs)
    if not options.keys() <= known:
        raise UnknownUrlOption(known=", ".join(sorted(known)))
    if len(options) < len(pairs):
        raise BadSiteUrl(reason=N_("it gives an option twice"))
    return options


def _sqlite_settings(url: URL, options: Mapping[str, str]) -> DatabaseSettings:
    if url.host or url.username or url.password or url.port:
        raise BadSiteUrl(reason=N_("a file has no host: write three slashes, sqlite:///FILE"))
    return DatabaseSettings(
        product=Product.SQLITE,
        database=url.database or "",
        prefix=_prefix(options),
    )


def _server_settings(url: URL, product: Product, options: Mapping[str, str]) -> DatabaseSettings:
    host, socket = _address(url, options)
    charset = options.get("charset", DEFAULT_CHARSET)
    if charset not in _CHARSETS:
        raise BadSiteUrl(reason=N_("its charset is not utf8mb4"))
    return DatabaseSettings(
        product=product,
        database=url.database or "",
        host=host,
        port=url.port,
        socket=socket,
        user=url.username,
        password=None if url.password is None else str(url.password),
        prefix=_prefix(options),
        charset=charset,
        search_path=options.get("schema"),
        transport=_transport(options.get("sslmode")),
        certificate_authority=options.get("ssl_ca"),
    )


def _address(url: URL, options: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Tell host and socket apart: ``host=/path`` is a socket too, as libpq has it."""
    given = [options[key] for key in ("socket", "unix_socket", "host") if key in options]
    if len(given) + bool(url.host) > 1:
        raise BadSiteUrl(reason=N_("it says twice where the server is"))
    address = given[0] if given else url.host
    if not address:
        return None, None
    if address.startswith("/"):
        return None, address
    if not is_host(address):
        raise BadSiteUrl(reason=N_("its host is not a host's name"))
    return address, None


def _prefix(options: Mapping[str, str]) -> str:
    prefix = options.get("prefix", DEFAULT_PREFIX)
    if not is_prefix(prefix):
        raise BadSiteUrl(reason=N_("its prefix is not one of letters, digits and _"))
    return prefix


def _transport(mode: str | None) -> TransportSecurity | None:
    try:
        return None if mode is None else TransportSecurity(mode)
    except ValueError:
        raise BadSiteUrl(
            reason=N_("its sslmode is none of disable, allow, prefer, require, verify-ca, verify-full")
        ) from None
