"""A campaign on a terminal: a conversion's screen with a table of rules, and who decided them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from maintien.moodle.ids import UserId
from maintien.planning.campaign.record import CampaignRecord, RuleRecord
from maintien.planning.policy import Policy, end_of
from maintien.reports.conversion_document import ConversionHeader
from maintien.reports.conversion_screen import ConversionScreen
from maintien.reports.language import Texts
from maintien.reports.safe_text import plain
from maintien.reports.screen import WIDE, add_name_column, add_number_columns, new_table
from maintien.reports.summary import Totals


class SumsOfRule(Protocol):
    """What one rule comes to."""

    rule: RuleRecord
    policy: Policy | None
    totals: Totals
    people: set[UserId]


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignScreen(ConversionScreen):
    """Everything that a campaign's screen shows."""

    campaign: CampaignRecord
    converted: int
    """People, each once."""
    rules: Sequence[SumsOfRule]

    def facts(self, texts: Texts) -> Iterator[tuple[str, Text]]:
        """Say what the campaign is."""
        yield texts.gettext("Site"), plain(self.header.site)
        yield texts.gettext("Campaign"), plain(self.campaign.name)
        if self.header.run is not None:
            yield texts.gettext("Run"), plain(str(self.header.run))
        yield texts.gettext("People"), plain(texts.number(self.converted))
        yield texts.gettext("Courses left out"), plain(texts.number(self.campaign.courses_excluded))
        yield texts.gettext("Courses without a rule"), plain(texts.number(self.campaign.courses_unmatched))
        yield from self.cut_facts(texts)

    def before_courses(self, texts: Texts, width: int) -> Iterable[RenderableType]:
        """Draw the rules."""
        return (
            rules_table(texts, self.header, self.rules, width),
            decisions_table(texts, self.rules, width),
        )


def rules_table(texts: Texts, header: ConversionHeader, rules: Sequence[SumsOfRule], width: int) -> Table:
    """Show what each rule comes to, in their order."""
    has_failures = any(sums.totals.courses_failed for sums in rules)
    table = new_table(texts.gettext("Rules"))
    add_name_column(table, texts.gettext("Rule"), at_most=width // 3)
    table.add_column(plain(texts.gettext("End date")), overflow="fold")
    add_number_columns(table, texts.gettext("Courses"), texts.gettext("People"), texts.gettext("New"))
    if width >= WIDE:
        add_number_columns(table, texts.gettext("Changed"))
    add_number_columns(table, texts.gettext("Left alone"))
    if has_failures:
        add_number_columns(table, texts.gettext("Failed"))
    for sums in rules:
        totals, counts = sums.totals, sums.totals.counts
        numbers = [totals.courses, len(sums.people), counts.enrolments_added]
        if width >= WIDE:
            numbers.append(counts.enrolments_changed)
        numbers.append(counts.people_left_alone)
        if has_failures:
            numbers.append(totals.courses_failed)
        end = "" if sums.policy is None else texts.end_date(end_of(sums.policy), header.zone)
        cells = (Text(texts.number(number), style="" if number else "dim") for number in numbers)
        table.add_row(plain(sums.rule.name), plain(end), *cells)
    return table


def decisions_table(texts: Texts, rules: Sequence[SumsOfRule], width: int) -> Table:
    """Show who decided each rule, and why."""
    table = new_table(texts.gettext("Decisions"))
    add_name_column(table, texts.gettext("Rule"), at_most=width // 3)
    table.add_column(plain(texts.gettext("Decided by")), overflow="fold")
    table.add_column(plain(texts.gettext("Reason")), overflow="fold")
    for sums in rules:
        decision = sums.rule.decision
        table.add_row(plain(sums.rule.name), plain(decision.owner), plain(decision.reason))
    return table
