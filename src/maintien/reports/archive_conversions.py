"""What became of converted archives: on a terminal, and as a JSON document."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from maintien.errors.tree import MaintienError
from maintien.mbz.archive import ArchivedUser
from maintien.mbz.converting.archive import ArchiveConverted
from maintien.mbz.converting.request import ArchiveRequest
from maintien.moodle.ids import UserId
from maintien.planning.findings import Finding
from maintien.planning.left_alone import LeftAlone, Reason
from maintien.reports.conversion_screen import spaced
from maintien.reports.documents import (
    Document,
    error_document,
    kind_of,
    moment_document,
    typed_document,
)
from maintien.reports.finding_wording import finding_text
from maintien.reports.findings_screen import remarks_on_findings, remarks_table
from maintien.reports.language import Texts
from maintien.reports.reason_wording import reason_detail, reason_label
from maintien.reports.safe_text import Prose, plain, printable
from maintien.reports.screen import (
    add_name_column,
    add_number_columns,
    facts_table,
    names_and_others,
    new_table,
    numbers_table,
)
from maintien.reports.wording import method_names


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivesHeader:
    """What is the same for every archive."""

    request: ArchiveRequest
    zone: tzinfo
    """In which dates are read and shown."""


def conversion_screen(
    texts: Texts, header: ArchivesHeader, name: str, result: ArchiveConverted
) -> RenderableType:
    """Say what became of one archive."""
    return Group(*spaced(_parts(texts, header, name, result)))


def _parts(
    texts: Texts, header: ArchivesHeader, name: str, result: ArchiveConverted
) -> Iterator[RenderableType]:
    style, title = _title(texts, result)
    facts = facts_table(_facts(texts, header, name, result))
    yield Group(Panel(plain(title, "bold"), border_style=style), facts)
    findings = _findings(result)
    if findings:
        remarks = remarks_on_findings(texts, [(finding, 0) for finding in findings])
        panel_title = plain(texts.gettext("Before you go on"))
        yield Panel(remarks_table(texts, remarks), title=panel_title, title_align="left")
    yield _sums_table(texts, result)
    if result.left_alone:
        yield _left_alone_table(texts, header, result)


def _title(texts: Texts, result: ArchiveConverted) -> tuple[str, str]:
    if result.obstacle is not None:
        return "red", texts.gettext("NOTHING WRITTEN: the course takes no manual enrolments.")
    if result.path is None:
        return "green", texts.gettext("NOTHING TO DO: nobody would be in the new archive.")
    return "green", texts.gettext("DONE: the new archive is written.")


def _findings(result: ArchiveConverted) -> list[Finding]:
    return [*((result.obstacle,) if result.obstacle is not None else ()), *result.warnings]


def _facts(
    texts: Texts, header: ArchivesHeader, name: str, result: ArchiveConverted
) -> Iterator[tuple[str, Text]]:
    yield texts.gettext("Archive"), plain(name)
    yield texts.gettext("Course"), plain(result.course)
    if result.path is not None:
        yield texts.gettext("New archive"), plain(str(result.path))
    yield from _request_facts(texts, header)
    if result.unknown_roles:
        yield texts.gettext("Roles that nobody has"), plain(", ".join(map(printable, result.unknown_roles)))


def _request_facts(texts: Texts, header: ArchivesHeader) -> Iterator[tuple[str, Text]]:
    request = header.request
    yield texts.gettext("End date"), plain(texts.end_date(request.ends_at, header.zone))
    yield texts.gettext("Time zone"), plain(str(header.zone))
    if request.like_moodle:
        rules = texts.gettext("Moodle's backup, restore and bulk edit, to the letter")
        yield texts.gettext("Rules"), plain(rules)
        return
    everything = texts.gettext("all")
    methods = request.methods
    yield (
        texts.gettext("Enrolment methods"),
        plain(everything if methods is None else method_names(texts, tuple(sorted(methods)))),
    )
    roles = request.roles
    yield (
        texts.gettext("Roles"),
        plain(everything if roles is None else texts.join(map(printable, sorted(roles)))),
    )


def _sums_table(texts: Texts, result: ArchiveConverted) -> Table:
    return numbers_table(
        texts,
        [
            (texts.gettext("People converted"), result.people_converted),
            (texts.gettext("Manual enrolments in the new archive"), result.enrolments),
            (texts.gettext("Roles in the new archive"), result.roles),
            (texts.gettext("Group memberships in the new archive"), result.memberships),
        ],
    )


def _left_alone_table(texts: Texts, header: ArchivesHeader, result: ArchiveConverted) -> Table:
    table = new_table(texts.gettext("People left alone"))
    table.add_column(plain(texts.gettext("Reason")), overflow="fold", ratio=1)
    add_number_columns(table, texts.gettext("People"))
    table.add_column(plain(texts.gettext("Names")), overflow="fold", ratio=2)
    for reason, number in result.left_alone.items():
        names = [_name(texts, header, entry, result.names) for entry in _examples(result, reason)]
        table.add_row(
            plain(reason_label(texts, reason)),
            texts.number(number),
            Prose(names_and_others(texts, names, number)),
        )
    return table


def _examples(result: ArchiveConverted, reason: type[Reason]) -> list[LeftAlone]:
    return [entry for entry in result.examples if isinstance(entry.reason, reason)]


def _name(
    texts: Texts, header: ArchivesHeader, entry: LeftAlone, names: Mapping[UserId, ArchivedUser]
) -> str:
    user = names.get(entry.userid)
    name = f"#{entry.userid}" if user is None else _full_name(user)
    detail = reason_detail(texts, entry.reason, header.zone)
    return f"{name} ({detail})" if detail else name


def _full_name(user: ArchivedUser) -> str:
    return printable(f"{user.firstname} {user.lastname}".strip() or user.username)


def conversions_table(
    texts: Texts, header: ArchivesHeader, results: Sequence[tuple[str, ArchiveConverted]], width: int
) -> RenderableType:
    """Say what became of several archives, a line each, for a terminal of ``width`` columns."""
    table = new_table()
    add_name_column(table, texts.gettext("Archive"), at_most=width // 3)
    add_name_column(table, texts.gettext("Course"), at_most=width // 5)
    add_number_columns(
        table, texts.gettext("Converted"), texts.gettext("In the new one"), texts.gettext("Left alone")
    )
    table.add_column(plain(texts.gettext("Result")), overflow="fold")
    for name, result in results:
        table.add_row(
            plain(name),
            plain(result.course),
            texts.number(result.people_converted),
            texts.number(result.enrolments),
            texts.number(sum(result.left_alone.values())),
            plain(_result(texts, result)),
        )
    return Group(facts_table(_request_facts(texts, header)), Text(), table)


def _result(texts: Texts, result: ArchiveConverted) -> str:
    if result.obstacle is not None:
        return finding_text(texts, result.obstacle)
    return texts.gettext("nothing to do") if result.path is None else texts.gettext("written")


def conversions_document(
    header: ArchivesHeader,
    results: Sequence[tuple[str, ArchiveConverted]],
    failures: Sequence[tuple[str, MaintienError]],
) -> Document:
    """Describe converted archives, and those that could not be; the same document for one and for many."""
    request = header.request
    return {
        "policy": {
            "kind": "like_moodle_policy" if request.like_moodle else "conversion_policy",
            "ends_at": moment_document(request.ends_at, header.zone),
            "time_zone": str(header.zone),
            "methods": None if request.methods is None else sorted(request.methods),
            "roles": None if request.roles is None else sorted(request.roles),
            "end_roles": None if request.end_roles is None else sorted(request.end_roles),
            "include_suspended": request.include_suspended,
            "end_for": request.end_for.value,
            "keep_groups": request.takes_groups,
            "enable_manual": request.enable_manual,
        },
        "archives": [_result_document(header, name, result) for name, result in results],
        "failed": [{"archive": name, "error": error_document(error)} for name, error in failures],
    }


def _result_document(header: ArchivesHeader, name: str, result: ArchiveConverted) -> Document:
    obstacle = result.obstacle
    return {
        "archive": name,
        "course": result.course,
        "written_to": None if result.path is None else str(result.path),
        "size": result.size,
        "people_converted": result.people_converted,
        "enrolments": result.enrolments,
        "roles": result.roles,
        "group_memberships": result.memberships,
        "obstacle": None if obstacle is None else typed_document(obstacle, header.zone),
        "warnings": [typed_document(warning, header.zone) for warning in result.warnings],
        "unknown_roles": list(result.unknown_roles),
        "left_alone": {kind_of(reason): number for reason, number in result.left_alone.items()},
    }
