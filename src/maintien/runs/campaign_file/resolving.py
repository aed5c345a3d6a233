"""Makes a campaign of a file: asks the site for what the file names, and collects what it does not have."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from functools import partial
from typing import Any, Final, Protocol, TypeVar

from maintien.errors.selection import UnknownMethod
from maintien.errors.tree import UsageError
from maintien.messages import N_
from maintien.moodle.config import SiteConfig
from maintien.moodle.dates import parse_end_date, parse_moment
from maintien.moodle.ids import CategoryId, CourseId, RoleId, UserId
from maintien.planning.campaign.criteria import CourseCriteria, CourseNames
from maintien.planning.campaign.patterns import Pattern, is_pattern
from maintien.planning.campaign.rules import (
    Campaign,
    CampaignRule,
    Decision,
    Exclusion,
    Limits,
    Window,
)
from maintien.planning.policy import AUTOMATIC_METHODS, ConversionPolicy, EndFor, Mode
from maintien.planning.words import find_role, require_source
from maintien.runs.campaign_file.form import ALL_COURSES, DECISION, EVERY, PEOPLE
from maintien.runs.campaign_file.places import Place
from maintien.runs.campaign_file.reading import CampaignDraft, Draft, RuleDraft

T = TypeVar("T")

STUDENT: Final = "student"

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PLAIN: Final = frozenset({"include_suspended", "keep_groups", "enable_manual", "feed_is_gone"})


class CampaignSite(Protocol):
    """What a campaign file has to ask a site for. Each raises for the first name that the site lacks."""

    def resolve_categories(self, tokens: Iterable[str]) -> Mapping[str, frozenset[CategoryId]]:
        """Find categories, with those below."""
        ...

    def resolve_courses(self, tokens: Iterable[str]) -> Mapping[str, CourseId]:
        """Find courses."""
        ...

    def resolve_cohorts(self, tokens: Iterable[str]) -> Mapping[str, frozenset[CourseId]]:
        """Find the courses that cohort sync fills from cohorts."""
        ...

    def resolve_people(self, tokens: Iterable[str]) -> Mapping[str, UserId]:
        """Find accounts."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What words and dates are read by."""

    config: SiteConfig
    zone: tzinfo
    now: int
    """Unix seconds."""
    methods: frozenset[str]
    """Enrolment methods that Moodle or this site knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A campaign, and everything that is wrong with its file; the campaign is whole only if nothing is."""

    campaign: Campaign
    faults: tuple[UsageError, ...]


def read_window(draft: CampaignDraft, zone: tzinfo) -> tuple[Window, tuple[UsageError, ...]]:
    """Read when the campaign is on, and what is wrong with that; the site need not be asked."""
    resolving = _Resolving(draft.campaign.place)
    window = Window(
        begins_at=resolving.value(draft.campaign, "from", partial(_first_second, zone=zone)),
        ends_at=resolving.value(draft.campaign, "to", lambda text: parse_moment(text, zone)),
    )
    if window.begins_at is not None and window.ends_at is not None and window.ends_at < window.begins_at:
        fault = draft.campaign.place.fault("to", N_("the campaign would end before it begins."))
        resolving.faults.append(fault)
    return window, tuple(resolving.faults)


def resolve_campaign(draft: CampaignDraft, site: CampaignSite, terms: Terms) -> Resolved:
    """Make a campaign of a file, with every fault of it, those of its form first."""
    window, faults = read_window(draft, terms.zone)
    resolver = _Resolver(site=site, terms=terms, faults=[*draft.faults, *faults])
    defaults = resolver.policy_values(draft.defaults)
    campaign = draft.campaign.values
    resolved = Campaign(
        name=campaign.get("name", ""),
        rules=tuple(resolver.rule(rule, draft.defaults, defaults) for rule in draft.rules),
        exclusions=tuple(resolver.exclusion(each, draft.defaults) for each in draft.exclusions),
        window=window,
        limits=Limits(people=campaign.get("max_people"), share=campaign.get("max_share")),
    )
    return Resolved(campaign=resolved, faults=tuple(resolver.faults))


@dataclass(slots=True)
class _Resolving:
    """Values of one table, and what is wrong with them."""

    place: Place
    faults: list[UsageError] = field(default_factory=list)

    def value(self, draft: Draft, key: str, read: Callable[[Any], T]) -> T | None:
        """Read a value; None where there is none, or a wrong one."""
        if key not in draft.values:
            return None
        try:
            return read(_written(draft.values[key]))
        except UsageError as error:
            self.faults.append(self.place.fault(key, error))
            return None

    def each(self, draft: Draft, key: str, read: Callable[[list[str]], Mapping[str, T]]) -> dict[str, T]:
        """Read the texts of a list: all at once, and one by one where something is wrong with one."""
        texts = list(dict.fromkeys(draft.values.get(key, ())))
        try:
            return dict(read(texts)) if texts else {}
        except UsageError:
            return self._one_by_one(key, texts, read)

    def _one_by_one(
        self, key: str, texts: list[str], read: Callable[[list[str]], Mapping[str, T]]
    ) -> dict[str, T]:
        found: dict[str, T] = {}
        for text in texts:
            try:
                found.update(read([text]))
            except UsageError as error:
                self.faults.append(self.place.fault(key, error))
        return found


