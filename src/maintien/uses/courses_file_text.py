"""Reads a text file whose encoding nobody says: Unicode where it can be, else Windows' French."""

import codecs
import re
from pathlib import Path
from typing import Final

from maintien.errors.selection import UnreadableCoursesFile
from maintien.messages import N_
from maintien.uses.system_words import system_words

LARGEST: Final = 10_000_000
"""Bytes: a hundred thousand courses with everything said of each."""

_NOT_TEXT: Final = N_("it is no text; save it as CSV (UTF-8) from your spreadsheet.")

_CONTROLS: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
"""No text has them; whatever Windows-1252 makes of a spreadsheet or an archive does."""


def read_text(path: str) -> str:
    """Read a text file: UTF-8 or UTF-16 by its mark, else UTF-8, else Windows-1252.

    Raises UnreadableCoursesFile.
    """
    text = _decode(_read(path), path)
    if _CONTROLS.search(text):
        raise UnreadableCoursesFile(path=path, reason=_NOT_TEXT)
    return text


def _read(path: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            content = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        raise UnreadableCoursesFile(path=path, reason=system_words(error)) from error
    if len(content) > LARGEST:
        reason = N_("it has more than 10 megabytes; a list of courses is smaller.")
        raise UnreadableCoursesFile(path=path, reason=reason)
    return content


def _decode(content: bytes, path: str) -> str:
    for encoding in _encodings(content):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableCoursesFile(path=path, reason=_NOT_TEXT)


def _encodings(content: bytes) -> tuple[str, ...]:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    return ("utf-8-sig", "cp1252")
