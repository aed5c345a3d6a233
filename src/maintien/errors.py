"""The error tree: each class says who can fix it, its exit status and its message.

A message is a sentence in English that says what is wrong and what to do, with named fields; the
edges translate it. Drivers' errors are wrapped once, at the edge, with the cause. No message ever
holds a password.
"""

from typing import ClassVar, Final

from maintien.messages import N_

EXIT_DONE: Final = 0
EXIT_FAILED: Final = 1
EXIT_USAGE: Final = 2
EXIT_IN_PART: Final = 3
EXIT_INTERRUPTED: Final = 130
"""As shells have it: 128 and the number of SIGINT."""


class MaintienError(Exception):
    """Something that a person has to put right; never a programming mistake."""

    exit_status: ClassVar[int] = EXIT_FAILED
    message: ClassVar[str]

    def __init__(self, **fields: object) -> None:
        """Take the values for the fields of the class's message."""
        super().__init__(fields)
        self.fields = fields

    def __str__(self) -> str:
        """Give the sentence in English."""
        return self.message.format(**self.fields)

    def __reduce__(self) -> tuple[object, ...]:
        """Travel between processes, whatever the class takes to be made."""
        return _made_again, (type(self), self.fields)


def _made_again(kind: type[MaintienError], fields: dict[str, object]) -> MaintienError:
    error = kind.__new__(kind, fields)
    error.fields = fields
    return error


class UsageError(MaintienError):
    """The caller asked for something that can't be."""

    exit_status = EXIT_USAGE


class UnknownCourse(UsageError):
    """No course has this id, short name or ID number."""

    message = N_(
        "There is no course {course!r} on this site: give its id, short name or ID number"
        " (“maintien courses --all” lists them)."
    )


class AmbiguousCourse(UsageError):
    """Several courses answer to this name."""

    message = N_(
        "{course!r} fits several courses ({candidates}): write id:…, shortname:… or idnumber:… before it."
    )


class FrontPageCourse(UsageError):
    """The front page has no enrolments."""

    message = N_("Course 1 is the site's front page, which has no enrolments: choose another course.")


class UnknownCategory(UsageError):
    """No category has this id, ID number or name."""

    message = N_("There is no course category {category!r} on this site: give its id, ID number or name.")


class AmbiguousCategory(UsageError):
    """Several categories answer to this name."""

    message = N_("{category!r} fits several course categories ({candidates}): give the id.")


class UnknownCohort(UsageError):
    """No cohort has this id, ID number or name."""

    message = N_("There is no cohort {cohort!r} on this site: give its id, ID number or name.")


class AmbiguousCohort(UsageError):
    """Several cohorts answer to this name."""

    message = N_("{cohort!r} fits several cohorts ({candidates}): give the id.")


class UnknownGroup(UsageError):
    """No course asked for has a group of this id, name or ID number."""

    message = N_(
        "There is no group {group!r} in the courses asked for: give its id, name or ID number, or “none” for"
        " people in no group."
    )


class UnknownRole(UsageError):
    """No role has this short name."""

    message = N_("There is no role {role!r} on this site; its roles are {known}.")


class UnknownMethod(UsageError):
    """This is not a word that can name an enrolment method."""

    message = N_("{method!r} is not an enrolment method; methods are for example {known}.")


class UnknownOperator(UsageError):
    """No account has this user name."""

    message = N_("There is no account {operator!r} on this site: give --operator a user name or an id.")


class NoOperator(UsageError):
    """The site names no administrator."""

    message = N_("This site names no administrator: say with --operator in whose name to write.")


class EmptySelection(UsageError):
    """Nothing was selected."""

    message = N_("Say which courses: --course, --category, --cohort, --courses-file or --all.")


class UnreadableDate(UsageError):
    """The text is not a date."""

    message = N_(
        "{text!r} is not a date: write 2027-08-31, 2027-08-31T18:00, @1819749599 (Unix time) or never."
    )


class DateInThePast(UsageError):
    """The end date has passed."""

    message = N_("{text!r} is in the past: give an end date that is still to come.")


class EndBeforeStart(UsageError):
    """Every enrolment asked for starts after the end date."""

    message = N_("The end date {text!r} is before the start of these enrolments ({start}): give a later one.")


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


