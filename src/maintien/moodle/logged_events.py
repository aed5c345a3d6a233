"""Reads ``logstore_standard_log.other``, which anybody may have written, in either of its encodings.

1. As Moodle's own reader tells them apart: PHP's serialised form is ``N;`` or has a colon in second
   place; everything else is JSON.
2. What is longer than :data:`LONGEST_OTHER`, deeper than a few arrays, holds objects, references or
   numbers that no column holds, or lacks a field, is unreadable. Nothing is guessed, nothing executed.
3. A number is one whether it is written as a number or as a text of digits: Moodle writes both.
4. What ``other`` repeats of the row's own columns has to agree with them.

Source: decode_other (admin/tool/log/classes/helper/reader.php); unenrol_user (lib/enrollib.php) and
role_unassign_all (lib/accesslib.php) for what the events hold; Moodle 4.1 and 4.3.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple, NoReturn

from maintien.moodle.php_serialize import UnreadablePhpValue, UnserializeLimits, unserialize

LONGEST_OTHER: Final = 20_000
"""Characters. What is read here is a few hundred long; a ``longtext`` may be four gigabytes."""

_LIMITS: Final = UnserializeLimits(size=4 * LONGEST_OTHER, depth=8)
_PHP: Final = re.compile(r"N;\Z|.:", re.DOTALL)
_DIGITS: Final = re.compile(r"[0-9]{1,19}")
_GREATEST: Final = 2**63 - 1
_METHOD: Final = re.compile(r"[a-z][a-z0-9_]{0,19}")
_COMPONENT: Final = re.compile(r"[a-z][a-z0-9_]{0,99}|")


class UnreadableOther(ValueError):
    """The row does not say what rows of its kind say."""


class LoggedEnrolment(NamedTuple):
    """A user enrolment as it was when it was deleted, by the names of Moodle's columns."""

    id: int
    enrolid: int
    userid: int
    status: int
    timestart: int
    timeend: int
    modifierid: int
    timecreated: int
    timemodified: int
    method: str
    was_last: bool
    """Whether the person had no other enrolment in the course, so that grades and groups went too."""


class LoggedOwner(NamedTuple):
    """Who had given a role that was taken away."""

    component: str
    itemid: int


def decode_other(text: str | None) -> Any:  # noqa: ANN401 -- whatever somebody wrote there
    """Decode ``other``; None where it is empty or says null.

    Raises:
        UnreadableOther: it is in neither encoding, or beyond the limits.
    """
    if not text:
        return None
    if len(text) > LONGEST_OTHER:
        raise UnreadableOther("too long")
    try:
        if _PHP.match(text):
            return unserialize(text.encode(), _LIMITS)
        return json.loads(text, parse_constant=_refuse)
    except (UnreadablePhpValue, ValueError, RecursionError) as error:
        raise UnreadableOther(type(error).__name__) from None


def parse_deleted_enrolment(text: str | None, *, objectid: int | None, userid: int | None) -> LoggedEnrolment:
    """Read the row that a ``user_enrolment_deleted`` has kept, whose columns name it and its person.

    Raises:
        UnreadableOther: it keeps no such row.
    """
    row = _mapping(_mapping(decode_other(text)).get("userenrolment"))
    found = LoggedEnrolment(
        id=_number(row.get("id")),
        enrolid=_number(row.get("enrolid")),
        userid=_number(row.get("userid")),
        status=_number(row.get("status")),
        timestart=_number(row.get("timestart")),
        timeend=_number(row.get("timeend")),
        modifierid=_number(row.get("modifierid")),
        timecreated=_number(row.get("timecreated")),
        timemodified=_number(row.get("timemodified")),
        method=_text(row.get("enrol"), _METHOD),
        was_last=_truth(row.get("lastenrol")),
    )
    if (found.id, found.userid) != (objectid, userid):
        raise UnreadableOther("about another row")
    return found


def parse_method(text: str | None) -> str:
    """Read the enrolment method that a ``user_enrolment_updated`` names.

    Raises:
        UnreadableOther: it names none.
    """
    return _text(_mapping(decode_other(text)).get("enrol"), _METHOD)


def parse_owner(text: str | None) -> LoggedOwner:
    """Read who had given the role that a ``role_unassigned`` is about.

    Raises:
        UnreadableOther: it does not say.
    """
    other = _mapping(decode_other(text))
    return LoggedOwner(_text(other.get("component"), _COMPONENT), _number(other.get("itemid")))


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _mapping(value: object) -> Mapping[Any, Any]:
    if not isinstance(value, dict):
        raise UnreadableOther("not a set of names and values")
    return value


def _number(value: object) -> int:
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        value = int(value)
    if type(value) is not int or not 0 <= value <= _GREATEST:
        raise UnreadableOther("not a number of a row")
    return value


def _text(value: object, pattern: re.Pattern[str]) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise UnreadableOther("not a name")
    return value


def _truth(value: object) -> bool:
    if value not in (True, False, "0", "1", ""):
        raise UnreadableOther("neither true nor false")
    return value in (True, "1")
