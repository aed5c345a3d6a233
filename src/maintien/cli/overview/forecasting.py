"""Does what ``maintien forecast`` asks for: reads the rolls, applies the rules, shows what they say."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from maintien.bootstrap import Invocation, Session, open_session
from maintien.cli.console.notices import notify
from maintien.cli.console.output import result_console
from maintien.cli.console.progress import observer_of
from maintien.cli.files.exporting import Export
from maintien.cli.files.replaced_files import replaced_file
from maintien.cli.overview.forecast_file import ForecastFile, writing_forecast
from maintien.cli.overview.forecast_preparing import ForecastRequest, PreparedForecast, prepare_forecast
from maintien.enrolments.access_over_time import AccessOverTime, access_spans
from maintien.enrolments.forecast import forecast_course
from maintien.errors.selection import EmptySelection
from maintien.errors.tree import EXIT_DONE
from maintien.reports.charts.svg import draw_svg
from maintien.reports.forecast import ForecastReport
from maintien.uses.rolls import read_all_rolls
from maintien.uses.selections import Asked


def show_forecast(
    invocation: Invocation, asked: Asked, request: ForecastRequest, export: Export | None = None
) -> int:
    """Show the forecast for the courses asked for, or write it to a file.

    Raises every error that a command line, a site or a courses file can give rise to; a register that can't
    be read is noticed and unknown.
    """
    if asked.is_empty:
        raise EmptySelection
    with open_session(invocation) as session:
        notify(invocation, *session.warnings)
        forecast = prepare_forecast(invocation, session, asked, request)
        with _writing(invocation, forecast, export) as file:
            report = _make(invocation, forecast, file)
        if request.chart is not None and report.chart is not None:
            with replaced_file(Path(request.chart)) as file:
                file.write_text(draw_svg(invocation.texts, report.chart), encoding="utf-8")
        if export is None:
            _show(invocation, session, report)
    return EXIT_DONE


@contextmanager
def _writing(
    invocation: Invocation, forecast: PreparedForecast, export: Export | None
) -> Iterator[ForecastFile | None]:
    """Write the forecast to a file, where one is asked for."""
    if export is None:
        yield None
        return
    with writing_forecast(
        invocation,
        forecast.session,
        forecast.header(),
        export,
        has_conversion=forecast.planners is not None,
    ) as file:
        yield file


def _make(invocation: Invocation, forecast: PreparedForecast, file: ForecastFile | None) -> ForecastReport:
    config = forecast.session.config
    follows_feeds = forecast.feeds is not None
    report = ForecastReport(forecast.header(), keep_documents=invocation.wishes.json)
    without, after = AccessOverTime(), AccessOverTime()
    observer = observer_of(invocation)
    for rolls in read_all_rolls(
        forecast.session.site, forecast.found.sizes, forecast.wishes(), observer=observer
    ):
        for roll in rolls:
            foreseen = forecast_course(roll, config, at=forecast.at, reads_feeds=follows_feeds)
            report.add(foreseen)
            if file is not None:
                file.rows.add(foreseen)
        for series, drawn in ((without, rolls), (after, forecast.converted(rolls))):
            for roll in drawn:
                spans = access_spans(roll, config, cut_at=forecast.cut_at, follows_feeds=follows_feeds)
                for people, span in spans:
                    series.add(people, span)
    report.chart = forecast.chart(invocation.texts, without, after)
    if file is not None:
        file.finish(report)
    return report


def _show(invocation: Invocation, session: Session, report: ForecastReport) -> None:
    if invocation.wishes.json:
        report.write_json(sys.stdout)
        return
    people = session.site.read_people(report.people_shown())
    console = result_console(invocation)
    console.print(report.render(invocation.texts, console.width, people))
