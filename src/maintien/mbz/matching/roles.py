"""Finds the roles of an archive again on a site.

For each role, the first that there is among the site's roles that can be given in a course:

1. the role with the same short name, which no two roles of a site share;
2. on the same site, the role with the same id, if it is of the same archetype: it was renamed since;
3. a role of the same archetype, the first by id;
4. for ``editingteacher``, ``teacher``.

Whatever has none of these is given to nobody. Moodle 4.1 and 4.3 know no rule 2: they take any role of
the archetype, and which one is left to the database. They also take any role without archetype for any
other; here a role without archetype has none but its short name. Which roles can be given in a course is
judged by their archetype, as Moodle installs them; the operator is taken to be allowed to give them.

Source: restore_dbops::get_best_assignable_role (backup/util/dbops/restore_dbops.class.php),
get_compatible_role_archetypes (lib/classes/context/course.php), Moodle 4.1 and 4.3.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from maintien.enrolments.accounts import SiteRole
from maintien.mbz.archive import ArchivedRole
from maintien.moodle.ids import RoleId

_NOT_IN_COURSES: Final = frozenset({"coursecreator", "guest", "user", "frontpage"})
"""Archetypes of roles that can't be given in a course."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedRoles:
    """What became of the roles of an archive."""

    targets: Mapping[RoleId, SiteRole]
    """The site's roles by the archive's ids."""
    replaced: Sequence[tuple[ArchivedRole, SiteRole]]
    """Roles that another one stands in for, which has not their short name and is not renamed."""
    missing: Sequence[ArchivedRole]


def match_roles(
    roles: Iterable[ArchivedRole], site_roles: Iterable[SiteRole], *, is_same_site: bool
) -> MatchedRoles:
    """Find these roles again, in their order."""
    known = sorted(role for role in site_roles if role.archetype not in _NOT_IN_COURSES)
    targets: dict[RoleId, SiteRole] = {}
    replaced, missing = [], []
    for role in roles:
        target = _best(role, known, is_same_site=is_same_site)
        if target is None:
            missing.append(role)
            continue
        targets[role.id] = target
        if target.shortname != role.shortname and not (is_same_site and target.id == role.id):
            replaced.append((role, target))
    return MatchedRoles(targets=targets, replaced=replaced, missing=missing)


def _best(role: ArchivedRole, known: Sequence[SiteRole], *, is_same_site: bool) -> SiteRole | None:
    of_archetype = [one for one in known if role.archetype and one.archetype == role.archetype]
    candidates = (
        *(one for one in known if one.shortname == role.shortname),
        *(one for one in of_archetype if is_same_site and one.id == role.id),
        *of_archetype,
        *(one for one in known if role.shortname == "editingteacher" and one.shortname == "teacher"),
    )
    return candidates[0] if candidates else None
