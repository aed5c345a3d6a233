"""What a backup archive of a course tells of its people as they were when it was made.

An archive knows what people had, and not what became of it: neither when they lost it nor through whom.
So it is believed only where the course and the log are silent.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from maintien.enrolments.rows import UserEnrolment
from maintien.moodle.ids import GroupId, InstanceId, RoleId, UserId

Place: TypeAlias = tuple[UserId, InstanceId]
"""Whose enrolment, in which instance: no person is twice in one."""


class ArchivedEnrolment(NamedTuple):
    """A user enrolment as it was."""

    row: UserEnrolment
    method: str
    is_enabled: bool
    """Whether its instance gave access then."""


class GroupTraits(NamedTuple):
    """What tells whether a group is still the same one."""

    name: str
    idnumber: str
    """Empty for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveEvidence:
    """What an archive of one course of the site holds, in the site's own ids; manual enrolments left out."""

    made_at: int
    """Unix seconds."""
    enrolments: tuple[ArchivedEnrolment, ...] = ()
    """By person. Of people who were not found again, with the ids that they have in the archive."""
    tells_roles: bool = True
    """Whether the archive holds roles; one without says nothing of anybody's."""
    tells_groups: bool = True
    roles: Mapping[UserId, frozenset[RoleId]] = field(default_factory=dict)
    """Roles in the course, given by hand or by an enrolment method."""
    memberships: Mapping[UserId, frozenset[GroupId]] = field(default_factory=dict)
    groups: Mapping[GroupId, GroupTraits] = field(default_factory=dict)
    """The groups of ``memberships``."""
    not_found: frozenset[UserId] = frozenset()
    """People without an account on the site that can be told to be theirs."""
    in_doubt: frozenset[UserId] = frozenset()
    """People whose account may be somebody else's."""
    missing_roles: tuple[str, ...] = ()
    """Short names of roles that the site no longer has."""

    def people(self) -> Iterator[UserId]:
        """Go through the people, some of them several times."""
        return (enrolment.row.userid for enrolment in self.enrolments)

    def groups_still_there(self, groups: Mapping[GroupId, GroupTraits]) -> frozenset[GroupId]:
        """Tell which groups are among ``groups`` of the course, and not another with the same id."""
        return frozenset(
            id_ for id_, was in self.groups.items() if id_ in groups and _is_same(was, groups[id_])
        )


def _is_same(was: GroupTraits, now: GroupTraits) -> bool:
    """Whether a group was renamed at most: it has its name still, or its ID number."""
    return was.name.strip() == now.name.strip() or (was.idnumber != "" and was.idnumber == now.idnumber)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedPast:
    """What an archive tells, and what is known since then."""

    evidence: ArchiveEvidence
    groups: frozenset[GroupId] = frozenset()
    """The groups of the archive that are still in the course."""
    removed_since: Mapping[Place, int] = field(default_factory=dict)
    """Enrolments that the log knows were removed after the archive was made and before the time asked for,
    with when. Unix seconds."""
    unreadably_since: Mapping[UserId, int] = field(default_factory=dict)
    """The same of people of whose unenrolment then nothing more can be read."""

    def taken_before(self, place: Place) -> int | None:
        """Tell when an enrolment went, if that was before the time asked for."""
        return self.removed_since.get(place, self.unreadably_since.get(place[0]))
