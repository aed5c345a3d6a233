"""What archives are asked for: what they hold, and a small one of manual enrolments made of them."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from maintien.errors.command_line import ConflictingOptions, MissingEndDate, UnknownTimezone
from maintien.mbz.converting.request import STUDENT, ArchiveRequest
from maintien.moodle.dates import parse_end_date
from maintien.moodle.values import AUTOMATIC_METHODS, InstanceStatus
from maintien.planning.policy import EndFor
from maintien.uses.conversion_request import ConversionRequest
from maintien.uses.words import EVERY, parse_methods, require_choice, split_words

NEW_METHOD: Final[Mapping[str, InstanceStatus]] = {
    "enabled": InstanceStatus.ENABLED,
    "disabled": InstanceStatus.DISABLED,
}


def make_archive_request(
    request: ConversionRequest, *, now: int, zone: tzinfo, new_method: str | None = None
) -> ArchiveRequest:
    """Make of options what a conversion of archives is asked to do.

    Raises MissingEndDate, UnreadableDate, DateInThePast, UnknownChoice, UnknownMethod, ManualIsNoSource and
    ConflictingOptions.
    """
    if request.until is None:
        raise MissingEndDate
    return ArchiveRequest(
        ends_at=parse_end_date(request.until, zone, now, may_be_past=request.like_moodle),
        now=now,
        methods=AUTOMATIC_METHODS if request.methods is None else parse_methods(split_words(request.methods)),
        roles=_role_names(request.roles),
        end_roles=_role_names(request.end_roles),
        include_suspended=request.include_suspended,
        end_for=_end_for(request.end_for),
        keep_groups=not request.no_keep_groups,
        enable_manual=request.enable_manual,
        like_moodle=request.like_moodle,
        manual_is_added=_new_method(new_method),
    )


def require_zone(name: str) -> tzinfo:
    """Find a time zone by its name.

    Raises UnknownTimezone.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownTimezone(name=name) from error


def _role_names(text: str | None) -> tuple[str, ...] | None:
    words = (STUDENT,) if text is None else split_words(text)
    if EVERY not in words:
        return words
    for other in words:
        if other != EVERY:
            raise ConflictingOptions(first=EVERY, second=other)
    return None


def _end_for(text: str | None) -> EndFor:
    if text is None:
        return EndFor.CONVERTED
    return EndFor(require_choice("--end-for", text, [choice.value for choice in EndFor]))


def _new_method(text: str | None) -> InstanceStatus:
    if text is None:
        return InstanceStatus.ENABLED
    return NEW_METHOD[require_choice("--new-method", text, NEW_METHOD)]
