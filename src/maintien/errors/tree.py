"""The error tree: each branch says who can fix what went wrong, and the exit status.

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


class SiteError(MaintienError):
    """The site, its configuration or its database has to be put right."""


class CourseFailed(SiteError):
    """A course could not be written; nothing was changed in it, and the others went on."""

    exit_status = EXIT_IN_PART


class JournalError(MaintienError):
    """The place where runs are kept has to be put right."""


class WebError(MaintienError):
    """The web application can't do it."""


class ArchiveError(MaintienError):
    """The backup archive can't be used: it has to be made or copied again, or another one chosen."""


class ArchiveBeyondLimits(ArchiveError):
    """The archive asks for more than reading one may cost; the option ``--limit`` raises each limit."""
