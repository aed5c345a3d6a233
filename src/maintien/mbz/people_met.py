"""Remembers of a great many people, in little memory, what was said of them so far.

The documents of an archive come in any order: whoever has a role may be enrolled further on, and have an
account further still. A person is one whole number here, whose bits say what is known.
"""

from collections.abc import Iterator
from typing import Final

from maintien.moodle.ids import RoleId

NO_ROLES: Final = 0
"""The set of roles of somebody who has none."""

_ENROLLED: Final = 1
_WITH_ACCOUNT: Final = 2
_FLAGS: Final = 2
_MOST_ROLES: Final = 48
"""Different roles that are told apart, so that a person stays a small number; a large site has thirty."""


class PeopleMet:
    """Everybody whom an archive has mentioned."""

    def __init__(self) -> None:
        self._people: dict[int, int] = {}
        self._roles: dict[RoleId, int] = {}

    def enrol(self, user: int) -> None:
        """Note that somebody is enrolled."""
        self._people[user] = self._people.get(user, 0) | _ENROLLED

    def give_account(self, user: int) -> None:
        """Note that somebody has an account."""
        self._people[user] = self._people.get(user, 0) | _WITH_ACCOUNT

    def give_role(self, user: int, role: RoleId) -> None:
        """Note that somebody has a role; beyond some fifty different ones, further roles are not told."""
        place = self._roles.get(role, len(self._roles))
        if place < _MOST_ROLES:
            self._roles[role] = place
            self._people[user] = self._people.get(user, 0) | 1 << place + _FLAGS

    def role_set(self, user: int) -> int:
        """Give the set of somebody's roles, as :meth:`roles_in` reads it."""
        return self._people.get(user, 0) >> _FLAGS

    def roles_in(self, role_set: int) -> Iterator[RoleId]:
        """List the roles of a set."""
        return (role for role, place in self._roles.items() if role_set >> place & 1)

    def count_enrolled(self) -> int:
        """Count the people who are enrolled."""
        return sum(1 for person in self._people.values() if person & _ENROLLED)

    def count_missing(self) -> int:
        """Count the people who are enrolled and have no account."""
        return sum(1 for person in self._people.values() if person & (_ENROLLED | _WITH_ACCOUNT) == _ENROLLED)
