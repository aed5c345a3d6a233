"""What taking a run back does or did: on a terminal, and as a JSON document."""

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from datetime import tzinfo
from typing import Final, TextIO

from rich.console import RenderableType

from maintien.enrolments.people import Person
from maintien.errors.tree import CourseFailed
from maintien.moodle.ids import UserId
from maintien.planning.left_alone import LeftAlone
from maintien.planning.plan import CoursePlan
from maintien.reports.conversion_people import Example
from maintien.reports.course_documents import packed, write_courses
from maintien.reports.documents import Document, course_document, error_document, typed_document
from maintien.reports.language import Texts
from maintien.reports.undo_counts import CourseUndone, UndoCounts, count_undo
from maintien.reports.undo_screen import UndoHeader, UndoScreen

__all__ = ["UndoHeader", "UndoReport"]

ROWS_SHOWN: Final = 50
"""Rows changed since that are shown with their values, at most."""
NAMES_SHOWN: Final = 12
"""People named who lose their only access, at most."""


@dataclass(slots=True)
class UndoReport:
    """Takes plans one at a time, in memory that grows with the courses and not with the people.

    With ``keep_documents`` it also keeps, compressed, what :meth:`write_json` says of each course.
    """

    header: UndoHeader
    keep_documents: bool = False
    totals: UndoCounts = field(default_factory=UndoCounts)
    courses: list[CourseUndone] = field(default_factory=list)
    _documents: list[bytes] = field(default_factory=list)
    _changed_since: list[Example] = field(default_factory=list)
    _losing: list[UserId] = field(default_factory=list)

    def add(
        self, plan: CoursePlan, failure: CourseFailed | None = None, *, losing: Collection[UserId] = ()
    ) -> None:
        """Take one course in; ``losing`` are the people who have no other access to it."""
        course = count_undo(plan, len(losing), failure)
        self.totals.add(course.counts)
        self.courses.append(course)
        if self.keep_documents:
            self._documents.append(packed(_course_document(plan, losing, course, self.header.zone)))
        if failure is None:
            room = ROWS_SHOWN - len(self._changed_since)
            self._changed_since += [Example(plan.course, *entry) for entry in plan.left_alone[:room]]
            self._losing += sorted(losing)[: NAMES_SHOWN - len(self._losing)]

    @property
    def courses_failed(self) -> int:
        """How many courses could not be written."""
        return sum(course.failure is not None for course in self.courses)

    @property
    def courses_changed(self) -> int:
        """How many courses have something taken back."""
        return sum(_is_changed(course.counts) for course in self.courses)

    def people_shown(self) -> frozenset[UserId]:
        """Tell whose names :meth:`render` shows: read them and pass them to it."""
        return frozenset({example.userid for example in self._changed_since} | {*self._losing})

    def write_json(self, stream: TextIO, more: Document | None = None) -> None:
        """Write the whole as one JSON document in ASCII, a line a course. Needs ``keep_documents``.

        ``more`` goes before the courses.
        """
        head: Document = {
            "run": self.header.run,
            "undoes": self.header.undoes,
            "written": self.header.written,
            "site": self.header.site,
            "totals": {
                "courses": len(self.courses),
                "courses_changed": self.courses_changed,
                "courses_failed": self.courses_failed,
                **asdict(self.totals),
            },
        }
        write_courses(stream, json.dumps(head | (more or {})), self._documents)

    def render(self, texts: Texts, width: int, people: Mapping[UserId, Person]) -> RenderableType:
        """Give the whole for a terminal of ``width`` columns; people without an entry show as ids."""
        screen = UndoScreen(
            header=self.header,
            totals=self.totals,
            courses=self.courses,
            changed_since=self._changed_since,
            losing=self._losing,
            people=people,
        )
        return screen.render(texts, width)


def _is_changed(counts: UndoCounts) -> bool:
    return bool(counts.rows_removed or counts.rows_changed_back or counts.rows_brought_back)


def _course_document(
    plan: CoursePlan, losing: Collection[UserId], course: CourseUndone, zone: tzinfo
) -> Document:
    is_done = course.failure is None
    return course_document(plan.course) | {
        **asdict(course.counts),
        "failure": None if course.failure is None else error_document(course.failure),
        "left_alone": [_left_alone_document(entry, zone) for entry in plan.left_alone if is_done],
        "losing_access": sorted(losing) if is_done else [],
    }


def _left_alone_document(entry: LeftAlone, zone: tzinfo) -> Document:
    document = typed_document(entry.reason, zone)
    kind = document.pop("kind")
    return {"user": entry.userid or None, "reason": kind, **document}
