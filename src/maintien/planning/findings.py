"""What the pre-checks find, one type a finding; the words and the remedies are in the reports.

An *obstacle* keeps a course from being converted; a *warning* is something to know before.
"""

from dataclasses import dataclass
from typing import TypeAlias

from maintien.moodle.ids import UserId
from maintien.moodle.values import UnenrolAction


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualMethodDisabledOnSite:
    """The site has the manual method switched off: nobody can be enrolled by hand anywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualInstanceDisabled:
    """The course's manual instance is disabled: enrolments in it give no access."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualInstanceWouldBeDisabled:
    """The course has no manual instance, and the site creates new ones disabled."""


Obstacle: TypeAlias = ManualMethodDisabledOnSite | ManualInstanceDisabled | ManualInstanceWouldBeDisabled


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualInstanceMissing:
    """The course has no manual instance; one is created from the site's defaults."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnablingGivesAccess:
    """Enabling the manual instance also lets in people whom this plan does not convert."""

    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiryActs:
    """At the end date the manual method does more than refuse access."""

    action: UnenrolAction


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiryNotice:
    """Moodle will write to people before the end date."""

    to_participants: bool
    """Whether participants get it, or only whoever enrolled them."""
    threshold: int
    """Seconds before the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WelcomeMessage:
    """The manual instance has a welcome message (Moodle 4.4 and later), which will not be sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedUnenrolAction:
    """What an automatic method does to people whom its feed has dropped."""

    method: str
    action: UnenrolAction


@dataclass(frozen=True, slots=True, kw_only=True)
class EndDateIsPast:
    """The end date has passed already, so it takes access away (exact reproduction only)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndDateShortens:
    """The end date asked for is earlier than what these people have by hand."""

    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherRolesGo:
    """People who are converted have other roles from the same feed, which go with it."""

    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualEnrolmentsRevived:
    """Manual enrolments that were suspended, perhaps by somebody's decision, and are made active again."""

    people: tuple[UserId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GradesGone:
    """People who get access back whose grades went with their last enrolment; they are not touched."""

    people: tuple[UserId, ...]
    in_history: int
    """How many of these people have grades in Moodle's grade history, from which it can recover them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RolesBelowCourseGone:
    """People who get access back had roles in contexts below the course, which are not given back."""

    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupsGone:
    """Group memberships that were taken and whose group is no longer in the course."""

    memberships: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupsAreCached:
    """Memberships are added, and Moodle may go on showing people the groups that it has in its cache."""

    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRowsUnreadable:
    """Log rows that were looked for evidence, and say nothing that can be read."""

    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LogIsSilent:
    """The log has no rows of the time asked for: whoever was unenrolled then can't be found in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogBeginsLate:
    """The log does not go back to the beginning of the time asked for."""

    begins_at: int
    """Unix seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFromArchiveOnly:
    """People who get access back although only an archive tells that they had any.

    It does not tell who was taken out on purpose after it was made.
    """

    people: tuple[UserId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceWithoutRoles:
    """The archive that is evidence was made without roles: those that the methods give stand in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceWithoutGroups:
    """The archive that is evidence was made without groups."""


RescueFinding: TypeAlias = (
    ManualEnrolmentsRevived
    | GradesGone
    | RolesBelowCourseGone
    | GroupsGone
    | GroupsAreCached
    | LogRowsUnreadable
    | LogIsSilent
    | LogBeginsLate
    | KnownFromArchiveOnly
    | EvidenceWithoutRoles
    | EvidenceWithoutGroups
)
"""What there is to know before something is given back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualInstanceFromArchive:
    """The course has no manual instance; it is added as the archive describes it (restore only)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveOfAnotherSite:
    """The archive was made on another site, or its maker can't be told."""

    address: str
    """The other site's, as the archive says; it may say anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveOfAnotherCourse:
    """The archive was made of another course than the one that it is restored into."""

    course: str
    """The other course's short name, as the archive says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveIsAnonymised:
    """The archive has invented names for people, so that they can't be found again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveWithoutRoles:
    """The archive was made without the roles that people have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveHasGroups:
    """The archive holds group memberships, which a restore leaves out."""

    memberships: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleNotFound:
    """People of the archive have no account on the site; none is made."""

    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleInDoubt:
    """People of the archive may or may not be accounts of the site; they are left out."""

    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleNotFound:
    """A role of the archive has no counterpart on the site, and is given to nobody."""

    role: str
    """Its short name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleReplaced:
    """People get another role of the same kind, since the site has not the archive's."""

    role: str
    """Its short name in the archive."""
    by: str
    """The short name of the role that they get."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncNotTriggered:
    """Moodle's own restore would first have run the external database's sync; this one does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreLeavesAsTheyAre:
    """Moodle's restore would not give these people the dates that the archive has for them."""

    people: int


RestoreFinding: TypeAlias = (
    ManualInstanceFromArchive
    | ArchiveOfAnotherSite
    | ArchiveOfAnotherCourse
    | ArchiveIsAnonymised
    | ArchiveWithoutRoles
    | ArchiveHasGroups
    | PeopleNotFound
    | PeopleInDoubt
    | RoleNotFound
    | RoleReplaced
    | SyncNotTriggered
    | RestoreLeavesAsTheyAre
)
"""What only a restore finds, or what makes an archive for one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoManualMethod:
    """The course has no manual instance, so that there is nothing to edit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeveralManualMethods:
    """The course has several manual instances; the first on its page is edited, as Moodle does it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditedMethodDisabled:
    """The manual instance is disabled: its enrolments give nobody access, whatever they say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditShortens:
    """People's manual enrolment ends earlier than before."""

    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EndsBeforeItBegins:
    """People's manual enrolment ends before it begins, and never gives access."""

    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessGoes:
    """People who may enter the course now, and may not any more."""

    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleLeave:
    """People who lose their last enrolment in the course, and so their roles and groups."""

    people: int
    roles: int
    """How many they lose together."""
    groups: int
    """Memberships."""


ParticipantFinding: TypeAlias = (
    NoManualMethod
    | SeveralManualMethods
    | EditedMethodDisabled
    | EditShortens
    | EndsBeforeItBegins
    | AccessGoes
    | PeopleLeave
)
"""What there is to know before people's manual enrolments are changed or removed."""

Warning_: TypeAlias = (
    ManualInstanceMissing
    | EnablingGivesAccess
    | ExpiryActs
    | ExpiryNotice
    | WelcomeMessage
    | FeedUnenrolAction
    | EndDateIsPast
    | EndDateShortens
    | OtherRolesGo
    | RescueFinding
    | RestoreFinding
    | ParticipantFinding
)

Finding: TypeAlias = Obstacle | Warning_

FindingAboutPeople: TypeAlias = EnablingGivesAccess | EndDateShortens | OtherRolesGo | RestoreLeavesAsTheyAre
"""Findings that say how many people of the course they concern."""
