"""What somebody asks for on the page that maintains access, as a plan keeps it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Requested:
    """Which courses, until when, and for whom; words as the command line takes them."""

    courses: tuple[int, ...]
    until: str
    roles: str = ""
    """Short names separated by commas; empty for the student role."""
    methods: str = ""
    """Empty for the automatic ones."""
    include_suspended: bool = False
    keep_groups: bool = True
    enable_manual: bool = False

    def as_json(self) -> dict[str, Any]:
        """Give it as JSON."""
        return asdict(self) | {"courses": list(self.courses)}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read it back."""
        return cls(**{**document, "courses": tuple(document["courses"])})
