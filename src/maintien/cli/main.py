"""The command line: reads what is asked for, does it, and says how it ended.

Typer only reads: a command's function returns what is to be done, and it is done here, where
interruptions and readers that go away are ours to answer.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from io import TextIOWrapper
from typing import Final

import typer
from typer.main import get_command

from maintien.bootstrap import PROGRAM, SITE_VARIABLE, Invocation, this_machine, tune_for_many_rows
from maintien.cli.archives.backup import ABOUT_BACKUP, backup
from maintien.cli.archives.mbz import ABOUT_MBZ, ARCHIVE_COMMANDS, MBZ, require_archive_command
from maintien.cli.archives.restore import ABOUT_RESTORE, restore
from maintien.cli.campaigns.campaign import ABOUT_CAMPAIGN, campaign
from maintien.cli.conversion.apply import ABOUT_APPLY, apply
from maintien.cli.conversion.convert import ABOUT_CONVERT, convert
from maintien.cli.demo.demo import ABOUT_DEMO, demo
from maintien.cli.invocation.actions import Action
from maintien.cli.invocation.failures import show_traceback, tell
from maintien.cli.invocation.global_options import DEBUG, find_language, hoist, take_global_options
from maintien.cli.invocation.help import Command, Group, translate_help
from maintien.cli.invocation.secrets import find_secrets
from maintien.cli.overview.check import ABOUT_CHECK, check
from maintien.cli.overview.courses import ABOUT_COURSES, courses
from maintien.cli.overview.forecast import ABOUT_FORECAST, forecast
from maintien.cli.participants.end_date import ABOUT_END_DATE, end_date
from maintien.cli.participants.participants import ABOUT_PARTICIPANTS, participants
from maintien.cli.participants.repeaters import ABOUT_REPEATERS, repeaters
from maintien.cli.participants.unenrol import ABOUT_UNENROL, unenrol
from maintien.cli.rescue.rescue import ABOUT_RESCUE, rescue
from maintien.cli.runs.resume import ABOUT_RESUME, resume
from maintien.cli.runs.runs import ABOUT_RUNS, runs
from maintien.cli.runs.undo import ABOUT_UNDO, undo
from maintien.cli.web import ABOUT_WEB, ABOUT_WORKER, web, worker
from maintien.errors.tree import EXIT_DONE, EXIT_INTERRUPTED, EXIT_USAGE
from maintien.messages import N_
from maintien.reports.language import Texts, choose_language, load_texts

ABOUT: Final = N_(
    "Keeps people's access to Moodle courses when their automatic enrolment ends: turns automatic"
    " enrolments into manual ones with an end date."
)

COMMANDS: Final[Mapping[Callable[..., Action], str]] = {
    demo: ABOUT_DEMO,
    check: ABOUT_CHECK,
    courses: ABOUT_COURSES,
    participants: ABOUT_PARTICIPANTS,
    forecast: ABOUT_FORECAST,
    convert: ABOUT_CONVERT,
    end_date: ABOUT_END_DATE,
    unenrol: ABOUT_UNENROL,
    repeaters: ABOUT_REPEATERS,
    apply: ABOUT_APPLY,
    campaign: ABOUT_CAMPAIGN,
    rescue: ABOUT_RESCUE,
    restore: ABOUT_RESTORE,
    runs: ABOUT_RUNS,
    undo: ABOUT_UNDO,
    resume: ABOUT_RESUME,
    backup: ABOUT_BACKUP,
    web: ABOUT_WEB,
    worker: ABOUT_WORKER,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what a command line asks for, ``sys.argv``'s by default, and tell the exit status.

    0 done, 1 failed, 2 wrong usage, 3 done in part; 130 interrupted, 141 nobody reads the result.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    machine = this_machine()
    tune_for_many_rows()
    texts = load_texts(choose_language(None, machine.environment))
    _make_printable()
    try:
        texts = load_texts(choose_language(find_language(given), machine.environment))
        status = _run(given, Invocation(machine=machine, texts=texts, arguments=tuple(given)))
        sys.stdout.flush()
    except SystemExit:
        # So do typer and rich leave when whoever was to read has gone.
        return tell(BrokenPipeError(), texts)
    except (Exception, KeyboardInterrupt) as failure:  # noqa: BLE001 -- whatever it is, it is told
        if DEBUG in given:
            secrets = find_secrets([*given, machine.environment.get(SITE_VARIABLE, "")])
            show_traceback(failure, secrets)
        return tell(failure, texts)
    return status


def build_program(texts: Texts) -> Group:
    """Build the commands, with their help in the language of ``texts``."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.callback(cls=Group, invoke_without_command=True, help=ABOUT)(take_global_options)
    for command, about in COMMANDS.items():
        app.command(cls=Command, help=about)(command)
    archives = typer.Typer(add_completion=False)
    archives.callback(cls=Group, invoke_without_command=True, help=ABOUT_MBZ)(require_archive_command)
    for command, about in ARCHIVE_COMMANDS.items():
        archives.command(command.__name__.removeprefix(f"{MBZ}_"), cls=Command, help=about)(command)
    app.add_typer(archives, name=MBZ)
    program = get_command(app)
    if not isinstance(program, Group):
        raise TypeError(program)
    translate_help(program, texts)
    return program


def _run(given: Sequence[str], invocation: Invocation) -> int:
    program = build_program(invocation.texts)
    arguments = hoist(given, program) or ["--help"]
    answer = program.main(arguments, prog_name=PROGRAM, standalone_mode=False, obj=invocation)
    if callable(answer):
        return int(answer())
    if answer == EXIT_INTERRUPTED:
        # Typer makes a status of it; whoever interrupted is told by us.
        raise KeyboardInterrupt
    # Help or the version was shown; nobody asked for it where nothing at all was given.
    return EXIT_DONE if given else EXIT_USAGE


def _make_printable() -> None:
    """Let no name fail that the terminal's encoding lacks letters for."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