class ColumnForConversions(UsageError):
    """A column of the courses file says whom to convert, where people are told by filters."""

    message = N_("The column “{column}” is for conversions: leave it out, and give {option} instead.")


class ConflictingOptions(UsageError):
    """Two options exclude each other."""

    message = N_("{first} and {second} can't be used together: leave one of them out.")


class UnknownLanguage(UsageError):
    """There is no catalogue for this language."""

    message = N_("There is no language {language!r}: choose fr or en.")


class UnreadableCoursesFile(UsageError):
    """The CSV file can't be read as one."""

    message = N_("{path} can't be read: {reason}")


class CoursesFileColumnMissing(UsageError):
    """The CSV file has no column for the courses."""

    message = N_("{path} has no column “course”; its columns are {columns}. Name one of them “course”.")


class CoursesFileBadLine(UsageError):
    """A line of the CSV file is wrong."""

    message = N_("{path}, line {line}: {reason}")


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


class InterruptedRun(MaintienError):
    """Somebody stopped a run."""

    exit_status = EXIT_INTERRUPTED
    message = N_(
        "Interrupted after {done} of {courses} courses, each done whole: “maintien resume {run} --run”"
        " goes on, “maintien undo {run} --run” takes it back."
    )


class UnexpectedFailure(MaintienError):
    """Something happened that nobody thought of."""

    message = N_(
        "Something unforeseen happened ({kind}): run it again with --debug, and report what it shows."
    )


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


class UnreadableMoment(UsageError):
    """The text is not a moment, and there is no never here."""

    message = N_("{text!r} is not a moment: write 2027-08-31, 2027-08-31T18:00 or @1819749599 (Unix time).")


class SinceInTheFuture(UsageError):
    """The beginning of the time asked for is still to come."""

    message = N_("--since {text!r} is still to come: give the day before the cut, or an earlier one.")


class SinceAfterTo(UsageError):
    """The time asked for ends before it begins."""

    message = N_("--since {since!r} is after --to {to!r}: give them the other way round.")


class MissingCourse(UsageError):
    """A command for single courses got none."""

    message = N_("Say which course: --course with its id, short name or ID number.")


class ManualIsNoSource(UsageError):
    """Manual enrolments were asked to be converted into manual ones."""

    message = N_("“manual” is what enrolments are converted into: leave it out of the methods.")


class CourseNamedTwice(UsageError):
    """Two lines of the CSV file ask different things of one course."""

    message = N_("{course!r} has other settings on line {other}: leave one of the lines out.")


class SiteError(MaintienError):
    """The site, its configuration or its database has to be put right."""


class NoSite(UsageError):
    """No site was named."""

    message = N_("Say which site: --site or MAINTIEN_SITE, with a name, a URL or a path to config.php.")


class UnknownSite(UsageError):
    """The name is in no site file."""

    message = N_("There is no site {site!r} in {path}; it knows {known}.")


class NoSiteFile(UsageError):
    """What was given can only be a name, and there is no site file to look it up in."""

    message = N_(
        "{site!r} is neither a URL nor a config.php, and there is no site file {path} that could name it."
    )


class BrokenSiteFile(SiteError):
    """The site file can't be read."""

    message = N_("The site file {path} can't be read: {reason}")


class BrokenSiteEntry(SiteError):
    """A site of the site file is not described as it has to be."""

    message = N_("In the site file {path}, the site {site!r} can't be used: {reason}")


class UnknownSiteKey(SiteError):
    """A site of the site file has a key that means nothing."""

    message = N_(
        "In the site file {path}, the site {site!r} has a key {key!r} that means nothing; keys are {known}."
    )


class NoPasswordFound(SiteError):
    """The password is not where the site file says."""

    message = N_("The password of the site {site!r} is not where {path} says ({place}): put it there.")


class BadSiteUrl(UsageError):
    """The URL is not one of a database that Moodle runs on."""

    message = N_(
        "The site's URL can't be used ({reason}): write sqlite:///FILE, postgresql://USER:PASSWORD@HOST/DATABASE,"
        " mariadb://… or mysql://…"
    )


