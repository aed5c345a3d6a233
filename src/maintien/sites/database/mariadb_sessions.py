"""MariaDB and MySQL, through PyMySQL, or mysqlclient where it is installed."""

import os
import ssl
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from sqlalchemy.engine import URL

from maintien.errors.sites import CannotConnect
from maintien.messages import N_
from maintien.sites.database.settings import CONNECT_TIMEOUT, DatabaseSettings, TransportSecurity

USUAL_SOCKETS: Final = (
    "/run/mysqld/mysqld.sock",
    "/var/lib/mysql/mysql.sock",
    "/tmp/mysql.sock",  # noqa: S108 -- where servers put it, not we
)
"""Of Debian, Red Hat and the source's own default."""

DEFAULT_PORT: Final = 3306


def mariadb_connection(settings: DatabaseSettings) -> tuple[URL, dict[str, Any]]:
    """Put the settings into the driver's words.

    Raises:
        CannotConnect: the socket is not there, or the file of certificate authorities can't be read.
    """
    transport = _transport(settings)
    # Only PyMySQL takes a context of Python's own, whose checks are known.
    driver = "pymysql" if transport or fast_mariadb_driver() is None else "mysqldb"
    _require_socket(settings)
    socket = settings.socket or _usual_socket(settings)
    url = URL.create(
        f"mysql+{driver}",
        username=settings.user,
        password=settings.password,
        host=None if socket else settings.host or "127.0.0.1",
        port=None if socket else settings.port or DEFAULT_PORT,
        database=settings.database,
        query={"charset": settings.charset},
    )
    arguments = {
        "connect_timeout": CONNECT_TIMEOUT,
        "init_command": _session(settings),
        # Whatever a server asks for: no file of this machine is sent to it (LOAD DATA LOCAL).
        "local_infile": False,
        **({"unix_socket": socket} if socket else {}),
        **_password(settings, driver),
        **transport,
    }
    return url, arguments


@cache
def fast_mariadb_driver() -> Any | None:  # noqa: ANN401 -- a module without types
    """Find mysqlclient, of the extra ``fast``; None where it, or the library under it, is missing."""
    try:
        return import_module("MySQLdb")
    except ImportError:
        return None


def _session(settings: DatabaseSettings) -> str:
    """Set up a session, strict as Moodle's.

    Source: mysqli_native_moodle_database::raw_connect, 4.3.
    """
    seconds = max(1, round(settings.lock_timeout))
    return (
        "SET SESSION sql_mode = 'STRICT_ALL_TABLES',"
        f" SESSION innodb_lock_wait_timeout = {seconds},"
        f" SESSION lock_wait_timeout = {seconds}"
    )


def _password(settings: DatabaseSettings, driver: str) -> dict[str, Any]:
    """Send what other clients send: PyMySQL would take Latin-1 for a text, and fail beyond it."""
    if settings.password is None or driver != "pymysql":
        return {}
    return {"password": settings.password.encode()}


def _usual_socket(settings: DatabaseSettings) -> str | None:
    """Find the local server's socket, which PHP takes for ``localhost``; accounts depend on it."""
    is_local = settings.host is None or (settings.host == "localhost" and settings.port is None)
    sockets = USUAL_SOCKETS if is_local else ()
    return next((path for path in sockets if os.path.exists(path)), None)  # noqa: PTH110 -- never raises


def _require_socket(settings: DatabaseSettings) -> None:
    """Look for the socket first, since PyMySQL leaves one of its own open where it is not there."""
    try:
        if settings.socket is not None:
            Path(settings.socket).stat()
    except FileNotFoundError as error:
        raise CannotConnect(site=settings.label, reason=N_("no server answers there")) from error
    except OSError:
        return  # there, perhaps, but not for us: the driver will say


def _transport(settings: DatabaseSettings) -> dict[str, Any]:
    mode = settings.transport
    if mode is None and settings.certificate_authority is not None:
        mode = TransportSecurity.VERIFY_CA
    match mode:
        case None | TransportSecurity.ALLOW | TransportSecurity.PREFER:
            return {}
        case TransportSecurity.DISABLE:
            return {"ssl_disabled": True}
        case TransportSecurity.REQUIRE | TransportSecurity.VERIFY_CA | TransportSecurity.VERIFY_FULL:
            return {"ssl": _context(settings, mode)}


def _context(settings: DatabaseSettings, mode: TransportSecurity) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=settings.certificate_authority)
    except OSError as error:
        reason = N_("the file of certificate authorities can't be read")
        raise CannotConnect(site=settings.label, reason=reason) from error
    context.check_hostname = mode is TransportSecurity.VERIFY_FULL
    if mode is TransportSecurity.REQUIRE:
        context.verify_mode = ssl.CERT_NONE
    return context
