"""Every error there is, by the name of its class: one that was put away in words is found again by it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from maintien.errors import (
    archive_limits,
    archives,
    campaigns,
    command_line,
    files,
    plans,
    runs,
    selection,
    sites,
    tree,
    web,
)
from maintien.errors.tree import MaintienError

_BRANCHES: Final = (
    *(tree, command_line, selection, sites, plans, runs, campaigns),
    *(archives, archive_limits, files, web),
)

ERRORS: Final[Mapping[str, type[MaintienError]]] = MappingProxyType(
    {
        name: each
        for branch in _BRANCHES
        for name, each in vars(branch).items()
        if isinstance(each, type) and issubclass(each, MaintienError)
    }
)
