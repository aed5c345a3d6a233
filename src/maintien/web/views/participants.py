"""The participants of a course, by the filters of the procedure, a page at a time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Final, cast

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.http import urlencode

from maintien.bootstrap import Session
from maintien.enrolments.participant_filter import ParticipantStatus
from maintien.enrolments.participants import Participant
from maintien.enrolments.state import Course
from maintien.messages import N_
from maintien.moodle.ids import CourseId
from maintien.moodle.values import AUTOMATIC_METHODS, MANUAL
from maintien.reports.language import Texts
from maintien.reports.participant_wording import STATUSES, access_text, enrolment_text
from maintien.reports.safe_text import printable
from maintien.reports.wording import method_name
from maintien.uses.participant_filters import NONE, FilterRequest, make_filter
from maintien.uses.participant_lists import list_page
from maintien.uses.policies import STUDENT, Terms
from maintien.web.paging import ROWS, Page, page_number, without_page
from maintien.web.requested import FILTERS, PeopleAsked
from maintien.web.requests import PageRequest
from maintien.web.rights.roles import Permission
from maintien.web.sites import open_site_session, require_site
from maintien.web.views.courses import require_course

_LONGEST: Final = 200
_WHOLE_PAGE: Final = "maintien/participants.html"
_TEMPLATES: Final = {
    "participants": "maintien/participants_part.html",
    "people": "maintien/participants_list.html",
}
"""By the element that htmx puts the answer in."""
PROCEDURE: Final = {"method": MANUAL, "role": STUDENT, "status": ParticipantStatus.ACTIVE.value}
"""The filter of the procedure's third step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPerson:
    """A participant as the list shows them."""

    id: int
    name: str
    username: str
    roles: str
    groups: str
    enrolments: list[str]
    access: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a filter may be set to."""

    value: str
    words: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterField:
    """One filter of the page."""

    name: str
    label: str
    choices: list[Choice]


def list_participants(request: HttpRequest, site: str, course: int) -> HttpResponse:
    """List participants; htmx asks for the list only, with its filters."""
    asked = cast("PageRequest", request)
    require_site(site)
    row = require_course(site, course, asked.access.scope(Permission.SEE, site))
    whom = read_filters(request.GET)
    with open_site_session(site) as session:
        known = find_course(session, course)
        page, people, fields = _read(asked, session, known, whom.request)
    context = {
        "site": site,
        "site_tab": "courses",
        "course": row,
        "fields": fields,
        "name": request.GET.get("name", ""),
        "page": page,
        "people": people,
        "filters": whom.filters.items(),
        "procedure": urlencode(PROCEDURE),
        "may_prepare": asked.access.scope(Permission.PREPARE, site).covers(row.path),
    }
    return render(request, _TEMPLATES.get(asked.htmx.target or "", _WHOLE_PAGE), context)


def find_course(session: Session, course: int) -> Course:
    """Find a course on its site.

    Raises UnknownCourse where somebody has deleted it since it was counted.
    """
    return session.site.find_course(CourseId(course))


def read_filters(query: QueryDict) -> PeopleAsked:
    """Read the filters of an address or a form."""
    method, role, status, group, name = (query.get(each, "").strip()[:_LONGEST] for each in FILTERS)
    return PeopleAsked(method=method, role=role, status=status, group=group, name=name)


def _read(
    request: PageRequest, session: Session, course: Course, asked: FilterRequest
) -> tuple[Page[Participant], list[ListedPerson], list[FilterField]]:
    terms = Terms(config=session.config, zone=session.zone, now=session.clock())
    wanted = make_filter(asked, session.site, [course.id], terms)
    found = list_page(session, course, wanted, number=page_number(request.GET), size=ROWS)
    page = Page(
        rows=found.participants, number=found.number, total=found.total, query=without_page(request.GET)
    )
    methods = {instance.method for instance in found.instances} | AUTOMATIC_METHODS | {MANUAL}
    groups = {str(number): name for number, name in found.groups.items()}
    fields = _fields(request.texts, request.GET, session, methods, groups)
    return page, [_listed(request.texts, session, person) for person in page.rows], fields


def _listed(texts: Texts, session: Session, participant: Participant) -> ListedPerson:
    person = participant.person
    return ListedPerson(
        id=person.id,
        name=printable(person.fullname),
        username=printable(person.username),
        roles=", ".join(map(printable, participant.roles)),
        groups=", ".join(map(printable, participant.groups)),
        enrolments=[enrolment_text(texts, each, session.zone) for each in participant.enrolments],
        access=access_text(texts, participant, session.zone),
    )


def _fields(
    texts: Texts, query: QueryDict, session: Session, methods: Iterable[str], groups: Mapping[str, str]
) -> list[FilterField]:
    named = sorted(((number, printable(name)) for number, name in groups.items()), key=itemgetter(1))
    return [
        _field(
            texts,
            query,
            "method",
            N_("Enrolment method"),
            [(m, method_name(texts, m)) for m in sorted(methods)],
        ),
        _field(
            texts,
            query,
            "role",
            N_("Role"),
            [(role, printable(role)) for role in sorted(session.config.roles)],
        ),
        _field(
            texts,
            query,
            "status",
            N_("Status"),
            [(s.value, texts.gettext(STATUSES[s])) for s in ParticipantStatus],
        ),
        _field(texts, query, "group", N_("Group"), [(NONE, texts.gettext(N_("no group"))), *named]),
    ]


def _field(
    texts: Texts, query: QueryDict, name: str, label: str, choices: Iterable[tuple[str, str]]
) -> FilterField:
    chosen = query.get(name, "")
    return FilterField(
        name=name,
        label=texts.gettext(label),
        choices=[Choice(value=value, words=words, is_chosen=value == chosen) for value, words in choices],
    )
