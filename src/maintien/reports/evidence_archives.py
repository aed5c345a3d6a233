"""The backup archives that a rescue takes for evidence: on a terminal, and as JSON."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import Final

from rich.text import Text

from maintien.reports.documents import Json, moment_document
from maintien.reports.language import Texts
from maintien.reports.safe_text import plain, printable
from maintien.runs.journal import EvidenceArchive

_NAMED: Final = 3
"""Archives named on a terminal, at most."""


def archives_text(texts: Texts, archives: Sequence[EvidenceArchive], zone: tzinfo) -> Text:
    """Name the first archives, with when they were made, and say how many more there are."""
    lines = [f"{printable(each.path)} ({texts.date_time(each.made_at, zone)})" for each in archives[:_NAMED]]
    if more := len(archives) - len(lines):
        line = texts.ngettext("and {n} more archive", "and {n} more archives", more)
        lines.append(line.format(n=texts.number(more)))
    return plain("\n".join(lines))


def archives_document(archives: Sequence[EvidenceArchive], zone: tzinfo) -> list[Json]:
    """Describe the archives."""
    return [
        {
            "path": each.path,
            "sha256": each.sha256,
            "course": each.courseid,
            "made_at": moment_document(each.made_at, zone),
        }
        for each in archives
    ]
