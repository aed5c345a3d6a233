"""Drift from a plan, on a terminal: by course, each person in the plan and today."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from maintien.enrolments.people import Person
from maintien.moodle.ids import UserId
from maintien.planning.changes import Change
from maintien.planning.drift import CourseDrift, Differently, Drift, NoLonger, OnlyNow
from maintien.planning.undo import NOBODY
from maintien.reports.conversion_document import ConversionHeader
from maintien.reports.drift_wording import changes_text
from maintien.reports.findings_screen import remarks_on_findings, remarks_table
from maintien.reports.fingerprints import fingerprint_text
from maintien.reports.language import Texts
from maintien.reports.reason_wording import reason_label
from maintien.reports.safe_text import Prose, plain
from maintien.reports.screen import add_name_column, course_name, facts_table, new_table, person_name
from maintien.reports.wording import method_name

_OTHER_COLUMNS: Final = 60
"""Cells that the columns beside the names need."""


def drift_title(texts: Texts, header: ConversionHeader, *, is_accepted: bool) -> RenderableType:
    """Say that there is drift, from which plan, and what follows."""
    if is_accepted:
        text = texts.gettext("DRIFT: the site has changed since; only what still holds of the plan counts.")
    else:
        text = texts.gettext("DRIFT: the site is no longer as the plan found it.")
    facts: list[tuple[str, Text]] = [(texts.gettext("Site"), plain(header.site))]
    if header.plan_fingerprint is not None:
        facts.append((texts.gettext("Plan"), fingerprint_text(header.plan_fingerprint)))
    return Group(Panel(plain(text, "bold"), border_style="yellow"), facts_table(facts))


def course_drift(
    texts: Texts,
    header: ConversionHeader,
    drift: CourseDrift,
    more: int,
    people: Mapping[UserId, Person],
    width: int,
) -> RenderableType:
    """Show a course's drift; ``more`` is how many are not listed in it."""
    parts: list[RenderableType] = [Text(course_name(drift.course), style="bold")]
    if drift.is_course_gone:
        parts.append(plain(texts.gettext("The site has no such course any more."), "red"))
    found = [finding for finding in (drift.obstacle, *drift.warnings) if finding is not None]
    if found:
        parts.append(remarks_table(texts, remarks_on_findings(texts, [(finding, 0) for finding in found])))
    if drift.drifts:
        parts.append(_drifts_table(texts, header, drift.drifts, people, width))
    if more:
        line = texts.ngettext("and {n} more difference", "and {n} more differences", more)
        parts.append(plain(line.format(n=texts.number(more)), "dim"))
    return Group(*parts)


def _drifts_table(
    texts: Texts,
    header: ConversionHeader,
    drifts: Sequence[Drift],
    people: Mapping[UserId, Person],
    width: int,
) -> Table:
    table = new_table()
    add_name_column(table, texts.gettext("Name"), at_most=min(width // 3, width - _OTHER_COLUMNS))
    table.add_column(plain(texts.gettext("In the plan")), overflow="fold")
    table.add_column(plain(texts.gettext("Today")), overflow="fold")
    above: UserId | None = None
    for drift in drifts:
        # A person's rows stand together: the name is written in the first.
        name = "" if drift.userid == above else _name(texts, people, drift.userid)
        table.add_row(Prose(name), *_sides(texts, header, drift))
        above = drift.userid
    return table


def _name(texts: Texts, people: Mapping[UserId, Person], userid: UserId) -> str:
    return method_name(texts, "manual") if userid == NOBODY else person_name(people, userid)


def _sides(texts: Texts, header: ConversionHeader, drift: Drift) -> Iterator[Text]:
    match drift:
        case OnlyNow(now=now):
            yield _nothing(texts, "")
            yield _said(texts, header, now)
        case NoLonger(planned=planned, reason=reason):
            yield _said(texts, header, planned)
            yield _nothing(texts, "" if reason is None else reason_label(texts, type(reason)))
        case Differently(planned=planned, now=now):
            yield _said(texts, header, planned)
            yield _said(texts, header, now)


def _said(texts: Texts, header: ConversionHeader, changes: Sequence[Change]) -> Text:
    return plain(changes_text(texts, header, changes))


def _nothing(texts: Texts, reason: str) -> Text:
    nothing = texts.gettext("nothing")
    return plain(f"{nothing} ({reason})" if reason else nothing, "dim")
