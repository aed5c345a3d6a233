"""The options that say which participants, as Moodle's Participants page filters them."""

from collections.abc import Sequence
from typing import Annotated, TypeAlias

import typer

from maintien.cli.invocation.help import PEOPLE_PANEL
from maintien.messages import N_
from maintien.uses.participant_filters import FilterRequest
from maintien.uses.words import split_words

MethodOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--method",
        metavar=N_("METHOD"),
        help=N_(
            "People enrolled by this method, such as database, cohort or manual, or by the enrolment"
            " instance of this id. Repeatable."
        ),
        rich_help_panel=PEOPLE_PANEL,
    ),
]
RoleOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--role",
        metavar=N_("ROLE|none"),
        help=N_("People with this role, by its short name, such as student; none: with no role. Repeatable."),
        rich_help_panel=PEOPLE_PANEL,
    ),
]
StatusOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--status",
        metavar="active|inactive|suspended|not-current",
        help=N_(
            "People with an enrolment of this status now. Inactive is suspended or not current: over, not"
            " begun, or of a disabled method. Repeatable."
        ),
        rich_help_panel=PEOPLE_PANEL,
    ),
]
GroupOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--group",
        metavar=N_("GROUP|none"),
        help=N_("Members of this group: its id, name or ID number; none: of no group. Repeatable."),
        rich_help_panel=PEOPLE_PANEL,
    ),
]
KeywordOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--keyword",
        metavar=N_("TEXT"),
        help=N_("People whose name, address, user name or ID number contains this. Repeatable."),
        rich_help_panel=PEOPLE_PANEL,
    ),
]
NoAccessSinceOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--no-access-since",
        metavar=N_("DATE"),
        help=N_("People who have not been in the course since then, or never."),
        rich_help_panel=PEOPLE_PANEL,
    ),
]
AccessSinceOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--access-since",
        metavar=N_("DATE"),
        help=N_("People who have been in the course since then."),
        rich_help_panel=PEOPLE_PANEL,
    ),
]
NeverAccessedOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--never-accessed",
        help=N_("People who have never been in the course."),
        rich_help_panel=PEOPLE_PANEL,
    ),
]
MatchOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--match",
        metavar=N_("[FILTER=]all|any|none"),
        help=N_(
            "Whether people have to match all of the filters, any or none; or, with role=all and the like,"
            " all, any or none of the values of one filter (method, role, status, group, keyword, access)."
            " Default: all of the filters, any of the values. Repeatable."
        ),
        rich_help_panel=PEOPLE_PANEL,
    ),
]


def ask_for_people(  # noqa: PLR0913 -- one an option
    *,
    method: Sequence[str] | None,
    role: Sequence[str] | None,
    status: Sequence[str] | None,
    group: Sequence[str] | None,
    keyword: Sequence[str] | None,
    no_access_since: str | None,
    access_since: str | None,
    never_accessed: bool,
    match: Sequence[str] | None,
) -> FilterRequest:
    """Put together what the options say; commas separate values, save in what may hold them itself."""
    return FilterRequest(
        methods=_all_words(method),
        roles=_all_words(role),
        statuses=_all_words(status),
        groups=tuple(group or ()),
        keywords=tuple(keyword or ()),
        no_access_since=no_access_since,
        access_since=access_since,
        never_accessed=never_accessed,
        match=_all_words(match),
    )


def _all_words(options: Sequence[str] | None) -> tuple[str, ...]:
    return tuple(word for option in options or () for word in split_words(option))
