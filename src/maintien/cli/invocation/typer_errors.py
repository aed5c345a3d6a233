"""Turns what typer says of a command line into errors of ours, which have translations.

Typer's own classes are not public, so they are told apart by what they carry.
"""

from difflib import get_close_matches

from typer import TyperException

from maintien.errors.command_line import (
    MisspelledOption,
    OptionNeedsValue,
    OptionTakesNoValue,
    UnclearCommandLine,
    UnknownOption,
)
from maintien.errors.tree import UsageError


def from_typer(error: TyperException) -> UsageError:
    """Give the error of ours that says what ``error`` does."""
    option = getattr(error, "option_name", None)
    if option is None:
        return UnclearCommandLine(reason=error.format_message())
    if hasattr(error, "possibilities"):
        return _about_unknown(error, option)
    if "does not take a value" in error.message:
        return OptionTakesNoValue(option=option)
    return OptionNeedsValue(option=option)


def _about_unknown(error: TyperException, option: str) -> UsageError:
    context = getattr(error, "ctx", None)
    if context is None:
        return UnclearCommandLine(reason=error.format_message())
    everywhere = [name for parameter in context.find_root().command.params for name in parameter.opts]
    alike = getattr(error, "possibilities", None) or get_close_matches(option, everywhere)
    if alike:
        return MisspelledOption(option=option, suggestion=alike[0])
    return UnknownOption(option=option, command=context.command_path)
