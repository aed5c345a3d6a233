"""``maintien mbz convert``: makes of archives small ones that hold manual enrolments with an end date."""

from functools import partial
from typing import Annotated, Final, TypeAlias

import typer

from maintien.cli.archives.archive_conversion import ArchivesAsked, convert_archives
from maintien.cli.invocation.actions import Action
from maintien.cli.invocation.global_options import invocation_of
from maintien.cli.invocation.help import ARCHIVES_PANEL, CONVERSION_PANEL
from maintien.cli.options.archive_options import (
    ArchivesArgument,
    JobsOption,
    LimitOption,
    parse_limits,
    processes_for,
)
from maintien.cli.options.convert_options import (
    EnableManualOption,
    EndForOption,
    EndRolesOption,
    IncludeSuspendedOption,
    KeepGroupsOption,
    LikeMoodleOption,
    MethodsOption,
    NoKeepGroupsOption,
    RolesOption,
    UntilOption,
)
from maintien.messages import N_
from maintien.uses.conversion_request import ConversionRequest

ABOUT_MBZ_CONVERT: Final = N_(
    "Make small archives of manual enrolments with an end date, for Moodle's own restore to merge."
)

OutputOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--output",
        "-o",
        metavar=N_("FILE|FOLDER"),
        help=N_("Where to write: a file for one archive, a folder for several. Nothing is replaced."),
        rich_help_panel=ARCHIVES_PANEL,
    ),
]
TimezoneOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--timezone",
        metavar=N_("ZONE"),
        help=N_("The time zone of dates, such as Europe/Paris. Default: this machine's."),
        rich_help_panel=CONVERSION_PANEL,
    ),
]
NewMethodOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--new-method",
        metavar="enabled|disabled",
        help=N_(
            "How the site adds the method Manual enrolments to a course without it. Default: enabled, as"
            " Moodle installs it."
        ),
        rich_help_panel=CONVERSION_PANEL,
    ),
]


def mbz_convert(  # noqa: PLR0913 -- one an option
    context: typer.Context,
    *,
    archives: ArchivesArgument = None,
    output: OutputOption = None,
    until: UntilOption = None,
    timezone: TimezoneOption = None,
    methods: MethodsOption = None,
    roles: RolesOption = None,
    include_suspended: IncludeSuspendedOption = False,
    end_roles: EndRolesOption = None,
    end_for: EndForOption = None,
    keep_groups: KeepGroupsOption = False,
    no_keep_groups: NoKeepGroupsOption = False,
    enable_manual: EnableManualOption = False,
    new_method: NewMethodOption = None,
    like_moodle: LikeMoodleOption = False,
    limit: LimitOption = None,
    jobs: JobsOption = None,
) -> Action:
    """Read the options of ``mbz convert``."""
    request = ConversionRequest(
        until=until,
        methods=methods,
        roles=roles,
        end_roles=end_roles,
        end_for=end_for,
        include_suspended=include_suspended,
        keep_groups=keep_groups,
        no_keep_groups=no_keep_groups,
        enable_manual=enable_manual,
        like_moodle=like_moodle,
    )
    invocation = invocation_of(context)
    asked = ArchivesAsked(
        archives=tuple(archives or ()),
        output=output,
        timezone=timezone,
        new_method=new_method,
        limits=parse_limits(limit),
        processes=processes_for(invocation, jobs),
    )
    return partial(convert_archives, invocation, asked, request)
