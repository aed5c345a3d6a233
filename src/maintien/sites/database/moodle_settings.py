"""Turns what Moodle's config.php says into settings."""

from typing import Final

from maintien.errors.sites import UnusableConfigPhp
from maintien.messages import N_
from maintien.moodle.config_php import DatabaseType, MoodleDatabaseSettings
from maintien.sites.database.settings import DatabaseSettings, Product, TransportSecurity
from maintien.sites.database.tables import is_prefix
from maintien.sites.database.urls import is_host

_PRODUCTS: Final = {
    DatabaseType.PGSQL: Product.POSTGRESQL,
    DatabaseType.MARIADB: Product.MARIADB,
    DatabaseType.MYSQLI: Product.MARIADB,
    DatabaseType.AURORAMYSQL: Product.MARIADB,
}


def settings_from_moodle(moodle: MoodleDatabaseSettings, path: str) -> DatabaseSettings:
    """Translate the settings read from the config.php at ``path``.

    Raises:
        UnusableConfigPhp: the prefix or the host can't be one.
    """
    if not is_prefix(moodle.prefix):
        reason = N_("its $CFG->prefix is not one of letters, digits and _.")
        raise UnusableConfigPhp(path=path, reason=reason)
    if moodle.dbsocket is None and not is_host(moodle.dbhost):
        raise UnusableConfigPhp(path=path, reason=N_("its $CFG->dbhost is not a host's name."))
    return DatabaseSettings(
        product=_PRODUCTS[moodle.dbtype],
        database=moodle.dbname,
        host=moodle.dbhost if moodle.dbsocket is None else None,
        port=moodle.dbport,
        # Empty where the path is left to the driver.
        socket=moodle.dbsocket or None,
        user=moodle.dbuser or None,
        password=moodle.dbpass or None,
        prefix=moodle.prefix,
        search_path=moodle.dbschema,
        is_pooled=moodle.dbhandlesoptions,
        transport=None if moodle.ssl is None else TransportSecurity(moodle.ssl.value),
        wwwroot=moodle.wwwroot,
    )
