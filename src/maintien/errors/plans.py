"""Plan files, and how they have drifted from the site."""

from maintien.errors.tree import EXIT_IN_PART, SiteError, UsageError
from maintien.messages import N_


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
