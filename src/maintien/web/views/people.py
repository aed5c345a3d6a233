"""The people of a planned course, as two pages show them: before and after, or left alone and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import QueryDict

from maintien.bootstrap import Session
from maintien.enrolments.people import Person
from maintien.enrolments.state import UserEnrolment
from maintien.moodle.ids import RoleId, UserId
from maintien.planning.plan import CoursePlan
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
    before: UserEnrolment | None
    after: UserEnrolment | None
    roles: str
    groups: int


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
    roles = {roleid: name for name, roleid in session.config.roles.items()}
    return {
        "page": page,
        "changes": [_changed(change, people, roles) for change in page.rows],
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


def _changed(
    change: PersonChange, people: Mapping[UserId, Person], roles: Mapping[RoleId, str]
) -> ChangedPerson:
    return ChangedPerson(
        name=_name(people, change.userid),
        username=_username(people, change.userid),
        before=change.before,
        after=change.after,
        roles=", ".join(printable(roles.get(roleid, str(roleid))) for roleid in change.roles),
        groups=len(change.groups),
    )


def _name(people: Mapping[UserId, Person], userid: UserId) -> str:
    person = people.get(userid)
    return f"#{userid}" if person is None else printable(person.fullname)


def _username(people: Mapping[UserId, Person], userid: UserId) -> str:
    person = people.get(userid)
    return "" if person is None else printable(person.username)
