"""Lists repeaters: shows them, or writes them to a file."""

from collections.abc import Sequence

from maintien.bootstrap import Invocation, Session, open_session, open_store, site_identity
from maintien.cli.console.notices import notify
from maintien.cli.console.output import print_document, result_console
from maintien.cli.console.progress import observer_of
from maintien.cli.files.exporting import Export
from maintien.cli.running.backup_folders import announce_backups
from maintien.enrolments.repeaters import CourseRepeaters
from maintien.errors.selection import EmptySelection
from maintien.errors.tree import EXIT_DONE
from maintien.reports.repeaters import REPEATERS, RepeatersReport, repeaters_heading, repeaters_tables
from maintien.runs.made_enrolments import MadeEnrolments
from maintien.uses.repeaters import RepeatersRequest, find_all_repeaters
from maintien.uses.selections import Asked, Found, find_courses


def list_repeaters(
    invocation: Invocation,
    asked: Asked,
    request: RepeatersRequest,
    export: Export | None,
    backup: str | None,
) -> int:
    """List the repeaters of the courses asked for.

    Raises every error that a command line, a site, a courses file or a journal can give rise to.
    """
    if asked.is_empty:
        raise EmptySelection
    with open_session(invocation) as session:
        notify(invocation, *session.warnings)
        now = session.clock()
        found = look_for_repeaters(invocation, session, find_courses(session.site, asked), request, now)
        announce_backups(invocation, backup)
        people = session.site.read_people({r.userid for each in found for r in each.repeaters})
        report = RepeatersReport(courses=found, people=people, zone=session.zone, at=now)
        _show(invocation, session, report, export)
    return EXIT_DONE


def look_for_repeaters(
    invocation: Invocation, session: Session, found: Found, request: RepeatersRequest, now: int
) -> Sequence[CourseRepeaters]:
    """Find the repeaters, with the journal's help."""
    store = open_store(invocation)
    try:
        made = MadeEnrolments(store, site_identity(session))
        return list(
            find_all_repeaters(session, found.sizes, made, request, at=now, observer=observer_of(invocation))
        )
    finally:
        store.engine.dispose()


def _show(invocation: Invocation, session: Session, report: RepeatersReport, export: Export | None) -> None:
    texts, zone = invocation.texts, session.zone
    if export is not None:
        file = export.to_file(invocation, site_identity(session), usual=REPEATERS)
        heading = repeaters_heading(texts, session.site.name, at=report.at, zone=zone)
        with file.writer(texts, heading, repeaters_tables(texts), zone) as writer:
            report.write(writer, texts)
    elif invocation.wishes.json:
        print_document(report.document())
    else:
        console = result_console(invocation)
        console.print(report.render(texts, console.width))
