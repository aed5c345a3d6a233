"""``maintien participants``: the people of a course, as Moodle's participants page filters them."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Annotated, Final, TypeAlias

import typer

from maintien.bootstrap import Invocation, Session, open_session
from maintien.cli.actions import Action
from maintien.cli.global_options import invocation_of
from maintien.cli.help import OTHER_PANEL, PEOPLE_PANEL
from maintien.cli.notices import notify
from maintien.cli.options import CourseOption
from maintien.cli.output import print_document, result_console
from maintien.cli.progress import observer_of
from maintien.enrolments.participants import (
    Participant,
    ParticipantFilter,
    ParticipantStatus,
    list_participants,
    select_participants,
)
from maintien.enrolments.state import Course, CourseState
from maintien.errors import EXIT_DONE, ConflictingOptions, MissingCourse, OneCourseOnly
from maintien.messages import N_
from maintien.moodle.config import SiteConfig
from maintien.reports.participants import (
    participants_document,
    participants_table,
    write_participants_csv,
)
from maintien.sites.interface import Selection
from maintien.uses.states import read_all_states
from maintien.uses.words import find_role, require_choice, require_method, split_words

ABOUT_PARTICIPANTS: Final = N_(
    "List the participants of courses, filtered as Moodle's participants page does."
)


class Format(Enum):
    """How the list is written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantsRequest:
    """What the options ask for; empty where they say nothing."""

    courses: tuple[str, ...]
    methods: tuple[str, ...]
    roles: tuple[str, ...]
    statuses: tuple[str, ...]
    format: str | None


Listed: TypeAlias = tuple[Course, list[Participant]]

MethodOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--method",
        metavar=N_("METHOD"),
        help=N_("People enrolled by this method, such as database, cohort or manual. Repeatable."),
        rich_help_panel=PEOPLE_PANEL,
    ),
]
RoleOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--role",
        metavar=N_("ROLE"),
        help=N_("People with this role, by its short name, such as student. Repeatable."),
        rich_help_panel=PEOPLE_PANEL,
    ),
]
StatusOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--status",
        metavar="active|suspended|inactive",
        help=N_("People with an enrolment of this status now. Repeatable."),
        rich_help_panel=PEOPLE_PANEL,
    ),
]
FormatOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="table|csv|json",
        help=N_("How to write the list. Default: table."),
        rich_help_panel=OTHER_PANEL,
    ),
]


def participants(
    context: typer.Context,
    *,
    course: CourseOption = None,
    method: MethodOption = None,
    role: RoleOption = None,
    status: StatusOption = None,
    list_format: FormatOption = None,
) -> Action:
    """Read the options of ``participants``."""
    request = ParticipantsRequest(
        courses=tuple(course or ()),
        methods=_all_words(method),
        roles=_all_words(role),
        statuses=_all_words(status),
        format=list_format,
    )
    return partial(show_participants, invocation_of(context), request)


def show_participants(invocation: Invocation, request: ParticipantsRequest) -> int:
    """List the participants of the courses asked for."""
    if not request.courses:
        raise MissingCourse
    chosen = _choose_format(invocation, request)
    with open_session(invocation) as session:
        notify(invocation, *session.warnings)
        lists = _lists(invocation, session, request)
        if chosen is Format.CSV and len(lists) > 1:
            raise OneCourseOnly
    _show(invocation, session, lists, chosen)
    return EXIT_DONE


def _choose_format(invocation: Invocation, request: ParticipantsRequest) -> Format:
    asked = request.format
    if asked is None:
        return Format.JSON if invocation.wishes.json else Format.TABLE
    chosen = Format(require_choice("--format", asked, [choice.value for choice in Format]))
    if invocation.wishes.json and chosen is not Format.JSON:
        raise ConflictingOptions(first="--json", second=f"--format {asked}")
    return chosen


def _lists(invocation: Invocation, session: Session, request: ParticipantsRequest) -> list[Listed]:
    wanted = _filter(request, session.config)
    sizes = session.site.select(Selection(courses=request.courses))
    states = read_all_states(
        session.site,
        sizes,
        inherited_roles=frozenset(session.config.roles.values()),
        observer=observer_of(invocation),
    )
    return [(state.course, _list(session, state, wanted)) for state in states]


def _list(session: Session, state: CourseState, wanted: ParticipantFilter) -> list[Participant]:
    now = session.clock()
    selected = select_participants(state, wanted, now)
    return list_participants(
        state,
        session.site.read_people(selected),
        role_names={roleid: name for name, roleid in session.config.roles.items()},
        group_names=session.site.read_group_names([state.course.id]),
        at=now,
        selected=selected,
    )


def _filter(request: ParticipantsRequest, config: SiteConfig) -> ParticipantFilter:
    choices = [status.value for status in ParticipantStatus]
    methods = frozenset(map(require_method, request.methods))
    roles = frozenset(find_role(role, config.roles) for role in request.roles)
    statuses = frozenset(
        ParticipantStatus(require_choice("--status", status, choices)) for status in request.statuses
    )
    return ParticipantFilter(methods=methods or None, roles=roles or None, statuses=statuses or None)


def _show(invocation: Invocation, session: Session, lists: Sequence[Listed], chosen: Format) -> None:
    texts, zone = invocation.texts, session.zone
    match chosen:
        case Format.JSON:
            documents = [participants_document(*listed, zone) for listed in lists]
            print_document({"courses": documents})
        case Format.CSV:
            for _, people in lists:
                write_participants_csv(sys.stdout, texts, people, zone)
        case Format.TABLE:
            console = result_console(invocation)
            for course, people in lists:
                console.print(participants_table(texts, course, people, zone, console.width))


def _all_words(options: Sequence[str] | None) -> tuple[str, ...]:
    return tuple(word for option in options or () for word in split_words(option))
