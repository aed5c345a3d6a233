"""What an archive holds, for a terminal: one in detail, or many in a table."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import tzinfo
from typing import Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from maintien.mbz.archive import COURSE_TYPE, ArchiveHeader
from maintien.mbz.summary import ArchiveSummary, EnrolmentCount, EnrolmentKind
from maintien.moodle.ids import RoleId
from maintien.moodle.values import NO_COMPONENT
from maintien.reports.language import Texts
from maintien.reports.safe_text import plain, printable
from maintien.reports.screen import add_name_column, add_number_columns, course_name, facts_table, new_table
from maintien.reports.setting_names import NO_SWITCH, setting_name
from maintien.reports.wording import method_name

_LEAST_ROOM: Final = 20


def summary_screen(texts: Texts, name: str, summary: ArchiveSummary, zone: tzinfo) -> RenderableType:
    """Describe one archive."""
    parts: list[RenderableType] = [facts_table(_facts(texts, name, summary, zone))]
    if summary.instances:
        parts.append(_instances_table(texts, summary))
    if summary.enrolments:
        parts.append(_enrolments_table(texts, summary))
    if summary.missing_users:
        parts.append(plain(_missing(texts, summary.missing_users), "yellow"))
    return Group(*parts)


def summaries_table(
    texts: Texts, summaries: Sequence[tuple[str, ArchiveSummary]], zone: tzinfo, width: int
) -> RenderableType:
    """List archives, a line each, for a terminal of ``width`` columns."""
    table = new_table()
    room = max(width // 3, _LEAST_ROOM)
    for heading in (texts.gettext("Archive"), texts.gettext("Course")):
        add_name_column(table, heading, at_most=room)
    users = [_user_word(texts, summary.header) for _, summary in summaries]
    days = [texts.day(summary.header.backup_date, zone) for _, summary in summaries]
    table.add_column(plain(texts.gettext("Moodle")), no_wrap=True)
    _add_word_column(table, texts.gettext("Made"), days)
    add_number_columns(table, texts.gettext("Enrolments"), texts.gettext("Groups"))
    _add_word_column(table, texts.gettext("Users"), users)
    for (name, summary), day, word in zip(summaries, days, users, strict=True):
        enrolments = sum(count.enrolments for count in summary.enrolments.values())
        table.add_row(
            plain(_ending(name, room)),
            plain(summary.course.shortname),
            plain(summary.header.backup_release),
            plain(day),
            plain(texts.number(enrolments)),
            plain(texts.number(summary.groups)),
            plain(word),
        )
    return table


def _add_word_column(table: Table, heading: str, words: Iterable[str]) -> None:
    """Add a column that is never cut off."""
    table.add_column(plain(heading), no_wrap=True, min_width=max(map(len, words)))


def _ending(name: str, room: int) -> str:
    """Give the end of a path, which says more than its beginning."""
    shown = printable(name)
    return shown if len(shown) <= room else f"…{shown[1 - room :]}"


def _facts(texts: Texts, name: str, summary: ArchiveSummary, zone: tzinfo) -> Iterator[tuple[str, Text]]:
    header = summary.header
    yield texts.gettext("Archive"), plain(name)
    yield texts.gettext("Course"), Text(course_name(summary.course))
    yield texts.gettext("Backup of"), plain(_kind(texts, header.type))
    yield texts.gettext("Made"), plain(texts.date_time(header.backup_date, zone))
    yield texts.gettext("Moodle"), plain(header.moodle_release)
    yield texts.gettext("Site"), plain(header.original_wwwroot)
    yield texts.gettext("Users"), plain(_users(texts, summary))
    yield texts.gettext("Groups"), plain(_groups(texts, summary))
    yield texts.gettext("Settings on"), plain(_settings(texts, header))


def _kind(texts: Texts, kind: str) -> str:
    known = {
        COURSE_TYPE: texts.gettext("a whole course"),
        "section": texts.gettext("a section, which has no enrolments"),
        "activity": texts.gettext("an activity, which has no enrolments"),
    }
    return known.get(kind, kind)


def _users(texts: Texts, summary: ArchiveSummary) -> str:
    if not summary.header.includes_users:
        return texts.gettext("not included")
    accounts = texts.ngettext("{n} account", "{n} accounts", summary.users)
    counted = accounts.format(n=texts.number(summary.users))
    return ", ".join([counted, *_user_remarks(texts, summary)])


def _user_remarks(texts: Texts, summary: ArchiveSummary) -> Iterator[str]:
    if summary.header.is_anonymised:
        yield texts.gettext("anonymised")
    if deleted := summary.deleted_users:
        yield texts.ngettext("{n} of them deleted", "{n} of them deleted", deleted).format(
            n=texts.number(deleted)
        )


def _user_word(texts: Texts, header: ArchiveHeader) -> str:
    if not header.includes_users:
        return texts.gettext("not included")
    return texts.gettext("anonymised") if header.is_anonymised else texts.gettext("included")


def _groups(texts: Texts, summary: ArchiveSummary) -> str:
    if not summary.header.includes_groups:
        return texts.gettext("not included")
    memberships = sum(summary.memberships.values())
    owned = memberships - summary.memberships.get(NO_COMPONENT, 0)
    pieces = [
        texts.ngettext("{n} group", "{n} groups", summary.groups).format(n=texts.number(summary.groups)),
        texts.ngettext("{n} membership", "{n} memberships", memberships).format(n=texts.number(memberships)),
    ]
    if owned:
        owners = texts.ngettext(
            "{n} of them owned by an enrolment method", "{n} of them owned by an enrolment method", owned
        )
        pieces.append(owners.format(n=texts.number(owned)))
    return ", ".join(pieces)


def _settings(texts: Texts, header: ArchiveHeader) -> str:
    on = [name for name in header.settings if name not in NO_SWITCH and header.is_on(name)]
    return texts.join(setting_name(texts, name) for name in on) if on else texts.gettext("none")


def _instances_table(texts: Texts, summary: ArchiveSummary) -> Table:
    table = new_table(texts.gettext("Enrolment methods of the course"))
    table.add_column(plain(texts.gettext("Method")))
    table.add_column(plain(texts.gettext("Status")), no_wrap=True)
    add_number_columns(table, texts.gettext("Instances"))
    for kind, number in summary.instances.items():
        status = texts.gettext("enabled") if kind.is_enabled else texts.gettext("disabled")
        table.add_row(plain(method_name(texts, kind.method)), plain(status), texts.number(number))
    return table


def _enrolments_table(texts: Texts, summary: ArchiveSummary) -> Table:
    table = new_table(texts.gettext("Enrolments"))
    table.add_column(plain(texts.gettext("Method")))
    table.add_column(plain(texts.gettext("Status")), no_wrap=True)
    add_number_columns(table, texts.gettext("Enrolments"))
    table.add_column(plain(texts.gettext("Roles")))
    for kind, count in summary.enrolments.items():
        table.add_row(
            plain(method_name(texts, kind.method)),
            plain(_status(texts, kind)),
            texts.number(count.enrolments),
            plain(", ".join(_roles(texts, summary, count))),
        )
    return table


def _status(texts: Texts, kind: EnrolmentKind) -> str:
    status = texts.gettext("active") if kind.is_active else texts.gettext("suspended")
    if kind.is_enabled:
        return status
    return texts.gettext("{status}, method disabled").format(status=status)


def _roles(texts: Texts, summary: ArchiveSummary, count: EnrolmentCount) -> Iterable[str]:
    for roleid, people in count.roles.items():
        yield f"{printable(role_name(summary, roleid))} {texts.number(people)}"
    if count.without_role:
        yield texts.gettext("without a role {n}").format(n=texts.number(count.without_role))


def role_name(summary: ArchiveSummary, roleid: RoleId) -> str:
    """Name a role by its short name; one that the archive doesn't describe by its id."""
    role = summary.roles.get(roleid)
    return f"#{roleid}" if role is None else role.shortname


def _missing(texts: Texts, people: int) -> str:
    return texts.ngettext(
        "{n} enrolled person has no account in the archive: Moodle's restore leaves them out.",
        "{n} enrolled people have no account in the archive: Moodle's restore leaves them out.",
        people,
    ).format(n=texts.number(people))
