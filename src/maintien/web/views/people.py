"""The people of a planned course, as two pages show them: before and after, or left alone and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, Final

from django.http import QueryDict

from maintien.bootstrap import Session
from maintien.enrolments.people import Person
from maintien.moodle.ids import RoleId, UserId
from maintien.planning.plan import CoursePlan
from maintien.reports.conversion_people import before_and_after, period_text
from maintien.reports.language import Texts
from maintien.reports.people_changes import PersonChange, people_changes
from maintien.reports.reason_wording import reason_text
from maintien.reports.safe_text import printable
from maintien.web.paging import page_of_list

LEFT_ALONE_SHOWN: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedPerson:
    """Somebody for whom something changes."""

    name: str
    username: str
    before: str
    after: str
    roles: str
    """Those given, or else those lost."""
    groups: int
    """How many memberships are kept, or else lost."""
    is_unenrolled: bool
    """Whether nothing but losses are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLeftAlone:
    """Somebody for whom nothing changes, and why."""

    name: str
    username: str
    reason: str


def people_of_plan(
    texts: Texts, session: Session, plan: CoursePlan | None, query: QueryDict
) -> dict[str, Any]:
    """Read who the people of one page are, for the templates."""
    page = page_of_list([] if plan is None else people_changes(plan), query)
    others = () if plan is None else plan.left_alone[:LEFT_ALONE_SHOWN]
    ids = {change.userid for change in page.rows} | {entry.userid for entry in others}
    people = session.site.read_people(ids)
    header = _Header(zone=session.zone, roles={id_: name for name, id_ in session.config.roles.items()})
    return {
        "page": page,
        "changes": [_changed(texts, header, change, people) for change in page.rows],
        "left_alone": [
            PersonLeftAlone(
                name=_name(people, entry.userid),
                username=_username(people, entry.userid),
                reason=reason_text(texts, entry.reason, session.zone),
            )
            for entry in others
        ],
        "more_left_alone": 0 if plan is None else max(0, len(plan.left_alone) - len(others)),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    """By what changes are put into words, as on a terminal."""

    zone: tzinfo
    roles: Mapping[RoleId, str]

    def role_name(self, roleid: RoleId) -> str:
        """Name a role."""
        return self.roles.get(roleid, str(roleid))

    def role_names(self, roleids: Iterable[RoleId]) -> list[str]:
        """Name several roles, in alphabetical order."""
        return sorted(map(self.role_name, roleids))


def _changed(
    texts: Texts, header: _Header, change: PersonChange, people: Mapping[UserId, Person]
) -> ChangedPerson:
    is_unenrolled = change.after is None and bool(change.removed)
    before, after = _unenrolled(texts, header, change) if is_unenrolled else _words(texts, header, change)
    roles = change.roles_removed if is_unenrolled else change.roles
    return ChangedPerson(
        name=_name(people, change.userid),
        username=_username(people, change.userid),
        before=before,
        after=after,
        roles=", ".join(map(printable, header.role_names(roles))),
        groups=len(change.groups_left if is_unenrolled else change.groups),
        is_unenrolled=is_unenrolled,
    )


def _words(texts: Texts, header: _Header, change: PersonChange) -> tuple[str, str]:
    before, after = before_and_after(texts, header, change)
    return before.plain, after.plain


def _unenrolled(texts: Texts, header: _Header, change: PersonChange) -> tuple[str, str]:
    periods = (period_text(texts, header, row, with_start=True).plain for row in change.removed)
    return "; ".join(periods), texts.gettext("Manual enrolment removed")


def _name(people: Mapping[UserId, Person], userid: UserId) -> str:
    person = people.get(userid)
    return f"#{userid}" if person is None else printable(person.fullname)


def _username(people: Mapping[UserId, Person], userid: UserId) -> str:
    person = people.get(userid)
    return "" if person is None else printable(person.username)
