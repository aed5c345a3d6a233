"""Checks a campaign: its file, what each rule has, and what no rule has."""

from maintien.bootstrap import Invocation, site_identity
from maintien.cli.campaigns.preparing import PreparedCampaign, open_campaign
from maintien.cli.campaigns.reporting import new_report
from maintien.cli.campaigns.running import preview_campaign
from maintien.cli.console.output import print_document, result_console
from maintien.cli.files.exporting import Export
from maintien.errors.tree import EXIT_DONE, EXIT_FAILED
from maintien.reports.campaign_check import CampaignCheck
from maintien.reports.campaign_export import campaign_heading, checked_tables, write_checked
from maintien.reports.run_export import COURSES
from maintien.uses.campaigns import find_refusal


def check_campaign(invocation: Invocation, path: str, export: Export | None = None) -> int:
    """Read a campaign file, ask the site for all that it names, and show what it comes to.

    The exit status is 1 where a run would refuse to do so much. Raises what is wrong with the file.
    """
    with open_campaign(invocation, path) as opened:
        prepared = opened.prepare()
        check = _check(prepared, is_on=opened.is_on)
    if export is not None:
        _write(prepared, check, export)
    elif invocation.wishes.json:
        print_document(check.document())
    else:
        console = result_console(invocation)
        console.print(check.render(invocation.texts, console.width))
    return EXIT_DONE if check.refusal is None else EXIT_FAILED


def _write(prepared: PreparedCampaign, check: CampaignCheck, export: Export) -> None:
    texts, session = prepared.invocation.texts, prepared.session
    file = export.to_file(prepared.invocation, site_identity(session), usual=COURSES)
    heading = campaign_heading(texts, check.report, title=texts.gettext("Check of a campaign"))
    with file.writer(texts, heading, checked_tables(texts), session.zone) as writer:
        write_checked(writer, texts, check)


def _check(prepared: PreparedCampaign, *, is_on: bool) -> CampaignCheck:
    report = new_report(prepared, is_written=False)
    preview_campaign(prepared, report.add)
    return CampaignCheck(
        campaign=prepared.campaign,
        matching=prepared.matching,
        sizes=prepared.everything,
        report=report,
        is_on=is_on,
        refusal=find_refusal(prepared, len(report.people)),
    )
