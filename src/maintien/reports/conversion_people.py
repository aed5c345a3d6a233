"""The people of a conversion, on a terminal: converted, provided for already, left alone."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from maintien.enrolments.people import Person
from maintien.enrolments.state import Course, UserEnrolment
from maintien.moodle.ids import UserId
from maintien.planning.left_alone import Reason
from maintien.reports.conversion_document import ConversionHeader
from maintien.reports.language import Texts
from maintien.reports.people_changes import PeopleHeader, PersonChange
from maintien.reports.reason_wording import reason_detail, reason_label
from maintien.reports.safe_text import Prose, plain, printable
from maintien.reports.screen import (
    add_name_column,
    add_number_columns,
    bar,
    names_and_others,
    new_table,
    person_name,
)
from maintien.reports.summary import Counts

NAMES_AMONG_COURSES: Final = 4
"""People named for each reason where there are several courses."""
_BAR_AT_MOST: Final = 60
_DATE_WIDTH: Final = len("31/08/2027 23:59")
_OTHER_COLUMNS: Final = 58
"""Cells that the columns beside the names need: two dates, a role, a number."""


class Example(NamedTuple):
    """One of the people left alone."""

    course: Course
    userid: UserId
    reason: Reason


Examples: TypeAlias = Mapping[type[Reason], Sequence[Example]]


def people_table(
    texts: Texts,
    header: PeopleHeader,
    changes: Sequence[PersonChange],
    names: Mapping[UserId, Person],
    width: int,
) -> Table:
    """Show people with the end of their manual enrolment before and after."""
    table = new_table(texts.gettext("People"))
    add_name_column(table, texts.gettext("Name"), at_most=min(width // 3, width - _OTHER_COLUMNS))
    for heading in (texts.gettext("Before"), texts.gettext("After")):
        table.add_column(plain(heading), overflow="fold", min_width=_DATE_WIDTH)
    table.add_column(plain(texts.gettext("Roles")), overflow="fold")
    add_number_columns(table, texts.gettext("Groups"))
    for change in changes:
        before, after = before_and_after(texts, header, change)
        table.add_row(
            Prose(person_name(names, change.userid)),
            before,
            after,
            plain(texts.join(map(printable, header.role_names(change.roles)))),
            texts.number(len(change.groups)) if change.groups else "",
        )
    return table


def before_and_after(texts: Texts, header: PeopleHeader, change: PersonChange) -> tuple[Text, Text]:
    """Say what somebody's manual enrolment was, and what it becomes."""
    before, after = change.before, change.after
    if after is None:
        return plain(texts.gettext("unchanged"), "dim"), plain(texts.gettext("unchanged"), "dim")
    if before is None:
        return plain(texts.gettext("none"), "dim"), period_text(texts, header, after)
    moves = before.starts_at != after.starts_at
    return (
        period_text(texts, header, before, with_start=moves),
        period_text(texts, header, after, with_start=moves),
    )


def period_text(texts: Texts, header: PeopleHeader, row: UserEnrolment, *, with_start: bool = False) -> Text:
    """Say until when an enrolment gives access, and since when where that is of interest."""
    period = Prose()
    if with_start:
        period.append(texts.start_date(row.starts_at, header.zone) + " \N{RIGHTWARDS ARROW} ", "dim")
    period.append(texts.end_date(row.ends_at, header.zone))
    if not row.is_active:
        period.append(f" ({texts.gettext('suspended')})")
    return period


def share_picture(texts: Texts, counts: Counts, done: str, width: int) -> RenderableType:
    """Draw how many people are done, in a word, provided for already, and left alone."""
    provided = counts.people_provided_for
    return _share_picture(
        texts,
        counts,
        [
            (counts.people_converted, "█", "green", done),
            (provided, "▓", "cyan", texts.gettext("enrolled by hand already")),
            (counts.people_left_alone - provided, "░", "yellow", texts.gettext("left alone")),
        ],
        width,
    )


def plain_share_picture(texts: Texts, counts: Counts, done: str, width: int) -> RenderableType:
    """Draw how many people are done, in a word, and left alone."""
    others = (counts.people_left_alone, "░", "yellow", texts.gettext("left alone"))
    return _share_picture(texts, counts, [(counts.people_converted, "█", "green", done), others], width)


def _share_picture(
    texts: Texts, counts: Counts, parts: Sequence[tuple[int, str, str, str]], width: int
) -> RenderableType:
    picture = bar([part[:3] for part in parts], min(width - 2, _BAR_AT_MOST))
    legend = Table.grid(padding=(0, 2))
    for number, character, style, label in parts:
        legend.add_row(
            Text(character, style=style),
            plain(label),
            Text(texts.number(number), justify="right"),
            Text(texts.percent(number, counts.people_seen), justify="right"),
        )
    return Group(picture, legend)


def left_alone_table(
    texts: Texts,
    header: ConversionHeader,
    counts: Counts,
    examples: Examples,
    people: Mapping[UserId, Person],
    *,
    name_courses: bool,
) -> Table:
    """Show for each reason how many people are left alone, and the names of some."""
    table = new_table(texts.gettext("People left alone"))
    table.add_column(plain(texts.gettext("Reason")), overflow="fold", ratio=1)
    add_number_columns(table, texts.gettext("People"))
    table.add_column(plain(texts.gettext("Names")), overflow="fold", ratio=2)
    for reason, number in counts.left_alone.most_common():
        names = [
            _left_alone_name(texts, header, example, people, name_course=name_courses)
            for example in examples.get(reason, ())[: NAMES_AMONG_COURSES if name_courses else None]
        ]
        table.add_row(
            plain(reason_label(texts, reason)),
            texts.number(number),
            Prose(names_and_others(texts, names, number)),
        )
    return table


def _left_alone_name(
    texts: Texts,
    header: ConversionHeader,
    example: Example,
    people: Mapping[UserId, Person],
    *,
    name_course: bool,
) -> str:
    """Name a person, and in brackets the course, where there are several, and what is special."""
    course = printable(example.course.shortname) if name_course else ""
    detail = reason_detail(texts, example.reason, header.zone)
    aside = ", ".join(filter(None, (course, detail)))
    name = person_name(people, example.userid)
    return f"{name} ({aside})" if aside else name
