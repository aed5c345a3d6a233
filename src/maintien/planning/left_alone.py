"""Why a person is left alone, one type a reason; the words for them are in the reports."""

from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from maintien.moodle.ids import UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletedAccount:
    """The account is deleted, or no longer there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspendedAccount:
    """The account is suspended on the whole site."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspendedEnrolment:
    """Every enrolment asked for is suspended, or its method is disabled in the course."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodNotAskedFor:
    """The person is enrolled by other methods only."""

    methods: tuple[str, ...]
    """In alphabetical order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoRole:
    """The person has no role at all in the course."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleNotAskedFor:
    """The person has other roles only."""

    roles: tuple[str, ...]
    """Shortnames, in alphabetical order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspendedManualEnrolment:
    """Somebody suspended the manual enrolment that the person has already; it is not revived."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualEnrolmentSuffices:
    """The manual enrolment that the person has already ends no earlier."""

    ends_at: int
    """Unix seconds, 0 for never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualEnrolmentKeepsItsEnd:
    """What the person would get never ends, but the manual enrolment they have does.

    A conversion never makes one unlimited; changing its end date is a decision of its own.
    """

    ends_at: int
    """Unix seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartsAfterEndDate:
    """The enrolment starts after the end date asked for."""

    starts_at: int
    """Unix seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualMethodUnavailable:
    """The course cannot take manual enrolments now; the course's obstacle says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StillListed:
    """The feed still lists the person: the next sync would add again what a move takes."""

    methods: tuple[str, ...]
    """Whose feeds, in alphabetical order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedUnknown:
    """Whether the feed still lists the person can't be found out, and nobody said that it is gone."""

    methods: tuple[str, ...]
    """Whose feeds, in alphabetical order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcludedPerson:
    """Somebody decided to leave the person alone, whatever else holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedSince:
    """What an undo would take back is no longer as the run left it: somebody changed it since."""

    row: str
    """The kind of row: ``UserEnrolment``, ``RoleAssignment``, ``GroupMembership``, ``EnrolmentInstance``."""
    ours: tuple[str, ...]
    """What the run left, as ``field=value``, where it differs; empty where the row is gone."""
    found: tuple[str, ...]
    """What is there now, in the same order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodGone:
    """What an undo would give back belongs to an enrolment instance that is no longer in the course."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HasAccess:
    """Something was taken from the person, who has access to the course all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HadNoAccess:
    """What was taken gave no access: it was suspended, over or not begun, or its method is disabled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OverSince:
    """What was taken would be over by now."""

    ends_at: int
    """Unix seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenByPerson:
    """A person took the access away, and no sync."""

    taken_at: int
    """Unix seconds."""
    by: UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenUnreadably:
    """The log says that the person was unenrolled, and nothing that can be read of how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoManualEnrolment:
    """The person has no manual enrolment that could be changed or removed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InOtherManualInstance:
    """The course has several manual instances, and the person is not in the one that is edited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlreadySo:
    """The manual enrolment says already what was asked for."""

    ends_at: int
    """Unix seconds, 0 for never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndsLaterAlready:
    """Only later end dates were asked for, and the manual enrolment ends no earlier."""

    ends_at: int
    """Unix seconds, 0 for never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndsEarlierAlready:
    """Only earlier end dates were asked for, and the manual enrolment ends no later."""

    ends_at: int
    """Unix seconds, 0 for never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotEnded:
    """Only enrolments that are over were asked for, and the manual one is not."""

    ends_at: int
    """Unix seconds, 0 for never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotLetInAutomatically:
    """Only people were asked for whom an automatic method lets in too, and none does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastEnrolment:
    """The manual enrolment is the person's last one in the course."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenEarlier:
    """The enrolment that the archive tells of went before the time asked for."""

    taken_at: int
    """Unix seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StillEnrolled:
    """The enrolment that the archive tells of is still there, and gives no access now.

    It was suspended at another time, has other dates, or its method is disabled.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFoundAgain:
    """Nobody on the site can be told to be the person whom the archive tells of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountInDoubt:
    """The account may be that of the person whom the archive tells of, or somebody else's."""


Reason: TypeAlias = (
    DeletedAccount
    | SuspendedAccount
    | SuspendedEnrolment
    | MethodNotAskedFor
    | NoRole
    | RoleNotAskedFor
    | SuspendedManualEnrolment
    | ManualEnrolmentSuffices
    | ManualEnrolmentKeepsItsEnd
    | StartsAfterEndDate
    | ManualMethodUnavailable
    | StillListed
    | FeedUnknown
    | ExcludedPerson
    | ChangedSince
    | MethodGone
    | HasAccess
    | HadNoAccess
    | OverSince
    | TakenByPerson
    | TakenUnreadably
    | NoManualEnrolment
    | InOtherManualInstance
    | AlreadySo
    | EndsLaterAlready
    | EndsEarlierAlready
    | NotEnded
    | NotLetInAutomatically
    | LastEnrolment
    | TakenEarlier
    | StillEnrolled
    | NotFoundAgain
    | AccountInDoubt
)


class LeftAlone(NamedTuple):
    """A person whom a plan does not convert, and why."""

    userid: UserId
    reason: Reason
