"""How far the site is from a plan file: on a terminal, and as a JSON document."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final, TextIO
from zlib import decompress

from rich.console import Group, RenderableType
from rich.text import Text

from maintien.enrolments.people import Person
from maintien.moodle.ids import UserId
from maintien.planning.drift import CourseDrift, Differently, Drift, NoLonger, OnlyNow
from maintien.planning.undo import NOBODY
from maintien.reports.conversion_document import ConversionHeader
from maintien.reports.course_documents import packed, write_courses
from maintien.reports.documents import Document
from maintien.reports.drift_document import course_drift_document
from maintien.reports.drift_screen import course_drift, drift_title
from maintien.reports.language import Texts
from maintien.reports.safe_text import plain
from maintien.reports.screen import numbers_table

COURSES_SHOWN: Final = 20
"""Courses shown on a terminal; the others are only counted."""
DRIFTS_SHOWN: Final = 12
"""Differences shown in each of them."""


class DriftReport:
    """Takes courses' drift one at a time, in memory that grows with the courses and not with the people.

    With ``keep_documents`` it also keeps, compressed, everything that the JSON document says of each course.
    """

    def __init__(self, header: ConversionHeader, *, is_accepted: bool, keep_documents: bool = False) -> None:
        self.header = header
        self.is_accepted = is_accepted
        self.courses = 0
        """How many courses drifted."""
        self._kinds: Counter[type[Drift]] = Counter()
        self._shown: list[tuple[CourseDrift, int]] = []
        """The first courses, cut to what is shown, and how much more there is in each."""
        self._documents: list[bytes] | None = [] if keep_documents else None

    def add(self, drift: CourseDrift) -> None:
        """Take one course in; one that has not drifted counts for nothing."""
        if drift.is_empty:
            return
        self.courses += 1
        self._kinds.update(type(each) for each in drift.drifts)
        if self._documents is not None:
            self._documents.append(packed(course_drift_document(drift, self.header)))
        if len(self._shown) < COURSES_SHOWN:
            shown = replace(drift, drifts=drift.drifts[:DRIFTS_SHOWN])
            self._shown.append((shown, len(drift.drifts) - len(shown.drifts)))

    def people_shown(self) -> frozenset[UserId]:
        """Tell whose names :meth:`render` shows: read them and pass them to it."""
        people = (each.userid for drift, _ in self._shown for each in drift.drifts)
        return frozenset(people) - {NOBODY}

    def document(self) -> Document:
        """Describe the drift, all of it at once, for a larger document. Needs ``keep_documents``."""
        courses = [json.loads(decompress(document)) for document in self._kept()]
        return self._totals() | {"courses": courses}

    def write_json(self, stream: TextIO) -> None:
        """Write a document of nothing else, in ASCII, a line a course. Needs ``keep_documents``."""
        head: Document = {
            "written": False,
            "site": self.header.site,
            "plan_fingerprint": self.header.plan_fingerprint,
        }
        stream.write(json.dumps(head).removesuffix("}") + ', "drift": ')
        write_courses(stream, json.dumps(self._totals()), self._kept())
        stream.write("}\n")

    def render(self, texts: Texts, width: int, people: Mapping[UserId, Person]) -> RenderableType:
        """Give the whole for a terminal of ``width`` columns; people without an entry show as ids."""
        return Group(*self._parts(texts, width, people))

    def _parts(self, texts: Texts, width: int, people: Mapping[UserId, Person]) -> Iterator[RenderableType]:
        """Draw it, with an empty line at the end: the report of what is done may follow."""
        yield drift_title(texts, self.header, is_accepted=self.is_accepted)
        for drift, more in self._shown:
            yield Text()
            yield course_drift(texts, self.header, drift, more, people, width)
        if more := self.courses - len(self._shown):
            line = texts.ngettext("and {n} more course", "and {n} more courses", more)
            yield plain(line.format(n=texts.number(more)), "dim")
        yield Text()
        yield numbers_table(
            texts,
            [
                (texts.gettext("Courses that drifted"), self.courses),
                (texts.gettext("Only now"), self._kinds[OnlyNow]),
                (texts.gettext("No longer"), self._kinds[NoLonger]),
                (texts.gettext("Differently"), self._kinds[Differently]),
            ],
        )
        yield Text()

    def _totals(self) -> Document:
        return {
            "accepted": self.is_accepted,
            "courses_drifted": self.courses,
            "only_now": self._kinds[OnlyNow],
            "no_longer": self._kinds[NoLonger],
            "differently": self._kinds[Differently],
        }

    def _kept(self) -> list[bytes]:
        if self._documents is None:
            raise RuntimeError("the report was made without keep_documents")
        return self._documents
