"""Runs: their journal, and why one can't be resumed or undone."""

from maintien.errors.tree import JournalError, SiteError, UsageError
from maintien.messages import N_


class RunAppliesPlan(UsageError):
    """The run may only write what its plan file holds, and the journal does not have that."""

    message = N_(
        "Run {run} applies the plan {fingerprint}: “maintien apply” with its file goes on where it stopped."
    )


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


class AccessWouldBeLost(UsageError):
    """An undo would take people's only access away."""

    message = N_(
        "Undoing run {run} takes people's only access to a course away (people: {people}): add"
        " --even-if-access-is-lost if that is what you want."
    )
