"""Reads a campaign file as TOML, and says where it is none."""

import re
import tomllib
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, NamedTuple

from maintien.errors.campaigns import CampaignFileBroken, CampaignFileUnreadable
from maintien.messages import N_

LARGEST: Final = 1_000_000
"""Bytes: some thousand rules."""

_LINE: Final = re.compile(r"\(at line ([0-9]+), column [0-9]+\)")
_SAID: Final = {
    "Invalid date or datetime": N_("there is no such date."),
    "Cannot overwrite a value": N_("this key has a value already."),
    "Duplicate inline table key": N_("this key has a value already."),
    "Cannot declare": N_("this table is there already; rules begin with [[rules]]."),
    "Cannot mutate immutable namespace": N_("this table is there already; rules begin with [[rules]]."),
    "Cannot redefine namespace": N_("this table is there already; rules begin with [[rules]]."),
    "Illegal character": N_("there is a control character; a text ends on the line that it begins on."),
    "Unterminated string": N_("a quotation mark is left open."),
    "Unclosed array": N_("a list is left open."),
}
"""What Python's reader says, by how it begins."""
_OTHERWISE: Final = N_("this is not written as TOML is; texts stand in quotation marks.")


class TomlFile(NamedTuple):
    """What a file holds."""

    tables: dict[str, Any]
    fingerprint: str
    """SHA-256 of its bytes, in hexadecimal."""


def read_toml(path: str) -> TomlFile:
    """Read a file.

    Raises CampaignFileUnreadable and CampaignFileBroken.
    """
    return parse_toml(path, _read(path))


def parse_toml(path: str, content: bytes) -> TomlFile:
    """Interpret what a file holds; ``path`` is for the messages.

    Raises CampaignFileUnreadable and CampaignFileBroken.
    """
    _require_small(path, content)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CampaignFileUnreadable(path=path, reason=N_("it is not a text in UTF-8.")) from None
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _broken(path, text, str(error)) from error
    except RecursionError:
        reason = N_("its lists lie deeper in one another than any campaign's.")
        raise CampaignFileUnreadable(path=path, reason=reason) from None
    return TomlFile(tables, sha256(content).hexdigest())


def _read(path: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            content = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        # A name with a null character is a ValueError.
        reason = getattr(error, "strerror", None) or str(error)
        raise CampaignFileUnreadable(path=path, reason=reason) from error
    return content


def _require_small(path: str, content: bytes) -> None:
    if len(content) > LARGEST:
        reason = N_("it has more than a million bytes; a campaign is smaller.")
        raise CampaignFileUnreadable(path=path, reason=reason)


def _broken(path: str, text: str, said: str) -> CampaignFileBroken:
    found = _LINE.search(said)
    line = int(found[1]) if found else text.count("\n") + 1
    reason = next((words for begins, words in _SAID.items() if said.startswith(begins)), _OTHERWISE)
    return CampaignFileBroken(path=path, line=line, reason=reason)
