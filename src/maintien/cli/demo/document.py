"""The demo's story as a JSON document: its events in order, with their figures."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path

from maintien.errors.tree import MaintienError
from maintien.reports.documents import Document, Json, error_document, kind_of
from maintien.sites.demo.events import StoryEvent
from maintien.sites.demo.site import DemoSite


def story_document(events: Iterable[StoryEvent], commands: Iterable[str]) -> Document:
    """Describe the story, and give the commands to try after it."""
    return {
        "story": [{"kind": kind_of(event), **_fields(event)} for event in events],
        "next_commands": list(commands),
    }


def _fields(value: object) -> dict[str, Json]:
    return {item.name: _plain(getattr(value, item.name)) for item in fields(value)}  # type: ignore[arg-type]


def _plain(value: object) -> Json:  # noqa: PLR0911 -- one a kind of value
    match value:
        case None | bool() | int() | str():
            return value
        case Enum():
            return str(value.value)
        case Path():
            return str(value)
        case DemoSite():
            return value.site_url
        case MaintienError():
            return error_document(value)
        case type():
            return kind_of(value)
        case tuple() | list():
            return [_plain(item) for item in value]
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case _ if is_dataclass(value):
            return _fields(value)
        case _:
            raise TypeError(value)
