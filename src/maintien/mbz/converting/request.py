"""What a conversion of an archive is asked to do; an archive has no site to look things up on."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from maintien.mbz.archive import ArchivedRole
from maintien.moodle.config import ManualDefaults, SiteConfig
from maintien.moodle.ids import RoleId, UserId
from maintien.moodle.values import InstanceStatus
from maintien.planning.planner import Planner
from maintien.planning.policy import (
    AUTOMATIC_METHODS,
    Circumstances,
    ConversionPolicy,
    EndFor,
    LikeMoodlePolicy,
    Policy,
)

STUDENT = "student"
"""The short name of the role that Moodle enrols people with by hand, as it installs it."""

NO_OPERATOR = UserId(0)
"""A restore puts its own operator's name to what it writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveRequest:
    """Who is converted, until when, and how. Roles go by their short names; None for all of them."""

    ends_at: int
    """Unix seconds, the last second of access; 0 for never."""
    now: int
    """Unix seconds."""
    methods: frozenset[str] | None = AUTOMATIC_METHODS
    roles: tuple[str, ...] | None = (STUDENT,)
    end_roles: tuple[str, ...] | None = (STUDENT,)
    include_suspended: bool = False
    end_for: EndFor = EndFor.CONVERTED
    keep_groups: bool = True
    enable_manual: bool = False
    like_moodle: bool = False
    manual_is_added: InstanceStatus = InstanceStatus.ENABLED
    """How the site adds the manual method to a course without it (``enrol_manual/status``); by default as
    Moodle installs it."""

    @property
    def takes_groups(self) -> bool:
        """Whether group memberships are in the new archive."""
        return self.keep_groups and not self.like_moodle

    def planner(self, roles: Collection[ArchivedRole]) -> Planner:
        """Make what plans an archive with these roles, by the rules that plan courses of a site.

        A role that the archive has not is nobody's there. Settings are as Moodle installs them.
        """
        ids = {role.shortname: role.id for role in roles}
        return Planner(
            policy=self._policy(ids),
            config=SiteConfig(
                manual=ManualDefaults(status=self.manual_is_added, roleid=ids.get(STUDENT, RoleId(0))),
                roles=ids,
            ),
            circumstances=Circumstances(now=self.now, operator=NO_OPERATOR),
        )

    def _policy(self, ids: Mapping[str, RoleId]) -> Policy:
        end_roles = _ids(self.end_roles, ids)
        end_roles = frozenset(ids.values()) if end_roles is None else end_roles
        if self.like_moodle:
            return LikeMoodlePolicy(ends_at=self.ends_at, end_roles=end_roles)
        return ConversionPolicy(
            ends_at=self.ends_at,
            methods=self.methods,
            roles=_ids(self.roles, ids),
            end_roles=end_roles,
            include_suspended=self.include_suspended,
            end_for=self.end_for,
            keep_groups=self.keep_groups,
            enable_manual=self.enable_manual,
        )


def _ids(names: tuple[str, ...] | None, ids: Mapping[str, RoleId]) -> frozenset[RoleId] | None:
    return None if names is None else frozenset(ids[name] for name in names if name in ids)
