"""What ``convert`` is asked to do, as its options say it."""

from dataclasses import dataclass, replace
from typing import Final, Self

from maintien.errors.command_line import ConflictingOptions
from maintien.planning.policy import Mode
from maintien.uses.courses_file import CourseLine

LIKE_MOODLE: Final = "--like-moodle"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionRequest:
    """The options that make a policy; None where nothing was said."""

    until: str | None = None
    methods: str | None = None
    roles: str | None = None
    end_roles: str | None = None
    end_for: str | None = None
    include_suspended: bool = False
    keep_groups: bool = False
    no_keep_groups: bool = False
    enable_manual: bool = False
    mode: str | None = None
    feed_is_gone: bool = False
    like_moodle: bool = False

    def of_line(self, line: CourseLine) -> Self:
        """Give what a line of a courses file asks for, where it says otherwise."""
        return replace(
            self,
            until=line.until or self.until,
            roles=line.roles or self.roles,
            methods=line.methods or self.methods,
        )


def require_no_conflict(request: ConversionRequest) -> None:
    """Check that no option contradicts another.

    Raises ConflictingOptions.
    """
    if request.keep_groups and request.no_keep_groups:
        raise ConflictingOptions(first="--keep-groups", second="--no-keep-groups")
    if not request.like_moodle:
        if request.feed_is_gone and request.mode in (None, Mode.ADD.value):
            raise ConflictingOptions(first="--feed-is-gone", second=f"--mode {Mode.ADD.value}")
        return
    given = {
        "--methods": request.methods is not None,
        "--roles": request.roles is not None,
        "--include-suspended": request.include_suspended,
        "--end-for": request.end_for is not None,
        "--keep-groups": request.keep_groups,
        "--no-keep-groups": request.no_keep_groups,
        "--enable-manual": request.enable_manual,
        "--mode": request.mode is not None,
        "--feed-is-gone": request.feed_is_gone,
    }
    for option, is_given in given.items():
        if is_given:
            raise ConflictingOptions(first=LIKE_MOODLE, second=option)
