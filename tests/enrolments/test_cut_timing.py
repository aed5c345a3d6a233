"""Whether a cut is still to come, under way or done, and whom it took."""

from dataclasses import replace

import pytest

from maintien.enrolments.cut_timing import (
    LATELY,
    CourseTiming,
    CutCounts,
    CutTiming,
    Withdrawn,
    find_withdrawn,
    time_cut,
)
from maintien.enrolments.roll import CourseRoll, Listing, automatic_roll_of, roll_of
from maintien.moodle.config import SiteConfig
from maintien.moodle.ids import InstanceId, UserId
from maintien.moodle.values import EnrolmentStatus, UnenrolAction
from tests.builders import NOW, CourseBuilder

SINCE = NOW - LATELY
LOGGED = SiteConfig(logs_to_standard_log=True)
SUSPENDS = SiteConfig(
    logs_to_standard_log=True,
    unenrol_actions={"cohort": UnenrolAction.SUSPEND, "database": UnenrolAction.SUSPEND},
)
BEFORE, UNDER_WAY, DONE = CutTiming.BEFORE, CutTiming.UNDER_WAY, CutTiming.DONE
UNKNOWN, NOTHING = CutTiming.UNKNOWN, CutTiming.NOTHING_AUTOMATIC
SUSPENDED = EnrolmentStatus.SUSPENDED


class Fed(CourseBuilder):
    """A course that one instance fills."""

    def __init__(self, method: str = "cohort") -> None:
        super().__init__()
        self.fed = self.instance(method)

    def people(self, number: int) -> list[UserId]:
        return [self.student(self.fed) for _ in range(number)]

    def suspend(self, number: int, *, changed_at: int = NOW - 1) -> list[UserId]:
        people = [self.person() for _ in range(number)]
        for userid in people:
            row = self.enrol(userid, self.fed, status=SUSPENDED)
            self.enrolments[-1] = row._replace(timemodified=changed_at)
        return people

    def roll(self, *, listed: list[UserId] | None = None, removed: int = 0) -> CourseRoll:
        listings = {} if listed is None else {self.fed: Listing(frozenset(listed))}
        gone = frozenset(UserId(900 + number) for number in range(removed))
        return replace(roll_of(self.state(), frozenset()), listings=listings, removed_by_sync=gone)


def timing(roll: CourseRoll, config: SiteConfig = LOGGED) -> CutTiming:
    return time_cut(roll, config, since=SINCE, at=NOW).timing


def test_nobody_withdrawn_and_everybody_listed_is_before_the_cut() -> None:
    course = Fed()
    assert timing(course.roll(listed=course.people(3))) is BEFORE


def test_people_who_wait_for_the_next_sync_are_a_cut_under_way() -> None:
    course = Fed()
    course.people(3)
    assert timing(course.roll(listed=[])) is UNDER_WAY


def test_people_withdrawn_while_others_wait_are_a_cut_under_way() -> None:
    course = Fed()
    course.people(1)
    assert timing(course.roll(listed=[], removed=3)) is UNDER_WAY


def test_people_withdrawn_while_nobody_waits_are_a_cut_that_is_done() -> None:
    course = Fed()
    assert timing(course.roll(listed=course.people(3), removed=3)) is DONE
    assert timing(Fed().roll(listed=[], removed=3)) is DONE


@pytest.mark.parametrize("config", [LOGGED, SUSPENDS])
def test_suspended_enrolments_are_a_sign_as_well(config: SiteConfig) -> None:
    course = Fed()
    course.suspend(3)
    assert timing(course.roll(listed=[]), config) is DONE


def test_suspensions_of_long_ago_are_those_of_another_cut() -> None:
    course = Fed()
    listed = course.people(2)
    course.suspend(9, changed_at=SINCE - 1)
    assert timing(course.roll(listed=listed), SUSPENDS) is BEFORE


def test_suspension_without_a_date_needs_a_method_that_suspends() -> None:
    course = Fed()
    listed = course.people(2)
    course.suspend(9, changed_at=0)
    assert timing(course.roll(listed=listed), SUSPENDS) is DONE
    assert timing(course.roll(listed=listed), LOGGED) is BEFORE


def test_suspended_people_whom_the_feed_lists_come_back() -> None:
    course = Fed()
    assert timing(course.roll(listed=[*course.people(2), *course.suspend(9)]), SUSPENDS) is BEFORE


def test_few_departures_are_no_cut() -> None:
    course = Fed()
    listed = course.people(20)
    assert timing(course.roll(listed=listed, removed=1)) is BEFORE
    assert timing(course.roll(listed=listed[:19], removed=0)) is UNDER_WAY
    assert timing(course.roll(listed=listed, removed=2)) is DONE


