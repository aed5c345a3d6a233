"""What somebody asks for on a page, as a plan keeps it: by the kind of plan, in words that options take."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Final, Self, TypeAlias

from maintien.uses.participant_filters import NONE, FilterRequest
from maintien.web.models import PlanKind

FILTERS: Final = ("method", "role", "status", "group", "name")
"""Of the list of participants."""
SUSPEND: Final = "suspend"
ACTIVATE: Final = "activate"


@dataclass(frozen=True, slots=True, kw_only=True)
class _AsJson:
    """What is kept as JSON."""

    courses: tuple[int, ...]
    backup: bool = False
    """Whether each course is backed up before anything is written in it."""

    def as_json(self) -> dict[str, Any]:
        """Give it as JSON."""
        return asdict(self) | {"courses": list(self.courses)}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read it back."""
        return cls(**{**document, "courses": tuple(document["courses"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class Requested(_AsJson):
    """To maintain access: in which courses, until when, and for whom."""

    kind: ClassVar = PlanKind.CONVERT
    until: str
    roles: str = ""
    """Short names separated by commas; empty for the student role."""
    methods: str = ""
    """Separated by commas; empty for the automatic ones."""
    include_suspended: bool = False
    keep_groups: bool = True
    enable_manual: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RescueRequested(_AsJson):
    """To give access back: in which courses, what was taken when, until when, and to whom."""

    kind: ClassVar = PlanKind.RESCUE
    since: str
    to: str = ""
    """Empty for the moment at which the plan is prepared."""
    until: str
    roles: str = ""
    methods: str = ""
    keep_groups: bool = True
    enable_manual: bool = False
    also_by_people: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignRequested(_AsJson):
    """To maintain access by the rules of a campaign file, in the courses that it had when it was checked."""

    kind: ClassVar = PlanKind.CAMPAIGN
    name: str
    """The file's, for messages."""
    text: str
    even_if_many: bool = False
    """Whether to go on where more people are converted than the file allows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleAsked:
    """Which participants of a course, as the list's filters say it; empty where a filter is not set."""

    method: str = ""
    role: str = ""
    status: str = ""
    group: str = ""
    """An id, or NONE."""
    name: str = ""
    people: tuple[int, ...] = ()
    """Ids in Moodle of single people; empty for all whom the filters select."""

    @property
    def filters(self) -> dict[str, str]:
        """Those filters that are set, by name."""
        set_to = ((name, getattr(self, name)) for name in FILTERS)
        return {name: word for name, word in set_to if word}

    @property
    def request(self) -> FilterRequest:
        """The same, as the command line asks for it."""
        group = self.group if self.group in ("", NONE) else f"id:{self.group}"
        return FilterRequest(
            methods=_words(self.method),
            roles=_words(self.role),
            statuses=_words(self.status),
            groups=_words(group),
            keywords=_words(self.name),
            people=self.people,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EndDateRequested(_AsJson):
    """To change manual enrolments of a course: of whom, and what of them; empty where it stays as it is."""

    kind: ClassVar = PlanKind.END_DATE
    whom: PeopleAsked
    until: str = ""
    is_unlimited: bool = False
    start: str = ""
    change_status: str = ""
    """SUSPEND or ACTIVATE."""

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read it back."""
        whom = document["whom"]
        asked = PeopleAsked(**{**whom, "people": tuple(whom["people"])})
        return cls(**{**document, "courses": tuple(document["courses"]), "whom": asked})


def _words(text: str) -> tuple[str, ...]:
    return (text,) if text else ()


AnyRequested: TypeAlias = Requested | RescueRequested | EndDateRequested | CampaignRequested

REQUESTED: Final[Mapping[PlanKind, type[AnyRequested]]] = {
    requested.kind: requested
    for requested in (Requested, RescueRequested, EndDateRequested, CampaignRequested)
}


def read_requested(kind: str, document: Mapping[str, Any]) -> AnyRequested:
    """Read back what a plan of this kind was asked for."""
    return REQUESTED[PlanKind(kind)].from_json(document)
