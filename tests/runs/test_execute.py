"""Batches on their way: retries, failures that stay where they are, and flags."""

from dataclasses import dataclass, field, replace

from maintien.enrolments.state import Course, CourseState
from maintien.errors.sites import CourseKeptChanging, CourseKeptLocked, CourseNotBackedUp
from maintien.moodle.ids import CategoryId, ContextId, CourseId
from maintien.planning.planner import Planner
from maintien.runs.execute import ATTEMPTS, PAUSES, CourseOutcome, execute, preview
from maintien.sites.interface import Author, Contention, CourseSize, Selection, StateMoved
from tests.builders import CIRCUMSTANCES, CONFIG, NOW, OPERATOR, POLICY, CourseBuilder
from tests.memory_site import MemorySite

AUTHOR = Author(operator=OPERATOR, clock=lambda: NOW)
PLANNER = Planner(policy=POLICY, config=CONFIG, circumstances=CIRCUMSTANCES)
BOTH = Selection(everything=True)


def course(number: int) -> CourseState:
    builder = CourseBuilder(
        course=Course(CourseId(number), f"C{number}", "", "", CategoryId(1), ContextId(100 + number))
    )
    builder.instance("manual")
    builder.student(builder.instance("cohort"))
    return builder.state()


def site_with(*numbers: int) -> MemorySite:
    return MemorySite(states={CourseId(n): course(n) for n in numbers}, config=CONFIG)


@dataclass(slots=True)
class Pauses:
    taken: list[float] = field(default_factory=list)

    def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)


@dataclass(slots=True)
class Recorder:
    calls: list[tuple[object, ...]] = field(default_factory=list)

    def started(self, courses: int, enrolments: int) -> None:
        self.calls.append(("started", courses, enrolments))

    def advanced(self, courses: int, enrolments: int) -> None:
        self.calls.append(("advanced", courses, enrolments))

    def finished(self) -> None:
        self.calls.append(("finished",))


def run(site: MemorySite, pauses: Pauses | None = None) -> list[CourseOutcome]:
    return list(
        execute(
            site,
            site.select(BOTH),
            PLANNER.plan,
            author=AUTHOR,
            pause=pauses or Pauses(),
        )
    )


def test_courses_of_a_batch_are_written_in_one_transaction() -> None:
    site = site_with(2, 3)

    outcomes = run(site)

    assert site.writes == [(2, 3)]
    assert [(o.plan.course.id, o.failure) for o in outcomes] == [(2, None), (3, None)]
    assert len(site.states[CourseId(3)].enrolments) == 2


def test_course_without_changes_is_not_written() -> None:
    site = site_with(2, 3)
    run(site)

    again = run(site)

    assert site.writes == [(2, 3)]
    assert [o.plan.changes for o in again] == [(), ()]


def test_preview_writes_nothing() -> None:
    site = site_with(2, 3)
    before = dict(site.states)

    plans = list(preview(site, site.select(BOTH), PLANNER.plan))

    assert [len(plan.changes) for plan in plans] == [2, 2]
    assert (site.states, site.writes) == (before, [])


def test_batch_that_moved_is_planned_again_from_what_is_there_now() -> None:
    site = site_with(2)
    moved = replace(site.states[CourseId(2)], enrolments=(), roles=())
    site.moves = [{CourseId(2): moved}]
    site.failures = [StateMoved()]
    pauses = Pauses()

    (outcome,) = run(site, pauses)

    assert (outcome.plan.changes, outcome.failure) == ((), None)
    assert site.states[CourseId(2)] == moved
    assert pauses.taken == [PAUSES[0]]


def test_deadlock_is_tried_again() -> None:
    site = site_with(2)
    site.failures = [Contention(), Contention()]
    pauses = Pauses()

    (outcome,) = run(site, pauses)

    assert outcome.failure is None
    assert (site.writes, pauses.taken) == ([(2,)], list(PAUSES[:2]))