@dataclass(slots=True, kw_only=True)
class _Resolver:
    """A file while the site is asked."""

    site: CampaignSite
    terms: Terms
    faults: list[UsageError]

    def rule(self, draft: RuleDraft, defaults: Draft, default_values: Mapping[str, Any]) -> CampaignRule:
        """Make a rule."""
        return CampaignRule(
            name=draft.name,
            courses=self._criteria(draft),
            policy=self._policy(
                {**default_values, **self.policy_values(draft)},
                self._students(draft, defaults),
            ),
            decision=_decision(draft, defaults),
        )

    def exclusion(self, draft: Draft, defaults: Draft) -> Exclusion:
        """Make an exclusion."""
        resolving = _Resolving(draft.place, self.faults)
        people = resolving.each(draft, PEOPLE, self.site.resolve_people)
        return Exclusion(
            courses=self._criteria(draft),
            people=frozenset(people.values()) if PEOPLE in draft.named else None,
            decision=_decision(draft, defaults),
        )

    def policy_values(self, draft: Draft) -> dict[str, Any]:
        """Read those of a table's values that make a policy, by their keys."""
        terms, resolving = self.terms, _Resolving(draft.place, self.faults)
        readers: Mapping[str, Callable[[Any], Any]] = {
            "until": lambda text: parse_end_date(text, terms.zone, terms.now),
            "end_for": EndFor,
            "mode": Mode,
            **dict.fromkeys(_PLAIN, bool),
        }
        values = {key: resolving.value(draft, key, read) for key, read in readers.items()}
        for key, read in (("methods", self._method), ("roles", self._role), ("end_roles", self._role)):
            if draft.values.get(key) == EVERY:
                values[key] = EVERY
            elif key in draft.values:
                values[key] = frozenset(resolving.each(draft, key, partial(_by_itself, read)).values())
        return {key: value for key, value in values.items() if value is not None}

    def _method(self, word: str) -> str:
        require_source(word)
        if word not in self.terms.methods:
            raise UnknownMethod(method=word, known=", ".join(sorted(self.terms.methods)))
        return word

    def _role(self, word: str) -> RoleId:
        return find_role(word, self.terms.config.roles)

    def _students(self, draft: Draft, defaults: Draft) -> frozenset[RoleId]:
        """Find the role that stands where none is named."""
        for key in ("roles", "end_roles"):
            if key not in draft.named | defaults.named:
                try:
                    return frozenset({self._role(STUDENT)})
                except UsageError as error:
                    self.faults.append(draft.place.fault(key, error))
        return frozenset()

    def _policy(self, values: Mapping[str, Any], students: frozenset[RoleId]) -> ConversionPolicy:
        roles = self.terms.config.roles
        end_roles = values.get("end_roles", students)
        roles_asked_for = values.get("roles", students)
        methods = values.get("methods", AUTOMATIC_METHODS)
        return ConversionPolicy(
            ends_at=values.get("until", 0),
            methods=None if methods == EVERY else methods,
            roles=None if roles_asked_for == EVERY else roles_asked_for,
            end_roles=frozenset(roles.values()) if end_roles == EVERY else end_roles,
            end_for=values.get("end_for", EndFor.CONVERTED),
            mode=values.get("mode", Mode.ADD),
            include_suspended=values.get("include_suspended", False),
            keep_groups=values.get("keep_groups", True),
            enable_manual=values.get("enable_manual", False),
            feed_is_gone=values.get("feed_is_gone", False),
        )

    def _criteria(self, draft: Draft) -> CourseCriteria:
        site, resolving, named = self.site, _Resolving(draft.place, self.faults), draft.named
        if ALL_COURSES in named:
            return CourseCriteria()
        categories = resolving.each(draft, "categories", site.resolve_categories)
        cohorts = resolving.each(draft, "cohorts", site.resolve_cohorts)
        return CourseCriteria(
            categories=_union(categories) if "categories" in named else None,
            names=self._names(draft) if "courses" in named else None,
            idnumbers=_patterns(draft.values.get("idnumbers", ())) if "idnumbers" in named else None,
            fed_by_cohorts=_union(cohorts) if "cohorts" in named else None,
        )

    def _names(self, draft: Draft) -> CourseNames:
        texts = draft.values.get("courses", ())
        exact = Draft(place=draft.place, values={"courses": [text for text in texts if not is_pattern(text)]})
        found = _Resolving(draft.place, self.faults).each(exact, "courses", self.site.resolve_courses)
        return CourseNames(courses=frozenset(found.values()), patterns=_patterns(filter(is_pattern, texts)))


def _by_itself(read: Callable[[str], T], texts: list[str]) -> dict[str, T]:
    return {text: read(text) for text in texts}


def _patterns(texts: Iterable[str]) -> tuple[Pattern, ...]:
    return tuple(map(Pattern, texts))


def _union(found: Mapping[str, frozenset[T]]) -> frozenset[T]:
    return frozenset[T]().union(*found.values())


def _decision(draft: Draft, defaults: Draft) -> Decision:
    said = {key: draft.values.get(key, defaults.values.get(key, "")) for key in DECISION}
    return Decision(**said)


def _first_second(text: str, zone: tzinfo) -> int:
    """Read a moment; a day stands for its first second here."""
    return parse_moment(f"{text}T00:00:00" if _DAY.fullmatch(text) else text, zone)


def _written(value: object) -> object:
    """Write a date of TOML as people type it."""
    return value.isoformat() if isinstance(value, date | datetime) else value
