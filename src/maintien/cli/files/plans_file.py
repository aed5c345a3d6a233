"""Writes plans as tables, course by course, while they are previewed or carried out."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from maintien.bootstrap import Invocation, Session, site_identity
from maintien.cli.files.exporting import Export
from maintien.moodle.ids import CourseId
from maintien.reports.batched_rows import BatchedRows, read_nobody
from maintien.reports.run_export import CHANGES, LEFT_ALONE, ExportedCourse, RunExport, planned_course
from maintien.reports.tables import Heading, Tables, TableWriter
from maintien.runs.execute import CourseOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class PlansFile:
    """The tables under way."""

    heading: Heading
    """Its facts may be changed until the file is finished."""
    writer: TableWriter
    rows: BatchedRows[ExportedCourse]
    is_written: bool
    """Whether the changes are Moodle's too."""

    def take(self, outcome: CourseOutcome) -> None:
        """Take in what became, or would become, of a course."""
        self.rows.add(planned_course(outcome.plan, outcome.failure, is_written=self.is_written))

    def finish(self) -> None:
        """Write the courses that wait."""
        self.rows.flush()


@contextmanager
def writing_plans(
    invocation: Invocation,
    session: Session,
    export: Export,
    *,
    heading: Heading,
    tables: Tables,
    is_written: bool,
    rules: Mapping[CourseId, str] | None = None,
) -> Iterator[PlansFile]:
    """Write plans; the file takes its place when the block ends well.

    ``rules`` name the rule of each course, where they are a campaign's. Raises UnwritableFile and
    PseudonymSecretUnusable, before the block where the file can't be begun.
    """
    texts, file = invocation.texts, export.to_file(invocation, site_identity(session), usual=CHANGES)
    names_people = file.pseudonyms is None and (file.holds(CHANGES) or file.holds(LEFT_ALONE))
    with file.writer(texts, heading, tables, session.zone) as writer:
        rows = RunExport(
            writer=writer,
            texts=texts,
            zone=session.zone,
            roles={roleid: name for name, roleid in session.config.roles.items()},
            rules=rules,
        )
        read_people = session.site.read_people if names_people else read_nobody
        yield PlansFile(
            heading=heading,
            writer=writer,
            rows=BatchedRows(export=rows, read_people=read_people),
            is_written=is_written,
        )
