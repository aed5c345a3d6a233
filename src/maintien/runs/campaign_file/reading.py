"""Reads a campaign file: what is of the form, and every fault of what is not.

Nothing here asks the site: names of categories, courses, roles and people are texts still.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from unicodedata import normalize

from maintien.errors.campaigns import UnknownKey, WrongValue
from maintien.errors.tree import UsageError
from maintien.messages import N_
from maintien.planning.policy import Mode
from maintien.runs.campaign_file.form import ALL_COURSES, CRITERIA, DECISION, KEYS, PEOPLE, Keys, Section
from maintien.runs.campaign_file.places import AtTop, InExclusion, InRule, InSection, Place
from maintien.runs.campaign_file.toml_text import parse_toml, read_toml

_SHOWN: Final = 60
"""Characters of a wrong value, at most."""

_MISSING: Final = N_("it is missing.")
_MISSING_HERE_AND_IN_DEFAULTS: Final = N_("it is missing, here and in [defaults].")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A table of the file: those of its values that are of the form."""

    place: Place
    values: Mapping[str, Any] = field(default_factory=dict)
    named: frozenset[str] = frozenset()
    """All its keys, also those whose values are not of the form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDraft(Draft):
    """A rule, or the beginning of one."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignDraft:
    """A campaign file, of which the site has still to be asked."""

    path: str
    fingerprint: str
    """SHA-256 of its bytes, in hexadecimal."""
    campaign: Draft
    defaults: Draft
    rules: tuple[RuleDraft, ...]
    exclusions: tuple[Draft, ...]
    faults: tuple[UsageError, ...]
    """What is wrong already; in the order of the file's tables."""


def read_campaign_file(path: str) -> CampaignDraft:
    """Read a campaign file, with its faults.

    Raises CampaignFileUnreadable and CampaignFileBroken, where there is nothing to read.
    """
    file = read_toml(path)
    return _Reading(path).read(file.tables, file.fingerprint)


def parse_campaign(path: str, content: bytes) -> CampaignDraft:
    """Interpret what a campaign file holds, with its faults; ``path`` is for the messages.

    Raises CampaignFileUnreadable and CampaignFileBroken, where there is nothing to read.
    """
    file = parse_toml(path, content)
    return _Reading(path).read(file.tables, file.fingerprint)


