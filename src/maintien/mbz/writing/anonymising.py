"""Replaces what names people, as Moodle's own anonymising does; ids and enrolments stay as they are.

Source: backup_anonymizer_helper (backup/util/helper/backup_anonymizer_helper.class.php), Moodle 4.1 and
4.3. Everything that belongs to accounts (profile fields, interests, preferences, roles) is left out.
"""

from collections.abc import Callable, Iterator
from typing import Final

from maintien.mbz.writing.rows import Row, RowStream
from maintien.mbz.writing.xml_text import Value

FIXED: Final[dict[str, Value]] = {
    "idnumber": "",
    "phone1": "",
    "phone2": "",
    "institution": "",
    "department": "",
    "address": "",
    "city": "Perth",
    "country": "AU",
    "lastip": "127.0.0.1",
    "picture": 0,
    "description": "",
    "descriptionformat": 0,
    "imagealt": "",
    "auth": "manual",
}
NUMBERED: Final[dict[str, Callable[[int], str]]] = {
    "username": "anon{}".format,
    "email": "anon{}@doesntexist.invalid".format,
    **{
        name: f"anon{name}{{}}".format
        for name in (
            "firstname",
            "lastname",
            "firstnamephonetic",
            "lastnamephonetic",
            "middlename",
            "alternatename",
        )
    },
}
"""What the n-th account of the archive gets, counted from 1."""


def anonymised(users: RowStream) -> RowStream:
    """Replace what names the accounts of a stream."""
    return RowStream(columns=users.columns, rows=_anonymised_rows(users))


def _anonymised_rows(users: RowStream) -> Iterator[Row]:
    for number, row in enumerate(users.rows, start=1):
        yield [_anonymous(column, value, number) for column, value in zip(users.columns, row, strict=True)]


def _anonymous(column: str, value: Value, number: int) -> Value:
    if column in NUMBERED:
        return NUMBERED[column](number)
    return FIXED.get(column, value)
