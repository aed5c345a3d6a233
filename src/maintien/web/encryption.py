"""Passwords of databases, encrypted for the application's own tables (Fernet: AES-128 and HMAC-SHA256).

What is encrypted names its site and its URL as well: a token that somebody moves to another row, or beside
which somebody changes the URL, opens nothing. The first key encrypts, and all of them decrypt.
"""

import json
from collections.abc import Sequence
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

_FIELDS: Final = ("site", "url", "password")


class WrongKey(Exception):
    """No key opens the token, or it is of another site or URL."""


def make_site_key() -> str:
    """Invent a key."""
    return Fernet.generate_key().decode("ascii")


def is_site_key(text: str) -> bool:
    """Whether this can be a key."""
    try:
        Fernet(text)
    except ValueError:
        return False
    return True


def encrypt_password(keys: Sequence[str], *, site: str, url: str, password: str) -> str:
    """Encrypt the password of a site with the first key."""
    document = json.dumps(dict(zip(_FIELDS, (site, url, password), strict=True)))
    return _box(keys).encrypt(document.encode()).decode("ascii")


def decrypt_password(keys: Sequence[str], token: str, *, site: str, url: str) -> str:
    """Decrypt the password of a site.

    Raises WrongKey.
    """
    try:
        document = json.loads(_box(keys).decrypt(token.encode("ascii")))
    except (InvalidToken, UnicodeEncodeError):
        raise WrongKey from None
    if (document["site"], document["url"]) != (site, url):
        raise WrongKey
    return str(document["password"])


def renew_token(keys: Sequence[str], token: str) -> str:
    """Encrypt with the first key what any of them opens; a token of the first key is left as it is.

    Raises WrongKey.
    """
    try:
        Fernet(keys[0]).decrypt(token)
    except InvalidToken:
        try:
            return _box(keys).rotate(token).decode("ascii")
        except InvalidToken:
            raise WrongKey from None
    return token


def _box(keys: Sequence[str]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