@dataclass(slots=True)
class _Reading:
    """A file while it is gone through."""

    path: str
    faults: list[UsageError] = field(default_factory=list)

    def read(self, tables: Mapping[str, Any], fingerprint: str) -> CampaignDraft:
        """Go through the tables."""
        known = [section.value for section in Section]
        for name in tables:
            if name not in known:
                self.faults.append(self._top().fault(name, _unknown(known)))
        campaign, defaults = self._once(tables, Section.CAMPAIGN), self._once(tables, Section.DEFAULTS)
        rules = tuple(self._rules(tables))
        exclusions = tuple(self._exclusions(tables))
        self._require_decisions(defaults, rules, exclusions)
        return CampaignDraft(
            path=self.path,
            fingerprint=fingerprint,
            campaign=campaign,
            defaults=defaults,
            rules=rules,
            exclusions=exclusions,
            faults=tuple(self.faults),
        )

    def _top(self) -> AtTop:
        return AtTop(path=self.path)

    def _once(self, tables: Mapping[str, Any], section: Section) -> Draft:
        place = InSection(path=self.path, section=section)
        table = tables.get(section.value)
        if table is None and section is Section.CAMPAIGN:
            self.faults.append(self._top().fault(section.value, _MISSING))
        if table is None:
            return Draft(place=place)
        if not isinstance(table, dict):
            reason = N_("it is not a table such as [campaign].")
            self.faults.append(self._top().fault(section.value, reason))
            return Draft(place=place)
        return Draft(place=place, values=self._values(place, table, KEYS[section]), named=frozenset(table))

    def _rules(self, tables: Mapping[str, Any]) -> Iterator[RuleDraft]:
        names: set[str] = set()
        for number, table in self._many(tables, Section.RULES):
            is_named = KEYS[Section.RULES]["name"].kind.accepts(table.get("name"))
            place = InRule(path=self.path, rule=str(table["name"] if is_named else number))
            draft = RuleDraft(
                place=place,
                name=place.rule,
                values=self._values(place, table, KEYS[Section.RULES]),
                named=frozenset(table),
            )
            if is_named and _same(place.rule) in names:
                self.faults.append(place.fault("name", N_("another rule has this name.")))
            names.add(_same(place.rule))
            self._require_criteria(draft)
            yield draft
        if not tables.get(Section.RULES.value):
            self.faults.append(self._top().fault(Section.RULES.value, N_("there is no rule: [[rules]].")))

    def _exclusions(self, tables: Mapping[str, Any]) -> Iterator[Draft]:
        for number, table in self._many(tables, Section.EXCLUSIONS):
            place = InExclusion(path=self.path, number=number)
            if not table.keys() & {*CRITERIA, PEOPLE}:
                reason = N_("it names neither courses nor people.")
                self.faults.append(place.fault(PEOPLE, reason))
            yield Draft(
                place=place,
                values=self._values(place, table, KEYS[Section.EXCLUSIONS]),
                named=frozenset(table),
            )

    def _many(self, tables: Mapping[str, Any], section: Section) -> Iterator[tuple[int, dict[str, Any]]]:
        """Go through the tables of a list, counted from 1."""
        many = tables.get(section.value) or []
        if not isinstance(many, list) or not all(isinstance(table, dict) for table in many):
            reason = N_("it is not a list of tables such as [[rules]].")
            self.faults.append(self._top().fault(section.value, reason))
            return
        yield from enumerate(many, start=1)

    def _values(self, place: Place, table: Mapping[str, Any], keys: Keys) -> dict[str, Any]:
        """Take what is of the form, and note what is not."""
        taken: dict[str, Any] = {}
        for name, value in table.items():
            key = keys.get(name)
            if key is None:
                self.faults.append(place.fault(name, _unknown(keys)))
            elif key.kind.accepts(value):
                taken[name] = value
            else:
                wrong = WrongValue(expected=key.kind.expected, found=_shown(value))
                self.faults.append(place.fault(name, wrong))
        for name, key in keys.items():
            if key.is_needed and name not in table:
                self.faults.append(place.fault(name, _MISSING))
        return taken

    def _require_criteria(self, draft: RuleDraft) -> None:
        given = draft.named & CRITERIA.keys()
        if not given and ALL_COURSES not in draft.named:
            reason = N_("the rule names no courses: give categories, courses, idnumbers or cohorts; or this.")
            self.faults.append(draft.place.fault(ALL_COURSES, reason))
        if given and ALL_COURSES in draft.named:
            reason = N_("the rule names courses besides: leave one of the two out.")
            self.faults.append(draft.place.fault(ALL_COURSES, reason))

    def _require_decisions(
        self, defaults: Draft, rules: tuple[RuleDraft, ...], exclusions: tuple[Draft, ...]
    ) -> None:
        """See that every rule has an end date, and every decision somebody who took it, and why."""
        for draft in (*rules, *exclusions):
            needed = ("until", *DECISION) if isinstance(draft, RuleDraft) else tuple(DECISION)
            for name in needed:
                if name not in draft.named | defaults.named:
                    self.faults.append(draft.place.fault(name, _MISSING_HERE_AND_IN_DEFAULTS))
        for rule in rules:
            values = {**defaults.values, **rule.values}
            if values.get("feed_is_gone") and values.get("mode") != Mode.MOVE.value:
                reason = N_('it means nothing without mode = "move".')
                self.faults.append(rule.place.fault("feed_is_gone", reason))


def _unknown(known: Iterable[str]) -> UnknownKey:
    return UnknownKey(known=", ".join(known))


def _same(name: str) -> str:
    """Write a name as all are that a reader takes for the same."""
    return normalize("NFKC", name).casefold().strip()


def _shown(value: object) -> str:
    """Show a value as it would stand in the file, more or less."""
    match value:
        case bool():
            text = str(value).lower()
        case str():
            text = f'"{value}"'
        case _:
            text = str(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