def test_where_the_feed_can_not_be_read_the_larger_number_tells() -> None:
    course = Fed("database")
    course.people(3)
    assert timing(course.roll()) is BEFORE
    assert timing(course.roll(removed=2)) is UNDER_WAY
    assert timing(course.roll(removed=3)) is DONE


def test_without_feed_and_log_nobody_can_tell() -> None:
    course = Fed("database")
    course.people(3)
    assert timing(course.roll(), SiteConfig()) is UNKNOWN
    assert timing(Fed("database").roll(), SiteConfig()) is UNKNOWN


def test_a_method_that_suspends_leaves_traces_without_a_log() -> None:
    course = Fed("database")
    course.people(3)
    config = SiteConfig(unenrol_actions={"database": UnenrolAction.SUSPEND})
    assert timing(course.roll(), config) is BEFORE


def test_course_without_automatic_enrolments_has_no_cut() -> None:
    course = Fed("manual")
    course.people(3)
    assert timing(course.roll()) is NOTHING
    assert timing(Fed().roll()) is NOTHING


@pytest.mark.parametrize("case", ["kept", "switched off", "empty register"])
def test_nobody_waits_for_a_sync_that_withdraws_nobody(case: str) -> None:
    course = Fed("database")
    course.people(3)
    config = {
        "kept": SiteConfig(unenrol_actions={"database": UnenrolAction.KEEP}),
        "switched off": SiteConfig(enabled_methods=frozenset({"manual"}), logs_to_standard_log=True),
        "empty register": LOGGED,
    }[case]
    spares = {course.fed: Listing(frozenset(), spares_everybody=case == "empty register")}
    roll = replace(course.roll(), listings=spares)
    assert timing(roll, config) is BEFORE
    assert time_cut(roll, config, since=SINCE, at=NOW).waiting == 0


def test_facts_are_told() -> None:
    course = Fed()
    listed, _ = course.people(2)
    assert time_cut(course.roll(listed=[listed], removed=3), LOGGED, since=SINCE, at=NOW) == CourseTiming(
        course=course.course,
        timing=UNDER_WAY,
        active=2,
        waiting=1,
        withdrawn=3,
        without_access=3,
        are_feeds_known=True,
    )


def test_withdrawn_people_with_access_by_hand_are_rescued() -> None:
    course = Fed()
    cut, rescued, ended = course.suspend(3)
    manual, self_enrolment = course.instance("manual"), course.instance("self")
    course.enrol(rescued, manual)
    course.enrol(ended, manual, ends_at=NOW)
    by_themselves = course.suspend(1)[0]
    course.enrol(by_themselves, self_enrolment)
    assert find_withdrawn(course.roll(), LOGGED, since=SINCE, at=NOW) == Withdrawn(
        people=frozenset({cut, rescued, ended, by_themselves}),
        without_access=frozenset({cut, ended}),
        rescued=frozenset({rescued}),
    )


def test_accounts_out_of_use_were_not_withdrawn() -> None:
    course = Fed()
    deleted, suspended, cut = course.suspend(3)
    course.deleted.add(deleted)
    course.suspended.add(suspended)
    assert find_withdrawn(course.roll(), LOGGED, since=SINCE, at=NOW).people == {cut}


def test_whoever_is_enrolled_automatically_again_is_not_withdrawn() -> None:
    course = Fed()
    again = course.suspend(1)[0]
    course.enrol(again, course.instance("database"))
    assert find_withdrawn(course.roll(), LOGGED, since=SINCE, at=NOW).people == frozenset()


def test_roll_taken_from_a_state_tells_the_same() -> None:
    course = Fed("database")
    course.people(2)
    rescued = course.suspend(1)[0]
    course.enrol(rescued, course.instance("manual"))
    state = replace(course.state(), listed={course.fed: frozenset[UserId]()})
    whole = replace(roll_of(state, frozenset()), listings={InstanceId(course.fed): Listing(frozenset())})
    for roll in (automatic_roll_of(state), whole):
        found = time_cut(roll, LOGGED, since=SINCE, at=NOW)
        assert (found.timing, found.waiting, found.withdrawn, found.without_access) == (UNDER_WAY, 2, 1, 0)


def test_counts_add_up() -> None:
    counts = CutCounts.none()
    for removed in (0, 3, 3):
        counts.add(time_cut(Fed().roll(listed=[], removed=removed), LOGGED, since=SINCE, at=NOW))
    assert counts == CutCounts(courses=counts.courses, waiting=0, withdrawn=6, without_access=6)
    assert counts.courses == {DONE: 2, NOTHING: 1}
