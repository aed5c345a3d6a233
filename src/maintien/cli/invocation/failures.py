"""Says what went wrong, in one sentence, and with which status the program ends."""

import os
import sys
import traceback
from collections.abc import Collection
from contextlib import suppress
from typing import Final

from typer import TyperException

from maintien.cli.console.output import say
from maintien.cli.invocation.secrets import without_secrets
from maintien.cli.invocation.typer_errors import from_typer
from maintien.errors.tree import EXIT_INTERRUPTED, MaintienError, UnexpectedFailure
from maintien.reports.language import Texts
from maintien.reports.safe_text import printable
from maintien.reports.wording import error_text

EXIT_NOBODY_READS: Final = 141
"""As shells have it: 128 and the number of SIGPIPE."""


def tell(failure: BaseException, texts: Texts) -> int:
    """Say on standard error what went wrong, and tell the exit status."""
    match failure:
        case BrokenPipeError():
            _let_nobody_write()
            return EXIT_NOBODY_READS
        case KeyboardInterrupt():
            say(texts.gettext("Interrupted."))
            return EXIT_INTERRUPTED
        case MaintienError():
            error = failure
        case TyperException():
            error = from_typer(failure)
        case _:
            error = UnexpectedFailure(kind=type(failure).__name__)
    say(error_text(texts, error))
    return error.exit_status


def show_traceback(failure: BaseException, secrets: Collection[str]) -> None:
    """Show on standard error where in the program something went wrong, without ``secrets``."""
    lines = "".join(traceback.format_exception(failure)).splitlines()
    say(without_secrets("\n".join(map(printable, lines)), secrets))


def _let_nobody_write() -> None:
    """Send what is still buffered nowhere: whoever was to read it has gone."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    # Tests, and programs that call us, may have put something else there.
    with suppress(OSError, ValueError):
        os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
