"""What was asked for and is not there, or can't be: courses, people, roles, methods, dates."""

from maintien.errors.tree import UsageError
from maintien.messages import N_


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


class ColumnForConversions(UsageError):
    """A column of the courses file says whom to convert, where people are told by filters."""

    message = N_("The column “{column}” is for conversions: leave it out, and give {option} instead.")


class UnreadableCoursesFile(UsageError):
    """The CSV file can't be read as one."""

    message = N_("{path} can't be read: {reason}")


class CoursesFileColumnMissing(UsageError):
    """The CSV file has no column for the courses."""

    message = N_("{path} has no column “course”; its columns are {columns}. Name one of them “course”.")


class CoursesFileBadLine(UsageError):
    """A line of the CSV file is wrong."""

    message = N_("{path}, line {line}: {reason}")


class UnreadableMoment(UsageError):
    """The text is not a moment, and there is no never here."""

    message = N_("{text!r} is not a moment: write 2027-08-31, 2027-08-31T18:00 or @1819749599 (Unix time).")


class SinceInTheFuture(UsageError):
    """The beginning of the time asked for is still to come."""

    message = N_("--since {text!r} is still to come: give the day before the cut, or an earlier one.")


class SinceAfterTo(UsageError):
    """The time asked for ends before it begins."""

    message = N_("--since {since!r} is after --to {to!r}: give them the other way round.")


class ManualIsNoSource(UsageError):
    """Manual enrolments were asked to be converted into manual ones."""

    message = N_("“manual” is what enrolments are converted into: leave it out of the methods.")


class CourseNamedTwice(UsageError):
    """Two lines of the CSV file ask different things of one course."""

    message = N_("{course!r} has other settings on line {other}: leave one of the lines out.")


class UnknownPerson(UsageError):
    """No account has this id, user name or ID number."""

    message = N_("There is no account {person!r} on this site: give its id, user name or ID number.")


class AmbiguousPerson(UsageError):
    """Several accounts answer to this name."""

    message = N_(
        "{person!r} fits several accounts ({candidates}): write id:…, username:… or idnumber:… first."
    )
