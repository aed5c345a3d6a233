"""Goes through a run, and says where it stops: who holds the site, or where it was interrupted."""

from collections.abc import Callable
from contextlib import closing

from maintien.bootstrap import Invocation, Session, open_store, site_identity
from maintien.errors.runs import SiteBusy
from maintien.errors.tree import EXIT_DONE, EXIT_FAILED, EXIT_IN_PART, InterruptedRun, JournalError
from maintien.reports.run_wording import author_text
from maintien.runs.conduct import UnderWay
from maintien.runs.execute import CourseOutcome
from maintien.runs.history import RunState, state_of
from maintien.runs.journal import RunRecord


def carry_out(
    invocation: Invocation,
    session: Session,
    run: UnderWay,
    take: Callable[[CourseOutcome], None],
    *,
    courses: int,
) -> None:
    """Carry a run over so many ``courses`` out, and give each outcome to ``take``.

    Raises SiteBusy, InterruptedRun, RunStoreFailed, and what a site raises.
    """
    done = 0
    try:
        # Closed at once where it is left early, so that its journal says so.
        with closing(run.outcomes()) as outcomes:  # type: ignore[type-var]  # it is a generator
            for outcome in outcomes:
                take(outcome)
                done += 1
    except SiteBusy as busy:
        raise _who_is_named(invocation, session, busy) from busy
    except KeyboardInterrupt:
        if run.run is None:
            raise
        raise InterruptedRun(done=done, courses=courses, run=run.run) from None


def exit_status(*, failed: int, changed: int) -> int:
    """Tell the exit status of a run, by the courses that failed and those that changed."""
    if not failed:
        return EXIT_DONE
    return EXIT_IN_PART if changed else EXIT_FAILED


def _who_is_named(invocation: Invocation, session: Session, busy: SiteBusy) -> SiteBusy:
    """Say since when in the site's time, and by which run, as far as the journal knows."""
    texts = invocation.texts
    since = int(str(busy.fields["since"]))
    record = _run_under_way(invocation, session)
    holder = str(busy.fields["holder"]) or texts.gettext("somebody")
    if record is not None:
        people = session.site.read_people([record.header.operator])
        who = author_text(record.header, people)
        holder = texts.gettext("run {run} of {who}").format(run=record.id, who=who)
    moment = texts.date_time(since, session.zone) if since else texts.gettext("an unknown moment")
    return SiteBusy(site=busy.fields["site"], holder=holder, since=moment)


def _run_under_way(invocation: Invocation, session: Session) -> RunRecord | None:
    """Find the newest run of the site that may still live."""
    try:
        store = open_store(invocation)
        records = store.runs(site_identity(session))
    except JournalError:
        return None
    alive = (RunState.RUNNING, RunState.RUNNING_OR_INTERRUPTED)
    here = invocation.machine.process
    return next((record for record in records if state_of(record, here) in alive), None)
