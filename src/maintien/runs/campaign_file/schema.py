"""The form of campaign files as a JSON Schema, for editors and for checks elsewhere."""

import json
from collections.abc import Iterable
from typing import Any, Final

from maintien.runs.campaign_file.form import ALL_COURSES, CRITERIA, KEYS, LISTS, PEOPLE, Keys, Section

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

_ABOUT: Final = {
    Section.CAMPAIGN: "The campaign as a whole.",
    Section.DEFAULTS: "What holds for every rule that does not say otherwise.",
    Section.RULES: "The rules, in order: the first that fits a course is the course's.",
    Section.EXCLUSIONS: "What is left alone, whatever the rules say.",
}


def campaign_schema() -> dict[str, Any]:
    """Give the JSON Schema of campaign files, as TOML's own types look in JSON."""
    return {
        "$schema": DIALECT,
        "title": "maintien campaign",
        "description": "Who is kept in which Moodle courses, until when, and who decided so.",
        "type": "object",
        "additionalProperties": False,
        "required": [Section.CAMPAIGN.value, Section.RULES.value],
        "properties": {section.value: _section_schema(section) for section in Section},
    }


def campaign_schema_text() -> str:
    """Write it as it is published."""
    return json.dumps(campaign_schema(), indent=2) + "\n"


def _section_schema(section: Section) -> dict[str, Any]:
    table = _table_schema(KEYS[section])
    if section is Section.RULES:
        table["anyOf"] = _one_of([*CRITERIA, ALL_COURSES])
        table["not"] = {"required": [ALL_COURSES], "anyOf": _one_of(CRITERIA)}
    if section is Section.EXCLUSIONS:
        table["anyOf"] = _one_of([*CRITERIA, PEOPLE])
    if section in LISTS:
        many: dict[str, Any] = {"type": "array", "items": table}
        if section is Section.RULES:
            many["minItems"] = 1
        return {"description": _ABOUT[section], **many}
    return {"description": _ABOUT[section], **table}


def _one_of(names: Iterable[str]) -> list[dict[str, Any]]:
    """Say that one of these keys has to be there, at least."""
    return [{"required": [name]} for name in names]


def _table_schema(keys: Keys) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: {"description": key.about, **key.kind.schema()} for name, key in keys.items()},
    }
    needed = [name for name, key in keys.items() if key.is_needed]
    return schema | ({"required": needed} if needed else {})
