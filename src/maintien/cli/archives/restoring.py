"""Does what ``maintien restore`` asks for: previews a restore, or carries it out."""

import sys
from dataclasses import dataclass, replace

from maintien.bootstrap import Invocation, Session, open_session
from maintien.cli.console.notices import notify
from maintien.cli.console.output import result_console
from maintien.cli.console.progress import observer_of
from maintien.cli.invocation.operators import require_operator
from maintien.cli.running.carrying_out import carry_out, exit_status
from maintien.cli.running.cut_guard import CutWatch, watch_cut
from maintien.cli.running.run_headers import conductor_for, run_header
from maintien.enrolments.cut_timing import CourseTiming
from maintien.enrolments.state import CourseState
from maintien.errors.sites import ReadOnlyAccount
from maintien.mbz.archive import ArchivedCourse
from maintien.mbz.limits import ArchiveLimits
from maintien.mbz.locations import locate
from maintien.mbz.opening import open_archive
from maintien.mbz.parts import PEOPLE_PARTS
from maintien.mbz.reading import read_archive
from maintien.mbz.restoring import Prepared, prepare_restoration, require_people
from maintien.mbz.source import fingerprint
from maintien.planning.plan import CoursePlan
from maintien.planning.policy import Circumstances
from maintien.planning.restore import plan_restore
from maintien.reports.restore import RestoreHeader, RestoreReport
from maintien.runs.conduct import UnderWay
from maintien.runs.execute import CourseOutcome, preview
from maintien.runs.journal import RestoredArchive, RunKind
from maintien.sites.interface import CourseSize, Selection
from maintien.sites.write_access import MayWrite


@dataclass(frozen=True, slots=True, kw_only=True)
class _Restore:
    """A restore that only has to be carried out."""

    invocation: Invocation
    session: Session
    archive: RestoredArchive
    archived: ArchivedCourse
    size: CourseSize
    prepared: Prepared
    circumstances: Circumstances
    watch: CutWatch

    def plan(self, state: CourseState) -> CoursePlan:
        """Plan the course; again, where it changes meanwhile."""
        self.watch.look_at(state)
        return plan_restore(state, self.prepared.restoration, self.session.config, self.circumstances)

    def preview(self) -> RestoreReport:
        """Show what would be done, and write nothing."""
        report = self._new_report(is_written=False)
        observer = observer_of(self.invocation)
        for plan in preview(self.session.site, [self.size], self.plan, observer=observer):
            report.add(plan, timing=self._timing())
        return report

    def run(self) -> RestoreReport:
        """Do it."""
        report = self._new_report(is_written=True)
        run = self._begin()

        def take(outcome: CourseOutcome) -> None:
            report.add(outcome.plan, outcome.failure, timing=self._timing())

        carry_out(self.invocation, self.session, run, take, courses=1)
        report.header = replace(report.header, run=run.run)
        return report

    def _timing(self) -> CourseTiming | None:
        return self.watch.timings.get(self.size.course.id)

    def _begin(self) -> UnderWay:
        operator = self.circumstances.operator
        header = run_header(
            self.invocation,
            self.session,
            kind=RunKind.RESTORE,
            operator=operator,
            began_at=self.circumstances.now,
        )
        conductor = conductor_for(self.invocation, self.session, operator)
        return conductor.begin(replace(header, archive=self.archive), [self.size], self.plan)

    def _new_report(self, *, is_written: bool) -> RestoreReport:
        header = RestoreHeader(
            site=self.session.site.name,
            written=is_written,
            zone=self.session.zone,
            archive=self.archive.path,
            made=self.archived.header,
            roles=self.session.config.roles,
            sha256=self.archive.sha256,
            cut_since=self.watch.since,
        )
        return RestoreReport(
            header, unmatched=self.prepared.unmatched, keep_documents=self.invocation.wishes.json
        )


def restore_archive(
    invocation: Invocation, file: str, into: str, *, limits: ArchiveLimits, is_to_write: bool
) -> int:
    """Show what restoring an archive would do, or do it and show that; tell the exit status.

    Raises ArchiveError, and every error that a command line, a site or a run can give rise to.
    """
    with open_session(invocation) as session:
        notify(invocation, *session.warnings)
        if is_to_write and not isinstance(session.site.check_may_write(), MayWrite):
            raise ReadOnlyAccount(site=session.site.name)
        restore = _prepare(invocation, session, file, into, limits)
        report = restore.run() if is_to_write else restore.preview()
        _show(invocation, session, report)
    return exit_status(failed=report.courses_failed, changed=report.courses_changed)


def _prepare(
    invocation: Invocation, session: Session, file: str, into: str, limits: ArchiveLimits
) -> _Restore:
    circumstances = Circumstances(now=session.clock(), operator=require_operator(invocation, session))
    (size,) = session.site.select(Selection(courses=(into,)))
    location = locate(file)
    with open_archive(location) as source:
        archived = read_archive(source, PEOPLE_PARTS, limits)
        require_people(archived.header, source.name)
        archive = RestoredArchive(path=location.name, sha256=fingerprint(source))
    accounts = session.site.accounts()
    session, watch = watch_cut(invocation, session, [size.course.id])
    return _Restore(
        invocation=invocation,
        session=session,
        archive=archive,
        archived=archived,
        size=size,
        prepared=prepare_restoration(archived, accounts, session.config, size.course),
        circumstances=circumstances,
        watch=watch,
    )


def _show(invocation: Invocation, session: Session, report: RestoreReport) -> None:
    if invocation.wishes.json:
        report.write_json(sys.stdout)
        return
    people = session.site.read_people(report.people_shown())
    console = result_console(invocation)
    console.print(report.render(invocation.texts, console.width, people))
