"""Tells the story of the embedded university: what the cut would do, the conversion, the cut, who stayed.

Nothing in it is made up: the forecast is the cut itself, on a copy; the conversion is planned and carried
out like any other; and who has what afterwards is read from the site.
"""

from collections.abc import Iterator
from typing import Final

from maintien.runs.execute import Observer
from maintien.sites.demo.conversion import prepare_conversion, summarise
from maintien.sites.demo.events import (
    AccessCompared,
    AccessKept,
    CutHappened,
    SitesLeft,
    StoryEvent,
)
from maintien.sites.demo.figures import describe_cut, describe_university, explain_losses
from maintien.sites.demo.new_year import cut_access
from maintien.sites.demo.observation import Observation, loss_between, observe
from maintien.sites.demo.site import DemoSite, copy_demo

BEFORE: Final = "-before"
WITHOUT: Final = "-without"
"""What the names of the copies' files end with."""


def tell(demo: DemoSite, *, observer: Observer | None = None) -> Iterator[StoryEvent]:
    """Live through the year of a new university, telling each thing when it has happened.

    The site is left as the story leaves it; beside it stay a copy of how it was (``-before``) and of how
    it would be (``-without``). ``observer`` watches the conversion. Takes some seconds. A university that
    this was told about already has little left to tell.

    Raises:
        DemoFolderTaken: a file that a copy would replace is something else; nothing was written.
        NotADemoSite: the site is not invented; nothing was written in it.
    """
    before, without = copy_demo(demo, BEFORE), copy_demo(demo, WITHOUT)
    at = demo.calendar.cut_at
    with demo.open_site() as site:
        eve = observe(site, at)
        yield describe_university(demo, site, eve)
        unprotected = _let_it_happen(without)
        yield describe_cut(site, without, eve, unprotected)
        conversion = prepare_conversion(site, demo.calendar)
        plans = tuple(conversion.preview())
        yield summarise(plans, demo.calendar.until)
        yield conversion.carry_out(observer)
        yield CutHappened(at=at, cut=cut_access(demo))
        night = observe(site, at)
    lost = eve.without(night)
    yield AccessKept(
        kept=loss_between(eve.without(lost), unprotected),
        loss=loss_between(eve, night),
        reasons=explain_losses(lost.accesses, plans),
    )
    yield AccessCompared(before=eve.standing, without=unprotected.standing, converted=night.standing)
    yield SitesLeft(after=demo, before=before, without=without)


def _let_it_happen(copy: DemoSite) -> Observation:
    """Cut access on a copy on which nothing is converted, and look at what is left."""
    cut_access(copy)
    with copy.open_site() as site:
        return observe(site, copy.calendar.cut_at)
