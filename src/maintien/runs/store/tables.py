"""The tables that journals are kept in; ``schema`` has their version."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

VERSION: Final = 1

METADATA: Final = MetaData()

_NUMBER: Final = BigInteger().with_variant(Integer(), "sqlite")

SCHEMA: Final = Table("maintien_schema", METADATA, Column("version", Integer, nullable=False))

RUN: Final = Table(
    "maintien_run",
    METADATA,
    Column("id", _NUMBER, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("status", String(20), nullable=False),
    Column("site_id", String(120), nullable=False),
    Column("site_name", Text, nullable=False),
    Column("operator", _NUMBER, nullable=False),
    Column("command", Text, nullable=False),
    Column("version", String(40), nullable=False),
    Column("os_user", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("pid", _NUMBER, nullable=False),
    Column("began_at", _NUMBER, nullable=False),
    Column("ended_at", _NUMBER),
    Column("policies", Text, nullable=False),
    Column("undoes", _NUMBER),
    Column("plan_fingerprint", String(64)),
    # Never give the number of a run that was removed to another.
    sqlite_autoincrement=True,
)

RUN_COURSE: Final = Table(
    "maintien_run_course",
    METADATA,
    Column("run_id", _NUMBER, ForeignKey(RUN.c.id), primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("course_id", _NUMBER, nullable=False),
    Column("course", Text, nullable=False),
    Column("enrolments", _NUMBER, nullable=False),
    Column("status", String(20), nullable=False),
    Column("people", Integer, nullable=False, default=0),
    Column("changes", Integer, nullable=False, default=0),
    Column("plan", LargeBinary),
    Column("failure", Text),
    Index("maintien_run_course_course_ix", "run_id", "course_id", unique=True),
)
