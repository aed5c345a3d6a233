"""Makes policies of requests: one for all courses, and one for each that a courses file lists."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final, Protocol, Self, TypeVar

from maintien.enrolments.withdrawals import Window
from maintien.errors.command_line import ConflictingOptions, MissingEndDate, MissingSince
from maintien.errors.selection import SinceAfterTo, SinceInTheFuture, UnreadableDate, UnreadableMoment
from maintien.errors.tree import UsageError
from maintien.moodle.config import SiteConfig
from maintien.moodle.dates import parse_end_date, parse_first_moment, parse_moment
from maintien.moodle.ids import RoleId
from maintien.planning.course_planners import Policies
from maintien.planning.policy import (
    AUTOMATIC_METHODS,
    ConversionPolicy,
    EndFor,
    LikeMoodlePolicy,
    Mode,
    Policy,
    RescuePolicy,
)
from maintien.uses.conversion_request import ConversionRequest, require_no_conflict
from maintien.uses.courses_file import CourseLine
from maintien.uses.rescue_request import RescueRequest
from maintien.uses.selections import Found
from maintien.uses.words import find_roles, parse_methods, require_choice, split_words


class Request(Protocol):
    """What options ask for; a line of a courses file may ask for something else for its course."""

    @property
    def until(self) -> str | None:
        """The end date; None where nothing was said."""
        ...

    def of_line(self, line: CourseLine) -> Self:
        """Give what a line asks for. Raises UsageError where it asks for what can't be."""
        ...


Q = TypeVar("Q", bound=Request)

STUDENT: Final = "student"
"""The short name of the role that the procedure is about, as Moodle installs it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What words and dates are read by."""

    config: SiteConfig
    zone: tzinfo
    now: int
    """Unix seconds."""


def make_policies(request: Q, found: Found, make: Callable[[Q], Policy]) -> Policies:
    """Make the policies of the courses found, each by ``make``.

    Where the options give no end date, what is common is the policy of the course that the file lists
    first.

    Raises MissingEndDate when a course is left without an end date, and what ``make`` raises; as
    CoursesFileBadLine where a line of the file is to blame.
    """
    of_courses = {courseid: _policy_of_line(request, line, make) for courseid, line in found.lines.items()}
    only_listed = all(size.course.id in of_courses for size in found.sizes)
    if request.until is None and of_courses and only_listed:
        return Policies(common=next(iter(of_courses.values())), of_courses=of_courses)
    return Policies(common=make(request), of_courses=of_courses)


def make_policy(request: ConversionRequest, terms: Terms) -> Policy:
    """Make the policy that a request asks for.

    Raises MissingEndDate, UnreadableDate, DateInThePast, UnknownRole, UnknownMethod, UnknownChoice,
    ManualIsNoSource or ConflictingOptions.
    """
    require_no_conflict(request)
    ends_at = _ends_at(request, terms)
    end_roles = _roles(request.end_roles, terms.config)
    if end_roles is None:
        end_roles = frozenset(terms.config.roles.values())
    if request.like_moodle:
        return LikeMoodlePolicy(ends_at=ends_at, end_roles=end_roles)
    return ConversionPolicy(
        ends_at=ends_at,
        methods=_methods(request.methods),
        roles=_roles(request.roles, terms.config),
        end_roles=end_roles,
        include_suspended=request.include_suspended,
        end_for=_end_for(request.end_for),
        keep_groups=not request.no_keep_groups,
        enable_manual=request.enable_manual,
        mode=_mode(request.mode),
        feed_is_gone=request.feed_is_gone,
    )


def make_rescue_policy(request: RescueRequest, terms: Terms) -> RescuePolicy:
    """Make the policy of a rescue.

    Raises MissingSince, UnreadableMoment, SinceInTheFuture, SinceAfterTo, MissingEndDate, UnreadableDate,
    DateInThePast, UnknownRole, UnknownMethod, ManualIsNoSource or ConflictingOptions.
    """
    if request.keep_groups and request.no_keep_groups:
        raise ConflictingOptions(first="--keep-groups", second="--no-keep-groups")
    window = _window(request, terms)
    if request.until is None:
        raise MissingEndDate
    return RescuePolicy(
        window=window,
        ends_at=parse_end_date(request.until, terms.zone, terms.now),
        methods=_methods(request.methods),
        roles=_roles(request.roles, terms.config),
        keep_groups=not request.no_keep_groups,
        enable_manual=request.enable_manual,
        also_by_people=request.also_by_people,
    )


def _window(request: RescueRequest, terms: Terms) -> Window:
    if request.since is None:
        raise MissingSince
    since = _moment(request.since, terms, parse_first_moment)
    if since > terms.now:
        raise SinceInTheFuture(text=request.since)
    if request.to is None:
        return Window(since, terms.now)
    to = _moment(request.to, terms, parse_moment)
    if since > to:
        raise SinceAfterTo(since=request.since, to=request.to)
    # Nothing was taken yet in what is still to come of a day.
    return Window(since, min(to, terms.now))


def _moment(text: str, terms: Terms, parse: Callable[[str, tzinfo], int]) -> int:
    try:
        return parse(text, terms.zone)
    except UnreadableDate:
        raise UnreadableMoment(text=text) from None


def _policy_of_line(request: Q, line: CourseLine, make: Callable[[Q], Policy]) -> Policy:
    try:
        return make(request.of_line(line))
    except UsageError as error:
        raise line.bad(error) from error


def _ends_at(request: ConversionRequest, terms: Terms) -> int:
    if request.until is None:
        raise MissingEndDate
    # Moodle's bulk edit takes any date; the preview then warns of it.
    return parse_end_date(request.until, terms.zone, terms.now, may_be_past=request.like_moodle)


def _methods(text: str | None) -> frozenset[str] | None:
    return AUTOMATIC_METHODS if text is None else parse_methods(split_words(text))


def _roles(text: str | None, config: SiteConfig) -> frozenset[RoleId] | None:
    return find_roles((STUDENT,) if text is None else split_words(text), config.roles)


def _end_for(text: str | None) -> EndFor:
    if text is None:
        return EndFor.CONVERTED
    return EndFor(require_choice("--end-for", text, [choice.value for choice in EndFor]))


def _mode(text: str | None) -> Mode:
    if text is None:
        return Mode.ADD
    return Mode(require_choice("--mode", text, [choice.value for choice in Mode]))


def students_of(config: SiteConfig) -> frozenset[RoleId]:
    """Find the role of students: none where the site has renamed it."""
    return frozenset(roleid for name, roleid in config.roles.items() if name == STUDENT)
