"""What is wrong with a command line: options and arguments that are missing, unknown or contradict others."""

from maintien.errors.tree import UsageError
from maintien.messages import N_


class NothingToChange(UsageError):
    """A bulk edit was not told what to change."""

    message = N_(
        "Say what is to change: --until DATE, --start DATE, --suspend, --activate or --clear; or a date in"
        " the column “until” on every line of the courses file."
    )


class NoEndToCompare(UsageError):
    """A bulk edit is to change some end dates only, and gives none."""

    message = N_("{option} compares end dates: give one with --until, or --clear.")


class NobodyToUnenrol(UsageError):
    """An unenrolment was not told whom it is about."""

    message = N_(
        "Say whose manual enrolments are to go: --ended, --also-automatic, or a filter such as --role or"
        " --status. To unenrol everybody, give --method manual."
    )


class ConflictingOptions(UsageError):
    """Two options exclude each other."""

    message = N_("{first} and {second} can't be used together: leave one of them out.")


class UnknownLanguage(UsageError):
    """There is no catalogue for this language."""

    message = N_("There is no language {language!r}: choose fr or en.")


class UnknownOption(UsageError):
    """The command has no such option."""

    message = N_("There is no option {option} here: “{command} --help” lists the options.")


class MisspelledOption(UsageError):
    """The command has no such option, but one that is spelt like it."""

    message = N_("There is no option {option} here: did you mean {suggestion}?")


class OptionNeedsValue(UsageError):
    """An option stands without its value."""

    message = N_("{option} needs a value after it.")


class OptionTakesNoValue(UsageError):
    """A switch stands with a value."""

    message = N_("{option} takes no value: write it alone.")


class MissingCommand(UsageError):
    """The command line names no command."""

    message = N_("Say what to do: “maintien --help” lists the commands.")


class UnknownCommand(UsageError):
    """There is no such command."""

    message = N_("There is no command {command!r}: “maintien --help” lists them.")


class UnexpectedArgument(UsageError):
    """A command got a word that belongs to no option."""

    message = N_("{argument!r} is not expected here: “{command} --help” shows what is.")


class UnclearCommandLine(UsageError):
    """The command line can't be understood for some other reason."""

    message = N_("The command line can't be understood ({reason}): see “maintien --help”.")


class UnknownChoice(UsageError):
    """An option takes one of a few words."""

    message = N_("{option} takes {choices}, not {value!r}.")


class UnreadableMatch(UsageError):
    """How filters are put together was said in other words than these."""

    message = N_(
        "--match takes all, any or none, or one of them for a single filter, such as role=all"
        " (filters: {filters}); not {value!r}."
    )


class EmptyKeyword(UsageError):
    """A keyword was given without a letter."""

    message = N_("--keyword takes what a name, address, user name or ID number contains: give some letters.")


class MissingEndDate(UsageError):
    """No end date was given."""

    message = N_(
        "Say until when: --until DATE, or a date in the column “until” on every line of the courses file."
    )


class MissingSince(UsageError):
    """A rescue was not told since when."""

    message = N_("Say since when access was taken: --since DATE, such as the day before the cut.")


class MissingCourse(UsageError):
    """A command for single courses got none."""

    message = N_("Say which course: --course with its id, short name or ID number.")


class MissingPlanFile(UsageError):
    """A plan is to be applied, and no file was named."""

    message = N_("Say which plan: a file that “maintien convert --save” wrote.")


class MissingCampaignFile(UsageError):
    """A campaign is to be checked or run, and no file was named."""

    message = N_("Say which campaign: a TOML file, whose form “maintien campaign schema” gives.")


class MissingRun(UsageError):
    """A command about one run got none."""

    message = N_("Say which run: its number, or “last” for the newest (“maintien runs” lists them).")


class MissingFile(UsageError):
    """A spreadsheet was asked for without a place to put it."""

    message = N_("Say where to write the spreadsheet: -o FILE.xlsx.")


class MissingArchive(UsageError):
    """A command about archives got none."""

    message = N_("Say which archives: .mbz files, folders of them, or URLs.")


class MissingArchiveCommand(UsageError):
    """The command line says “mbz”, and not what to do."""

    message = N_("Say what to do with the archives: “maintien mbz --help” lists the commands.")


class UnknownLimit(UsageError):
    """``--limit`` names no limit, or gives it no number."""

    message = N_("--limit takes NAME=NUMBER, not {text!r}; its names are {known}.")


class MissingTarget(UsageError):
    """An archive is to be restored, and no course was named."""

    message = N_("Say into which course: --into with its id, short name or ID number.")


class PseudonymsNeedFormat(UsageError):
    """Pseudonyms were asked for where people are shown as they are."""

    message = N_("--pseudonymous goes with --format csv, xlsx or html, or with a file: -o FILE.")


class MissingOutput(UsageError):
    """An archive is to be converted, and nothing says where to."""

    message = N_("Say where to write: -o FILE.mbz for one archive, -o FOLDER for several.")


class UnknownTimezone(UsageError):
    """No time zone has this name."""

    message = N_("There is no time zone {name!r}: write one such as Europe/Paris.")
