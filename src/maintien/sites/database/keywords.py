"""Looks for keywords in what people are called, as Moodle's Participants page does, in whatever case.

Each database has small letters of its own where a language's differ: Turkish ones, for instance. Accents
make a difference everywhere.

Source: participants_search::get_keywords_search_sql (user/classes/table/participants_search.php) and
sql_like (lib/dml), Moodle 4.1 and 4.3.
"""

from typing import Final

from sqlalchemy import ColumnElement, Connection, Table, collate, func, literal

_TEXTS: Final = ("username", "email", "idnumber")
_TEXTS_OR_NULL: Final = ("middlename", "alternatename", "firstnamephonetic", "lastnamephonetic")
_BETWEEN_TEXTS: Final = "\n"
"""Stands in no keyword that can be typed."""
_ESCAPE: Final = "!"


def contains_keyword(connection: Connection, user: Table, keyword: str) -> ColumnElement[bool]:
    """Say that a text of a row of ``user`` contains a keyword."""
    pattern: ColumnElement[str] = func.lower(literal(f"%{_escaped(keyword)}%"))
    if connection.dialect.name in ("mariadb", "mysql"):
        # Moodle's columns take e for é; the way the pattern is compared wins over theirs.
        pattern = collate(pattern, "utf8mb4_bin")
    return func.lower(_texts(user)).like(pattern, escape=_ESCAPE)


def _texts(user: Table) -> ColumnElement[str]:
    texts: ColumnElement[str] = user.c.firstname + " " + user.c.lastname
    for name in _TEXTS:
        texts = texts + _BETWEEN_TEXTS + user.c[name]
    for name in _TEXTS_OR_NULL:
        texts = texts + _BETWEEN_TEXTS + func.coalesce(user.c[name], "")
    return texts


def _escaped(text: str) -> str:
    for special in (_ESCAPE, "%", "_"):
        text = text.replace(special, _ESCAPE + special)
    return text
