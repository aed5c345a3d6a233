"""Does what ``maintien convert`` asks for: previews a conversion, or carries it out."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from maintien.bootstrap import Invocation, Session, open_session
from maintien.cli.backup_folders import announce_backups, backing_up
from maintien.cli.carrying_out import carry_out, exit_status
from maintien.cli.conversion_notices import notices_of
from maintien.cli.conversion_request import ConversionRequest, require_no_conflict
from maintien.cli.feeds import reading_feeds
from maintien.cli.late_starts import LateStarts
from maintien.cli.notices import notify
from maintien.cli.operators import require_operator
from maintien.cli.policies import Terms, make_policies, make_policy
from maintien.cli.policy_runs import PolicyRun
from maintien.cli.run_headers import plan_file_header
from maintien.cli.selections import Asked, find_courses
from maintien.errors import (
    ConflictingOptions,
    EmptySelection,
    MissingEndDate,
    ReadOnlyAccount,
)
from maintien.planning.policy import Circumstances
<<<<<<< HEAD
from maintien.reports.conversion import ConversionHeader, ConversionReport
from maintien.runs.conduct import UnderWay
from maintien.runs.execute import CourseOutcome, Safeguard, preview
=======
from maintien.reports.conversion import ConversionReport
from maintien.runs.execute import CourseOutcome
>>>>>>> mbzread
from maintien.runs.journal import RunKind
from maintien.runs.plan_file_writing import PlanFileWriter, write_plan_file
from maintien.sites.write_access import MayWrite


<<<<<<< HEAD
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

    def begin(self, safeguard: Safeguard | None) -> UnderWay:
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
        conductor = conductor_for(self.invocation, self.session, operator)
        return replace(conductor, safeguard=safeguard).begin(
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


=======
>>>>>>> mbzread
def convert_courses(
    invocation: Invocation,
    asked: Asked,
    request: ConversionRequest,
    *,
    is_to_write: bool,
    save: str | None = None,
    backup: str | None = None,
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
<<<<<<< HEAD
        report = _run(conversion, backup) if is_to_write else _preview(conversion, save)
        if not is_to_write:
            announce_backups(invocation, backup)
        _show(invocation, session, report)
=======
        report = _run(conversion) if is_to_write else _preview(conversion, save)
        conversion.show(report)
>>>>>>> mbzread
    return exit_status(failed=report.courses_failed, changed=report.courses_changed)


def _prepare(invocation: Invocation, session: Session, asked: Asked, request: ConversionRequest) -> PolicyRun:
    now = session.clock()
    terms = Terms(config=session.config, zone=session.zone, now=now)
    found = find_courses(session.site, asked)
    policies = make_policies(request, found, partial(make_policy, terms=terms))
    operator = require_operator(invocation, session)
    notify(invocation, *notices_of(asked, request, policies, session.config))
    return PolicyRun(
        invocation=invocation,
        session=reading_feeds(invocation, session, policies),
        kind=RunKind.CONVERT,
        found=found,
        policies=policies,
        circumstances=Circumstances(now=now, operator=operator),
    )


def _preview(conversion: PolicyRun, save: str | None) -> ConversionReport:
    report = conversion.new_report(is_written=False)
    late_starts = LateStarts()
    with _saving(conversion, save) as file:
        for outcome in conversion.preview():
            report.add(outcome.plan)
            late_starts.look_at(outcome.plan)
            if file is not None:
                file.add(outcome.plan)
        _require_somebody_in_time(conversion, late_starts)
    if file is not None:
        report.header = replace(report.header, plan_fingerprint=file.fingerprint)
    return report


<<<<<<< HEAD
def _run(conversion: _Conversion, backup: str | None) -> ConversionReport:
    with backing_up(conversion.invocation, conversion.session, backup) as safeguard:
        return _carry_out(conversion, safeguard)


def _carry_out(conversion: _Conversion, safeguard: Safeguard | None) -> ConversionReport:
    report = _new_report(conversion, is_written=True)
=======
def _run(conversion: PolicyRun) -> ConversionReport:
    report = conversion.new_report(is_written=True)
>>>>>>> mbzread
    late_starts = LateStarts()
    run = conversion.begin(safeguard)

    def take(outcome: CourseOutcome) -> None:
        report.add(outcome.plan, outcome.failure)
        late_starts.look_at(outcome.plan)

    courses = len(conversion.found.sizes)
    carry_out(conversion.invocation, conversion.session, run, take, courses=courses)
    _require_somebody_in_time(conversion, late_starts)
    report.note_run(run.run)
    return report


@contextmanager
def _saving(conversion: PolicyRun, path: str | None) -> Iterator[PlanFileWriter | None]:
    """Write a plan file, where one is asked for; it is there when the block ends well."""
    if path is None:
        yield None
        return
    header = plan_file_header(
        conversion.invocation,
        conversion.session,
        policies=conversion.policies,
        circumstances=conversion.circumstances,
        courses=len(conversion.found.sizes),
    )
    with write_plan_file(Path(path), header) as file:
        yield file


def _require_somebody_in_time(conversion: PolicyRun, late_starts: LateStarts) -> None:
    ends_at = conversion.policies.common.ends_at
    late_starts.require_somebody_in_time(conversion.invocation.texts, conversion.session.zone, ends_at)