class UnknownUrlOption(UsageError):
    """The URL's query has a key that means nothing here."""

    message = N_("The site's URL has an option that means nothing here; its options can be {known}.")


class BrokenConfigPhp(SiteError):
    """Moodle's config.php can't be read without executing it."""

    message = N_("{path}, line {line}: {reason}")

    def __init__(self, path: str, line: int, reason: str) -> None:
        """Name the file, the line and what is wrong with it; never a value from the file."""
        super().__init__(path=path, line=line, reason=reason)


class UnusableConfigPhp(SiteError):
    """Moodle's config.php can be read, but what it says can't be used."""

    message = N_("{path} can't be used: {reason}")


class CannotConnect(SiteError):
    """The database does not let us in."""

    message = N_("Can't connect to {site}: {reason}")


class SqliteTooOld(SiteError):
    """Python was built with an old SQLite."""

    message = N_("This machine's SQLite is {version}: maintien needs 3.35 or later.")


class NotAMoodle(SiteError):
    """The database has no Moodle tables with this prefix."""

    message = N_(
        "{site} has no Moodle tables with the prefix {prefix!r}{hint}: check the database's name"
        " and ?prefix=."
    )


class OtherPrefix(NotAMoodle):
    """The database has Moodle tables, with another prefix."""

    message = N_(
        "{site} has no Moodle tables with the prefix {prefix!r}, but some with {found}: write it in ?prefix=."
    )


class MoodleTooOld(SiteError):
    """The Moodle is older than what maintien knows."""

    message = N_("{site} is Moodle {release}: maintien needs Moodle 4.0 or later.")


class ReadOnlyAccount(SiteError):
    """The database account may only read."""

    message = N_(
        "The database account of {site} may only read: previews work, but --run needs an account that"
        " may write."
    )


class DatabaseFailed(SiteError):
    """The database answered with an error."""

    message = N_("The database of {site} answered with an error: {reason}")


class DemoFolderTaken(UsageError):
    """A file that the embedded university would replace is something else."""

    message = N_("{path} is not an embedded university's file, and is not replaced: choose another folder.")


class DemoFolderUnusable(UsageError):
    """The embedded university can't be put into a folder."""

    message = N_("The university can't be put into {path}; choose another --folder: {reason}")


class NotADemoSite(SiteError):
    """Something that plays Moodle's own part was about to write to a site that isn't invented."""

    message = N_(
        "{site} is not an embedded university: maintien plays Moodle's syncs on invented sites only"
        " (“maintien demo” makes one)."
    )


class BadRegisterSetting(SiteError):
    """A setting of the external database method is none that can be followed."""

    message = N_(
        "The site's setting {setting} is {value!r}, which names no table or field: correct it in Moodle."
    )


class RegisterUnreadable(SiteError):
    """The external table can't be read."""

    message = N_("The external enrolment table {table!r} can't be read: {reason}")


class CourseWithoutContext(SiteError):
    """A course lacks its row in Moodle's table of contexts."""

    message = N_(
        "Moodle has no context for course {course}: run its scheduled task “Create missing contexts”,"
        " or leave the course out."
    )


class CourseFailed(SiteError):
    """A course could not be written; nothing was changed in it, and the others went on."""

    exit_status = EXIT_IN_PART


class CourseKeptLocked(CourseFailed):
    """Others held the course's rows at every attempt."""

    message = N_(
        "{course} could not be written: other work on the site held its rows at each of {attempts} attempts."
        " Run the same command again."
    )


class CourseKeptChanging(CourseFailed):
    """The course changed between reading and writing at every attempt."""

    message = N_(
        "{course} could not be written: its enrolments changed during each of {attempts} attempts."
        " Run the same command again."
    )


class CourseNotBackedUp(CourseFailed):
    """There is no backup of the course, which was to be made before anything is written in it."""

    message = N_("{course} could not be backed up, and nothing is written in it. {reason}")


class MissingPlanFile(UsageError):
    """A plan is to be applied, and no file was named."""

    message = N_("Say which plan: a file that “maintien convert --save” wrote.")


class RunAppliesPlan(UsageError):
    """The run may only write what its plan file holds, and the journal does not have that."""

    message = N_(
        "Run {run} applies the plan {fingerprint}: “maintien apply” with its file goes on where it stopped."
    )


