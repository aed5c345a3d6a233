"""Who calls: what a run, its journal and Moodle's log are told of the command line or of the web."""

from dataclasses import dataclass, field
from importlib.metadata import version as version_of

from maintien.bootstrap import PROGRAM, Invocation, Session, open_store, site_identity
from maintien.moodle.ids import UserId
from maintien.planning.course_planners import Policies
from maintien.planning.policy import Circumstances
from maintien.runs.conduct import Conductor
from maintien.runs.execute import Observer, Unobserved
from maintien.runs.journal import RunHeader, RunKind
from maintien.runs.plan_file import PlanFileHeader
from maintien.runs.store.database import DatabaseRunStore
from maintien.sites.interface import Author


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Whoever asks for work to be done."""

    invocation: Invocation
    command: str
    """What was asked for and by whom, without secrets; journals keep it."""
    origin: str = "cli"
    """``logstore_standard_log.origin``: ``cli`` or ``web``."""
    observer: Observer = field(default_factory=Unobserved)
    waits: bool = False
    """Whether to wait for a run that is under way on the site."""

    def open_store(self) -> DatabaseRunStore:
        """Open the journal.

        Raises BadStateUrl, RunStoreFailed or RunStoreTooNew.
        """
        return open_store(self.invocation)

    def conductor(self, session: Session, store: DatabaseRunStore, operator: UserId) -> Conductor:
        """Conduct runs on an open site in the operator's name."""
        return Conductor(
            site=session.site,
            store=store,
            author=Author(operator=operator, clock=session.clock, origin=self.origin),
            process=self.invocation.machine.process,
            observer=self.observer,
            waits=self.waits,
        )

    def run_header(self, session: Session, *, kind: RunKind, operator: UserId, began_at: int) -> RunHeader:
        """Describe a run that begins."""
        return RunHeader(
            kind=kind,
            site_id=site_identity(session),
            site_name=session.site.name,
            operator=operator,
            command=self.command,
            version=version_of(PROGRAM),
            process=self.invocation.machine.process,
            began_at=began_at,
        )

    def plan_file_header(
        self,
        session: Session,
        *,
        policies: Policies,
        circumstances: Circumstances,
        courses: int,
    ) -> PlanFileHeader:
        """Describe a plan that is made, over so many courses."""
        process = self.invocation.machine.process
        return PlanFileHeader(
            site_id=site_identity(session),
            site_name=session.site.name,
            made_at=circumstances.now,
            made_by=f"{process.user}@{process.host}",
            operator=circumstances.operator,
            command=self.command,
            version=version_of(PROGRAM),
            policies=policies,
            courses=courses,
        )
