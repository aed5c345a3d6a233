"""What an account may do, and where: a value that every request carries."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from maintien.web.rights.roles import GRANTED, Permission, Role


class Grant(NamedTuple):
    """A role somewhere."""

    role: Role
    site: str
    """Empty for all sites."""
    category: int | None
    """None for the whole site."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Where on a site something is allowed."""

    everywhere: bool = False
    categories: frozenset[int] = frozenset()
    """With all that lies below them."""

    @property
    def is_empty(self) -> bool:
        """Whether it is allowed nowhere."""
        return not (self.everywhere or self.categories)

    def covers(self, path: str) -> bool:
        """Whether a category with this path, ``/1/5/``, is within."""
        return self.everywhere or not self.categories.isdisjoint(_ids(path))

    def covers_all(self, paths: Iterable[str]) -> bool:
        """Whether all these categories are within."""
        return all(map(self.covers, paths))


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """The rights of whoever asks."""

    is_signed_in: bool = False
    grants: tuple[Grant, ...] = ()

    def scope(self, permission: Permission, site: str) -> Scope:
        """Tell where on a site something is allowed."""
        fitting = [
            grant for grant in self.grants if permission in GRANTED[grant.role] and grant.site in ("", site)
        ]
        return Scope(
            everywhere=any(grant.category is None for grant in fitting),
            categories=frozenset(grant.category for grant in fitting if grant.category is not None),
        )

    def may(self, permission: Permission, site: str | None = None) -> bool:
        """Whether something is allowed: on the site, at least in part of it; without one, on all sites."""
        match permission:
            case Permission.NOTHING:
                return True
            case Permission.SIGN_IN:
                return self.is_signed_in
            case Permission.CONVERT_ARCHIVES:
                return any(permission in GRANTED[grant.role] for grant in self.grants)
            case _ if site is None:
                return any(
                    permission in GRANTED[grant.role] and grant.site == "" and grant.category is None
                    for grant in self.grants
                )
            case _:
                return not self.scope(permission, site).is_empty


def _ids(path: str) -> set[int]:
    return {int(part) for part in path.split("/") if part.isdecimal()}
