"""The options of commands that read backup archives."""

from collections.abc import Collection, Sequence
from dataclasses import fields, replace
from typing import Annotated, Any, Final, TypeAlias

import typer

from maintien.bootstrap import Invocation
from maintien.cli.invocation.help import ARCHIVES_PANEL, OTHER_PANEL
from maintien.errors.command_line import MissingArchive, UnknownChoice, UnknownLimit
from maintien.errors.tree import EXIT_DONE, EXIT_FAILED, EXIT_IN_PART
from maintien.mbz.fleet_worker import Failed, Outcome
from maintien.mbz.limits import DEFAULT_LIMITS, ArchiveLimits
from maintien.mbz.locations import ArchiveLocation, find_archives
from maintien.messages import N_

ArchivesArgument: TypeAlias = Annotated[
    list[str] | None,
    typer.Argument(
        metavar=N_("FILE"),
        help=N_(
            "Backup archives: .mbz files, folders of them, patterns in quotes, or URLs such as s3://… and"
            " https://…"
        ),
        show_default=False,
        rich_help_panel=ARCHIVES_PANEL,
    ),
]
LimitOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--limit",
        metavar=N_("NAME=NUMBER"),
        help=N_(
            "Raise a limit of what is believed, for an archive that you trust: members, total_size, ratio,"
            " unchecked_size, document_size, rows, definitions, text_total, text_length, token_length, depth"
            " or names. Repeatable."
        ),
        rich_help_panel=OTHER_PANEL,
    ),
]
JobsOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--jobs",
        metavar="N",
        help=N_("How many archives to work on at once. Default: as many as there are processors."),
        rich_help_panel=OTHER_PANEL,
    ),
]

_DIGITS: Final = 18


def require_archives(words: Sequence[str] | None) -> list[ArchiveLocation]:
    """Find the archives that were named.

    Raises MissingArchive, NoArchiveFound and UnreadableArchive.
    """
    if not words:
        raise MissingArchive
    return find_archives(words)


def parse_limits(options: Sequence[str] | None) -> ArchiveLimits:
    """Read ``--limit`` options; the last one for a name counts.

    Raises UnknownLimit.
    """
    known = [limit.name for limit in fields(ArchiveLimits)]
    changed: dict[str, int] = {}
    for option in options or ():
        name, _, number = option.partition("=")
        if name not in known or not _is_number(number):
            raise UnknownLimit(text=option, known=", ".join(known))
        changed[name] = int(number)
    return replace(DEFAULT_LIMITS, **changed)


def processes_for(invocation: Invocation, jobs: str | None) -> int:
    """Tell how many processes to start at most.

    Raises UnknownChoice.
    """
    if jobs is None:
        return invocation.machine.processors
    if not _is_number(jobs) or int(jobs) == 0:
        raise UnknownChoice(option="--jobs", choices="1, 2, 3…", value=jobs)
    return int(jobs)


def status_of(outcomes: Collection[Outcome[Any]]) -> int:
    """Tell the exit status: done, failed, or done in part where only some archives failed."""
    failed = sum(isinstance(outcome, Failed) for outcome in outcomes)
    if failed in (0, len(outcomes)):
        return EXIT_FAILED if failed else EXIT_DONE
    return EXIT_IN_PART


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _DIGITS
