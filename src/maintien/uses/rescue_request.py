"""What ``rescue`` is asked to do, as its options say it."""

from dataclasses import dataclass, replace
from typing import Self

from maintien.uses.courses_file import CourseLine


@dataclass(frozen=True, slots=True, kw_only=True)
class RescueRequest:
    """The options that make a policy; None where nothing was said."""

    since: str | None = None
    to: str | None = None
    until: str | None = None
    methods: str | None = None
    roles: str | None = None
    keep_groups: bool = False
    no_keep_groups: bool = False
    enable_manual: bool = False
    also_by_people: bool = False
    archives: tuple[str, ...] = ()
    """Files, folders, patterns or addresses of backup archives that are evidence."""

    def of_line(self, line: CourseLine) -> Self:
        """Give what a line of a courses file asks for, where it says otherwise."""
        return replace(
            self,
            until=line.until or self.until,
            roles=line.roles or self.roles,
            methods=line.methods or self.methods,
        )
