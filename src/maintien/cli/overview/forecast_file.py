"""Writes a forecast as tables, and as a page with its chart, while it is made."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from maintien.bootstrap import Invocation, Session, site_identity
from maintien.cli.files.exporting import Export
from maintien.enrolments.forecast import CourseForecast
from maintien.reports.batched_rows import BatchedRows, read_nobody
from maintien.reports.charts.svg import draw_svg
from maintien.reports.forecast import ForecastReport
from maintien.reports.forecast_document import ForecastHeader
from maintien.reports.forecast_export import PEOPLE, ForecastExport, forecast_heading, forecast_tables
from maintien.reports.run_export import COURSES
from maintien.reports.tables import Heading


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastFile:
    """A forecast's tables under way."""

    heading: Heading
    export: ForecastExport
    rows: BatchedRows[CourseForecast]

    def finish(self, report: ForecastReport) -> None:
        """Write what is only known at the end: the sums and the chart."""
        self.rows.flush()
        texts = self.export.texts
        self.heading.facts[:] = forecast_heading(texts, report.header, report.totals).facts
        if report.chart is not None:
            self.heading.chart = draw_svg(texts, report.chart)
            self.export.add_access(report.chart)


@contextmanager
def writing_forecast(
    invocation: Invocation, session: Session, header: ForecastHeader, export: Export, *, has_conversion: bool
) -> Iterator[ForecastFile]:
    """Write a forecast; the file takes its place when the block ends well.

    Raises UnwritableFile and PseudonymSecretUnusable.
    """
    texts = invocation.texts
    file = export.to_file(invocation, site_identity(session), usual=COURSES)
    heading = forecast_heading(texts, header)
    names_people = file.holds(PEOPLE) and file.pseudonyms is None
    tables = forecast_tables(texts, header, has_conversion=has_conversion)
    with file.writer(texts, heading, tables, session.zone) as writer:
        rows = ForecastExport(writer=writer, texts=texts, header=header)
        yield ForecastFile(
            heading=heading,
            export=rows,
            rows=BatchedRows(
                export=rows, read_people=session.site.read_people if names_people else read_nobody
            ),
        )
