"""``maintien check``: connects, and says what stands in the way of a conversion."""

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Final

import typer

from maintien.bootstrap import Invocation, Session, open_session
from maintien.cli.console.notices import UnknownOperatorId, notify
from maintien.cli.console.output import print_document, result_console
from maintien.cli.console.progress import observer_of
from maintien.cli.invocation.actions import Action
from maintien.cli.invocation.global_options import invocation_of
from maintien.cli.options.options import (
    AllOption,
    CategoryOption,
    CohortOption,
    CourseOption,
    CoursesFileOption,
)
from maintien.enrolments.people import Person
from maintien.errors.selection import NoOperator
from maintien.errors.tree import EXIT_DONE, EXIT_FAILED
from maintien.messages import N_
from maintien.moodle.ids import UNSAVED, UserId
from maintien.moodle.values import NO_END
from maintien.planning.findings import Finding, ManualMethodDisabledOnSite
from maintien.planning.planner import Planner
from maintien.planning.policy import AUTOMATIC_METHODS, Circumstances, ConversionPolicy
from maintien.planning.prechecks import check_site
from maintien.reports.checks import SiteChecks, checks_document, checks_table
from maintien.runs.execute import preview
from maintien.sites.interface import CourseSize
from maintien.uses.policies import STUDENT
from maintien.uses.selections import Asked, ask_for_courses, find_courses

ABOUT_CHECK: Final = N_(
    "Connect, and check what a conversion depends on. Ends with status 1 when no course of the site"
    " can be converted."
)


def check(
    context: typer.Context,
    *,
    course: CourseOption = None,
    category: CategoryOption = None,
    cohort: CohortOption = None,
    everything: AllOption = False,
    courses_file: CoursesFileOption = None,
) -> Action:
    """Read the options of ``check``."""
    asked = ask_for_courses(
        courses=course,
        categories=category,
        cohorts=cohort,
        everything=everything,
        courses_file=courses_file,
    )
    return partial(check_site_and_courses, invocation_of(context), asked)


def check_site_and_courses(invocation: Invocation, asked: Asked) -> int:
    """Check the site, and the courses asked for, if any."""
    with open_session(invocation) as session:
        checks = _look(invocation, session, asked)
    if invocation.wishes.json:
        print_document(checks_document(checks))
    else:
        result_console(invocation).print(checks_table(invocation.texts, checks))
    is_hopeless = ManualMethodDisabledOnSite() in checks.findings
    return EXIT_FAILED if is_hopeless else EXIT_DONE


def _look(invocation: Invocation, session: Session, asked: Asked) -> SiteChecks:
    site, config = session.site, session.config
    sizes = [] if asked.is_empty else find_courses(site, asked).sizes
    operator = _find_operator(invocation, session)
    return SiteChecks(
        site=site.name,
        config=config,
        zone=str(session.zone),
        write_access=site.check_may_write(),
        operator=operator,
        courses=len(sizes),
        findings=_findings(invocation, session, sizes, operator),
        warnings=session.warnings,
    )


def _find_operator(invocation: Invocation, session: Session) -> Person | None:
    """Find the operator's account, or nobody; an id that nobody has stands for itself."""
    try:
        operator = session.find_operator()
    except NoOperator:
        return None
    person = session.site.read_people([operator.id]).get(operator.id)
    if person is not None:
        return person
    notify(invocation, UnknownOperatorId(operator=operator.id))
    return Person(operator.id, f"#{operator.id}", "", "", "", "")


def _findings(
    invocation: Invocation, session: Session, sizes: Sequence[CourseSize], operator: Person | None
) -> Counter[Finding]:
    """Count in how many courses each finding holds; those of the site stand there with 0."""
    findings: Counter[Finding] = Counter()
    for finding in check_site(session.config, AUTOMATIC_METHODS):
        findings[finding] = 0
    planner = _planner(session, UserId(UNSAVED) if operator is None else operator.id)
    plans = preview(session.site, sizes, planner.plan, observer=observer_of(invocation))
    for plan in plans:
        obstacles = () if plan.obstacle is None else (plan.obstacle,)
        findings.update((*obstacles, *plan.warnings))
    return findings


def _planner(session: Session, operator: UserId) -> Planner:
    """Make a planner that converts as ``convert`` does by default, for ever."""
    student = session.config.roles.get(STUDENT)
    policy = ConversionPolicy(
        ends_at=NO_END,
        roles=None if student is None else frozenset({student}),
        end_roles=frozenset() if student is None else frozenset({student}),
    )
    circumstances = Circumstances(now=session.clock(), operator=operator)
    return Planner(policy=policy, config=session.config, circumstances=circumstances)
