"""The form of campaign files: which keys there are, and what each takes.

The reader and the published JSON Schema are both made from the tables below, so that neither says what
the other does not. Whatever is not of this form is refused: a misspelt key would change who keeps access.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any, Final, Protocol, TypeAlias

from maintien.messages import N_
from maintien.planning.policy import EndFor, Mode

LONGEST_TEXT: Final = 255
LONGEST_REASON: Final = 2000
EVERY: Final = "all"

_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_LINE: Final = r"^[^{0}]*[^\s{0}][^{0}]*$".format(r"\u0000-\u001f\u007f-\u009f")
_DATE: Final = (
    r"^([0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?)?"
    r"|@[0-9]{1,12}%s)$"
)

Schema: TypeAlias = dict[str, Any]


class Kind(Protocol):
    """What a key takes. What only a site can tell, such as whether a category exists, comes later."""

    @property
    def expected(self) -> str:
        """Say what it takes, in English, marked for the catalogues."""
        ...

    def accepts(self, value: object) -> bool:
        """Whether a value that TOML gives is of this kind."""
        ...

    def schema(self) -> Schema:
        """Say it in JSON Schema, in which a date of TOML is a string."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text on one line that is not blank."""

    longest: int = LONGEST_TEXT
    expected: str = N_("a text on one line, which is not blank or very long")

    def accepts(self, value: object) -> bool:
        """Whether it is one."""
        return (
            isinstance(value, str)
            and bool(value.strip())
            and len(value) <= self.longest
            and not _CONTROLS.search(value)
        )

    def schema(self) -> Schema:
        """Say so."""
        return {"type": "string", "minLength": 1, "maxLength": self.longest, "pattern": _LINE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """A list of texts, or the word for all of them where that is taken."""

    takes_all: bool = False

    @property
    def expected(self) -> str:
        """Say what it takes."""
        if self.takes_all:
            return N_('a list of texts such as ["student"], or "all"')
        return N_('a list of texts such as ["BIO101"], which is not empty')

    def accepts(self, value: object) -> bool:
        """Whether it is one."""
        if isinstance(value, str):
            return self.takes_all and value == EVERY
        return isinstance(value, list) and bool(value) and all(map(Text().accepts, value))

    def schema(self) -> Schema:
        """Say so."""
        texts = {"type": "array", "minItems": 1, "items": Text().schema()}
        return {"anyOf": [{"const": EVERY}, texts]} if self.takes_all else texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """Yes or no."""

    expected: str = "true, false"

    def accepts(self, value: object) -> bool:
        """Whether it is one."""
        return isinstance(value, bool)

    def schema(self) -> Schema:
        """Say so."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Always:
    """A yes that has to be said: no would be the same as saying nothing."""

    expected: str = "true"

    def accepts(self, value: object) -> bool:
        """Whether it is one."""
        return value is True

    def schema(self) -> Schema:
        """Say so."""
        return {"const": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of a few words."""

    words: tuple[str, ...]

    @property
    def expected(self) -> str:
        """Say what it takes; words of the file are the same in every language."""
        return ", ".join(f'"{word}"' for word in self.words)

    def accepts(self, value: object) -> bool:
        """Whether it is one."""
        return isinstance(value, str) and value in self.words

    def schema(self) -> Schema:
        """Say so."""
        return {"enum": list(self.words)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A date of TOML, or what the options of the command line take as one."""

    may_be_never: bool = False

    @property
    def expected(self) -> str:
        """Say what it takes."""
        if self.may_be_never:
            return N_('a date such as 2027-08-31, or "never"')
        return N_("a date such as 2027-08-31")

    def accepts(self, value: object) -> bool:
        """Whether it may be one: whether the calendar has it is another matter."""
        return isinstance(value, date) or (isinstance(value, str) and Text().accepts(value))

    def schema(self) -> Schema:
        """Say so."""
        return {"type": "string", "pattern": _DATE % ("|never" if self.may_be_never else "")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A whole number."""

    least: int
    most: int

    @property
    def expected(self) -> str:
        """Say what it takes; numbers are the same in every language."""
        return f"{self.least} … {self.most}"

    def accepts(self, value: object) -> bool:
        """Whether it is one; true and false are none."""
        return type(value) is int and self.least <= value <= self.most

    def schema(self) -> Schema:
        """Say so."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key, and what it is for."""

    kind: Kind
    about: str
    """For the JSON Schema, which is in English as its format is."""
    is_needed: bool = False


Keys: TypeAlias = Mapping[str, Key]


class Section(Enum):
    """The tables of a campaign file."""

    CAMPAIGN = "campaign"
    DEFAULTS = "defaults"
    RULES = "rules"
    EXCLUSIONS = "exclusions"


def _words(kind: type[Mode | EndFor]) -> Choice:
    return Choice(words=tuple(member.value for member in kind))


DECISION: Final[Keys] = {
    "owner": Key(kind=Text(), about="Who decided: an office or a person."),
    "reason": Key(kind=Text(longest=LONGEST_REASON), about="Why it was decided."),
}
POLICY: Final[Keys] = {
    "until": Key(kind=Moment(may_be_never=True), about="The last day of access, or never."),
    "methods": Key(
        kind=Texts(takes_all=True), about="Enrolment methods to convert; database and cohort by default."
    ),
    "roles": Key(kind=Texts(takes_all=True), about="Whom to convert, by role; student by default."),
    "end_roles": Key(
        kind=Texts(takes_all=True), about="Whom the end date is for, by role; student by default."
    ),
    "end_for": Key(
        kind=_words(EndFor), about="The end date is for people converted, or for all enrolled by hand."
    ),
    "include_suspended": Key(kind=Switch(), about="Convert suspended enrolments too, which stay suspended."),
    "keep_groups": Key(
        kind=Switch(), about="Make group memberships outlast the automatic enrolment; true by default."
    ),
    "enable_manual": Key(kind=Switch(), about="Enable manual enrolments in courses where they are disabled."),
    "mode": Key(kind=_words(Mode), about="Add manual enrolments, or move automatic ones; add by default."),
    "feed_is_gone": Key(
        kind=Switch(), about="With mode move: feeds that can't be read list nobody any more."
    ),
}
CRITERIA: Final[Keys] = {
    "categories": Key(kind=Texts(), about="Course categories with all below them: ids, ID numbers or names."),
    "courses": Key(
        kind=Texts(),
        about="Courses by id, short name or ID number; or patterns with * and ? for short and full names.",
    ),
    "idnumbers": Key(kind=Texts(), about="Patterns with * and ? for the ID numbers of courses."),
    "cohorts": Key(
        kind=Texts(), about="Courses that cohort sync fills from these cohorts: ids, ID numbers or names."
    ),
}
ALL_COURSES: Final = "all_courses"
PEOPLE: Final = "people"

KEYS: Final[Mapping[Section, Keys]] = {
    Section.CAMPAIGN: {
        "name": Key(kind=Text(), about="What the campaign is called.", is_needed=True),
        "from": Key(kind=Moment(), about="The first day of the campaign."),
        "to": Key(kind=Moment(), about="The last day of the campaign."),
        "max_people": Key(
            kind=Number(least=1, most=10_000_000), about="No run may convert more people than this."
        ),
        "max_share": Key(
            kind=Number(least=1, most=100),
            about="No run may convert more of a hundred people enrolled on the site than this.",
        ),
    },
    Section.DEFAULTS: {**DECISION, **POLICY},
    Section.RULES: {
        "name": Key(kind=Text(), about="What the rule is called; once in a file.", is_needed=True),
        **CRITERIA,
        ALL_COURSES: Key(kind=Always(), about="Every course that no earlier rule has."),
        **DECISION,
        **POLICY,
    },
    Section.EXCLUSIONS: {
        **CRITERIA,
        PEOPLE: Key(
            kind=Texts(),
            about="People by id, user name or ID number, to leave alone; without them, whole courses.",
        ),
        **DECISION,
    },
}
"""The keys of each table."""

LISTS: Final = frozenset({Section.RULES, Section.EXCLUSIONS})
"""Tables that a file may hold several of."""
