"""Files that commands write, and where they go."""

from maintien.errors.tree import MaintienError, UsageError
from maintien.messages import N_


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


class UnwritableFile(UsageError):
    """A file that was asked for can't be written."""

    message = N_("{path} can't be written: {reason}")


class PseudonymSecretUnusable(MaintienError):
    """The file that keeps the secret behind pseudonyms can't be read or made, or is too short."""

    message = N_(
        "The secret behind pseudonyms, {path}, can't be used ({reason}): free the place for a new one, or"
        " name a file with MAINTIEN_PSEUDONYM_SECRET."
    )


class OutputElsewhere(UsageError):
    """A new archive is to be written to another machine."""

    message = N_("{path} is not on this machine: write to a file or folder here, and copy it from there.")


class SameOutputTwice(UsageError):
    """Two archives would be written to the same file."""

    message = N_("{first} and {second} would both be written to {path}: convert one of them by itself.")
