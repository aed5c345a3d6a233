"""The demo's story on a terminal, one screen an event."""

import shlex
from collections.abc import Sequence
from typing import Final
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from maintien.cli.demo.figures import (
    comparison_table,
    faculties_table,
    losses_table,
    obstacles_text,
    reasons_table,
)
from maintien.cli.demo.headings import heading_line
from maintien.cli.demo.rescue_screens import draw_rescue_event
from maintien.reports.language import ENGLISH, Texts
from maintien.reports.safe_text import plain, printable
from maintien.reports.screen import facts_table, numbers_table
from maintien.reports.wording import error_text
from maintien.sites.demo.calendar import ZONE_NAME
from maintien.sites.demo.campaign import CAMPAIGN_FILE
from maintien.sites.demo.curriculum import UNIVERSITY
from maintien.sites.demo.events import (
    AccessCompared,
    AccessKept,
    ConversionDone,
    ConversionPreviewed,
    CutForecast,
    CutHappened,
    SitesLeft,
    StoryEvent,
    UniversityOpened,
)
from maintien.sites.demo.site import DemoSite

ZONE: Final = ZoneInfo(ZONE_NAME)


def draw_event(texts: Texts, event: StoryEvent) -> RenderableType:  # noqa: PLR0911 -- one an event
    """Draw what happened."""
    match event:
        case UniversityOpened():
            return _draw_university(texts, event)
        case CutForecast():
            return _draw_forecast(texts, event)
        case ConversionPreviewed():
            return _draw_preview(texts, event)
        case ConversionDone():
            return _draw_conversion(texts, event)
        case CutHappened():
            return _draw_cut(texts, event)
        case AccessKept():
            return _draw_outcome(texts, event)
        case AccessCompared():
            return comparison_table(texts, event)
        case SitesLeft():
            return _draw_sites(texts, event)
        case _:
            return draw_rescue_event(texts, event)


def draw_next_steps(texts: Texts, commands: Sequence[str], *, is_cut: bool = False) -> RenderableType:
    """Show commands to try, on the university as it was at the beginning or as the cut left it."""
    if is_cut:
        where = texts.gettext("Try these on the university as the cut left it:")
    else:
        where = texts.gettext("Try these on the university as it was at the beginning:")
    return Group(
        heading_line(texts.gettext("Your turn")),
        plain(where),
        *(Text(f"  {command}", style="bold") for command in commands),
    )


def next_commands(site: DemoSite, program: str) -> tuple[str, ...]:
    """Write commands to try on a university, for a shell; ``program`` is how ours is called."""
    called = f"{program} --site {shlex.quote(printable(site.site_url))}"
    until = Texts(code=ENGLISH).day(site.calendar.until, ZONE)
    return (
        f"{called} check --all",
        f"{called} courses --all",
        f"{called} convert --all --until {until}",
        f"{called} campaign check {shlex.quote(printable(str(site.folder.absolute() / CAMPAIGN_FILE)))}",
    )


def next_rescue_commands(site: DemoSite, program: str) -> tuple[str, str, str]:
    """Write three commands to try on a university that the cut has been to, on the morning after it."""
    english = Texts(code=ENGLISH)
    window, until = site.calendar.cut_window, english.day(site.calendar.until, ZONE)
    since = english.day(window.since, ZONE)
    called = f"{program} --site {shlex.quote(printable(site.site_url))} --now @{window.to}"
    rescue = f"{called} rescue --all --since {since} --until {until}"
    return f"{called} courses --all", rescue, f"{rescue} --run"


def _draw_university(texts: Texts, event: UniversityOpened) -> RenderableType:
    sentence = texts.gettext(
        "The {university} is invented. It has {people} people, {courses} courses and {enrolments}"
        " enrolments, {automatic} of which follow the student register or a cohort."
    ).format(
        university=UNIVERSITY,
        people=texts.number(event.people),
        courses=texts.number(event.courses),
        enrolments=texts.number(event.enrolments),
        automatic=texts.number(event.automatic_enrolments),
    )
    heading = heading_line(texts.gettext("A university"))
    return Group(heading, plain(sentence), faculties_table(texts, event.faculties))


def _draw_forecast(texts: Texts, event: CutForecast) -> RenderableType:
    sentence = texts.gettext(
        "On {day} the register begins a new year. Left to itself, that night takes {people} people out"
        " of their courses, and {nothing} of them have no course left. (The program let it happen on a"
        " copy, and looked.)"
    ).format(
        day=texts.day(event.at, ZONE),
        people=texts.number(event.loss.people),
        nothing=texts.number(event.loss.people_left_with_nothing),
    )
    heading = heading_line(texts.gettext("What the cut would take"))
    return Group(heading, plain(sentence), losses_table(texts, event.faculties))


def _draw_preview(texts: Texts, event: ConversionPreviewed) -> RenderableType:
    sentence = texts.gettext(
        "Keeping {people} people in their courses until {day} takes these changes in {courses} courses:"
    ).format(
        people=texts.number(event.people),
        day=texts.day(event.until, ZONE),
        courses=texts.number(event.courses),
    )
    numbers = (
        (texts.gettext("Manual enrolments added"), event.enrolments_added),
        (texts.gettext("Manual enrolments changed"), event.enrolments_prolonged),
        (texts.gettext("Roles given by hand"), event.roles_added),
        (texts.gettext("Group memberships kept"), event.memberships_kept),
    )
    return Group(
        heading_line(texts.gettext("What the conversion would do")),
        plain(sentence),
        Padding(numbers_table(texts, numbers), (0, 2)),
        obstacles_text(texts, event.obstacles),
        reasons_table(texts, event.left_alone),
    )


def _draw_conversion(texts: Texts, event: ConversionDone) -> RenderableType:
    sentence = texts.gettext("Done: {people} people are converted in {courses} courses.").format(
        people=texts.number(event.people), courses=texts.number(event.courses)
    )
    failures = (plain(error_text(texts, failure), "red") for failure in event.failures)
    return Group(heading_line(texts.gettext("The conversion")), plain(sentence, "green"), *failures)


def _draw_cut(texts: Texts, event: CutHappened) -> RenderableType:
    sentence = texts.gettext(
        "It is {day}: the register has struck out {entries} entries, {members} people have left their"
        " cohorts, and the nightly sync has run."
    ).format(
        day=texts.day(event.at, ZONE),
        entries=texts.number(event.cut.register_entries),
        members=texts.number(event.cut.cohort_members),
    )
    return Group(heading_line(texts.gettext("The cut")), plain(sentence))


def _draw_outcome(texts: Texts, event: AccessKept) -> RenderableType:
    sentence = texts.gettext(
        "{people} people whom the cut would have taken out of a course are still in it, with"
        " {memberships} group memberships and {grades} grades. {lost} people lost access to a course all"
        " the same:"
    ).format(
        people=texts.number(event.kept.people),
        memberships=texts.number(event.kept.memberships),
        grades=texts.number(event.kept.grades),
        lost=texts.number(event.loss.people),
    )
    heading = heading_line(texts.gettext("Who kept access"))
    return Group(heading, plain(sentence), reasons_table(texts, event.reasons))


def _draw_sites(texts: Texts, event: SitesLeft) -> RenderableType:
    sites = (
        (texts.gettext("As it is now"), event.after),
        (texts.gettext("As it was at the beginning"), event.before),
        (texts.gettext("After the cut, without a conversion"), event.without),
    )
    facts = ((label, plain(str(site.site_path))) for label, site in sites)
    return Group(heading_line(texts.gettext("What is left to look at")), facts_table(facts))
