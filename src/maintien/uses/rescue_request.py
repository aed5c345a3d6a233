"""What ``rescue`` is asked to do, as its options say it."""

from dataclasses import dataclass


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
