"""What only the story of a cut that came first has, on a terminal."""

from typing import TypeAlias, assert_never
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.padding import Padding

from maintien.cli.demo.figures import losses_table, obstacles_text, reasons_table, standings_table
from maintien.cli.demo.headings import heading_line
from maintien.reports.language import Texts
from maintien.reports.rescue_people import SOURCES
from maintien.reports.safe_text import plain
from maintien.reports.screen import facts_table, numbers_table
from maintien.reports.wording import error_text
from maintien.sites.demo.calendar import ZONE_NAME
from maintien.sites.demo.events import (
    AccessGivenBack,
    CutNoticed,
    RescueCompared,
    RescueDone,
    RescuePreviewed,
    RescueSitesLeft,
)

RescueEvent: TypeAlias = (
    CutNoticed | RescuePreviewed | RescueDone | AccessGivenBack | RescueCompared | RescueSitesLeft
)

_ZONE = ZoneInfo(ZONE_NAME)


def draw_rescue_event(texts: Texts, event: RescueEvent) -> RenderableType:
    """Draw what happened."""
    match event:
        case CutNoticed():
            return _draw_loss(texts, event)
        case RescuePreviewed():
            return _draw_preview(texts, event)
        case RescueDone():
            return _draw_rescue(texts, event)
        case AccessGivenBack():
            return _draw_outcome(texts, event)
        case RescueCompared():
            return _draw_comparison(texts, event)
        case RescueSitesLeft():
            return _draw_sites(texts, event)
        case _:
            assert_never(event)


def _draw_loss(texts: Texts, event: CutNoticed) -> RenderableType:
    sentence = texts.gettext(
        "Nobody had converted anything. That night took {people} people out of their courses, and"
        " {nothing} of them have no course left. The telephone rings."
    ).format(
        people=texts.number(event.loss.people),
        nothing=texts.number(event.loss.people_left_with_nothing),
    )
    heading = heading_line(texts.gettext("What the cut took"))
    return Group(heading, plain(sentence), losses_table(texts, event.faculties))


def _draw_preview(texts: Texts, event: RescuePreviewed) -> RenderableType:
    sentence = texts.gettext(
        "Moodle's log tells what the sync took from whom. Giving {people} people access back until {day}"
        " takes these changes in {courses} courses:"
    ).format(
        people=texts.number(event.people),
        day=texts.day(event.until, _ZONE),
        courses=texts.number(event.courses),
    )
    known = texts.gettext("Known from: {source}")
    numbers = [
        (texts.gettext("Manual enrolments added"), event.enrolments_added),
        (texts.gettext("Manual enrolments changed"), event.enrolments_changed),
        (texts.gettext("Roles given by hand"), event.roles_added),
        (texts.gettext("Group memberships given back"), event.memberships_added),
        (texts.gettext("Group memberships kept"), event.memberships_kept),
        *((known.format(source=texts.gettext(SOURCES[c.source])), c.times) for c in event.sources),
        (texts.gettext("Times somebody's grades went into the history"), event.people_without_grades),
    ]
    return Group(
        heading_line(texts.gettext("What the rescue would do")),
        plain(sentence),
        Padding(numbers_table(texts, numbers), (0, 2)),
        obstacles_text(texts, event.obstacles),
        reasons_table(texts, event.left_alone),
    )


def _draw_rescue(texts: Texts, event: RescueDone) -> RenderableType:
    sentence = texts.gettext("Done: {people} people have access again, in {courses} courses.").format(
        people=texts.number(event.people), courses=texts.number(event.courses)
    )
    failures = (plain(error_text(texts, failure), "red") for failure in event.failures)
    return Group(heading_line(texts.gettext("The rescue")), plain(sentence, "green"), *failures)


def _draw_outcome(texts: Texts, event: AccessGivenBack) -> RenderableType:
    sentence = texts.gettext(
        "{people} people are in their courses again, with {memberships} group memberships. Their grades"
        " stay in Moodle's history: {grades} are missing still. {lost} people are still without access to"
        " a course:"
    ).format(
        people=texts.number(event.back.people),
        memberships=texts.number(event.back.memberships),
        grades=texts.number(event.loss.grades),
        lost=texts.number(event.loss.people),
    )
    heading = heading_line(texts.gettext("Who has access again"))
    return Group(heading, plain(sentence), reasons_table(texts, event.reasons))


def _draw_comparison(texts: Texts, event: RescueCompared) -> RenderableType:
    return standings_table(
        texts,
        (
            (texts.gettext("the day before"), event.before, "blue"),
            (texts.gettext("after the cut"), event.cut, "red"),
            (texts.gettext("after the rescue"), event.rescued, "green"),
        ),
    )


def _draw_sites(texts: Texts, event: RescueSitesLeft) -> RenderableType:
    sites = (
        (texts.gettext("As it is now"), event.after),
        (texts.gettext("As it was at the beginning"), event.before),
        (texts.gettext("As the cut left it"), event.without),
    )
    facts = ((label, plain(str(site.site_path))) for label, site in sites)
    return Group(heading_line(texts.gettext("What is left to look at")), facts_table(facts))
