"""Sites that can't be found, opened, read or written, and courses that failed."""

from maintien.errors.tree import CourseFailed, SiteError, UsageError
from maintien.messages import N_


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
