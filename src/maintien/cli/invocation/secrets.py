"""Keeps passwords out of tracebacks, which repeat whatever a driver said."""

import re
from collections.abc import Collection, Iterable
from typing import Final
from urllib.parse import unquote

HIDDEN: Final = "***"

_PASSWORD: Final = re.compile(r"://[^:/]*:(.+)@")
_CREDENTIALS: Final = re.compile(r"://\S*@")


def find_secrets(texts: Iterable[str]) -> frozenset[str]:
    """Find the passwords in whatever of ``texts`` looks like a URL, as written and as meant."""
    written = {found[1] for found in map(_PASSWORD.search, texts) if found}
    return frozenset(written | {unquote(password) for password in written})


def without_secrets(text: str, secrets: Collection[str]) -> str:
    """Return ``text`` without ``secrets``, and without what looks like a URL's user and password."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return _CREDENTIALS.sub(f"://{HIDDEN}@", text)
