"""Which participants a filter means, as facts above a result."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import tzinfo
from typing import Final, assert_never

from rich.text import Text

from maintien.enrolments.participant_filter import (
    Filter,
    GroupFilter,
    Join,
    KeywordFilter,
    LastAccess,
    LastAccessFilter,
    MethodFilter,
    Never,
    NotSince,
    ParticipantFilter,
    PeopleFilter,
    RoleFilter,
    Since,
    StatusFilter,
)
from maintien.messages import N_
from maintien.moodle.ids import RoleId
from maintien.reports.language import Texts
from maintien.reports.participant_wording import STATUSES
from maintien.reports.safe_text import plain, printable
from maintien.reports.wording import method_name

CONTAINING: Final = N_("Containing")
"""The label of what people's names are to hold: it may be a name itself."""

RoleNames = Callable[[Iterable[RoleId]], list[str]]

_JOINED: Final = {
    Join.ALL: N_("all of: {values}"),
    Join.ANY: N_("any of: {values}"),
    Join.NONE: N_("none of: {values}"),
}
_VALUES_SHOWN: Final = 20
"""Of one filter: those of single people may have thousands."""
_FILTERS: Final = {
    Join.ANY: N_("people who match any of the filters"),
    Join.NONE: N_("people who match none of the filters"),
}


def filter_facts(
    texts: Texts, wanted: ParticipantFilter, zone: tzinfo, role_names: RoleNames
) -> Iterator[tuple[str, Text]]:
    """Say which participants are meant; nothing where all are."""
    for each in wanted.filters:
        heading, values = _described(texts, each, zone, role_names)
        yield heading, plain(_joined(texts, each.join, _some(texts, sorted(values))))
    if len(wanted.filters) > 1 and wanted.join is not Join.ALL:
        yield texts.gettext("Filters"), plain(texts.gettext(_FILTERS[wanted.join]))
    elif wanted.filters and wanted.join is Join.NONE:
        yield texts.gettext("Filters"), plain(texts.gettext(_FILTERS[Join.NONE]))


def _described(  # noqa: PLR0911 -- one for each filter
    texts: Texts, wanted: Filter, zone: tzinfo, role_names: RoleNames
) -> tuple[str, Iterable[str]]:
    match wanted:
        case MethodFilter(methods=methods):
            return texts.gettext("Enrolment methods"), (_method(texts, method) for method in methods)
        case RoleFilter(roles=roles, no_role=none):
            return texts.gettext("Roles"), (
                *map(printable, role_names(roles)),
                *([texts.gettext("no role")] if none else []),
            )
        case StatusFilter(statuses=statuses):
            return texts.gettext("Status"), (texts.gettext(STATUSES[status]) for status in statuses)
        case GroupFilter(groups=groups, no_group=none):
            ids = (str(id_) for same_name in groups for id_ in same_name)
            return texts.gettext("Group ids"), (*ids, *([texts.gettext("no group")] if none else []))
        case KeywordFilter(keywords=keywords):
            return texts.gettext(CONTAINING), map(printable, keywords)
        case LastAccessFilter(accesses=accesses):
            return texts.gettext("Last access"), (_access(texts, access, zone) for access in accesses)
        case PeopleFilter(people=people):
            return texts.gettext("Ids of people"), map(str, sorted(people))
        case _:
            assert_never(wanted)


def _some(texts: Texts, values: Sequence[str]) -> Sequence[str]:
    """Give the first of many, and how many others there are."""
    if len(values) <= _VALUES_SHOWN + 1:
        return values
    others = len(values) - _VALUES_SHOWN
    said = texts.ngettext("{n} other", "{n} others", others).format(n=texts.number(others))
    return [*values[:_VALUES_SHOWN], said]


def _joined(texts: Texts, join: Join, values: Sequence[str]) -> str:
    listed = texts.join(values)
    if join is Join.ANY or (join is Join.ALL and len(values) == 1):
        return listed if len(values) == 1 else texts.gettext(_JOINED[Join.ANY]).format(values=listed)
    return texts.gettext(_JOINED[join]).format(values=listed)


def _method(texts: Texts, method: str | int) -> str:
    if isinstance(method, str):
        return method_name(texts, method)
    return texts.gettext("enrolment method with the id {id}").format(id=method)


def _access(texts: Texts, access: LastAccess, zone: tzinfo) -> str:
    match access:
        case NotSince(moment=moment):
            return texts.gettext("not since {date}").format(date=texts.date_time(moment, zone))
        case Since(moment=moment):
            return texts.gettext("since {date}").format(date=texts.date_time(moment, zone))
        case Never():
            return texts.gettext("never")
