"""What a conversion or a rescue does or did: on a terminal, and as a JSON document."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from io import StringIO
from typing import Final, TextIO

from rich.console import RenderableType

from maintien.enrolments.cut_timing import CourseTiming, CutCounts
from maintien.enrolments.people import Person
from maintien.errors.tree import CourseFailed
from maintien.moodle.ids import UserId
from maintien.planning.left_alone import Reason
from maintien.planning.plan import CoursePlan, Grounds
from maintien.reports.conversion_document import (
    ConversionHeader,
    conversion_document,
    converted_course_document,
)
from maintien.reports.conversion_people import Example
from maintien.reports.conversion_screen import ConversionScreen
from maintien.reports.course_documents import packed, write_courses
from maintien.reports.documents import Document
from maintien.reports.findings_screen import people_to_name
from maintien.reports.language import Texts
from maintien.reports.people_changes import PersonChange, people_changes
from maintien.reports.summary import CourseSummary, Totals, summarise

__all__ = ["ConversionHeader", "ConversionReport"]

NAMES_SHOWN: Final = 12
"""People named for each reason, at most."""
PEOPLE_SHOWN: Final = 50
"""People whose enrolment is shown before and after, where there is one course only."""


class ConversionReport:
    """Takes plans one at a time, in memory that grows with the courses and not with the people.

    With ``keep_documents`` it also keeps, compressed, everything that :meth:`document` says of each course.
    """

    def __init__(self, header: ConversionHeader, *, keep_documents: bool = False) -> None:
        self.header = header
        self.totals = Totals()
        self._courses: list[CourseSummary] = []
        self._documents: list[bytes] | None = [] if keep_documents else None
        """JSON, compressed: a site's people say much the same, and there are many."""
        self._examples: defaultdict[type[Reason], list[Example]] = defaultdict(list)
        self._people: list[PersonChange] = []
        self._grounds: Mapping[UserId, Grounds] = {}
        self._more_people = 0
        self._cut = CutCounts.none()
        self._timing: CourseTiming | None = None

    def add(
        self,
        plan: CoursePlan,
        failure: CourseFailed | None = None,
        *,
        timing: CourseTiming | None = None,
    ) -> None:
        """Take one course in; with a ``failure``, nothing of its plan was written.

        ``timing`` says how far its cut had got, where that was looked at.
        """
        summary = summarise(plan, failure)
        self.totals.add(summary)
        self._courses.append(summary)
        if self._documents is not None:
            self._documents.append(packed(self.course_document(plan, summary, timing)))
        if timing is not None:
            self._cut.add(timing)
            self._timing = timing
        if failure is None:
            self._keep_examples(plan)
        is_only_one = self.totals.courses == 1 and failure is None
        people = people_changes(plan) if is_only_one else []
        self._people, self._more_people = people[:PEOPLE_SHOWN], len(people[PEOPLE_SHOWN:])
        self._grounds = plan.grounds if is_only_one else {}

    def course_document(
        self, plan: CoursePlan, summary: CourseSummary, timing: CourseTiming | None
    ) -> Document:
        """Describe one course."""
        return converted_course_document(self.header, plan, summary, timing)

    def heading(self) -> Document:
        """Describe everything but the courses."""
        return conversion_document(self.header, self.totals, self._cut)

    def _keep_examples(self, plan: CoursePlan) -> None:
        for person in plan.left_alone:
            examples = self._examples[type(person.reason)]
            if len(examples) < NAMES_SHOWN:
                examples.append(Example(plan.course, person.userid, person.reason))

    def note_run(self, run: int | None) -> None:
        """Say in which run of the journal it was written, if in any."""
        self.header = replace(self.header, run=run)

    @property
    def courses(self) -> Sequence[CourseSummary]:
        """The courses taken in, in their order."""
        return self._courses

    @property
    def courses_failed(self) -> int:
        """How many courses could not be written (then the exit status is 3)."""
        return self.totals.courses_failed

    @property
    def courses_changed(self) -> int:
        """How many courses have changes, written or to write."""
        return self.totals.courses_changed

    def people_shown(self) -> frozenset[UserId]:
        """Tell whose names :meth:`render` shows: read them and pass them to it."""
        return frozenset(
            {example.userid for examples in self._examples.values() for example in examples}
            | {person.userid for person in self._people}
            | {userid for finding, _ in self.totals.findings.items() for userid in people_to_name(finding)}
        )

    def write_json(self, stream: TextIO, more: Document | None = None) -> None:
        """Write the whole as one JSON document in ASCII, a line a course. Needs ``keep_documents``.

        ``more`` goes before the courses.
        """
        if self._documents is None:
            raise RuntimeError("the report was made without keep_documents")
        head = json.dumps(self.heading() | (more or {}))
        write_courses(stream, head, self._documents)

    def document(self) -> Document:
        """Give what :meth:`write_json` writes, all of it at once. Needs ``keep_documents``."""
        text = StringIO()
        self.write_json(text)
        document: Document = json.loads(text.getvalue())
        return document

    def render(self, texts: Texts, width: int, people: Mapping[UserId, Person]) -> RenderableType:
        """Give the whole for a terminal of ``width`` columns; people without an entry show as ids."""
        return self.screen(people).render(texts, width)

    @property
    def screen_type(self) -> type[ConversionScreen]:
        """What draws it."""
        return ConversionScreen

    def screen(self, people: Mapping[UserId, Person]) -> ConversionScreen:
        """Give what :meth:`render` draws."""
        return self.screen_type(
            header=self.header,
            totals=self.totals,
            courses=self._courses,
            examples=self._examples,
            changes=self._people,
            more_changes=self._more_people,
            grounds=self._grounds,
            people=people,
            cut=self._cut,
            timing=self._timing if self.totals.courses == 1 else None,
        )
