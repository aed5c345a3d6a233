"""The pieces that JSON documents are made of.

Words in documents are stable and never translated: a kind is its class's name in small letters, a
moment stands there both as Unix seconds and as an ISO date-time in the site's time zone.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import UTC, tzinfo
from enum import Enum
from functools import lru_cache
from typing import TypeAlias

from maintien.enrolments.state import Course
from maintien.errors.tree import MaintienError
from maintien.moodle.values import UnenrolAction, is_unlimited
from maintien.planning.findings import Finding
from maintien.planning.left_alone import Reason
from maintien.reports.language import moment_of

Json: TypeAlias = bool | int | str | Sequence["Json"] | Mapping[str, "Json"] | None
Document: TypeAlias = dict[str, Json]

_WORD_START = re.compile(r"(?<!^)(?=[A-Z])")


def kind_of(value: object) -> str:
    """Give the word for the class of ``value``, or for ``value`` where it is a class itself."""
    name = value.__name__ if isinstance(value, type) else type(value).__name__
    return _WORD_START.sub("_", name).lower()


def moment_document(unix: int, zone: tzinfo) -> Document:
    """Describe a moment; ``iso`` is null for 0 (always, never), and for numbers that are no date."""
    return {"unix": unix, "iso": _iso(unix, zone)}


@lru_cache(maxsize=1024)  # one end date for a million people
def _iso(unix: int, zone: tzinfo) -> str | None:
    moment = None if is_unlimited(unix) else moment_of(unix, zone)
    return None if moment is None else moment.isoformat()


def course_document(course: Course) -> Document:
    """Describe which course it is."""
    return {
        "id": course.id,
        "shortname": course.shortname,
        "fullname": course.fullname,
        "idnumber": course.idnumber,
    }


def typed_document(value: Reason | Finding, zone: tzinfo = UTC) -> Document:
    """Describe a reason or a finding: its kind, and its fields; what ends in ``_at`` is a moment."""
    document: Document = {"kind": kind_of(value)}
    for item in fields(value):
        content = getattr(value, item.name)
        is_moment = item.name.endswith("_at")
        document[item.name] = moment_document(content, zone) if is_moment else _plain(content)
    return document


def error_document(error: MaintienError) -> Document:
    """Describe an error; its sentence is in English, as in a log."""
    return {"kind": kind_of(error), "message": str(error)}


def _plain(content: bool | int | str | Enum | tuple[str, ...]) -> Json:  # noqa: FBT001 -- a field
    if isinstance(content, UnenrolAction):
        return content.name.lower()
    if isinstance(content, Enum):
        return str(content.value)
    return list(content) if isinstance(content, tuple) else content
