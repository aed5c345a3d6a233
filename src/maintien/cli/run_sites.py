"""Looks at runs with or without their site: the journal alone tells nearly everything."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import tzinfo

from maintien.bootstrap import SITE_VARIABLE, Invocation, Session, open_session, open_store, site_identity
from maintien.cli.console.notices import SiteNotOpened, notify
from maintien.enrolments.people import Person
from maintien.errors.command_line import MissingRun
from maintien.errors.runs import RunOfAnotherSite
from maintien.errors.tree import SiteError
from maintien.moodle.ids import RoleId, UserId
from maintien.reports.runs import ListedRun, RunsView
from maintien.reports.wording import error_text
from maintien.runs.history import find_run, state_of, undone_by
from maintien.runs.journal import RunRecord
from maintien.runs.store.database import DatabaseRunStore


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSite:
    """The journal, and the site if one is named and can be opened."""

    invocation: Invocation
    store: DatabaseRunStore
    session: Session | None

    @property
    def site_id(self) -> str | None:
        """What tells the open site's runs from others."""
        return None if self.session is None else site_identity(self.session)

    @property
    def zone(self) -> tzinfo:
        """The site's time zone, or the machine's."""
        return self.invocation.machine.zone if self.session is None else self.session.zone

    def is_made_here(self, record: RunRecord) -> bool:
        """Whether a run was made on the open site."""
        return self.site_id == record.header.site_id

    def roles_of(self, record: RunRecord) -> Mapping[str, RoleId]:
        """Give the roles that a run's policy names, where the site is open."""
        return self.session.config.roles if self.session and self.is_made_here(record) else {}

    def people_of(self, record: RunRecord, ids: Iterable[UserId]) -> Mapping[UserId, Person]:
        """Read the names of people of a run, where the site is open."""
        return self.session.site.read_people(ids) if self.session and self.is_made_here(record) else {}

    def view(self, runs: Iterable[RunRecord]) -> RunsView:
        """Say through which eyes these runs are looked at."""
        operators = {run.header.operator for run in runs if self.is_made_here(run)}
        names = self.session.site.read_people(operators) if self.session and operators else {}
        return RunsView(zone=self.zone, people=names)

    def listed(self, *, all_sites: bool = False) -> list[ListedRun]:
        """List the runs, the newest first."""
        records = self.store.runs(None if all_sites else self.site_id)
        undone = undone_by(records)
        here = self.invocation.machine.process
        return [
            ListedRun(record=record, state=state_of(record, here), undone_by=undone.get(record.id))
            for record in records
        ]

    def find(self, run: str | None) -> ListedRun:
        """Find the run that a command names.

        Raises MissingRun and UnknownRun.
        """
        if run is None:
            raise MissingRun
        record = find_run(self.store, run, self.site_id)
        undone = undone_by(self.store.runs(record.header.site_id))
        state = state_of(record, self.invocation.machine.process)
        return ListedRun(record=record, state=state, undone_by=undone.get(record.id))

    def find_here(self, run: str | None) -> ListedRun:
        """Find the run that a command names, which was made on the open site.

        Raises MissingRun, UnknownRun and RunOfAnotherSite.
        """
        found = self.find(run)
        if not self.is_made_here(found.record):
            raise RunOfAnotherSite(run=found.record.id, site=found.record.header.site_name)
        return found


@contextmanager
def open_runs(invocation: Invocation) -> Iterator[RunSite]:
    """Open the journal, and the site where one is named; one that can't be opened is done without.

    Raises BadStateUrl, RunStoreFailed, RunStoreTooNew, and UsageErrors where the site is misnamed.
    """
    store = open_store(invocation)
    with ExitStack() as stack:
        stack.callback(store.engine.dispose)
        runs = RunSite(invocation=invocation, store=store, session=None)
        if invocation.wishes.site or invocation.machine.environment.get(SITE_VARIABLE):
            try:
                runs = replace(runs, session=stack.enter_context(open_session(invocation)))
            except SiteError as error:
                notify(invocation, SiteNotOpened(reason=error_text(invocation.texts, error)))
        yield runs


@contextmanager
def open_runs_of_site(invocation: Invocation, session: Session) -> Iterator[RunSite]:
    """Open the journal beside an open site.

    Raises BadStateUrl, RunStoreFailed or RunStoreTooNew.
    """
    store = open_store(invocation)
    try:
        yield RunSite(invocation=invocation, store=store, session=session)
    finally:
        store.engine.dispose()
