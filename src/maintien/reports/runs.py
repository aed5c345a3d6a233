"""The runs of a journal, and one of them: on a terminal, and as JSON documents."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import tzinfo
from typing import Final

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from maintien.enrolments.people import Person
from maintien.moodle.ids import UserId
from maintien.reports.documents import Document, moment_document
from maintien.reports.evidence_archives import archives_document, archives_text
from maintien.reports.language import Texts
from maintien.reports.run_wording import COURSE_STATUSES, author_text, kind_text, state_text
from maintien.reports.safe_text import plain
from maintien.reports.screen import (
    add_name_column,
    add_number_columns,
    facts_table,
    new_table,
)
from maintien.reports.tables import Heading
from maintien.runs.history import RunState, courses_to_do
from maintien.runs.journal import CourseStatus, RunRecord

_VERY_WIDE: Final = 120
_KIND_WIDTH: Final = len("conversion")
_DAY_WIDTH: Final = len("2027-08-31")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedRun:
    """A run, and what the others say of it."""

    record: RunRecord
    state: RunState
    undone_by: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsView:
    """Through which eyes runs are looked at."""

    zone: tzinfo
    """The site's, or the machine's where no site is open."""
    people: Mapping[UserId, Person] = field(default_factory=dict)
    """The operators known; others show as ids."""


def runs_table(texts: Texts, runs: Sequence[ListedRun], view: RunsView, width: int) -> RenderableType:
    """Give the list, in the order given, for a terminal of ``width`` columns."""
    if not runs:
        return plain(texts.gettext("No run is kept here yet."))
    several_sites = len({run.record.header.site_id for run in runs}) > 1
    table = new_table()
    add_number_columns(table, texts.gettext("Run"))
    table.add_column(plain(texts.gettext("What")), overflow="fold", min_width=_KIND_WIDTH)
    table.add_column(plain(texts.gettext("Began")), overflow="fold", min_width=_DAY_WIDTH)
    if several_sites:
        add_name_column(table, texts.gettext("Site"), at_most=width // 5)
    if width >= _VERY_WIDE:
        add_name_column(table, texts.gettext("By"), at_most=width // 5)
    table.add_column(plain(texts.gettext("Status")), overflow="fold")
    add_number_columns(table, texts.gettext("Courses"), texts.gettext("Failed"), texts.gettext("To do"))
    add_number_columns(table, texts.gettext("People"), texts.gettext("Changes"))
    for run in runs:
        table.add_row(*_cells(texts, run, view, several_sites=several_sites, is_wide=width >= _VERY_WIDE))
    return table


def _cells(
    texts: Texts, run: ListedRun, view: RunsView, *, several_sites: bool, is_wide: bool
) -> Iterator[Text]:
    header, totals = run.record.header, run.record.totals
    yield Text(str(run.record.id))
    yield plain(kind_text(texts, header))
    yield plain(texts.date_time(header.began_at, view.zone))
    if several_sites:
        yield plain(header.site_name)
    if is_wide:
        yield Text(author_text(header, view.people))
    yield plain(state_text(texts, run.state, run.undone_by), _STYLES.get(run.state, ""))
    failed = totals.courses.get(CourseStatus.FAILED, 0)
    written = totals.courses.get(CourseStatus.WRITTEN, 0)
    for number in (written, failed, courses_to_do(run.record) - failed, totals.people, totals.changes):
        yield Text(texts.number(number), style="" if number else "dim")


_STYLES = {
    RunState.INTERRUPTED: "bold yellow",
    RunState.STOPPED: "yellow",
    RunState.DONE_IN_PART: "yellow",
    RunState.RUNNING: "cyan",
}


def run_facts(texts: Texts, run: ListedRun, view: RunsView) -> Table:
    """Show what the journal knows of one run besides its courses."""
    return facts_table(_facts(texts, run, view))


def run_heading(texts: Texts, run: ListedRun, view: RunsView, *, names_people: bool) -> Heading:
    """Say what the journal knows of one run besides its courses, and who made it if that is to be known."""
    left_out = set() if names_people else {texts.gettext("By"), texts.gettext("Command")}
    facts = [(label, fact.plain) for label, fact in _facts(texts, run, view) if label not in left_out]
    header = run.record.header
    title = texts.gettext("Run {run}: {kind}").format(run=run.record.id, kind=kind_text(texts, header))
    above = [(texts.gettext("Site"), header.site_name)]
    if header.campaign is not None:
        above.append((texts.gettext("Campaign"), header.campaign.name))
    return Heading(title, [*above, *facts])


def _facts(texts: Texts, run: ListedRun, view: RunsView) -> Iterator[tuple[str, Text]]:
    record, header, totals = run.record, run.record.header, run.record.totals
    yield texts.gettext("Run"), plain(str(record.id))
    yield texts.gettext("What"), plain(kind_text(texts, header))
    yield texts.gettext("Status"), plain(state_text(texts, run.state, run.undone_by))
    yield texts.gettext("Began"), plain(texts.date_time(header.began_at, view.zone))
    if record.ended_at is not None:
        yield texts.gettext("Ended"), plain(texts.date_time(record.ended_at, view.zone))
    yield texts.gettext("By"), Text(author_text(header, view.people))
    if header.archive is not None:
        yield texts.gettext("Archive"), plain(header.archive.path)
        yield texts.gettext("SHA-256"), plain(header.archive.sha256)
    if header.evidence:
        yield texts.gettext("Archives"), archives_text(texts, header.evidence, view.zone)
    yield texts.gettext("Command"), plain(header.command)
    yield texts.gettext("Version"), plain(header.version)
    counted = (
        f"{texts.number(totals.courses[status])} {texts.gettext(word)}"
        for status, word in COURSE_STATUSES.items()
        if totals.courses.get(status)
    )
    yield texts.gettext("Courses"), plain(texts.join(counted))
    yield texts.gettext("People"), plain(texts.number(totals.people))
    yield texts.gettext("Changes"), plain(texts.number(totals.changes))


def runs_document(runs: Sequence[ListedRun], zone: tzinfo) -> Document:
    """Give the list as a JSON document."""
    return {"runs": [run_document(run, zone) for run in runs]}


def run_document(run: ListedRun, zone: tzinfo) -> Document:
    """Describe a run, all but its courses."""
    record, header = run.record, run.record.header
    return {
        "run": record.id,
        "kind": header.kind.value,
        "status": run.state.value,
        "began_at": moment_document(header.began_at, zone),
        "ended_at": None if record.ended_at is None else moment_document(record.ended_at, zone),
        "site": header.site_name,
        "user": header.process.user,
        "host": header.process.host,
        "operator": header.operator,
        "command": header.command,
        "version": header.version,
        "undoes": header.undoes,
        "undone_by": run.undone_by,
        **({} if header.archive is None else {"archive": asdict(header.archive)}),
        **({"archives": archives_document(header.evidence, zone)} if header.evidence else {}),
        "courses": {status.value: record.totals.courses.get(status, 0) for status in CourseStatus},
        "people": record.totals.people,
        "changes": record.totals.changes,
    }