def test_course_that_stays_locked_fails_is_named_and_the_others_go_on() -> None:
    site = site_with(2, 3, 4)
    site.failing_courses = {CourseId(3): Contention()}

    outcomes = run(site)

    assert site.writes == [(2,), (4,)]
    failures = [o.failure for o in outcomes if o.failure is not None]
    assert [type(f) for f in failures] == [CourseKeptLocked]
    assert failures[0].fields == {"course": "C3", "attempts": ATTEMPTS}
    assert len(site.states[CourseId(3)].enrolments) == 1


def test_course_that_keeps_changing_fails_with_that_reason() -> None:
    site = site_with(2)
    site.failing_courses = {CourseId(2): StateMoved()}

    (outcome,) = run(site)

    assert isinstance(outcome.failure, CourseKeptChanging)


@dataclass(slots=True)
class Secured:
    """Notes what it is asked to secure, with how many transactions were committed by then."""

    site: MemorySite
    insecure: frozenset[int] = frozenset()
    calls: list[tuple[int, int]] = field(default_factory=list)

    def secure(self, course: Course) -> None:
        self.calls.append((course.id, len(self.site.writes)))
        if course.id in self.insecure:
            raise CourseNotBackedUp(course=course.shortname, reason="no room")


def run_secured(site: MemorySite, secured: Secured) -> list[CourseOutcome]:
    sizes = site.select(BOTH)
    return list(execute(site, sizes, PLANNER.plan, author=AUTHOR, safeguard=secured, pause=Pauses()))


def test_courses_are_secured_before_they_are_written_in() -> None:
    site = site_with(2, 3)
    secured = Secured(site=site)

    run_secured(site, secured)

    assert (secured.calls, site.writes) == ([(2, 0), (3, 0)], [(2, 3)])


def test_courses_without_changes_need_no_securing() -> None:
    site = site_with(2)
    run(site)
    secured = Secured(site=site)

    run_secured(site, secured)

    assert secured.calls == []


def test_a_course_that_can_not_be_secured_is_not_written_in_and_the_others_go_on() -> None:
    site = site_with(2, 3, 4)

    outcomes = run_secured(site, Secured(site=site, insecure=frozenset({3})))

    assert site.writes == [(2, 4)]
    assert [(o.plan.course.id, type(o.failure)) for o in outcomes] == [
        (2, type(None)),
        (3, CourseNotBackedUp),
        (4, type(None)),
    ]
    assert len(site.states[CourseId(3)].enrolments) == 1


def test_a_course_that_moved_is_secured_again() -> None:
    site = site_with(2)
    site.failures = [StateMoved()]
    secured = Secured(site=site)

    run_secured(site, secured)

    assert secured.calls == [(2, 0), (2, 0)]


def test_person_of_several_transactions_is_marked_again_at_the_end() -> None:
    site = site_with(2, 3)
    sizes = [CourseSize(size.course, 1_000_000) for size in site.select(BOTH)]

    list(execute(site, sizes, PLANNER.plan, author=AUTHOR))

    person = site.states[CourseId(2)].enrolments[0].userid
    assert site.writes == [(2,), (3,)]
    assert site.dirty == [person, person]


def test_observer_hears_of_every_batch_and_of_the_end() -> None:
    site, recorder = site_with(2, 3), Recorder()
    sizes = [CourseSize(size.course, 1_000_000) for size in site.select(BOTH)]

    list(preview(site, sizes, PLANNER.plan, observer=recorder))

    assert recorder.calls == [
        ("started", 2, 2_000_000),
        ("advanced", 1, 1_000_000),
        ("advanced", 1, 1_000_000),
        ("finished",),
    ]


def test_observer_hears_of_the_end_when_the_caller_stops_early() -> None:
    site, recorder = site_with(2, 3), Recorder()

    iterator = preview(site, site.select(BOTH), PLANNER.plan, observer=recorder)
    next(iterator)
    iterator.close()  # type: ignore[attr-defined]  # it is a generator

    assert recorder.calls[-1] == ("finished",)


def test_results_are_the_same_whether_or_not_reading_goes_on_while_writing() -> None:
    alternating, overlapping = site_with(2, 3, 4), site_with(2, 3, 4)
    overlapping.reads_while_writing = True

    assert run(alternating) == run(overlapping)
    assert alternating.states == overlapping.states