class UnreadablePlanFile(UsageError):
    """The plan file can't be opened or read."""

    message = N_("The plan {path} can't be read: {reason}")


class NotAPlanFile(UsageError):
    """The file is something else."""

    message = N_("{path} is not a plan: give a file that “maintien convert --save” wrote.")


class PlanFileTooNew(UsageError):
    """A newer maintien wrote the plan file."""

    message = N_("The plan {path} was written by a newer maintien: update this one.")


class PlanFileTruncated(UsageError):
    """The plan file's end is missing."""

    message = N_("The plan {path} is cut off: copy it again, or make a new one.")


class PlanFileChanged(UsageError):
    """The plan file's fingerprint is not that of its content."""

    message = N_("The plan {path} was changed since it was made: copy it again, or make a new one.")


class PlanFileDamaged(UsageError):
    """The plan file has its fingerprint, but a line that no maintien wrote."""

    message = N_("The plan {path} can't be understood from line {line} on: make a new one.")


class PlanFileLineTooLong(UsageError):
    """A line of the plan file is longer than any that is written."""

    message = N_("Line {line} of the plan {path} is too long: make a new plan.")


class PlanOfAnotherSite(UsageError):
    """The plan was made on another site."""

    message = N_("The plan {path} was made on {made_on}, which is not {site}: open that site with --site.")


class PlanEndDatePassed(UsageError):
    """The end date of the plan has come before it was applied."""

    message = N_("The end date of the plan {path} ({end}) has passed: make a new plan.")


class PlanFileNotWritten(UsageError):
    """The plan file can't be written."""

    message = N_("The plan {path} can't be written: {reason}")


class PlanFileNotReplaced(UsageError):
    """There is something else where the plan file is to be."""

    message = N_("{path} is not a plan, and is not replaced: choose another name.")


class PlanTooLarge(UsageError):
    """A course has more to do than one line of a plan file holds."""

    message = N_("What there is to do in {about} is too much for a plan: convert it without --save.")


class ArchiveNotWritten(UsageError):
    """The backup archive can't be written."""

    message = N_("The archive {path} can't be written, and nothing of it is left there: {reason}")


class ArchiveNotReplaced(UsageError):
    """There is something where the backup archive is to be."""

    message = N_(
        "There is already something at {path}, which is not replaced: choose another name, or add"
        " --force if it is an archive of yours."
    )


class NoPlaceForArchive(UsageError):
    """A backup was asked for without a place to put it."""

    message = N_("Say where to write the archive: -o FILE.mbz.")


class OneCoursePerArchive(UsageError):
    """Several courses were asked for where one goes."""

    message = N_("An archive holds one course: give --course once.")


class BackupFolderUnusable(UsageError):
    """The folder for backups can't be used."""

    message = N_("Backups can't be put into {path}: {reason}")


class DriftFound(SiteError):
    """The site is no longer as the plan found it."""

    message = N_(
        "{courses} courses are no longer as the plan found them, and nothing is written: make a new plan,"
        " or apply what still holds with --accept-drift."
    )


class DriftMeanwhile(SiteError):
    """Courses changed between the comparison with the plan and the writing."""

    exit_status = EXIT_IN_PART
    message = N_(
        "{courses} courses changed while the plan was being applied, and nothing was written in them:"
        " apply the plan again."
    )


class MissingCampaignFile(UsageError):
    """A campaign is to be checked or run, and no file was named."""

    message = N_("Say which campaign: a TOML file, whose form “maintien campaign schema” gives.")


class CampaignFileUnreadable(UsageError):
    """The campaign file can't be opened or is no text."""

    message = N_("The campaign file {path} can't be read: {reason}")


class CampaignFileBroken(UsageError):
    """The campaign file is not TOML."""

    message = N_("{path}, line {line}: {reason}")


class CampaignFault(UsageError):
    """Something outside of the rules of a campaign file is wrong."""

    message = N_("In {path}, {key}: {reason}")


class CampaignRuleFault(UsageError):
    """Something in a rule of a campaign file is wrong."""

    message = N_("In {path}, rule {rule!r}, {key}: {reason}")


