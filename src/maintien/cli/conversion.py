"""Does what ``maintien convert`` asks for: previews a conversion, or carries it out."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from maintien.bootstrap import Invocation, Session, open_session
from maintien.cli.carrying_out import carry_out, exit_status
from maintien.cli.conversion_notices import notices_of
from maintien.cli.feeds import reading_feeds
from maintien.cli.notices import notify
from maintien.cli.operators import require_operator
from maintien.cli.output import result_console
from maintien.cli.progress import observer_of
from maintien.cli.run_headers import conductor_for, plan_file_header, run_header
from maintien.errors import (
    ConflictingOptions,
    EmptySelection,
    MissingEndDate,
    ReadOnlyAccount,
)
from maintien.planning.course_planners import CoursePlanners, Policies
from maintien.planning.policy import Circumstances
from maintien.reports.conversion import ConversionHeader, ConversionReport
from maintien.runs.conduct import UnderWay
from maintien.runs.execute import CourseOutcome, preview
from maintien.runs.journal import RunKind
from maintien.runs.plan_file_writing import PlanFileWriter, write_plan_file
from maintien.sites.write_access import MayWrite
from maintien.uses.conversion_request import ConversionRequest, require_no_conflict
from maintien.uses.late_starts import LateStarts
from maintien.uses.policies import Terms, make_policies
from maintien.uses.selections import Asked, Found, find_courses


@dataclass(frozen=True, slots=True, kw_only=True)
class _Conversion:
    """A conversion that only has to be carried out."""

    invocation: Invocation
    session: Session
    found: Found
    policies: Policies
    circumstances: Circumstances

    def preview(self) -> Iterator[CourseOutcome]:
        """Go through the courses and write nothing."""
        planners = self._planners()
        plans = preview(
            self.session.site,
            self.found.sizes,
            planners.plan,
            inherited_roles=planners.inherited_roles,
            observer=observer_of(self.invocation),
        )
        return (CourseOutcome(plan=plan) for plan in plans)

    def begin(self) -> UnderWay:
        """Prepare the run that carries the conversion out."""
        planners = self._planners()
        operator = self.circumstances.operator
        header = run_header(
            self.invocation,
            self.session,
            kind=RunKind.CONVERT,
            operator=operator,
            began_at=self.circumstances.now,
        )
        return conductor_for(self.invocation, self.session, operator).begin(
            replace(
                header,
                policy=self.policies.common,
                course_policies=dict(self.policies.of_courses),
            ),
            self.found.sizes,
            planners.plan,
            planners.inherited_roles,
        )

    @contextmanager
    def saving(self, path: str | None) -> Iterator[PlanFileWriter | None]:
        """Write a plan file, where one is asked for; it is there when the block ends well."""
        if path is None:
            yield None
            return
        header = plan_file_header(
            self.invocation,
            self.session,
            policies=self.policies,
            circumstances=self.circumstances,
            courses=len(self.found.sizes),
        )
        with write_plan_file(Path(path), header) as file:
            yield file

    def _planners(self) -> CoursePlanners:
        return CoursePlanners(
            policies=self.policies, config=self.session.config, circumstances=self.circumstances
        )


def convert_courses(
    invocation: Invocation,
    asked: Asked,
    request: ConversionRequest,
    *,
    is_to_write: bool,
    save: str | None = None,
) -> int:
    """Show what a conversion would do, or do it and show that; tell the exit status.

    Raises every error that a command line, a site or a courses file can give rise to.
    """
    require_no_conflict(request)
    if is_to_write and save is not None:
        raise ConflictingOptions(first="--run", second="--save")
    if asked.is_empty:
        raise EmptySelection
    if request.until is None and asked.file is None:
        raise MissingEndDate
    with open_session(invocation) as session:
        notify(invocation, *session.warnings)
        if is_to_write and not isinstance(session.site.check_may_write(), MayWrite):
            raise ReadOnlyAccount(site=session.site.name)
        conversion = _prepare(invocation, session, asked, request)
        report = _run(conversion) if is_to_write else _preview(conversion, save)
        _show(invocation, session, report)
    return exit_status(failed=report.courses_failed, changed=report.courses_changed)


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
        session=reading_feeds(invocation, session, policies),
        found=found,
        policies=policies,
        circumstances=Circumstances(now=now, operator=operator),
    )


def _preview(conversion: _Conversion, save: str | None) -> ConversionReport:
    report = _new_report(conversion, is_written=False)
    late_starts = LateStarts()
    with conversion.saving(save) as file:
        for outcome in conversion.preview():
            report.add(outcome.plan)
            late_starts.look_at(outcome.plan)
            if file is not None:
                file.add(outcome.plan)
        _require_somebody_in_time(conversion, late_starts)
    if file is not None:
        report.header = replace(report.header, plan_fingerprint=file.fingerprint)
    return report


def _run(conversion: _Conversion) -> ConversionReport:
    report = _new_report(conversion, is_written=True)
    late_starts = LateStarts()
    run = conversion.begin()

    def take(outcome: CourseOutcome) -> None:
        report.add(outcome.plan, outcome.failure)
        late_starts.look_at(outcome.plan)

    courses = len(conversion.found.sizes)
    carry_out(conversion.invocation, conversion.session, run, take, courses=courses)
    _require_somebody_in_time(conversion, late_starts)
    report.header = replace(report.header, run=run.run)
    return report


def _new_report(conversion: _Conversion, *, is_written: bool) -> ConversionReport:
    session = conversion.session
    header = ConversionHeader(
        site=session.site.name,
        written=is_written,
        policy=conversion.policies.common,
        zone=session.zone,
        roles=session.config.roles,
    )
    return ConversionReport(header, keep_documents=conversion.invocation.wishes.json)


def _require_somebody_in_time(conversion: _Conversion, late_starts: LateStarts) -> None:
    ends_at = conversion.policies.common.ends_at
    late_starts.require_somebody_in_time(conversion.invocation.texts, conversion.session.zone, ends_at)


def _show(invocation: Invocation, session: Session, report: ConversionReport) -> None:
    if invocation.wishes.json:
        report.write_json(sys.stdout)
        return
    people = session.site.read_people(report.people_shown())
    console = result_console(invocation)
    console.print(report.render(invocation.texts, console.width, people))
