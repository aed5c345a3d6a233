"""Campaigns as typed tables: what each rule comes to, and which courses it has."""

from collections.abc import Iterator, Sequence
from typing import Final

from maintien.messages import N_
from maintien.planning.campaign.record import CampaignRecord
from maintien.planning.policy import end_of
from maintien.reports.campaign import CampaignReport, RuleSums
from maintien.reports.campaign_check import CampaignCheck
from maintien.reports.language import Texts
from maintien.reports.run_export import COURSES, end_cell, run_tables, translated
from maintien.reports.tables import Cell, Column, Heading, Kind, Personal, Table, TableWriter

RULES: Final = "rules"
REMARKS: Final = "remarks"

_RULE_COLUMNS: Final = (
    Column(N_("rule")),
    Column(N_("decided by"), personal=Personal.DETAIL),
    Column(N_("reason"), personal=Personal.DETAIL),
    Column(N_("end date"), Kind.MOMENT),
    Column(N_("courses"), Kind.NUMBER),
    Column(N_("people"), Kind.NUMBER),
    Column(N_("new enrolments"), Kind.NUMBER),
    Column(N_("changed enrolments"), Kind.NUMBER),
    Column(N_("left alone"), Kind.NUMBER),
    Column(N_("courses failed"), Kind.NUMBER),
)
_CHECKED_COLUMNS: Final = (
    Column(N_("course id"), Kind.ID),
    Column(N_("course")),
    Column(N_("full name")),
    Column(N_("ID number")),
    Column(N_("rule")),
    Column(N_("remark")),
    Column(N_("enrolments"), Kind.NUMBER),
    Column(N_("people"), Kind.NUMBER),
    Column(N_("left alone"), Kind.NUMBER),
)

_REMARK_COLUMNS: Final = (
    Column(N_("remark")),
    Column(N_("courses"), Kind.NUMBER),
)


def campaign_tables(texts: Texts) -> dict[str, Table]:
    """Describe the tables of a campaign that is run, or would be."""
    return {RULES: translated(texts, N_("Rules"), _RULE_COLUMNS), **run_tables(texts, has_rules=True)}


def checked_tables(texts: Texts) -> dict[str, Table]:
    """Describe the tables of a campaign that is checked."""
    return {
        RULES: translated(texts, N_("Rules"), _RULE_COLUMNS),
        REMARKS: translated(texts, N_("Remarks"), _REMARK_COLUMNS),
        COURSES: translated(texts, N_("Courses"), _CHECKED_COLUMNS),
    }


def campaign_heading(texts: Texts, report: CampaignReport, *, title: str) -> Heading:
    """Say what a campaign is."""
    campaign: CampaignRecord = report.campaign
    facts = [
        (texts.gettext("Site"), report.header.site),
        (texts.gettext("Campaign"), campaign.name),
        (texts.gettext("People"), texts.number(len(report.people))),
        (texts.gettext("Courses left out"), texts.number(campaign.courses_excluded)),
        (texts.gettext("Courses without a rule"), texts.number(campaign.courses_unmatched)),
    ]
    if report.header.run is not None:
        facts.insert(1, (texts.gettext("Run"), str(report.header.run)))
    return Heading(title, facts)


def write_rules(writer: TableWriter, texts: Texts, rules: Sequence[RuleSums]) -> None:
    """Write what each rule comes to, in their order."""
    for sums in rules:
        totals, counts, decision = sums.totals, sums.totals.counts, sums.rule.decision
        cells: list[Cell] = [
            sums.rule.name,
            decision.owner,
            decision.reason,
            None if sums.policy is None else end_cell(texts, end_of(sums.policy)),
            totals.courses,
            len(sums.people),
            counts.enrolments_added,
            counts.enrolments_changed,
            counts.people_left_alone,
            totals.courses_failed,
        ]
        writer.add(RULES, cells)


def write_checked(writer: TableWriter, texts: Texts, check: CampaignCheck) -> None:
    """Write the rules, and every course of the site."""
    write_rules(writer, texts, check.report.rules)
    for remark in check.remarks(texts):
        writer.add(REMARKS, [remark.text, remark.in_courses or None])
    for row in _checked_courses(texts, check):
        writer.add(COURSES, row)


def _checked_courses(texts: Texts, check: CampaignCheck) -> Iterator[list[Cell]]:
    counts = {summary.course.id: summary.counts for summary in check.report.courses}
    for course, enrolments in check.sizes:
        rule, counted = check.matching.rule_of.get(course.id), counts.get(course.id)
        if rule is not None:
            name, remark = check.campaign.rules[rule].name, None
        else:
            is_excluded = course.id in check.matching.excluded
            name = None
            remark = texts.gettext("left out") if is_excluded else texts.gettext("without a rule")
        yield [
            *(course.id, course.shortname, course.fullname, course.idnumber, name, remark, enrolments),
            0 if counted is None else counted.people_converted,
            0 if counted is None else counted.people_left_alone,
        ]
