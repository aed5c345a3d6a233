"""What a command's function returns: typer reads, and what was read is done outside of it."""

from collections.abc import Callable
from typing import TypeAlias

Action: TypeAlias = Callable[[], int]
"""Does what a command line asks for, and tells the exit status."""
