"""Brings a campaign file and a site together: which course is under which rule, and with which policy."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields

from maintien.bootstrap import Invocation, Session, open_session
from maintien.cli.console.notices import RegisterOutOfReach, notify
from maintien.cli.console.output import say
from maintien.cli.invocation.operators import require_operator
from maintien.errors.campaigns import FaultyCampaign
from maintien.errors.tree import MaintienError, SiteError, UsageError
from maintien.planning.campaign.rules import Window
from maintien.planning.policy import Circumstances
from maintien.reports.wording import error_text
from maintien.runs.campaign_file.reading import CampaignDraft, read_campaign_file
from maintien.runs.campaign_file.resolving import read_window
from maintien.uses.campaigns import MatchedCampaign, match_campaign, resolve_on_site


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedCampaign(MatchedCampaign):
    """A campaign that the command line only has to show or carry out."""

    invocation: Invocation


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedCampaign:
    """A campaign file, and the site that it is for."""

    invocation: Invocation
    session: Session
    draft: CampaignDraft
    window: Window
    now: int
    """Unix seconds."""

    @property
    def is_on(self) -> bool:
        """Whether the campaign is on now."""
        return self.window.is_open(self.now)

    def prepare(self) -> PreparedCampaign:
        """Ask the site for what the file names, and find the rule of each course.

        Raises the fault of the file, or FaultyCampaign where it has several, each of which was said.
        """
        session = self.session
        resolved = resolve_on_site(session, self.draft, now=self.now)
        require_no_fault(self.invocation, self.draft.path, resolved.faults)
        operator = require_operator(self.invocation, session)
        matched = match_campaign(
            session,
            resolved.campaign,
            fingerprint=self.draft.fingerprint,
            circumstances=Circumstances(now=self.now, operator=operator),
            tell_unread=self._notice,
        )
        values = {field.name: getattr(matched, field.name) for field in fields(matched)}
        return PreparedCampaign(invocation=self.invocation, **values)

    def _notice(self, error: SiteError) -> None:
        notify(self.invocation, RegisterOutOfReach(error=error))


@contextmanager
def open_campaign(invocation: Invocation, path: str) -> Iterator[OpenedCampaign]:
    """Read a campaign file and open the site that it is for.

    Raises CampaignFileUnreadable, CampaignFileBroken, what opening a site raises and, where the site can't
    be opened, the faults that the file has without it.
    """
    draft = read_campaign_file(path)
    with ExitStack() as stack:
        try:
            session = stack.enter_context(open_session(invocation))
        except MaintienError:
            require_no_fault(invocation, path, draft.faults)
            raise
        notify(invocation, *session.warnings)
        window, _ = read_window(draft, session.zone)
        yield OpenedCampaign(
            invocation=invocation, session=session, draft=draft, window=window, now=session.clock()
        )


def require_no_fault(invocation: Invocation, path: str, faults: Sequence[UsageError]) -> None:
    """Raise the fault of a file; where there are several, say each, and raise FaultyCampaign."""
    if not faults:
        return
    if len(faults) == 1:
        raise faults[0]
    for fault in faults:
        say(error_text(invocation.texts, fault))
    raise FaultyCampaign(path=path, faults=len(faults))
