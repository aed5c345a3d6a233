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


RescueFinding: TypeAlias = (
    ManualEnrolmentsRevived
    | GradesGone
    | RolesBelowCourseGone
    | GroupsGone
    | GroupsAreCached
    | LogRowsUnreadable
    | LogIsSilent
    | LogBeginsLate
)
"""What there is to know before something is given back."""

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
)

Finding: TypeAlias = Obstacle | Warning_
