"""``maintien demo``: an embedded university, and the night that ends its year."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated, Final, TypeAlias

import typer

from maintien.bootstrap import Invocation
from maintien.cli.console.output import print_document, result_console
from maintien.cli.console.progress import waiting
from maintien.cli.demo.document import story_document
from maintien.cli.demo.screens import (
    ZONE,
    draw_event,
    draw_next_steps,
    next_commands,
    next_rescue_commands,
)
from maintien.cli.invocation.actions import Action
from maintien.cli.invocation.global_options import invocation_of
from maintien.cli.invocation.help import OTHER_PANEL
from maintien.errors.selection import UnreadableDate
from maintien.errors.sites import DemoFolderUnusable
from maintien.errors.tree import EXIT_DONE, EXIT_IN_PART
from maintien.messages import N_
from maintien.moodle.dates import parse_moment
from maintien.sites.demo.calendar import UniversityCalendar, university_calendar
from maintien.sites.demo.campaign import write_sample_campaign
from maintien.sites.demo.creation import create_demo
from maintien.sites.demo.events import ConversionDone, RescueDone, StoryEvent
from maintien.sites.demo.site import DemoSite, require_free_names
from maintien.sites.demo.story import BEFORE, WITHOUT, tell
from maintien.sites.demo.too_late import tell_too_late
from maintien.uses.system_words import system_words

ABOUT_DEMO: Final = N_(
    "Try everything on an embedded university: convert, let the cut come, see who kept access."
)

FOLDER: Final = "maintien-demo"
TOO_LATE_FOLDER: Final = "maintien-demo-too-late"

FolderOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--folder",
        metavar=N_("FOLDER"),
        help=N_("Where to put the university. Default: maintien-demo, in the current folder."),
        rich_help_panel=OTHER_PANEL,
    ),
]
FreshOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--fresh",
        help=N_("Replace the university that is there already by a new one."),
        rich_help_panel=OTHER_PANEL,
    ),
]


TooLateOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--too-late",
        help=N_("The other story: the cut came first, and a rescue repairs it. It has a folder of its own."),
        rich_help_panel=OTHER_PANEL,
    ),
]


def demo(
    context: typer.Context,
    *,
    folder: FolderOption = None,
    fresh: FreshOption = False,
    too_late: TooLateOption = False,
) -> Action:
    """Read the options of ``demo``."""
    default = TOO_LATE_FOLDER if too_late else FOLDER
    place = Path(default if folder is None else folder)
    return partial(show_demo, invocation_of(context), place, is_fresh=fresh, is_too_late=too_late)


def show_demo(invocation: Invocation, folder: Path, *, is_fresh: bool, is_too_late: bool = False) -> int:
    """Make the university and tell one of its stories; one that is there already is left as it is.

    Raises UnreadableDate, DemoFolderTaken and DemoFolderUnusable.
    """
    calendar = _calendar(invocation)
    with _folder_failures(folder):
        is_there = not is_fresh and _is_there(DemoSite(folder=folder, calendar=calendar))
    story = tell_too_late if is_too_late else tell
    events = iter(()) if is_there else _live_through(invocation, folder, calendar.now, story)
    commands = _commands(invocation, folder, calendar, is_too_late=is_too_late)
    if invocation.wishes.json:
        told = list(events)
        print_document(story_document(told, commands))
    else:
        told = _show(invocation, events, commands, is_there=is_there, is_too_late=is_too_late)
    has_failures = any(isinstance(event, ConversionDone | RescueDone) and event.failures for event in told)
    return EXIT_IN_PART if has_failures else EXIT_DONE


def _commands(
    invocation: Invocation, folder: Path, calendar: UniversityCalendar, *, is_too_late: bool
) -> tuple[str, ...]:
    """Write what to try next, on the copy that the story leaves to try it on."""
    program = invocation.machine.program
    if is_too_late:
        return next_rescue_commands(DemoSite(folder=folder, variant=WITHOUT, calendar=calendar), program)
    return next_commands(DemoSite(folder=folder, variant=BEFORE, calendar=calendar), program)


def _is_there(demo: DemoSite) -> bool:
    """Whether the folder has a university from which the story was told to the end."""
    before = replace(demo, variant=BEFORE)
    for each in (demo, before):
        require_free_names(each)
    return demo.site_path.exists() and before.site_path.exists()


def _live_through(
    invocation: Invocation, folder: Path, now: int, tell_story: Callable[[DemoSite], Iterator[StoryEvent]]
) -> Iterator[StoryEvent]:
    """Make the university, and go through the story while somebody waits for each event."""
    with _folder_failures(folder):
        university = create_demo(folder, now=now)
        write_sample_campaign(folder, university.calendar)
        story = tell_story(university)
    while True:
        with _folder_failures(folder), waiting(invocation):
            event = next(story, None)
        if event is None:
            return
        yield event


def _show(
    invocation: Invocation,
    events: Iterator[StoryEvent],
    commands: Sequence[str],
    *,
    is_there: bool,
    is_too_late: bool,
) -> list[StoryEvent]:
    """Draw each event when it has happened, then what to try next."""
    texts, console = invocation.texts, result_console(invocation)
    told = []
    for event in events:
        console.print(draw_event(texts, event))
        told.append(event)
    if is_there:
        console.print(texts.gettext("There is a university in this folder already; --fresh makes a new one."))
    # Commands are copied: the terminal may break their lines, we don't.
    console.print(draw_next_steps(texts, commands, is_cut=is_too_late), soft_wrap=True)
    return told


def _calendar(invocation: Invocation) -> UniversityCalendar:
    """Place the university in the present, or in the year of a rehearsal."""
    text = invocation.wishes.now
    if text is None:
        return university_calendar(invocation.machine.clock())
    try:
        return university_calendar(parse_moment(text, ZONE))
    except (ValueError, OverflowError):
        # The story goes on for two years, which the last calendar has not got.
        raise UnreadableDate(text=text) from None


@contextmanager
def _folder_failures(folder: Path) -> Iterator[None]:
    """Turn what the system says of the folder into an error.

    Raises DemoFolderUnusable.
    """
    try:
        yield
    except OSError as error:
        raise DemoFolderUnusable(path=folder, reason=system_words(error)) from error
