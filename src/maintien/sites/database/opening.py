"""Connects to a Moodle's database, and makes sure that it is one."""

from sqlalchemy import Connection

from maintien.errors.sites import CannotConnect
from maintien.messages import N_
from maintien.sites.database.connecting import connect_engine
from maintien.sites.database.failures import connecting_failures, database_failures
from maintien.sites.database.recognising import require_moodle
from maintien.sites.database.settings import DatabaseSettings
from maintien.sites.database.site import DatabaseSite
from maintien.sites.database.tables import moodle_tables


def open_database(settings: DatabaseSettings, name: str) -> tuple[DatabaseSite, str]:
    """Open the site, called ``name``; also returns its release, such as ``4.3 (Build: 20231009)``.

    Raises:
        CannotConnect: the server, the database or the file does not let us in.
        SqliteTooOld: this machine's SQLite lacks what maintien needs.
        NotAMoodle, OtherPrefix, MoodleTooOld: it is not a Moodle that maintien knows.
        DatabaseFailed: the server answered with an error.
    """
    tables = moodle_tables(settings.prefix)
    site = DatabaseSite(name=name, engine=connect_engine(settings), tables=tables, wwwroot=settings.wwwroot)
    try:
        return site, _release(site)
    except BaseException:
        site.close()
        raise


def _release(site: DatabaseSite) -> str:
    password = site.engine.url.password
    with connecting_failures(site.name, password=password):
        connection = _connect(site)
    with connection, database_failures(site.name, password=password):
        return require_moodle(connection, site.tables, site.name)


def _connect(site: DatabaseSite) -> Connection:
    try:
        return site.engine.connect()
    except RuntimeError as error:
        # PyMySQL's, where an account of MySQL 8 wants what only this package can do.
        if "cryptography" not in str(error):
            raise
        reason = N_("this account signs in with a method that needs TLS (?sslmode=require) or a socket")
        raise CannotConnect(site=site.name, reason=reason) from error
