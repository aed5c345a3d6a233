"""Typer's commands, in the person's language.

Help texts are declared in English, marked for the catalogues, and translated once the language is
known. Every option names its panel, since typer fixes its own titles when it is imported. What is
wrong with a command line becomes an error of ours as early as typer lets us see it.
"""

from typing import Any, Final

from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from maintien.errors.command_line import UnexpectedArgument, UnknownCommand
from maintien.messages import N_
from maintien.reports.language import Texts

COMMANDS_PANEL: Final = N_("Commands")
COURSES_PANEL: Final = N_("Which courses")
ARCHIVES_PANEL: Final = N_("Which archives")
PEOPLE_PANEL: Final = N_("Which people")
CONVERSION_PANEL: Final = N_("What is done")
FORECAST_PANEL: Final = N_("What is foreseen")
GLOBAL_PANEL: Final = N_("For every command, before or after its name")
OTHER_PANEL: Final = N_("Other")

_USAGE: Final = N_("Usage: ")
_OPTIONS: Final = N_("[OPTIONS]")
_COMMAND: Final = N_("COMMAND [OPTIONS]")
_SHOW_HELP: Final = N_("Show this help and exit.")
_GLOBAL_OPTIONS_TOO: Final = N_("“maintien --help” lists the options that every command takes.")


class _Translated:
    """What a command and the group of them have in common."""

    texts = Texts(code="en")

    def format_usage(self: Any, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 -- typer's own
        """Write the line that shows how it is called."""
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix=self.texts.gettext(_USAGE))

    def get_help_option(self: Any, ctx: Any) -> TyperOption | None:  # noqa: ANN401 -- typer's own
        """Give typer's ``--help``, explained as the other options are."""
        option: TyperOption | None = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help = _SHOW_HELP
            option.rich_help_panel = OTHER_PANEL
            _translate_option(option, self.texts)
        return option


class Command(_Translated, TyperCommand):
    """One command."""

    allow_extra_args = True
    """Extra arguments are left to :meth:`parse_args`, which says so in the person's language."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 -- typer's own
        """Read the command's own options.

        Raises UnexpectedArgument.
        """
        extra = super().parse_args(ctx, args)
        if extra:
            raise UnexpectedArgument(argument=extra[0], command=ctx.command_path)
        return extra


class Group(_Translated, TyperGroup):
    """The program: its commands, and the options that all of them take."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401 -- typer's own
        """Find the command named.

        Raises UnknownCommand.
        """
        if args[0] not in self.commands:
            raise UnknownCommand(command=args[0])
        return super().resolve_command(ctx, args)


def translate_help(group: Group, texts: Texts) -> None:
    """Put the help of the program and of its commands into the language of ``texts``; do so once."""
    group.subcommand_metavar = texts.gettext(_COMMAND)
    _translate(group, texts)
    for command in group.commands.values():
        if isinstance(command, Group):
            translate_help(command, texts)
            command.epilog = texts.gettext(_GLOBAL_OPTIONS_TOO)
        elif isinstance(command, Command):
            _translate(command, texts)
            command.epilog = texts.gettext(_GLOBAL_OPTIONS_TOO)


def _translate(command: Command | Group, texts: Texts) -> None:
    command.texts = texts
    command.options_metavar = texts.gettext(_OPTIONS)
    command.help = _said(texts, command.help)
    command.rich_help_panel = texts.gettext(COMMANDS_PANEL)
    for parameter in command.params:
        if isinstance(parameter, TyperOption | TyperArgument):
            _translate_option(parameter, texts)


def _said(texts: Texts, message: str | None) -> str:
    return texts.gettext(message) if message else ""


def _translate_option(option: TyperOption | TyperArgument, texts: Texts) -> None:
    option.help = _said(texts, option.help)
    # Typer would write the type's Python name where there is nothing.
    option.metavar = _said(texts, option.metavar)
    option.rich_help_panel = texts.gettext(option.rich_help_panel or OTHER_PANEL)