class CampaignExclusionFault(UsageError):
    """Something in an exclusion of a campaign file is wrong."""

    message = N_("In {path}, exclusion {number}, {key}: {reason}")


class FaultyCampaign(UsageError):
    """A campaign file has several faults, each of which has been said."""

    message = N_("{path} has {faults} faults, named above, and nothing is done.")


class UnknownKey(UsageError):
    """A table of a campaign file has a key that means nothing there."""

    message = N_("There is no such key here; keys are {known}.")


class WrongValue(UsageError):
    """A key of a campaign file has a value of another kind than it takes."""

    message = N_("It takes {expected}, not {found}.")


class UnknownPerson(UsageError):
    """No account has this id, user name or ID number."""

    message = N_("There is no account {person!r} on this site: give its id, user name or ID number.")


class AmbiguousPerson(UsageError):
    """Several accounts answer to this name."""

    message = N_(
        "{person!r} fits several accounts ({candidates}): write id:…, username:… or idnumber:… first."
    )


class CampaignTooLarge(MaintienError):
    """A campaign would convert more people than its file allows."""

    message = N_(
        "The campaign {campaign!r} would convert {people} people, more than max_people allows ({limit}), and"
        " nothing is written: look at its preview, and add --even-if-many if that is what you want."
    )


class CampaignShareTooLarge(MaintienError):
    """A campaign would convert a larger part of the site's people than its file allows."""

    message = N_(
        "The campaign {campaign!r} would convert {people} of the {enrolled} people enrolled on the site, a"
        " larger part than max_share allows ({limit} of a hundred), and nothing is written: look at its"
        " preview, and add --even-if-many if that is what you want."
    )


class JournalError(MaintienError):
    """The place where runs are kept has to be put right."""


class RunStoreFailed(JournalError):
    """The store could not be read or written."""

    message = N_(
        "The runs kept in {store} can't be read or written ({reason}): free some room there, or name"
        " another place with --state."
    )


class RunStoreTooNew(JournalError):
    """A newer maintien has written the store."""

    message = N_("The runs in {store} were written by a newer maintien: update this one.")


class BadStateUrl(UsageError):
    """The URL is not one of a database that runs can be kept in."""

    message = N_(
        "--state can't be used ({reason}): write sqlite:///FILE or postgresql://USER:PASSWORD@HOST/DATABASE."
    )


class UnknownRun(UsageError):
    """No run has this number."""

    message = N_("There is no run {run} here (“maintien runs” lists them).")


class SiteBusy(SiteError):
    """Another run is under way on the site."""

    message = N_("{site} is being worked on by {holder} since {since}: try again later, or add --wait.")


class RunNotInterrupted(UsageError):
    """The run is over; there is nothing to resume."""

    message = N_("Run {run} is over: there is nothing to resume.")


class NothingToUndo(UsageError):
    """The run wrote nothing."""

    message = N_("Run {run} wrote nothing: there is nothing to undo.")


class RunOfAnotherSite(UsageError):
    """The run was made on another site."""

    message = N_("Run {run} was made on {site}: open that site with --site.")


class RunRestoresArchive(UsageError):
    """A restore is one transaction: there is nothing between its beginning and its end."""

    message = N_(
        "Run {run} restores an archive, all of it or nothing: run “maintien restore {archive} --into …"
        " --run” again, which changes nothing where it was done already."
    )


class RunHasEvidence(UsageError):
    """A rescue that archives told of what was taken: a journal keeps which, and not what they hold."""

    message = N_(
        "Run {run} takes archives for evidence, the first of them {archive}: begin it anew with the same"
        " command, “{command}”, which goes on with what is left and changes nothing where it was done."
    )


class RunUndone(UsageError):
    """The run was taken back; going on with it would do a part of it again."""

    message = N_("Run {run} was undone by run {undo}: there is nothing to resume.")


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


class NoArchiveFound(UsageError):
    """A folder or a pattern holds no archive."""

    message = N_("There is no .mbz file in {place}: name another folder or the files themselves.")


class UnknownLimit(UsageError):
    """``--limit`` names no limit, or gives it no number."""

    message = N_("--limit takes NAME=NUMBER, not {text!r}; its names are {known}.")


class UnwritableFile(UsageError):
    """A file that was asked for can't be written."""

    message = N_("{path} can't be written: {reason}")


