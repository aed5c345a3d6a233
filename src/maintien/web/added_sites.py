"""Sites that administrators add: on servers only, and with passwords that nobody is ever shown."""

from dataclasses import replace
from typing import Final

from maintien.errors.sites import BadSiteUrl
from maintien.errors.web import SitePasswordLocked
from maintien.messages import N_
from maintien.sites.database.settings import DatabaseSettings, Product
from maintien.sites.database.urls import parse_database_url
from maintien.web.encryption import (
    WrongKey,
    decrypt_password,
    encrypt_password,
    make_site_key,
    renew_token,
)
from maintien.web.keys import read_or_make_key
from maintien.web.models import AddedSite
from maintien.web.surroundings import surroundings

KEY_FILE: Final = "site-keys"
"""In the application's folder; a key a line, the newest first."""


def parse_added_url(text: str) -> DatabaseSettings:
    """Read the URL of a site that is to be added, without its password.

    Nothing on this machine may be opened by it: no file, no socket, no account of the system's own.

    Raises BadSiteUrl and UnknownUrlOption.
    """
    settings = parse_database_url(text)
    allowed = surroundings().configuration.database_hosts
    if settings.product is Product.SQLITE or settings.socket or settings.certificate_authority:
        raise BadSiteUrl(reason=N_("it leads to a file of this machine, which only the site file may"))
    if settings.password is not None:
        raise BadSiteUrl(reason=N_("the password has a field of its own"))
    if not (settings.host and settings.user):
        raise BadSiteUrl(reason=N_("it has to name the server and the account"))
    if allowed and settings.host.lower() not in allowed:
        raise BadSiteUrl(reason=N_("this server is not one that sites may be added on"))
    return settings


def find_added(name: str) -> AddedSite | None:
    """Find an added site."""
    return AddedSite.objects.filter(name=name).first()


def settings_of(added: AddedSite) -> DatabaseSettings:
    """Tell how to reach an added site.

    Raises SitePasswordLocked, and what reading its URL raises.
    """
    settings = parse_added_url(added.url)
    return with_password(settings, _password_of(added))


def with_password(settings: DatabaseSettings, password: str) -> DatabaseSettings:
    """Put a password beside where the database is."""
    return replace(settings, password=password)


def lock_password(added: AddedSite, password: str) -> None:
    """Keep the password of a site, encrypted for its name and URL."""
    added.password = encrypt_password(site_keys(), site=added.name, url=added.url, password=password)


def renew_passwords() -> int:
    """Encrypt with the newest key what older ones did; tell how many. What no key opens stays as it is."""
    renewed = 0
    for added in AddedSite.objects.order_by("id"):
        try:
            token = renew_token(site_keys(), added.password)
        except WrongKey:
            continue
        renewed += AddedSite.objects.filter(pk=added.pk).exclude(password=token).update(password=token)
    return renewed


def site_keys() -> tuple[str, ...]:
    """Give the keys of passwords, the newest first: the environment's, or the folder's own."""
    configuration = surroundings().configuration
    if configuration.site_keys:
        return configuration.site_keys
    return tuple(read_or_make_key(configuration.folder / KEY_FILE, make_site_key).split())


def _password_of(added: AddedSite) -> str:
    try:
        return decrypt_password(site_keys(), added.password, site=added.name, url=added.url)
    except WrongKey:
        raise SitePasswordLocked(site=added.name) from None
