"""Tells the other story of the embedded university: the cut came first, and a rescue repairs it.

Nothing in it is made up: the cut is Moodle's syncs; the rescue reads their log, and is planned and carried
out like any other; and who has what afterwards is read from the site.
"""

from collections.abc import Iterator

from maintien.runs.execute import Observer
from maintien.sites.demo.events import (
    AccessGivenBack,
    CutHappened,
    CutNoticed,
    RescueCompared,
    RescueSitesLeft,
    StoryEvent,
)
from maintien.sites.demo.figures import describe_university, explain_losses, losses_of_faculties
from maintien.sites.demo.new_year import cut_access
from maintien.sites.demo.observation import loss_between, observe
from maintien.sites.demo.rescue import prepare_rescue, summarise
from maintien.sites.demo.site import DemoSite, copy_demo
from maintien.sites.demo.story import BEFORE, WITHOUT


def tell_too_late(demo: DemoSite, *, observer: Observer | None = None) -> Iterator[StoryEvent]:
    """Live through the cut of a new university and its rescue, telling each thing when it has happened.

    The site is left as the story leaves it; beside it stay a copy of how it was (``-before``) and of how
    the cut left it (``-without``). ``observer`` watches the rescue. Takes some seconds.

    Raises:
        DemoFolderTaken: a file that a copy would replace is something else; nothing was written.
        NotADemoSite: the site is not invented; nothing was written in it.
    """
    before = copy_demo(demo, BEFORE)
    calendar = demo.calendar
    morning = calendar.cut_window.to
    with demo.open_site() as site:
        eve = observe(site, calendar.cut_at)
        yield describe_university(demo, site, eve)
        yield CutHappened(at=calendar.cut_at, cut=cut_access(demo))
    without = copy_demo(demo, WITHOUT)
    with demo.open_site() as site:
        night = observe(site, morning)
        yield CutNoticed(
            at=morning,
            loss=loss_between(eve, night),
            faculties=losses_of_faculties(site, eve, night),
        )
        rescue = prepare_rescue(site, calendar)
        plans = tuple(rescue.preview())
        yield summarise(plans, calendar.until)
        yield rescue.carry_out(observer)
        rescued = observe(site, morning)
    missing = eve.without(rescued)
    yield AccessGivenBack(
        back=loss_between(eve.without(missing), night),
        loss=loss_between(eve, rescued),
        reasons=explain_losses(missing.accesses, plans),
    )
    yield RescueCompared(before=eve.standing, cut=night.standing, rescued=rescued.standing)
    yield RescueSitesLeft(after=demo, before=before, without=without)
