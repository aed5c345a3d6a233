"""The words for roles."""

from collections.abc import Mapping
from typing import Final

from maintien.messages import N_
from maintien.web.rights.roles import Role

ROLE_NAMES: Final[Mapping[Role, str]] = {
    Role.VIEWER: N_("Viewer"),
    Role.ENGINEER: N_("Learning engineer"),
    Role.APPROVER: N_("Approver"),
    Role.ADMINISTRATOR: N_("Administrator"),
}
