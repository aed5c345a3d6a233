"""``maintien participants``: the people of a course, as Moodle's participants page filters them."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import partial
from typing import Annotated, Final, TypeAlias

import typer

from maintien.bootstrap import Invocation, Session, open_session
from maintien.cli.actions import Action
from maintien.cli.global_options import invocation_of
from maintien.cli.help import OTHER_PANEL
from maintien.cli.notices import notify
from maintien.cli.options import CourseOption
from maintien.cli.output import print_document, result_console
from maintien.cli.participant_options import (
    AccessSinceOption,
    GroupOption,
    KeywordOption,
    MatchOption,
    MethodOption,
    NeverAccessedOption,
    NoAccessSinceOption,
    RoleOption,
    StatusOption,
    ask_for_people,
)
from maintien.cli.progress import observer_of
from maintien.enrolments.participants import Participant, list_participants
from maintien.enrolments.state import Course, CourseState
from maintien.errors import EXIT_DONE, ConflictingOptions, MissingCourse, OneCourseOnly
from maintien.messages import N_
from maintien.reports.participants import (
    participants_document,
    participants_table,
    write_participants_csv,
)
from maintien.sites.database.participants import Choosing
from maintien.sites.interface import Selection
from maintien.uses.participant_filters import FilterRequest, make_filter
from maintien.uses.policies import Terms
from maintien.uses.states import read_all_states
from maintien.uses.words import require_choice

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
    people: FilterRequest
    format: str | None


Listed: TypeAlias = tuple[Course, list[Participant]]

FormatOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="table|csv|json",
        help=N_("How to write the list. Default: table."),
        rich_help_panel=OTHER_PANEL,
    ),
]


def participants(  # noqa: PLR0913 -- one an option
    context: typer.Context,
    *,
    course: CourseOption = None,
    method: MethodOption = None,
    role: RoleOption = None,
    status: StatusOption = None,
    group: GroupOption = None,
    keyword: KeywordOption = None,
    no_access_since: NoAccessSinceOption = None,
    access_since: AccessSinceOption = None,
    never_accessed: NeverAccessedOption = False,
    match: MatchOption = None,
    list_format: FormatOption = None,
) -> Action:
    """Read the options of ``participants``."""
    people = ask_for_people(
        method=method,
        role=role,
        status=status,
        group=group,
        keyword=keyword,
        no_access_since=no_access_since,
        access_since=access_since,
        never_accessed=never_accessed,
        match=match,
    )
    request = ParticipantsRequest(courses=tuple(course or ()), people=people, format=list_format)
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
    now = session.clock()
    sizes = session.site.select(Selection(courses=request.courses))
    terms = Terms(config=session.config, zone=session.zone, now=now)
    wanted = make_filter(request.people, session.site, [size.course.id for size in sizes], terms)
    states = read_all_states(
        replace(session.site, choosing=Choosing(wanted=wanted, at=now)),
        sizes,
        inherited_roles=frozenset(session.config.roles.values()),
        observer=observer_of(invocation),
    )
    return [(state.course, _list(session, state, now)) for state in states]


def _list(session: Session, state: CourseState, now: int) -> list[Participant]:
    selected = state.selected or frozenset()
    return list_participants(
        state,
        session.site.read_people(selected),
        role_names={roleid: name for name, roleid in session.config.roles.items()},
        group_names=session.site.read_group_names([state.course.id]),
        at=now,
        selected=selected,
    )


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
