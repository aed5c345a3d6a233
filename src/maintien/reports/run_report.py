"""The report of a run, whatever it did: a conversion's, an undo's or a restore's."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Protocol, TextIO

from rich.console import RenderableType

from maintien.enrolments.people import Person
from maintien.errors.tree import CourseFailed
from maintien.moodle.ids import RoleId, UserId
from maintien.planning.plan import CoursePlan
from maintien.reports.campaign import CampaignReport, policies_of_rules
from maintien.reports.conversion import ConversionHeader
from maintien.reports.documents import Document
from maintien.reports.language import Texts
from maintien.reports.manual_edit import new_policy_report
from maintien.reports.restore import RestoreHeader, RestoreReport
from maintien.reports.undo import UndoHeader, UndoReport
from maintien.runs.journal import RunRecord


class RunReport(Protocol):
    """Takes the courses of a run one at a time."""

    def add(self, plan: CoursePlan, failure: CourseFailed | None = None) -> None:
        """Take one course in; with a ``failure``, nothing of its plan was written."""

    @property
    def courses_failed(self) -> int:
        """How many courses could not be written."""
        ...

    @property
    def courses_changed(self) -> int:
        """How many courses have changes."""
        ...

    def people_shown(self) -> frozenset[UserId]:
        """Tell whose names :meth:`render` shows."""
        ...

    def write_json(self, stream: TextIO, more: Document | None = None) -> None:
        """Write the whole as one JSON document, with ``more`` before the courses."""

    def render(self, texts: Texts, width: int, people: Mapping[UserId, Person]) -> RenderableType:
        """Give the whole for a terminal."""
        ...


def new_report(
    run: RunRecord,
    *,
    zone: tzinfo,
    roles: Mapping[str, RoleId],
    written: bool,
    keep_documents: bool = False,
    remaining: int = 0,
) -> RunReport:
    """Make an empty report for a run; ``roles`` are the site's, where it is open."""
    header = run.header
    if header.undoes is not None:
        undo = UndoHeader(
            site=header.site_name,
            written=written,
            zone=zone,
            undoes=header.undoes,
            run=run.id,
            remaining=remaining,
        )
        return UndoReport(undo, keep_documents=keep_documents)
    if header.archive is not None:
        restore = RestoreHeader(
            site=header.site_name,
            written=written,
            zone=zone,
            archive=header.archive.path,
            roles=roles,
            sha256=header.archive.sha256,
            run=run.id,
            remaining=remaining,
        )
        return RestoreReport(restore, keep_documents=keep_documents)
    if header.policy is None:
        raise RuntimeError(f"run {run.id} has no policy")
    conversion = ConversionHeader(
        site=header.site_name,
        written=written,
        policy=header.policy,
        zone=zone,
        roles=roles,
        run=run.id,
        remaining=remaining,
        evidence=header.evidence,
    )
    if header.campaign is not None:
        policies = policies_of_rules(header.campaign, header.course_policies)
        return CampaignReport(conversion, header.campaign, policies, keep_documents=keep_documents)
    return new_policy_report(conversion, keep_documents=keep_documents)
