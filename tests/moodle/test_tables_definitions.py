"""Moodle's tables are as a freshly installed Moodle has them."""

import json
from typing import Any, Final

import pytest

from maintien.moodle.schema import (
    ColumnDefinition,
    ColumnType,
    DecimalNumber,
    LongText,
    ShortText,
    TableDefinition,
    WholeNumber,
)
from maintien.moodle.tables import TABLES
from tests.shared_facts import shared_folder

ABSENT: Final = {
    "4.1-pgsql": {
        ("course", "pdfexportfont"),
        ("groups", "visibility"),
        ("groups", "participation"),
    },
    "4.3-pgsql": set[tuple[str, str]](),
    "4.3-mariadb": set[tuple[str, str]](),
}
"""What a later Moodle added; all else is the same."""

MARIADB_NUMBERS: Final = {1: "tinyint", 2: "tinyint", 4: "smallint", 5: "mediumint", 10: "bigint"}
"""Its types, by digits."""


def recorded(schema: str) -> dict[str, dict[str, Any]]:
    tables: dict[str, dict[str, Any]] = json.loads(
        (shared_folder() / "moodle/schema" / f"{schema}.json").read_text()
    )
    return tables


def postgresql_type(kind: ColumnType) -> str:
    match kind:
        case WholeNumber(digits=digits):
            return "bigint" if digits > 9 else "integer" if digits > 4 else "smallint"
        case DecimalNumber():
            return "numeric"
        case ShortText(length=length):
            return f"character varying({length})"
        case LongText():
            return "text"


def mariadb_type(kind: ColumnType) -> str:
    match kind:
        case WholeNumber(digits=digits):
            return f"{MARIADB_NUMBERS[digits]}({digits})"
        case DecimalNumber(digits=digits, decimals=decimals):
            return f"decimal({digits},{decimals})"
        case ShortText(length=length):
            return f"varchar({length})"
        case LongText():
            return "longtext"


def same_default(definition: ColumnDefinition, found: str | None) -> bool:
    """Compare across the spellings: ''::character varying, '', 1.00000; '' is PostgreSQL's none."""
    if definition.default is None:
        return found in (None, "")
    if isinstance(definition.default, str):
        return found is not None and found.split("::")[0] == f"'{definition.default}'"
    return found is not None and float(found) == definition.default


def differences(definition: TableDefinition, found: dict[str, Any], schema: str) -> list[str]:
    spell = mariadb_type if schema.endswith("mariadb") else postgresql_type
    columns = [c for c in definition.columns if (definition.name, c.name) not in ABSENT[schema]]
    if [column.name for column in columns] != [column["name"] for column in found["columns"]]:
        return [f"{definition.name}: other columns"]
    return [
        f"{definition.name}.{column.name}: {row}"
        for column, row in zip(columns, found["columns"], strict=True)
        if spell(column.type) != row["type"]
        or column.is_nullable != row["null"]
        or (column.name != "id" and not same_default(column, row["default"]))
    ]


@pytest.mark.parametrize("schema", ABSENT)
def test_columns_are_moodles(schema: str) -> None:
    found = recorded(schema)

    assert [
        difference
        for definition in TABLES
        for difference in differences(definition, found[f"mdl_{definition.name}"], schema)
    ] == []


@pytest.mark.parametrize("schema", ABSENT)
def test_indexes_are_moodles(schema: str) -> None:
    found = recorded(schema)

    for definition in TABLES:
        expected = {
            (index["unique"], *index["columns"]) for index in found[f"mdl_{definition.name}"]["indexes"]
        }
        assert {(i.is_unique, *i.columns) for i in definition.indexes} | {(True, "id")} == expected


def test_every_table_starts_with_its_id() -> None:
    assert {definition.columns[0].name for definition in TABLES} == {"id"}
