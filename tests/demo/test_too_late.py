"""The other story's facts: what the cut took comes back, and what does not is told."""

from dataclasses import replace
from pathlib import Path

import pytest

from maintien.enrolments.access import people_with_access
from maintien.enrolments.state import CourseState
from maintien.moodle.ids import CourseId, UserId
from maintien.planning.left_alone import ManualMethodUnavailable, RoleNotAskedFor
from maintien.planning.plan import Source
from maintien.sites.demo.creation import create_demo
from maintien.sites.demo.events import (
    AccessGivenBack,
    CutHappened,
    CutNoticed,
    RescueCompared,
    RescueDone,
    RescuePreviewed,
    RescueSitesLeft,
    StoryEvent,
    UniversityOpened,
)
from maintien.sites.demo.rescue import prepare_rescue
from maintien.sites.demo.site import DemoSite
from maintien.sites.demo.too_late import tell_too_late
from maintien.sites.interface import Selection
from tests.demo.moments import NOW

States = dict[CourseId, CourseState]


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> list[StoryEvent]:
    """The story, told once."""
    return list(tell_too_late(create_demo(tmp_path_factory.mktemp("too-late"), now=NOW)))


@pytest.fixture(scope="module")
def left(events: list[StoryEvent]) -> RescueSitesLeft:
    (event,) = [event for event in events if isinstance(event, RescueSitesLeft)]
    return event


def states(demo: DemoSite) -> States:
    with demo.open_site() as site:
        courses = [size.course for size in site.select(Selection(everything=True))]
        return {state.course.id: state for state in site.read_states(courses)}


def accesses(demo: DemoSite) -> set[tuple[CourseId, UserId]]:
    at = demo.calendar.cut_window.to
    return {(c, userid) for c, state in states(demo).items() for userid in people_with_access(state, at)}


def groups(state: CourseState, userid: UserId) -> set[int]:
    return {row.groupid for row in state.memberships if row.userid == userid}


def test_story_is_told_in_order(events: list[StoryEvent]) -> None:
    assert [type(event) for event in events] == [
        UniversityOpened,
        CutHappened,
        CutNoticed,
        RescuePreviewed,
        RescueDone,
        AccessGivenBack,
        RescueCompared,
        RescueSitesLeft,
    ]


def test_rescued_people_have_access_and_groups_again(left: RescueSitesLeft) -> None:
    with left.without.open_site() as site:
        plans = list(prepare_rescue(site, left.without.calendar).preview())
    before, cut, after = states(left.before), states(left.without), states(left.after)
    at = left.after.calendar.cut_window.to
    rescued = {(plan.course.id, userid) for plan in plans for userid in plan.grounds}

    assert len(rescued) > 5_000
    for courseid, userid in rescued:
        assert userid not in people_with_access(cut[courseid], at)
        assert userid in people_with_access(after[courseid], at)
        assert groups(before[courseid], userid) <= groups(after[courseid], userid)


def test_nobody_gains_access_who_had_none_before_the_cut(left: RescueSitesLeft) -> None:
    assert accesses(left.after) <= accesses(left.before)


def test_what_is_missing_is_explained_person_by_person(
    events: list[StoryEvent], left: RescueSitesLeft
) -> None:
    (outcome,) = [event for event in events if isinstance(event, AccessGivenBack)]
    missing = accesses(left.before) - accesses(left.after)

    assert sum(count.times for count in outcome.reasons) == len(missing) == outcome.loss.accesses
    assert {count.reason for count in outcome.reasons} == {ManualMethodUnavailable, RoleNotAskedFor}


def test_both_sources_are_at_work(events: list[StoryEvent]) -> None:
    (preview,) = [event for event in events if isinstance(event, RescuePreviewed)]

    assert {count.source for count in preview.sources} == {Source.SUSPENDED_ROW, Source.LOG}
    assert preview.memberships_added > 1_000
    assert preview.people_without_grades > 1_000


def test_second_rescue_finds_nothing_to_do(left: RescueSitesLeft) -> None:
    with left.after.open_site() as site:
        plans = list(prepare_rescue(site, left.after.calendar).preview())

    assert {plan.changes for plan in plans} == {()}


def test_story_is_the_same_whenever_it_is_told(events: list[StoryEvent], tmp_path: Path) -> None:
    again = list(tell_too_late(create_demo(tmp_path, now=NOW)))

    assert [event for event in again if isinstance(event, RescueCompared)] == [
        event for event in events if isinstance(event, RescueCompared)
    ]
    done = [event for event in again if isinstance(event, RescueDone)]
    assert [replace(event, failures=()) for event in done] == done
