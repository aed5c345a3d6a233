"""The options that every command takes, before its name or after it.

Typer takes them before the name only, so they are moved there; ``--`` ends them, as it ends all
options. The language has to be known before any help is shown, so it is looked for first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version as version_of
from typing import Annotated, Final

import typer
from typer.core import TyperOption

from maintien.bootstrap import Invocation, Wishes
from maintien.cli.invocation.help import GLOBAL_PANEL, Group
from maintien.errors.command_line import MissingCommand, OptionNeedsValue
from maintien.messages import N_

LANGUAGE: Final = "--lang"
DEBUG: Final = "--debug"


def _show_version(is_asked: bool) -> None:  # noqa: FBT001 -- typer's way to call
    if is_asked:
        typer.echo(f"maintien {version_of('maintien')}")
        raise typer.Exit


def take_global_options(  # noqa: PLR0913 -- one an option
    context: typer.Context,
    *,
    site: Annotated[
        str | None,
        typer.Option(
            metavar=N_("NAME|PATH|URL"),
            help=N_(
                "The Moodle: a name from the site file, the path of its config.php, or a URL:"
                " sqlite:///FILE, postgresql://…, mariadb://… or mysql://…, with ?prefix=mdl_ where it"
                " differs. Default: the environment's MAINTIEN_SITE."
            ),
            rich_help_panel=GLOBAL_PANEL,
        ),
    ] = None,
    lang: Annotated[  # noqa: ARG001 -- found before, by find_language
        str | None,
        typer.Option(
            metavar="fr|en",
            help=N_("The language of every message. Default: the environment's."),
            rich_help_panel=GLOBAL_PANEL,
        ),
    ] = None,
    now: Annotated[
        str | None,
        typer.Option(
            metavar=N_("DATETIME"),
            help=N_("Rehearse as if it were then."),
            rich_help_panel=GLOBAL_PANEL,
        ),
    ] = None,
    operator: Annotated[
        str | None,
        typer.Option(
            metavar=N_("USERNAME|ID"),
            help=N_("In whose name changes are written and logged. Default: the site's first administrator."),
            rich_help_panel=GLOBAL_PANEL,
        ),
    ] = None,
    state: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help=N_(
                "Where runs are kept: sqlite:///FILE or postgresql://… . Default: the environment's"
                " MAINTIEN_STATE, else a file of your own."
            ),
            rich_help_panel=GLOBAL_PANEL,
        ),
    ] = None,
    wait: Annotated[
        bool,
        typer.Option(
            "--wait",
            help=N_("Where another run is under way on the site, wait until it is over."),
            rich_help_panel=GLOBAL_PANEL,
        ),
    ] = False,
    json: Annotated[
        bool,
        typer.Option(
            "--json",
            help=N_("Print one JSON document instead of tables."),
            rich_help_panel=GLOBAL_PANEL,
        ),
    ] = False,
    debug: Annotated[  # noqa: ARG001 -- looked for before, since reading may fail too
        bool,
        typer.Option(
            DEBUG,
            help=N_("Where something fails, show where in the program."),
            rich_help_panel=GLOBAL_PANEL,
        ),
    ] = False,
    no_progress: Annotated[
        bool,
        typer.Option("--no-progress", help=N_("Show no progress bar."), rich_help_panel=GLOBAL_PANEL),
    ] = False,
    version: Annotated[  # noqa: ARG001 -- its callback does all
        bool,
        typer.Option(
            "--version",
            help=N_("Show the version and exit."),
            callback=_show_version,
            is_eager=True,
        ),
    ] = False,
) -> None:
    """Keep what every command needs in the context.

    Raises MissingCommand.
    """
    if context.invoked_subcommand is None:
        raise MissingCommand
    wishes = Wishes(
        site=site,
        now=now,
        operator=operator,
        json=json,
        progress=not no_progress,
        state=state,
        wait=wait,
    )
    context.obj = replace(context.obj, wishes=wishes)


def invocation_of(context: typer.Context) -> Invocation:
    """Give a command what :func:`take_global_options` kept for it."""
    invocation: Invocation = context.obj
    return invocation


def hoist(arguments: Sequence[str], program: Group) -> list[str]:
    """Move the options of ``program`` before the name of the command.

    Raises OptionNeedsValue.
    """
    takes_value = _options(program)
    hoisted: list[str] = []
    rest: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        name, equals, value = argument.partition("=")
        if argument == "--":
            rest += [argument, *waiting]
        elif name not in takes_value:
            rest.append(argument)
        elif takes_value[name]:
            given = value if equals else next(waiting, "")
            hoisted.append(f"{name}={_require_value(name, given)}")
        else:
            hoisted.append(argument)
    return [*hoisted, *rest]


def find_language(arguments: Sequence[str]) -> str | None:
    """Find the language asked for, however wrong the rest of the command line is."""
    found = None
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "--":
            break
        if argument == LANGUAGE:
            found = next(waiting, None)
        elif argument.startswith(f"{LANGUAGE}="):
            found = argument.partition("=")[2]
    return found


def _options(program: Group) -> Mapping[str, bool]:
    """Tell the names of the program's options, and whether a value follows each."""
    return {
        name: not option.is_flag
        for option in program.params
        if isinstance(option, TyperOption)
        for name in option.opts
    }


def _require_value(name: str, value: str) -> str:
    if not value or value.startswith("--"):
        raise OptionNeedsValue(option=name)
    return value