class MissingTarget(UsageError):
    """An archive is to be restored, and no course was named."""

    message = N_("Say into which course: --into with its id, short name or ID number.")


class PseudonymsNeedFormat(UsageError):
    """Pseudonyms were asked for where people are shown as they are."""

    message = N_("--pseudonymous goes with --format csv, xlsx or html, or with a file: -o FILE.")


class PseudonymSecretUnusable(MaintienError):
    """The file that keeps the secret behind pseudonyms can't be read or made, or is too short."""

    message = N_(
        "The secret behind pseudonyms, {path}, can't be used ({reason}): free the place for a new one, or"
        " name a file with MAINTIEN_PSEUDONYM_SECRET."
    )


class AccessWouldBeLost(UsageError):
    """An undo would take people's only access away."""

    message = N_(
        "Undoing run {run} takes people's only access to a course away (people: {people}): add"
        " --even-if-access-is-lost if that is what you want."
    )


class CampaignIsOff(UsageError):
    """The web application runs a campaign only on its days."""

    message = N_("The campaign {campaign!r} is not on now: outside of its days nothing is done.")


class CampaignWithoutCourse(UsageError):
    """No course of the site is under a rule."""

    message = N_("No course of this site is under a rule of the campaign {campaign!r}.")


class CampaignElsewhere(UsageError):
    """The campaign is about courses in which the person has no rights."""

    message = N_(
        "{courses} courses of the campaign {campaign!r} are outside your categories: an administrator has to"
        " run it."
    )


class WebError(MaintienError):
    """The web application can't do it."""


class WebMissing(WebError):
    """The extra with the web application's libraries is not installed."""

    exit_status = EXIT_USAGE
    message = N_("The web application is not installed: pip install “maintien[web]”.")


class BadWebSetting(WebError):
    """A variable of the environment says what can't be."""

    exit_status = EXIT_USAGE
    message = N_("{name} can’t be used: {reason}")


class SitePasswordLocked(WebError):
    """No key opens the password of an added site."""

    message = N_(
        "The password of {site} can’t be decrypted with the keys of this server: an administrator has to"
        " enter it again, or bring the key back."
    )


class BadBind(WebError):
    """This is not an address with a port."""

    exit_status = EXIT_USAGE
    message = N_("{text!r} is not where to listen: write ADDRESS:PORT, such as 127.0.0.1:8000.")


class PortTaken(WebError):
    """Something else listens there."""

    message = N_("Something else listens at {bind} already: choose another port with --bind.")


class WebDatabaseFailed(WebError):
    """The application's own database can't be used."""

    message = N_("The web application’s own database can’t be used: {reason}")


class TooManyRequests(WebError):
    """Somebody asks for too much in a short time."""

    exit_status = EXIT_USAGE
    message = N_("You have asked for a lot within a minute: wait a moment, then try again.")


class ArchiveError(MaintienError):
    """The backup archive can't be used: it has to be made or copied again, or another one chosen."""


class UnreadableArchive(ArchiveError):
    """The archive can't be opened, or its bytes can't be had."""

    message = N_("{archive} can't be read: {reason}")


class EmptyArchive(ArchiveError):
    """The file has no bytes."""

    message = N_("{archive} is empty: copy or download it again.")


class NotAnArchive(ArchiveError):
    """The file is neither a gzip tar nor a zip."""

    message = N_("{archive} is not a Moodle backup: give a .mbz file that Moodle's Backup page made.")


class NotAMoodleBackup(ArchiveError):
    """The archive is one, but it is no Moodle backup."""

    message = N_("{archive} is an archive, but not a Moodle backup: it has no moodle_backup.xml.")


class Moodle1Backup(ArchiveError):
    """The archive was made by Moodle 1.x."""

    message = N_(
        "{archive} was made by Moodle 1.x, whose backups are of another kind: restore it in Moodle, and"
        " make a new backup there."
    )


class CommonCartridge(ArchiveError):
    """The archive is an IMS Common Cartridge."""

    message = N_(
        "{archive} is an IMS Common Cartridge, which holds no enrolments: make a backup with IMS Common"
        " Cartridge switched off."
    )


