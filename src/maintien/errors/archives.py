"""Backup archives that are not what they should be, or can't be taken where they were asked for."""

from maintien.errors.tree import ArchiveError, UsageError
from maintien.messages import N_


class NoArchiveFound(UsageError):
    """A folder or a pattern holds no archive."""

    message = N_("There is no .mbz file in {place}: name another folder or the files themselves.")


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
