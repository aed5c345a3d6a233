"""What restoring an archive does or did: on a terminal, and as a JSON document."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TextIO

from rich.console import RenderableType

from maintien.enrolments.cut_timing import CourseTiming
from maintien.enrolments.people import Person
from maintien.errors.tree import CourseFailed
from maintien.mbz.matching.archived_people import UnmatchedPerson
from maintien.moodle.ids import UserId
from maintien.planning.plan import CoursePlan
from maintien.reports.course_documents import packed, write_courses
from maintien.reports.cut_timing import timing_document
from maintien.reports.documents import Document
from maintien.reports.language import Texts
from maintien.reports.people_changes import PersonChange, people_changes
from maintien.reports.restore_document import (
    RestoreHeader,
    restore_document,
    restored_course_document,
)
from maintien.reports.restore_screen import RestoreScreen
from maintien.reports.summary import CourseSummary, Totals, summarise

__all__ = ["RestoreHeader", "RestoreReport"]

PEOPLE_SHOWN: Final = 50
"""People whose enrolment is shown before and after, at most."""


@dataclass(slots=True)
class RestoreReport:
    """Takes the plan of the one course that an archive is restored into.

    With ``keep_documents`` it also keeps what :meth:`write_json` says of it.
    """

    header: RestoreHeader
    unmatched: Sequence[UnmatchedPerson] = ()
    """People of the archive who are not restored; unknown where only the journal is read."""
    keep_documents: bool = False
    totals: Totals = field(default_factory=Totals)
    _summaries: list[CourseSummary] = field(default_factory=list)
    _documents: list[bytes] = field(default_factory=list)
    _people: list[PersonChange] = field(default_factory=list)
    _more_people: int = 0
    _timing: CourseTiming | None = None

    def add(
        self,
        plan: CoursePlan,
        failure: CourseFailed | None = None,
        *,
        timing: CourseTiming | None = None,
    ) -> None:
        """Take the course in; with a ``failure``, nothing of its plan was written.

        ``timing`` says how far its cut had got, where that was looked at.
        """
        self._timing = timing
        summary = summarise(plan, failure)
        self.totals.add(summary)
        self._summaries.append(summary)
        if self.keep_documents:
            document = restored_course_document(self.header, plan, summary, failure)
            seen = {} if timing is None else {"cut": timing_document(timing)}
            self._documents.append(packed(document | seen))
        people = people_changes(plan) if failure is None else []
        self._people, self._more_people = people[:PEOPLE_SHOWN], len(people[PEOPLE_SHOWN:])

    @property
    def courses_failed(self) -> int:
        """How many courses could not be written."""
        return self.totals.courses_failed

    @property
    def courses_changed(self) -> int:
        """How many courses have changes."""
        return self.totals.courses_changed

    def people_shown(self) -> frozenset[UserId]:
        """Tell whose names :meth:`render` shows: read them and pass them to it."""
        return frozenset(person.userid for person in self._people)

    def write_json(self, stream: TextIO, more: Document | None = None) -> None:
        """Write the whole as one JSON document in ASCII. Needs ``keep_documents``.

        ``more`` goes before the course.
        """
        head = restore_document(self.header, self.unmatched) | (more or {})
        write_courses(stream, json.dumps(head), self._documents)

    def render(self, texts: Texts, width: int, people: Mapping[UserId, Person]) -> RenderableType:
        """Give the whole for a terminal of ``width`` columns; people without an entry show as ids."""
        screen = RestoreScreen(
            header=self.header,
            totals=self.totals,
            courses=self._summaries,
            unmatched=self.unmatched,
            changes=self._people,
            more_changes=self._more_people,
            people=people,
            timing=self._timing,
        )
        return screen.render(texts, width)
