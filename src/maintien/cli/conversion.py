"""Does what ``maintien convert`` asks for: previews a conversion, or carries it out."""

from collections.abc import Iterator
from dataclasses import dataclass

from maintien.bootstrap import Invocation, Session, open_session
from maintien.cli.conversion_notices import notices_of
from maintien.cli.conversion_request import ConversionRequest, require_no_conflict
from maintien.cli.late_starts import LateStarts
from maintien.cli.notices import notify
from maintien.cli.operators import require_operator
from maintien.cli.output import print_document, result_console
from maintien.cli.planners import CoursePlanners
from maintien.cli.policies import Policies, Terms, make_policies
from maintien.cli.progress import observer_of
from maintien.cli.selections import Asked, Found, find_courses
from maintien.errors import (
    EXIT_DONE,
    EXIT_FAILED,
    EXIT_IN_PART,
    EmptySelection,
    InterruptedRun,
    MissingEndDate,
    ReadOnlyAccount,
)
from maintien.planning.policy import Circumstances
from maintien.reports.conversion import ConversionHeader, ConversionReport
from maintien.runs.execute import CourseOutcome, execute, preview
from maintien.sites.interface import Author
from maintien.sites.write_access import MayWrite


@dataclass(frozen=True, slots=True, kw_only=True)
class _Conversion:
    """A conversion that only has to be carried out."""

    invocation: Invocation
    session: Session
    found: Found
    policies: Policies
    circumstances: Circumstances

    def outcomes(self, *, is_to_write: bool) -> Iterator[CourseOutcome]:
        """Go through the courses; where nothing is to be written, every outcome is a preview."""
        session = self.session
        planners = CoursePlanners(
            policies=self.policies, config=session.config, circumstances=self.circumstances
        )
        observer = observer_of(self.invocation)
        inherited = planners.inherited_roles
        if is_to_write:
            return execute(
                session.site,
                self.found.sizes,
                planners.plan,
                inherited_roles=inherited,
                observer=observer,
                author=Author(operator=self.circumstances.operator, clock=session.clock),
            )
        plans = preview(
            session.site, self.found.sizes, planners.plan, inherited_roles=inherited, observer=observer
        )
        return (CourseOutcome(plan=plan) for plan in plans)


def convert_courses(
    invocation: Invocation, asked: Asked, request: ConversionRequest, *, is_to_write: bool
) -> int:
    """Show what a conversion would do, or do it and show that; tell the exit status.

    Raises every error that a command line, a site or a courses file can give rise to.
    """
    require_no_conflict(request)
    if asked.is_empty:
        raise EmptySelection
    if request.until is None and asked.file is None:
        raise MissingEndDate
    with open_session(invocation) as session:
        notify(invocation, *session.warnings)
        if is_to_write and not isinstance(session.site.check_may_write(), MayWrite):
            raise ReadOnlyAccount(site=session.site.name)
        conversion = _prepare(invocation, session, asked, request)
        report = _carry_out(conversion, is_to_write=is_to_write)
        _show(invocation, session, report)
    return _exit_status(report)


def _prepare(
    invocation: Invocation, session: Session, asked: Asked, request: ConversionRequest
) -> _Conversion:
    now = session.clock()
    terms = Terms(config=session.config, zone=session.zone, now=now)
    found = find_courses(session.site, asked)
    policies = make_policies(request, found, terms)
    operator = require_operator(invocation, session)
    notify(invocation, *notices_of(asked, request, policies, session.config))
    return _Conversion(
        invocation=invocation,
        session=session,
        found=found,
        policies=policies,
        circumstances=Circumstances(now=now, operator=operator),
    )


def _carry_out(conversion: _Conversion, *, is_to_write: bool) -> ConversionReport:
    session, common = conversion.session, conversion.policies.common
    header = ConversionHeader(
        site=session.site.name,
        written=is_to_write,
        policy=common,
        zone=session.zone,
        roles=session.config.roles,
    )
    report = ConversionReport(header, keep_documents=conversion.invocation.wishes.json)
    late_starts = LateStarts()
    done = 0
    try:
        for outcome in conversion.outcomes(is_to_write=is_to_write):
            report.add(outcome.plan, outcome.failure)
            late_starts.look_at(outcome.plan)
            done += 1
    except KeyboardInterrupt:
        if not is_to_write:
            raise
        raise InterruptedRun(done=done, courses=len(conversion.found.sizes)) from None
    late_starts.require_somebody_in_time(conversion.invocation.texts, session.zone, common.ends_at)
    return report


def _show(invocation: Invocation, session: Session, report: ConversionReport) -> None:
    if invocation.wishes.json:
        print_document(report.document())
        return
    people = session.site.read_people(report.people_shown())
    console = result_console(invocation)
    console.print(report.render(invocation.texts, console.width, people))


def _exit_status(report: ConversionReport) -> int:
    if not report.courses_failed:
        return EXIT_DONE
    return EXIT_IN_PART if report.courses_changed else EXIT_FAILED
