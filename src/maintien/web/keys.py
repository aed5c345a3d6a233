"""Secrets of an installation, each a file of its own that only its owner can read."""

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

_FOR_US_ONLY: Final = 0o600
_FOLDER_FOR_US_ONLY: Final = 0o700
_BYTES: Final = 48


def prepare_folder(folder: Path) -> Path:
    """Make the folder, for its owner only; one that is there keeps its mode."""
    folder.mkdir(mode=_FOLDER_FOR_US_ONLY, parents=True, exist_ok=True)
    return folder


def make_key() -> str:
    """Invent a secret."""
    return secrets.token_urlsafe(_BYTES)


def read_or_make_key(path: Path, make: Callable[[], str] = make_key) -> str:
    """Read a secret, or ``make`` one where there is none; two processes agree on whose."""
    with suppress(FileExistsError):
        # Written aside and linked: whoever reads it meanwhile reads all of it.
        aside = path.with_name(f".{path.name}-{os.getpid()}-{secrets.token_hex(4)}")
        handle = os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _FOR_US_ONLY)
        try:
            os.write(handle, make().encode())
        finally:
            os.close(handle)
        try:
            os.link(aside, path)
        finally:
            aside.unlink()
    return path.read_text(encoding="ascii").strip()
