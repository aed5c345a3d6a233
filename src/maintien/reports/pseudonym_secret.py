"""Keeps the secret behind pseudonyms: a file of this machine, made when it is first needed."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp
from typing import Final

from maintien.errors.files import PseudonymSecretUnusable
from maintien.messages import N_
from maintien.reports.pseudonyms import SECRET_LENGTH

_LARGEST: Final = 4096
"""Bytes; whatever is larger was not meant."""


def read_secret(path: Path) -> bytes:
    """Read the secret; make one, for its owner's eyes only, where there is no file.

    Raises PseudonymSecretUnusable.
    """
    try:
        if not path.exists():
            _make(path)
        with path.open("rb") as file:
            secret = file.read(_LARGEST).strip()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise PseudonymSecretUnusable(path=path, reason=reason) from error
    if len(secret) < SECRET_LENGTH:
        reason = N_("it holds fewer than 32 bytes, which somebody could guess")
        raise PseudonymSecretUnusable(path=path, reason=reason)
    return secret


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = mkstemp(prefix=".pseudonyms-", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(SECRET_LENGTH) + "\n")
            file.flush()
            os.fsync(file.fileno())
        # Unlike renaming, this leaves a secret alone that somebody else has made meanwhile.
        with suppress(FileExistsError):
            os.link(name, path)
    finally:
        Path(name).unlink(missing_ok=True)
