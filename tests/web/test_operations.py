"""Long work: stopped, killed and gone on with, and never done twice."""

import os
import signal
from collections.abc import Callable

import pytest
from django.db import connections
from django.test import Client

from maintien.errors.sites import DatabaseFailed
from maintien.runs import execute
from maintien.web.models import Operation, PreparedPlan
from maintien.web.operations.asking import enqueue, revive
from maintien.web.operations.carrying_out import carry_out_operation
from maintien.web.operations.heart import Heart, is_shutting_down
from tests.web.conftest import WebApplication, _forget
from tests.web.test_guided_path import courses_at_risk, follow, people_with_manual_access, prepare


def applied_operation(administrator: Client, work: Callable[[], None], courses: list[int]) -> int:

    number = prepare(administrator, courses)
    work()
    people = PreparedPlan.objects.get(pk=number).people
    follow(administrator, f"/sites/demo/plans/{number}/apply", {"people": str(people)})
    return Operation.objects.get(kind="apply").pk


def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:

    monkeypatch.setattr(execute, "batches", lambda sizes, _size: iter([[size] for size in sizes]))


def die_at(course: int, operation: int) -> None:
    """Carry an operation out in a process that is killed when it has done so many courses."""

    _forget()
    pid = os.fork()
    if pid == 0:
        done = 0

        def advanced(_heart: Heart, courses: int, _enrolments: int) -> None:
            nonlocal done
            done += courses
            if done >= course:
                os.kill(os.getpid(), signal.SIGKILL)

        Heart.advanced = advanced  # type: ignore[assignment, method-assign]  # only in this process
        try:
            carry_out_operation(operation)
        finally:
            os._exit(1)
    _, status = os.waitpid(pid, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    connections.close_all()


@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_a_run_whose_worker_is_killed_is_gone_on_with_by_another(
    counted: WebApplication,
    administrator: Client,
    work: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:

    small_batches(monkeypatch)
    courses = courses_at_risk(6)
    before = people_with_manual_access(counted, courses)
    number = applied_operation(administrator, work, courses)
    die_at(3, number)
    operation = Operation.objects.get(pk=number)
    assert operation.state == "running"
    half = people_with_manual_access(counted, courses)
    assert half > before

    assert revive(20) == 0
    counted.clock.now += 21
    assert revive(20) == 1
    work()
    operation.refresh_from_db()
    plan = PreparedPlan.objects.get()
    assert (operation.state, operation.attempts, operation.run) == ("done", 2, 1)
    assert (plan.state, operation.result["people"]) == ("applied", plan.people)
    assert people_with_manual_access(counted, courses) > half
    assert administrator.get("/sites/demo/runs/2").status_code == 404


def test_an_operation_is_carried_out_once_however_often_the_queue_has_it(
    counted: WebApplication, administrator: Client, work: Callable[[], None]
) -> None:

    number = applied_operation(administrator, work, courses_at_risk(1))
    enqueue(Operation.objects.get(pk=number))
    work()
    assert Operation.objects.get(pk=number).attempts == 1
    assert administrator.get("/sites/demo/runs/2").status_code == 404


def test_a_run_is_stopped_between_two_courses_and_gone_on_with(
    counted: WebApplication,
    administrator: Client,
    work: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:

    small_batches(monkeypatch)
    number = applied_operation(administrator, work, courses_at_risk(4))
    follow(administrator, f"/sites/demo/operations/{number}/stop")

    def advanced(heart: Heart, _courses: int, _enrolments: int) -> None:
        heart.beat()

    monkeypatch.setattr(Heart, "advanced", advanced)
    work()
    operation = Operation.objects.get(pk=number)
    assert operation.state == "stopped"
    assert 0 < operation.result["courses"] < 4
    page = administrator.get(f"/sites/demo/runs/{operation.run}").content.decode()
    assert "Go on with it" in page
    follow(administrator, f"/sites/demo/runs/{operation.run}/resume")
    work()
    resumed = Operation.objects.get(kind="resume")
    assert (resumed.state, resumed.run, resumed.result["courses"]) == ("done", operation.run, 4)


def test_a_worker_that_is_told_to_end_leaves_the_rest_to_the_next(
    counted: WebApplication,
    administrator: Client,
    work: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:

    small_batches(monkeypatch)
    number = applied_operation(administrator, work, courses_at_risk(4))
    is_shutting_down.set()
    carry_out_operation(number)
    assert Operation.objects.get(pk=number).state == "waiting"
    is_shutting_down.clear()
    work()
    operation = Operation.objects.get(pk=number)
    assert (operation.state, operation.run, operation.result["courses"]) == ("done", 1, 4)


def test_the_same_work_is_not_asked_for_twice(counted: WebApplication, administrator: Client) -> None:

    for _ in range(2):
        follow(administrator, "/sites/demo/courses/count")
    assert Operation.objects.filter(kind="count", state="waiting").count() == 1


def test_progress_is_a_part_of_the_page_and_reloads_it_at_the_end(
    counted: WebApplication, administrator: Client, work: Callable[[], None]
) -> None:

    follow(administrator, "/sites/demo/courses/count")
    number = Operation.objects.filter(kind="count").order_by("-id")[0].pk
    part = administrator.get(f"/sites/demo/operations/{number}", headers={"HX-Request": "true"})
    page = administrator.get(f"/sites/demo/operations/{number}")
    assert part.content.strip() in page.content
    work()
    over = administrator.get(f"/sites/demo/operations/{number}", headers={"HX-Request": "true"})
    assert over.headers["HX-Refresh"] == "true"


def test_a_run_that_fails_half_way_is_kept_to_be_gone_on_with(
    counted: WebApplication,
    administrator: Client,
    work: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    small_batches(monkeypatch)
    number = applied_operation(administrator, work, courses_at_risk(4))
    done = 0

    def advanced(_heart: Heart, courses: int, _enrolments: int) -> None:
        nonlocal done
        done += courses
        if done == 2:
            raise DatabaseFailed(site="demo", reason="it went away")

    with monkeypatch.context() as broken:
        broken.setattr(Heart, "advanced", advanced)
        work()
    operation = Operation.objects.get(pk=number)
    plan = PreparedPlan.objects.get()
    assert (operation.state, operation.run, plan.run) == ("failed", 1, 1)
    page = administrator.get(f"/sites/demo/plans/{plan.pk}").content.decode()
    assert "it went away" in page
    assert "/sites/demo/runs/1" in page
    follow(administrator, "/sites/demo/runs/1/resume")
    work()
    assert Operation.objects.get(kind="resume").result["courses"] == 4


def test_a_plan_of_what_was_done_already_makes_no_run(
    counted: WebApplication, administrator: Client, work: Callable[[], None]
) -> None:
    applied_operation(administrator, work, courses_at_risk(1))
    work()
    number = prepare(administrator, courses_at_risk(1))
    work()
    follow(administrator, f"/sites/demo/plans/{number}/apply", {"people": "0"})
    work()
    plan = PreparedPlan.objects.get(pk=number)
    assert (plan.state, plan.people, plan.run) == ("applied", 0, None)
    assert administrator.get(f"/sites/demo/plans/{number}").status_code == 200
