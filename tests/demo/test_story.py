"""The story's facts: what it tells is so, and converting people keeps what the cut would take."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from maintien.enrolments.access import people_with_access
from maintien.enrolments.state import CourseState
from maintien.moodle.ids import CourseId, UserId
from maintien.planning.findings import ManualInstanceDisabled
from maintien.planning.left_alone import (
    ManualEnrolmentSuffices,
    ManualMethodUnavailable,
    MethodNotAskedFor,
    RoleNotAskedFor,
    SuspendedAccount,
    SuspendedEnrolment,
    SuspendedManualEnrolment,
)
from maintien.sites.demo.conversion import prepare_conversion
from maintien.sites.demo.events import (
    AccessCompared,
    AccessKept,
    ConversionDone,
    ConversionPreviewed,
    CutForecast,
    CutHappened,
    ObstacleCount,
    SitesLeft,
    UniversityOpened,
)
from maintien.sites.demo.new_year import cut_access
from maintien.sites.demo.observation import observe
from maintien.sites.demo.site import DemoSite
from maintien.sites.demo.story import tell
from maintien.sites.feeds.interface import SyncCounts, Synced
from maintien.sites.interface import Selection
from tests.demo.conftest import ToldStory

States = dict[CourseId, CourseState]


def states(demo: DemoSite) -> States:
    with demo.open_site() as site:
        courses = [size.course for size in site.select(Selection(everything=True))]
        return {state.course.id: state for state in site.read_states(courses)}


def converted(demo: DemoSite) -> set[tuple[CourseId, UserId]]:
    """Whom a conversion of this university would enrol by hand."""
    with demo.open_site() as site:
        plans = prepare_conversion(site, demo.calendar).preview()
        return {(plan.course.id, userid) for plan in plans for userid in plan.converted}


def groups(state: CourseState, userid: UserId) -> set[int]:
    return {m.groupid for m in state.memberships if m.userid == userid}


@pytest.fixture(scope="module")
def left(story: ToldStory) -> SitesLeft:
    (event,) = [event for event in story.events if isinstance(event, SitesLeft)]
    return event


def test_story_is_told_in_order(story: ToldStory) -> None:
    assert [type(event) for event in story.events] == [
        UniversityOpened,
        CutForecast,
        ConversionPreviewed,
        ConversionDone,
        CutHappened,
        AccessKept,
        AccessCompared,
        SitesLeft,
    ]


def test_converted_people_keep_access_and_groups_at_the_cut(left: SitesLeft) -> None:
    before, after = states(left.before), states(left.after)
    at = left.after.calendar.cut_at
    everybody = converted(left.before)
    assert len(everybody) > 5_000
    for courseid, userid in everybody:
        assert userid in people_with_access(after[courseid], at)
        assert groups(after[courseid], userid) == groups(before[courseid], userid)


def test_without_the_conversion_the_same_people_lose_them(left: SitesLeft) -> None:
    before, without = states(left.before), states(left.without)
    at = left.without.calendar.cut_at
    lost = {
        (courseid, userid)
        for courseid, userid in converted(left.before)
        if userid not in people_with_access(without[courseid], at)
    }
    assert len(lost) > 5_000
    assert any(groups(before[c], u) and not groups(without[c], u) for c, u in lost)


def test_forecast_is_what_happens_where_nothing_is_converted(story: ToldStory, left: SitesLeft) -> None:
    (forecast,) = [event for event in story.events if isinstance(event, CutForecast)]
    (compared,) = [event for event in story.events if isinstance(event, AccessCompared)]
    with left.before.open_site() as before, left.without.open_site() as without:
        eve, night = observe(before, forecast.at), observe(without, forecast.at)
    assert (compared.before, compared.without) == (eve.standing, night.standing)
    assert forecast.loss.accesses == len(eve.accesses - night.accesses)
    assert forecast.loss.memberships == len(eve.memberships - night.memberships)
    assert forecast.loss.grades == len(eve.grades - night.grades) > 0
    assert sum(faculty.loss.accesses for faculty in forecast.faculties) == forecast.loss.accesses


def test_what_is_kept_and_what_is_lost_make_up_the_forecast(story: ToldStory) -> None:
    (forecast,) = [event for event in story.events if isinstance(event, CutForecast)]
    (kept,) = [event for event in story.events if isinstance(event, AccessKept)]
    for name in ("accesses", "memberships", "grades"):
        parts = getattr(kept.kept, name) + getattr(kept.loss, name)
        assert parts == getattr(forecast.loss, name)
    assert kept.kept.accesses > 20 * kept.loss.accesses


def test_everybody_who_lost_access_had_been_left_alone_for_a_reason(story: ToldStory) -> None:
    (kept,) = [event for event in story.events if isinstance(event, AccessKept)]
    assert {count.reason for count in kept.reasons} == {
        ManualMethodUnavailable,
        SuspendedManualEnrolment,
        RoleNotAskedFor,
    }
    assert sum(count.times for count in kept.reasons) == kept.loss.accesses


def test_preview_names_who_is_left_alone_and_which_courses(story: ToldStory) -> None:
    (preview,) = [event for event in story.events if isinstance(event, ConversionPreviewed)]
    assert {count.reason for count in preview.left_alone} == {
        ManualEnrolmentSuffices,
        ManualMethodUnavailable,
        MethodNotAskedFor,
        RoleNotAskedFor,
        SuspendedAccount,
        SuspendedEnrolment,
        SuspendedManualEnrolment,
    }
    assert preview.obstacles == (
        ObstacleCount(obstacle=ManualInstanceDisabled, courses=("M2CHI-02", "M2DP-02", "CAPA-03")),
    )
    assert preview.instances_added == 3
    assert preview.enrolments_prolonged > 0
    assert preview.memberships_kept > 0


def test_conversion_does_what_was_previewed(story: ToldStory) -> None:
    (preview,) = [event for event in story.events if isinstance(event, ConversionPreviewed)]
    (done,) = [event for event in story.events if isinstance(event, ConversionDone)]
    assert done == ConversionDone(courses=preview.courses, people=preview.people, failures=())


def test_university_of_the_beginning_is_left_to_be_converted(university: DemoSite, left: SitesLeft) -> None:
    assert states(left.before) == states(university)


def test_second_cut_finds_nothing_to_do(story: ToldStory) -> None:
    cut = cut_access(story.demo)
    assert (cut.register_entries, cut.cohort_members) == (0, 0)
    assert cut.syncs == (
        Synced(method="cohort", counts=SyncCounts()),
        Synced(method="database", counts=SyncCounts()),
    )


def test_story_told_again_takes_nothing_away(story: ToldStory, tmp_path: Path) -> None:
    again = replace(story.demo, folder=tmp_path)
    shutil.copyfile(story.demo.site_path, again.site_path)
    shutil.copyfile(story.demo.register_path, again.register_path)
    (kept,) = [event for event in tell(again) if isinstance(event, AccessKept)]
    assert kept.loss.accesses == kept.loss.memberships == 0
