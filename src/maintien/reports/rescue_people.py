"""The people of a rescue, on a terminal: what they lost when, what they get, and where that is known from."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from rich.table import Table
from rich.text import Text

from maintien.enrolments.people import Person
from maintien.messages import N_
from maintien.moodle.ids import UserId
from maintien.planning.plan import Grounds, Source
from maintien.reports.conversion_document import ConversionHeader
from maintien.reports.language import Texts
from maintien.reports.people_changes import PersonChange
from maintien.reports.safe_text import Prose, plain, printable
from maintien.reports.screen import add_name_column, add_number_columns, new_table, person_name
from maintien.reports.summary import Counts

SOURCES: Final[dict[Source, str]] = {
    Source.SUSPENDED_ROW: N_("suspended enrolment"),
    Source.LOG: N_("log"),
    Source.ARCHIVE: N_("archive"),
    Source.METHOD_DEFAULT: N_("role of the method"),
}
"""Where something is known from, in a word or two."""

_DATE_WIDTH: Final = len("31/08/2027 23:59")
_OTHER_COLUMNS: Final = 70
"""Cells that the columns beside the names need: two dates, a role, a number, a source."""


def rescued_table(
    texts: Texts,
    header: ConversionHeader,
    changes: Sequence[PersonChange],
    grounds: Mapping[UserId, Grounds],
    names: Mapping[UserId, Person],
    width: int,
) -> Table:
    """Show people with when they lost access, until when they get it, and where that is known from."""
    table = new_table(texts.gettext("People"))
    add_name_column(table, texts.gettext("Name"), at_most=min(width // 3, width - _OTHER_COLUMNS))
    for heading in (texts.gettext("Lost"), texts.gettext("Until")):
        table.add_column(plain(heading), overflow="fold", min_width=_DATE_WIDTH)
    table.add_column(plain(texts.gettext("Roles")), overflow="fold")
    add_number_columns(table, texts.gettext("Groups"))
    table.add_column(plain(texts.gettext("Known from")), overflow="fold")
    for change in changes:
        table.add_row(*_cells(texts, header, change, grounds.get(change.userid), names))
    return table


def _cells(
    texts: Texts,
    header: ConversionHeader,
    change: PersonChange,
    grounds: Grounds | None,
    names: Mapping[UserId, Person],
) -> Iterator[Text | str]:
    yield Prose(person_name(names, change.userid))
    yield plain("" if grounds is None else _taken_text(texts, header, grounds))
    if change.after is None:
        yield plain(texts.gettext("unchanged"), "dim")
    else:
        yield plain(texts.end_date(change.after.ends_at, header.zone))
    yield plain(texts.join(map(printable, header.role_names(change.roles))))
    yield texts.number(len(change.groups)) if change.groups else ""
    yield plain("" if grounds is None else sources_text(texts, grounds.sources))


def _taken_text(texts: Texts, header: ConversionHeader, grounds: Grounds) -> str:
    if grounds.taken_at is None:
        return texts.gettext("unknown when")
    return texts.date_time(grounds.taken_at, header.zone)


def sources_text(texts: Texts, sources: Sequence[Source]) -> str:
    """Say where what a person had is known from."""
    return ", ".join(texts.gettext(SOURCES[source]) for source in sources)


def source_sums(texts: Texts, counts: Counts) -> Iterator[tuple[str, int]]:
    """Say of how many people something is known from where."""
    for source in Source:
        if counts.sources[source]:
            heading = texts.gettext("Known from: {source}").format(source=texts.gettext(SOURCES[source]))
            yield heading, counts.sources[source]
