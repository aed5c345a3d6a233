"""Figures of the invented university, as the story tells them."""

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select

from maintien.planning.left_alone import Reason
from maintien.planning.plan import CoursePlan
from maintien.planning.policy import AUTOMATIC_METHODS
from maintien.sites.database.site import DatabaseSite
from maintien.sites.demo.configuration import GUEST
from maintien.sites.demo.conversion import count_reasons
from maintien.sites.demo.events import (
    CutForecast,
    FacultyFigures,
    FacultyLoss,
    ReasonCount,
    UniversityOpened,
)
from maintien.sites.demo.observation import Access, Observation, loss_between, read_faculties
from maintien.sites.demo.site import DemoSite


def describe_university(demo: DemoSite, site: DatabaseSite, eve: Observation) -> UniversityOpened:
    """Count who and what there is."""
    faculties = read_faculties(site)
    return UniversityOpened(
        demo=demo,
        faculties=tuple(
            FacultyFigures(name=name, courses=len(courses), students=_students(eve.within(courses)))
            for name, courses in faculties.items()
        ),
        courses=sum(len(courses) for courses in faculties.values()),
        people=_count_accounts(site),
        students=_students(eve),
        enrolments=_count_enrolments(site, frozenset()),
        automatic_enrolments=_count_enrolments(site, AUTOMATIC_METHODS),
    )


def describe_cut(
    site: DatabaseSite, copy: DemoSite, eve: Observation, afterwards: Observation
) -> CutForecast:
    """Compare the eve of the cut with what it left on ``copy``, for all and for each faculty."""
    return CutForecast(
        at=copy.calendar.cut_at,
        loss=loss_between(eve, afterwards),
        faculties=losses_of_faculties(site, eve, afterwards),
        copy=copy,
    )


def losses_of_faculties(
    site: DatabaseSite, eve: Observation, afterwards: Observation
) -> tuple[FacultyLoss, ...]:
    """Compare two moments, faculty by faculty."""
    return tuple(
        FacultyLoss(name=name, loss=loss_between(eve.within(courses), afterwards.within(courses)))
        for name, courses in read_faculties(site).items()
    )


def explain_losses(lost: Iterable[Access], plans: Sequence[CoursePlan]) -> tuple[ReasonCount, ...]:
    """Count why those who lost access had been left alone.

    Somebody whom no plan names was enrolled by no automatic method, and has lost nothing to the feeds.
    """
    reasons: dict[Access, Reason] = {
        (plan.course.id, alone.userid): alone.reason for plan in plans for alone in plan.left_alone
    }
    return count_reasons(reasons[access] for access in lost)


def _students(observation: Observation) -> int:
    return len({userid for _, userid in observation.seats})


def _count_accounts(site: DatabaseSite) -> int:
    user = site.tables.user.c
    everybody = select(func.count()).where(user.deleted == 0, user.id != GUEST)
    with site.engine.connect() as connection:
        return connection.scalar(everybody) or 0


def _count_enrolments(site: DatabaseSite, methods: frozenset[str]) -> int:
    enrolment, instance = site.tables.user_enrolments, site.tables.enrol
    statement = select(func.count()).select_from(
        enrolment.join(instance, instance.c.id == enrolment.c.enrolid)
    )
    if methods:
        statement = statement.where(instance.c.enrol.in_(methods))
    with site.engine.connect() as connection:
        return connection.scalar(statement) or 0
