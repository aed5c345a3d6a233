"""The people of a planned course, as two pages show them: before and after, or left alone and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, Final

from django.http import QueryDict

from maintien.bootstrap import Session
from maintien.enrolments.people import Person
from maintien.moodle.ids import RoleId, UserId
from maintien.planning.left_alone import LeftAlone, TakenByPerson
from maintien.planning.plan import CoursePlan
from maintien.reports.conversion_people import before_and_after, period_text
from maintien.reports.language import Texts
from maintien.reports.people_changes import PersonChange, people_changes
from maintien.reports.reason_wording import reason_text
from maintien.reports.rescue_people import sources_text
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
    taken_at: int
    """When access was taken; 0 where nothing was, or nobody knows. Unix seconds."""
    known_from: str
    """Where it is known from what is given back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRemoved:
    """Somebody from whom a person took access by hand, and who did."""

    name: str
    username: str
    taken_at: int
    """Unix seconds."""
    by: str


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
    by_people, others = _left_alone(plan)
    shown = [entry for entry, _ in by_people[:LEFT_ALONE_SHOWN]] + others[:LEFT_ALONE_SHOWN]
    ids = {change.userid for change in page.rows} | {entry.userid for entry in shown}
    ids |= {reason.by for _, reason in by_people[:LEFT_ALONE_SHOWN]}
    people = session.site.read_people(ids)
    names = _Names(texts, session, people)
    return {
        "page": page,
        "changes": [names.changed(change, plan) for change in page.rows],
        "taken_by_people": [names.removed(*each) for each in by_people[:LEFT_ALONE_SHOWN]],
        "left_alone": list(map(names.left_alone, others[:LEFT_ALONE_SHOWN])),
        "more_left_alone": len(by_people) + len(others) - len(shown),
        "is_rescue": plan is not None and bool(plan.grounds or by_people),
    }


def _left_alone(
    plan: CoursePlan | None,
) -> tuple[list[tuple[LeftAlone, TakenByPerson]], list[LeftAlone]]:
    """Tell apart from whom a person took access, and others: to look at those is somebody's to decide."""
    by_people: list[tuple[LeftAlone, TakenByPerson]] = []
    others: list[LeftAlone] = []
    for entry in () if plan is None else plan.left_alone:
        if isinstance(entry.reason, TakenByPerson):
            by_people.append((entry, entry.reason))
        else:
            others.append(entry)
    return by_people, others


@dataclass(frozen=True, slots=True)
class _Names:
    """Puts people into words."""

    texts: Texts
    session: Session
    people: Mapping[UserId, Person]

    def changed(self, change: PersonChange, plan: CoursePlan | None) -> ChangedPerson:
        grounds = None if plan is None else plan.grounds.get(change.userid)
        is_unenrolled = change.after is None and bool(change.removed)
        before, after = self._unenrolled(change) if is_unenrolled else self._edited(change)
        roles = change.roles_removed if is_unenrolled else change.roles
        return ChangedPerson(
            name=_name(self.people, change.userid),
            username=_username(self.people, change.userid),
            before=before,
            after=after,
            roles=", ".join(map(printable, self.role_names(roles))),
            groups=len(change.groups_left if is_unenrolled else change.groups),
            is_unenrolled=is_unenrolled,
            taken_at=0 if grounds is None else grounds.taken_at or 0,
            known_from="" if grounds is None else sources_text(self.texts, grounds.sources),
        )

    def removed(self, entry: LeftAlone, reason: TakenByPerson) -> PersonRemoved:
        return PersonRemoved(
            name=_name(self.people, entry.userid),
            username=_username(self.people, entry.userid),
            taken_at=reason.taken_at,
            by=_name(self.people, reason.by),
        )

    def left_alone(self, entry: LeftAlone) -> PersonLeftAlone:
        return PersonLeftAlone(
            name=_name(self.people, entry.userid),
            username=_username(self.people, entry.userid),
            reason=reason_text(self.texts, entry.reason, self.session.zone),
        )

    @property
    def zone(self) -> tzinfo:
        """The site's time zone."""
        return self.session.zone

    def role_name(self, roleid: RoleId) -> str:
        """Name a role."""
        names = {known: name for name, known in self.session.config.roles.items()}
        return names.get(roleid, str(roleid))

    def role_names(self, roleids: Iterable[RoleId]) -> list[str]:
        """Name several roles, in alphabetical order."""
        return sorted(map(self.role_name, roleids))

    def _edited(self, change: PersonChange) -> tuple[str, str]:
        before, after = before_and_after(self.texts, self, change)
        return before.plain, after.plain

    def _unenrolled(self, change: PersonChange) -> tuple[str, str]:
        periods = (period_text(self.texts, self, row, with_start=True).plain for row in change.removed)
        return "; ".join(periods), self.texts.gettext("Manual enrolment removed")


def _name(people: Mapping[UserId, Person], userid: UserId) -> str:
    person = people.get(userid)
    return f"#{userid}" if person is None else printable(person.fullname)


def _username(people: Mapping[UserId, Person], userid: UserId) -> str:
    person = people.get(userid)
    return "" if person is None else printable(person.username)
