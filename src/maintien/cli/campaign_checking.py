"""Checks a campaign: its file, what each rule has, and what no rule has."""

from maintien.bootstrap import Invocation
from maintien.cli.campaign_limits import find_refusal
from maintien.cli.campaign_preparing import PreparedCampaign, open_campaign
from maintien.cli.campaign_running import new_report, preview_campaign
from maintien.cli.output import print_document, result_console
from maintien.errors import EXIT_DONE, EXIT_FAILED
from maintien.reports.campaign_check import CampaignCheck


def check_campaign(invocation: Invocation, path: str) -> int:
    """Read a campaign file, ask the site for all that it names, and show what it comes to.

    The exit status is 1 where a run would refuse to do so much. Raises what is wrong with the file.
    """
    with open_campaign(invocation, path) as opened:
        prepared = opened.prepare()
        check = _check(prepared, is_on=opened.is_on)
    if invocation.wishes.json:
        print_document(check.document())
    else:
        console = result_console(invocation)
        console.print(check.render(invocation.texts, console.width))
    return EXIT_DONE if check.refusal is None else EXIT_FAILED


def _check(prepared: PreparedCampaign, *, is_on: bool) -> CampaignCheck:
    report = new_report(prepared, is_written=False)
    preview_campaign(prepared, report)
    return CampaignCheck(
        campaign=prepared.campaign,
        matching=prepared.matching,
        sizes=prepared.everything,
        report=report,
        is_on=is_on,
        refusal=find_refusal(prepared, len(report.people)),
    )