class UnknownBackupFormat(ArchiveError):
    """The header names a format that is not Moodle 2's."""

    message = N_("{archive} has the backup format {format!r}, which is not Moodle's: make a new backup.")


class TruncatedArchive(ArchiveError):
    """The archive's end is missing."""

    message = N_("{archive} is cut off: copy or download it again.")


class DamagedArchive(ArchiveError):
    """The archive's bytes contradict each other."""

    message = N_("{archive} is damaged ({reason}): copy or download it again.")


class ArchiveLacksDocument(ArchiveError):
    """A document is missing that this archive ought to have."""

    message = N_("{archive} is incomplete, it has no {member}: make a new backup.")


class UnsafeMember(ArchiveError):
    """A member's name leads out of the archive."""

    message = N_(
        "{archive} holds {member!r}, a name that leads out of the archive and that Moodle never writes:"
        " don't use it."
    )


class LinkInArchive(ArchiveError):
    """A member is neither a file nor a folder."""

    message = N_("{archive} holds {member!r}, a link or a device, which Moodle never writes: don't use it.")


class MemberTwice(ArchiveError):
    """Two members have the same name."""

    message = N_("{archive} holds {member} twice, so that it says two things at once: make a new backup.")


class BrokenDocument(ArchiveError):
    """A document is not the XML that Moodle writes."""

    message = N_("In {archive}, {member} can't be understood (line {line}: {reason}): make a new backup.")


class TruncatedDocument(ArchiveError):
    """A document's end is missing."""

    message = N_("In {archive}, {member} is cut off: make a new backup.")


class DocumentTypeRefused(ArchiveError):
    """A document declares entities, which is how XML bombs are made."""

    message = N_(
        "In {archive}, {member} has a document type declaration, which Moodle never writes and which can"
        " do harm: don't use it."
    )


class BrokenValue(ArchiveError):
    """A value is not what its column holds."""

    message = N_(
        "In {archive}, {member} has {value!r} where a number belongs ({element}): make a new backup."
    )


class MissingValue(ArchiveError):
    """A row lacks a column."""

    message = N_("In {archive}, {member} has a row without {element}: make a new backup.")


class RepeatedRow(ArchiveError):
    """Two rows of a kind have an id in common, and nothing else."""

    message = N_("{archive} holds two different rows with the id {row} ({kind}): make a new backup.")


class WorkerDied(ArchiveError):
    """The process that worked on the archive was killed from outside."""

    message = N_(
        "{archive} could not be worked on, its process was killed, as happens where memory is short: try it"
        " alone."
    )


class ArchiveTooBigForMemory(ArchiveError):
    """The archive needs more memory than there is."""

    message = N_("{archive} needs more memory than there is here: try it alone, or on a larger machine.")


class ArchiveBeyondLimits(ArchiveError):
    """The archive asks for more than reading one may cost; the option ``--limit`` raises each limit."""


class TooManyMembers(ArchiveBeyondLimits):
    """More members than any course has files."""

    message = N_(
        "{archive} has more than {limit} members: if you trust it, raise the limit with --limit members=N."
    )


class ArchiveTooLarge(ArchiveBeyondLimits):
    """More comes out than any course holds."""

    message = N_(
        "{archive} unpacks to more than {limit} bytes: if you trust it, raise the limit with"
        " --limit total_size=N."
    )


class CompressionTooHigh(ArchiveBeyondLimits):
    """It grows as only a bomb does."""

    message = N_(
        "{archive} grows more than {limit}-fold when unpacked, as no backup does: if you trust it, raise the"
        " limit with --limit ratio=N."
    )


class DocumentTooLarge(ArchiveBeyondLimits):
    """One document is larger than any is."""

    message = N_(
        "In {archive}, {member} is larger than {limit} bytes: if you trust it, raise the limit with"
        " --limit document_size=N."
    )


class TooManyRows(ArchiveBeyondLimits):
    """One document has more rows than any site."""

    message = N_(
        "In {archive}, {member} has more than {limit} rows: if you trust it, raise the limit with"
        " --limit rows=N."
    )


class TooManyDefinitions(ArchiveBeyondLimits):
    """One document has more methods, roles, groups or settings than any course."""

    message = N_(
        "In {archive}, {member} has more than {limit} methods, roles, groups or settings: if you trust it,"
        " raise the limit with --limit definitions=N."
    )


