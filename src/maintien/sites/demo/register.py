"""The invented register: the student administration's tables beside Moodle."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from sqlalchemy import Column, Engine, Integer, MetaData, String, Table, insert

TABLE_NAME: Final = "inscriptions_pedagogiques"
COURSE_FIELD: Final = "code_cours"
PERSON_FIELD: Final = "numero"
ROLE_FIELD: Final = "role"

_METADATA: Final = MetaData()

ENTRIES: Final = Table(
    TABLE_NAME,
    _METADATA,
    Column("id", Integer, primary_key=True),
    Column(COURSE_FIELD, String(100), nullable=False),
    Column(PERSON_FIELD, String(100), nullable=False),
    Column(ROLE_FIELD, String(100), nullable=False),
)
"""Who is enrolled in which course, with which role: the table that Moodle follows."""

NEXT_YEAR: Final = Table("annee_suivante", _METADATA, Column(PERSON_FIELD, String(100), primary_key=True))
"""Who is there next year too: students who repeat the year, teachers who stay."""


class RegisterEntry(NamedTuple):
    """A row of the register."""

    code_cours: str
    numero: str
    role: str


def write_register(engine: Engine, entries: Sequence[RegisterEntry], next_year: Iterable[str]) -> None:
    """Create both tables with these rows, in their order, in one transaction."""
    with engine.begin() as connection:
        _METADATA.create_all(connection)
        connection.execute(insert(ENTRIES), [entry._asdict() for entry in entries])
        connection.execute(insert(NEXT_YEAR), [{PERSON_FIELD: number} for number in next_year])
