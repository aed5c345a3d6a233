"""The roles, and what each allows."""

from collections.abc import Mapping
from enum import Enum
from typing import Final


class Role(Enum):
    """What an account is on a site, or in some of its categories."""

    VIEWER = "viewer"
    ENGINEER = "engineer"
    APPROVER = "approver"
    ADMINISTRATOR = "administrator"


class Permission(Enum):
    """What a page may ask for."""

    NOTHING = "nothing"
    """Whoever comes, signed in or not."""
    SIGN_IN = "sign_in"
    """Whoever has signed in, with whatever rights."""
    SEE = "see"
    PREPARE = "prepare"
    APPLY = "apply"
    APPROVE = "approve"
    ADMINISTER = "administer"
    CONVERT_ARCHIVES = "convert_archives"
    """Archives that somebody brings along are about no site: whoever may do it anywhere may do it."""


GRANTED: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.VIEWER: frozenset({Permission.SEE}),
    Role.ENGINEER: frozenset(
        {Permission.SEE, Permission.PREPARE, Permission.APPLY, Permission.CONVERT_ARCHIVES}
    ),
    Role.APPROVER: frozenset({Permission.SEE, Permission.APPROVE}),
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.SEE,
            Permission.PREPARE,
            Permission.APPLY,
            Permission.APPROVE,
            Permission.ADMINISTER,
            Permission.CONVERT_ARCHIVES,
        }
    ),
}