class TooMuchText(ArchiveBeyondLimits):
    """The values of one document are longer, together, than any are."""

    message = N_(
        "In {archive}, {member} has values of more than {limit} characters together: if you trust it, raise"
        " the limit with --limit text_total=N."
    )


class ValueTooLong(ArchiveBeyondLimits):
    """A value is longer than any is."""

    message = N_(
        "In {archive}, {member} has a value of more than {limit} characters: if you trust it, raise the limit"
        " with --limit text_length=N."
    )


class TagTooLong(ArchiveBeyondLimits):
    """A tag is longer than any is."""

    message = N_(
        "In {archive}, {member} has a tag or comment of more than {limit} bytes: if you trust it, raise the"
        " limit with --limit token_length=N."
    )


class NestedTooDeep(ArchiveBeyondLimits):
    """Elements are nested deeper than any are."""

    message = N_(
        "In {archive}, {member} nests elements more than {limit} deep: if you trust it, raise the limit with"
        " --limit depth=N."
    )


class TooManyNames(ArchiveBeyondLimits):
    """Elements have more names than Moodle knows."""

    message = N_(
        "In {archive}, {member} has more than {limit} different names of elements: if you trust it, raise the"
        " limit with --limit names=N."
    )


class ArchiveWithoutUsers(ArchiveError):
    """The archive was made without the enrolled people."""

    message = N_(
        "{archive} holds no enrolled people: make the backup again with “Include enrolled users” ticked."
    )


class ArchiveOfFrontPage(ArchiveError):
    """The archive was made of a site's front page."""

    message = N_(
        "{archive} was made of a site's front page, which has no enrolments: choose another archive."
    )


class ArchiveOfPartOfCourse(ArchiveError):
    """The archive was made of a section or an activity."""

    message = N_(
        "{archive} was made of a part of a course, and parts hold no enrolments: make a backup of the whole"
        " course."
    )


class ArchiveIsAnonymous(ArchiveError):
    """The archive has invented names for people: nobody can be found again by them."""

    message = N_(
        "{archive} has invented names for people (“Anonymize user information”), who can't be found again:"
        " use another backup."
    )


class ArchiveWithoutDate(ArchiveError):
    """The archive does not say when it was made."""

    message = N_("{archive} does not say when it was made, so it is no evidence: use another backup.")


class ArchiveMadeElsewhere(ArchiveError):
    """The archive was made on another site, where the same ids are other people's and other courses'."""

    message = N_(
        "{archive} was not made on this site, so it does not tell what was taken here: “maintien restore"
        " {archive} --into COURSE” enrols its people."
    )


class ArchiveOfCourseNotSelected(ArchiveError):
    """The archive was made of a course of the site that is not to be rescued."""

    message = N_(
        "{archive} was made of the course {course} (id {courseid}), which is not selected: select it, or use"
        " “maintien restore {archive} --into COURSE” to put its people into another course."
    )


class ArchiveMadeTooLate(ArchiveError):
    """The archive was made after the time of which it is to tell."""

    message = N_(
        "{archive} was made after the time that --to names, and tells nothing of what was taken before: use a"
        " backup from before the cut."
    )


class NoArchiveOfSelection(UsageError):
    """None of the archives found is of a selected course, from before the end of the time asked for."""

    message = N_(
        "Of the {archives} archives in {place} none was made on this site, of a selected course, before the"
        " time that --to names."
    )


class MissingOutput(UsageError):
    """An archive is to be converted, and nothing says where to."""

    message = N_("Say where to write: -o FILE.mbz for one archive, -o FOLDER for several.")


class OutputElsewhere(UsageError):
    """A new archive is to be written to another machine."""

    message = N_("{path} is not on this machine: write to a file or folder here, and copy it from there.")


class SameOutputTwice(UsageError):
    """Two archives would be written to the same file."""

    message = N_("{first} and {second} would both be written to {path}: convert one of them by itself.")


class UnknownTimezone(UsageError):
    """No time zone has this name."""

    message = N_("There is no time zone {name!r}: write one such as Europe/Paris.")
