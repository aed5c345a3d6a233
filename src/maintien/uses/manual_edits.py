"""Changing and removing manual enrolments: what is asked for in words, and the policies made of it."""

from dataclasses import dataclass, field, replace
from typing import Final, Self

from maintien.bootstrap import Session
from maintien.enrolments.participant_filter import ParticipantFilter
from maintien.errors.command_line import ConflictingOptions, NobodyToUnenrol, NoEndToCompare, NothingToChange
from maintien.errors.selection import ColumnForConversions, EndBeforeStart
from maintien.errors.tree import UsageError
from maintien.moodle.dates import parse_end_date, parse_first_moment
from maintien.moodle.values import NO_END, EnrolmentStatus, is_unlimited
from maintien.planning.course_planners import Policies
from maintien.planning.policy import EndDatePolicy, OnlyIf, UnenrolPolicy
from maintien.sites.database.participants import Choosing
from maintien.uses.courses_file import CourseLine
from maintien.uses.participant_filters import FilterRequest, make_filter
from maintien.uses.policies import Terms, make_policies
from maintien.uses.selections import Found

EVERYBODY_ASKED: Final = FilterRequest()
"""A request that says nothing of people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndDateRequest:
    """What ``end-date`` is asked to do; None and False where nothing was said."""

    people: FilterRequest = field(default_factory=FilterRequest)
    until: str | None = None
    start: str | None = None
    suspend: bool = False
    activate: bool = False
    clear: bool = False
    only_later: bool = False
    only_earlier: bool = False

    def of_line(self, line: CourseLine) -> Self:
        """Give what a line of a courses file asks for; raises ColumnForConversions."""
        require_no_columns(line)
        return replace(self, until=line.until or self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnenrolRequest:
    """What ``unenrol`` is asked to do."""

    people: FilterRequest = field(default_factory=FilterRequest)
    ended: bool = False
    also_automatic: bool = False
    even_last: bool = False


def require_whole_edit(request: EndDateRequest) -> None:
    """Check that no option of ``end-date`` contradicts another.

    Raises ConflictingOptions.
    """
    pairs = (
        ("--suspend", request.suspend, "--activate", request.activate),
        ("--clear", request.clear, "--until", request.until is not None),
        ("--only-later", request.only_later, "--only-earlier", request.only_earlier),
    )
    for first, is_first, second, is_second in pairs:
        if is_first and is_second:
            raise ConflictingOptions(first=first, second=second)


def require_somebody_to_unenrol(request: UnenrolRequest) -> None:
    """Check that ``unenrol`` is told whom: everybody is nobody's wish, as long as they don't say so.

    Raises NobodyToUnenrol.
    """
    says_whom = replace(request.people, match=()) != EVERYBODY_ASKED
    if not (says_whom or request.ended or request.also_automatic):
        raise NobodyToUnenrol


def make_end_date_policies(request: EndDateRequest, session: Session, found: Found, now: int) -> Policies:
    """Make the policies of the courses found; the filter is the same for all of them.

    Raises NothingToChange, NoEndToCompare, EndBeforeStart, ConflictingOptions, UnreadableDate,
    DateInThePast, ColumnForConversions, what
    :func:`~maintien.uses.participant_filters.make_filter` raises; as CoursesFileBadLine where a line of
    the file is to blame.
    """
    terms = _terms(session, now)
    whom = _filter(request.people, session, found, terms)
    return make_policies(request, found, lambda asked: make_end_date_policy(asked, whom, terms))


def make_end_date_policy(request: EndDateRequest, whom: ParticipantFilter, terms: Terms) -> EndDatePolicy:
    """Make the policy that a request asks for.

    Raises as :func:`make_end_date_policies` does.
    """
    require_whole_edit(request)
    policy = EndDatePolicy(
        whom=whom,
        ends_at=_ends_at(request, terms),
        starts_at=None if request.start is None else parse_first_moment(request.start, terms.zone),
        status=_status(request),
        only_if=_only_if(request),
    )
    if policy.ends_at is None and policy.only_if is not None:
        raise NoEndToCompare(option=f"--only-{policy.only_if.value}")
    if policy.ends_at is None and policy.starts_at is None and policy.status is None:
        raise NothingToChange
    _require_in_order(request, policy)
    return policy


def make_unenrol_policies(request: UnenrolRequest, session: Session, found: Found, now: int) -> Policies:
    """Make the policy of the courses found, which is one for all of them.

    Raises NobodyToUnenrol, ColumnForConversions as CoursesFileBadLine, and what
    :func:`~maintien.uses.participant_filters.make_filter` raises.
    """
    require_somebody_to_unenrol(request)
    require_courses_only(found)
    policy = UnenrolPolicy(
        whom=_filter(request.people, session, found, _terms(session, now)),
        only_ended=request.ended,
        only_automatic_too=request.also_automatic,
        even_last=request.even_last,
    )
    return Policies(common=policy)


def require_courses_only(found: Found) -> None:
    """Check that a courses file says nothing but which courses.

    Raises ColumnForConversions as CoursesFileBadLine.
    """
    for line in found.lines.values():
        try:
            require_no_columns(line, but_until=False)
        except UsageError as error:
            raise line.bad(error) from error


def require_no_columns(line: CourseLine, *, but_until: bool = True) -> None:
    """Check that a courses file leaves it to the options whom a course's people are.

    Raises ColumnForConversions.
    """
    columns = (("roles", line.roles, "--role"), ("methods", line.methods, "--method"))
    for column, value, option in columns:
        if value is not None:
            raise ColumnForConversions(column=column, option=option)
    if line.until is not None and not but_until:
        raise ColumnForConversions(column="until", option="--ended")


def choosing_people(session: Session, policies: Policies, at: int) -> Session:
    """Give a session whose site chooses people by a policy's filter, where it has one; else the same.

    Whatever plans or plans again under such a policy needs one.
    """
    filters = {
        policy.whom
        for policy in (policies.common, *policies.of_courses.values())
        if isinstance(policy, EndDatePolicy | UnenrolPolicy)
    }
    if len(filters) != 1:
        # Those of several courses name single people, whom a course's rows tell.
        return session
    (wanted,) = filters
    return replace(session, site=replace(session.site, choosing=Choosing(wanted=wanted, at=at)))


def _terms(session: Session, now: int) -> Terms:
    return Terms(config=session.config, zone=session.zone, now=now)


def _filter(people: FilterRequest, session: Session, found: Found, terms: Terms) -> ParticipantFilter:
    courses = [size.course.id for size in found.sizes]
    return make_filter(people, session.site, courses, terms)


def _ends_at(request: EndDateRequest, terms: Terms) -> int | None:
    if request.clear:
        return NO_END
    if request.until is None:
        return None
    # Moodle's bulk edit takes any date; the preview warns of it.
    return parse_end_date(request.until, terms.zone, terms.now, may_be_past=True)


def _status(request: EndDateRequest) -> EnrolmentStatus | None:
    if request.suspend:
        return EnrolmentStatus.SUSPENDED
    return EnrolmentStatus.ACTIVE if request.activate else None


def _only_if(request: EndDateRequest) -> OnlyIf | None:
    if request.only_later:
        return OnlyIf.LATER
    return OnlyIf.EARLIER if request.only_earlier else None


def _require_in_order(request: EndDateRequest, policy: EndDatePolicy) -> None:
    start, end = policy.starts_at, policy.ends_at
    if start is not None and end is not None and not is_unlimited(end) and end <= start:
        raise EndBeforeStart(text=request.until, start=request.start)
