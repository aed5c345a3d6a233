"""Where a command's words go: results to standard output, everything else to standard error."""

import json
import sys
from collections.abc import Mapping
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from maintien.bootstrap import Invocation

PIPED_WIDTH: Final = 120
"""Columns where no terminal says how many there are."""


def result_console(invocation: Invocation) -> Console:
    """Make a console for the result, as wide as the terminal."""
    width = None if sys.stdout.isatty() else _columns(invocation.machine.environment)
    return Console(file=sys.stdout, width=width, highlight=False, markup=False, emoji=False)


def print_document(document: Mapping[str, Any]) -> None:
    """Print a result as the one JSON document on standard output.

    It is ASCII, so that no terminal acts on a name in it.
    """
    json.dump(document, sys.stdout, indent=2, allow_nan=False)
    sys.stdout.write("\n")


def say(sentence: str) -> None:
    """Say a sentence beside the result, on one line; it has to be harmless already."""
    Console(file=sys.stderr, highlight=False, soft_wrap=True).print(Text(sentence))


def _columns(environment: Mapping[str, str]) -> int:
    columns = environment.get("COLUMNS", "")
    return int(columns) if columns.isdecimal() and int(columns) else PIPED_WIDTH
