"""A register of our own: the table outside Moodle, and the settings that make a site follow it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, NamedTuple

from sqlalchemy import Column, Engine, MetaData, String, Table, create_engine, insert
from sqlalchemy.pool import StaticPool

REGISTER: Final = Table(
    "inscriptions",
    MetaData(),
    Column("code_cours", String(100)),
    Column("code_personne", String(100)),
    Column("role", String(100)),
    Column("sans_inscription", String(1)),
)

SETTINGS: Final = {
    "dbtype": "pdo",
    "remoteenroltable": "inscriptions",
    "remotecoursefield": "code_cours",
    "remoteuserfield": "code_personne",
    "remoterolefield": "role",
    "localcoursefield": "idnumber",
    "localuserfield": "idnumber",
    "localrolefield": "shortname",
    "defaultrole": "0",
    "ignorehiddencourses": "0",
}

REGISTER_SETTINGS: Final[list[dict[str, Any]]] = [
    {"plugin": "enrol_database", "name": name, "value": value} for name, value in SETTINGS.items()
]


class RegisterRow(NamedTuple):
    """A row of the register."""

    code_cours: str | None
    code_personne: str | None
    role: str | None = None
    sans_inscription: str | None = None


def make_register(rows: Iterable[RegisterRow]) -> Engine:
    """A register in memory that says this."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    with engine.begin() as connection:
        REGISTER.create(connection)
        if listed := [row._asdict() for row in rows]:
            connection.execute(insert(REGISTER), listed)
    return engine


def write_register(path: Path, rows: Iterable[RegisterRow]) -> str:
    """Put a register into a file; give what the setting ``dbhost`` says of it."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        REGISTER.create(connection)
        if listed := [row._asdict() for row in rows]:
            connection.execute(insert(REGISTER), listed)
    engine.dispose()
    return f"sqlite:{path}"
