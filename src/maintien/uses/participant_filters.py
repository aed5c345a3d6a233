"""Makes the filter of participants that options or a page ask for, in Moodle's words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from maintien.enrolments.participant_filter import (
    GroupFilter,
    Join,
    KeywordFilter,
    LastAccess,
    LastAccessFilter,
    MethodFilter,
    Never,
    NotSince,
    ParticipantFilter,
    ParticipantStatus,
    PeopleFilter,
    RoleFilter,
    Since,
    StatusFilter,
)
from maintien.errors.command_line import EmptyKeyword, UnreadableMatch
from maintien.errors.selection import UnreadableDate, UnreadableMoment
from maintien.moodle.dates import parse_first_moment
from maintien.moodle.ids import CourseId, GroupId, InstanceId, UserId
from maintien.sites.database.site import DatabaseSite
from maintien.uses.policies import Terms
from maintien.uses.words import find_role, require_choice, require_method

NONE: Final = "none"
"""As a role or a group: people who have none."""

FILTERS: Final = ("method", "role", "status", "group", "keyword", "access")
"""What a join may be said of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterRequest:
    """What is asked for, in words; empty where nothing is said."""

    methods: tuple[str, ...] = ()
    """Names of methods, or ids of instances."""
    roles: tuple[str, ...] = ()
    """Short names, or ``none``."""
    statuses: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    """Ids, names or ID numbers, or ``none``."""
    keywords: tuple[str, ...] = ()
    no_access_since: str | None = None
    access_since: str | None = None
    never_accessed: bool = False
    people: tuple[int, ...] = ()
    """Ids of single people."""
    match: tuple[str, ...] = ()
    """``all``, ``any`` or ``none``, over the filters; ``role=all`` and the like, over one's values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Joins:
    over_filters: Join = Join.ALL
    of_filters: Mapping[str, Join] = field(default_factory=dict)

    def of(self, name: str) -> Join:
        return self.of_filters.get(name, Join.ANY)


def make_filter(
    request: FilterRequest, site: DatabaseSite, courses: Iterable[CourseId], terms: Terms
) -> ParticipantFilter:
    """Make the filter for these courses; asks the site only for groups.

    Raises UnknownMethod, UnknownRole, UnknownGroup, UnknownChoice, UnreadableMoment, UnreadableMatch and
    EmptyKeyword.
    """
    joins = _parse_joins(request.match)
    named = [word for word in request.groups if word != NONE]
    return ParticipantFilter(
        methods=_methods(request.methods, joins),
        roles=_roles(request.roles, terms, joins),
        statuses=_statuses(request.statuses, joins),
        groups=_groups(request.groups, site.find_groups(courses, named) if named else {}, joins),
        keywords=_keywords(request.keywords, joins),
        last_access=_last_access(request, terms, joins),
        people=PeopleFilter(people=frozenset(map(UserId, request.people))) if request.people else None,
        join=joins.over_filters,
    )


def _methods(words: Sequence[str], joins: _Joins) -> MethodFilter | None:
    if not words:
        return None
    methods = (InstanceId(int(word)) if word.isdecimal() else require_method(word) for word in words)
    return MethodFilter(methods=frozenset(methods), join=joins.of("method"))


def _roles(words: Sequence[str], terms: Terms, joins: _Joins) -> RoleFilter | None:
    if not words:
        return None
    roles = frozenset(find_role(word, terms.config.roles) for word in words if word != NONE)
    return RoleFilter(roles=roles, no_role=NONE in words, join=joins.of("role"))


def _statuses(words: Sequence[str], joins: _Joins) -> StatusFilter | None:
    if not words:
        return None
    choices = [status.value for status in ParticipantStatus]
    statuses = (ParticipantStatus(require_choice("--status", word, choices)) for word in words)
    return StatusFilter(statuses=frozenset(statuses), join=joins.of("status"))


def _groups(
    words: Sequence[str], found: Mapping[str, frozenset[GroupId]], joins: _Joins
) -> GroupFilter | None:
    if not words:
        return None
    return GroupFilter(groups=frozenset(found.values()), no_group=NONE in words, join=joins.of("group"))


def _keywords(words: Sequence[str], joins: _Joins) -> KeywordFilter | None:
    if not words:
        return None
    keywords = frozenset(word.strip() for word in words)
    if "" in keywords:
        raise EmptyKeyword
    return KeywordFilter(keywords=keywords, join=joins.of("keyword"))


def _last_access(request: FilterRequest, terms: Terms, joins: _Joins) -> LastAccessFilter | None:
    accesses: set[LastAccess] = set()
    if request.no_access_since is not None:
        accesses.add(NotSince(moment=_moment(request.no_access_since, terms)))
    if request.access_since is not None:
        accesses.add(Since(moment=_moment(request.access_since, terms)))
    if request.never_accessed:
        accesses.add(Never())
    return LastAccessFilter(accesses=frozenset(accesses), join=joins.of("access")) if accesses else None


def _moment(text: str, terms: Terms) -> int:
    """Read a moment; a day is meant from its beginning."""
    try:
        return parse_first_moment(text, terms.zone)
    except UnreadableDate:
        raise UnreadableMoment(text=text) from None


def _parse_joins(words: Sequence[str]) -> _Joins:
    over_filters = Join.ALL
    of_filters: dict[str, Join] = {}
    for word in words:
        name, equals, how = word.rpartition("=")
        if how not in {join.value for join in Join} or (equals and name not in FILTERS):
            raise UnreadableMatch(filters=", ".join(FILTERS), value=word)
        if equals:
            of_filters[name] = Join(how)
        else:
            over_filters = Join(how)
    return _Joins(over_filters=over_filters, of_filters=of_filters)
