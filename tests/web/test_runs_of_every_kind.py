"""Runs of every kind are gone on with and taken back here, also those that the command line began."""

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

import pytest
from django.test import Client

from maintien.bootstrap import Session, site_identity
from maintien.enrolments.withdrawals import Window
from maintien.moodle.ids import CourseId, RoleId
from maintien.planning.campaign.record import CampaignRecord, RuleRecord
from maintien.planning.campaign.rules import Decision, RuleNumber
from maintien.planning.course_planners import CoursePlanners, Policies
from maintien.planning.policy import Circumstances, ConversionPolicy, Mode, Policy, RescuePolicy
from maintien.reports.language import load_texts
from maintien.runs import execute
from maintien.runs.journal import RestoredArchive, RunHeader, RunKind, RunStatus
from maintien.sites.interface import CourseSize, Selection
from maintien.uses.callers import Caller
from maintien.uses.evidence import reading_evidence
from maintien.uses.withdrawals import sizes_with_withdrawals
from maintien.web.models import Operation
from maintien.web.plan_files import path_of_plan
from maintien.web.sites import invocation_for, open_site_session
from tests.web.conftest import WebApplication
from tests.web.cut_university import HOUR, leave_cohorts
from tests.web.django_here import NOW
from tests.web.test_guided_path import courses_at_risk, follow, people_with_manual_access
from tests.web.test_operations import small_batches
from tests.web.test_rescue_path import courses_cut, cut, prepare_rescue

__all__ = ["cut"]

UNTIL = NOW + 400 * 24 * HOUR


def caller() -> Caller:
    return Caller(
        invocation=invocation_for("demo", None, texts=load_texts("en")), command="maintien something"
    )


def begin(
    session: Session, kind: RunKind, policy: Policy | None, courses: list[int]
) -> tuple[RunHeader, list[CourseSize]]:
    operator = session.find_operator().id
    header = caller().run_header(session, kind=kind, operator=operator, began_at=session.clock())
    sizes = session.site.select(Selection(courses=tuple(f"id:{course}" for course in courses)))
    return replace(header, policy=policy), list(sizes)


def stop_after_one_course(
    kind: RunKind, policy: Policy, courses: list[int], campaign: CampaignRecord | None = None
) -> int:
    """Begin a run as the command line does, without a plan file, and stop it after its first course."""
    with open_site_session("demo") as session:
        header, sizes = begin(session, kind, policy, courses)
        policies = Policies(common=policy)
        fed = reading_evidence(session, policies, at=header.began_at)
        planners = CoursePlanners(
            policies=policies,
            config=session.config,
            circumstances=Circumstances(now=header.began_at, operator=header.operator),
        )
        store = caller().open_store()
        run = (
            caller()
            .conductor(fed, store, header.operator)
            .begin(
                replace(header, campaign=campaign),
                sizes_with_withdrawals(fed, sizes, policies),
                planners.plan,
                planners.inherited_roles,
            )
        )
        with closing(run.outcomes()) as outcomes:  # type: ignore[type-var]  # it is a generator
            next(outcomes)
        number = run.run
        store.engine.dispose()
    assert number is not None
    return number


def students() -> frozenset[RoleId]:
    with open_site_session("demo") as session:
        return frozenset({session.config.roles["student"]})


def go_on_and_undo(
    application: WebApplication, client: Client, work: Callable[[], None], run: int, courses: list[int]
) -> None:
    """Go on with a stopped run on its page, then take it back."""
    half = people_with_manual_access(application, courses)
    assert "Go on with it" in client.get(f"/sites/demo/runs/{run}").content.decode()
    follow(client, f"/sites/demo/runs/{run}/resume")
    work()
    resumed = Operation.objects.get(kind="resume")
    assert (resumed.state, resumed.run, resumed.result["courses"]) == ("done", run, len(courses)), (
        resumed.failure
    )
    assert people_with_manual_access(application, courses) > half
    follow(client, f"/sites/demo/runs/{run}/undo")
    work()
    follow(client, f"/sites/demo/runs/{run}/undo/confirm", {"even_if_access_is_lost": "1"})
    work()
    assert Operation.objects.get(kind="undo").state == "done"
    assert client.get("/sites/demo/runs/3").status_code == 404


def test_a_rescue_of_the_command_line_reads_its_evidence_again(
    cut: WebApplication, administrator: Client, work: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    small_batches(monkeypatch)
    courses = courses_cut(3)
    before = people_with_manual_access(cut, courses)
    policy = RescuePolicy(window=Window(NOW, cut.clock.now), ends_at=UNTIL, roles=students())
    run = stop_after_one_course(RunKind.RESCUE, policy, courses)
    go_on_and_undo(cut, administrator, work, run, courses)
    assert people_with_manual_access(cut, courses) == before


def test_a_move_of_the_command_line_reads_its_feeds_again(
    counted: WebApplication, administrator: Client, work: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    small_batches(monkeypatch)
    courses = leave_cohorts(counted.folder, courses=2)
    before = people_with_manual_access(counted, courses)
    policy = ConversionPolicy(
        ends_at=UNTIL,
        methods=frozenset({"cohort"}),
        roles=students(),
        end_roles=students(),
        mode=Mode.MOVE,
        enable_manual=True,
    )
    run = stop_after_one_course(RunKind.CONVERT, policy, courses)
    go_on_and_undo(counted, administrator, work, run, courses)
    assert people_with_manual_access(counted, courses) == before


def test_a_campaign_of_the_command_line_goes_on_under_its_rules(
    counted: WebApplication, administrator: Client, work: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    small_batches(monkeypatch)
    courses = courses_at_risk(3)
    policy = ConversionPolicy(ends_at=UNTIL, roles=students(), end_roles=students())
    campaign = CampaignRecord(
        name="Nightly",
        fingerprint="ab" * 32,
        rules=(RuleRecord(name="All", decision=Decision(owner="DSI", reason="whim")),),
        rule_of={CourseId(course): RuleNumber(0) for course in courses},
    )
    run = stop_after_one_course(RunKind.CAMPAIGN, policy, courses, campaign)
    assert "Nightly" in administrator.get(f"/sites/demo/runs/{run}").content.decode()
    go_on_and_undo(counted, administrator, work, run, courses)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"kind": RunKind.RESTORE, "archive": RestoredArchive(path="a.mbz", sha256="ab" * 32)}, "a.mbz"),
        ({"plan_fingerprint": "ab" * 32}, "maintien apply"),
    ],
    ids=["a restore", "a plan that was not made here"],
)
def test_what_can_not_be_gone_on_with_here_says_what_to_do(
    counted: WebApplication,
    administrator: Client,
    work: Callable[[], None],
    changes: dict[str, object],
    sentence: str,
) -> None:
    with open_site_session("demo") as session:
        policy = ConversionPolicy(ends_at=UNTIL, roles=None, end_roles=frozenset())
        header, sizes = begin(session, RunKind.CONVERT, policy, courses_at_risk(1))
        store = caller().open_store()
        journal = store.begin(replace(header, **changes), sizes)  # type: ignore[arg-type]  # fields of it
        journal.ended(RunStatus.STOPPED, session.clock())
        assert header.site_id == site_identity(session)
        store.engine.dispose()
    page = administrator.get(f"/sites/demo/runs/{journal.id}").content.decode()
    assert sentence in page
    assert "Go on with it" not in page
    page = follow(administrator, f"/sites/demo/runs/{journal.id}/resume")
    work()
    operation = Operation.objects.get(kind="resume")
    assert operation.state == "failed"
    assert sentence in administrator.get(f"/sites/demo/operations/{operation.pk}").content.decode()


def test_a_rescue_is_stopped_between_two_courses_and_gone_on_with(
    cut: WebApplication, administrator: Client, work: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execute, "batches", lambda sizes, _size: iter([[size] for size in sizes]))
    courses = courses_cut(3)
    plan = prepare_rescue(administrator, courses)
    work()
    plan.refresh_from_db()
    follow(administrator, f"/sites/demo/plans/{plan.pk}/apply", {"people": str(plan.people)})
    operation = Operation.objects.get(kind="apply")
    follow(administrator, f"/sites/demo/operations/{operation.pk}/stop")
    with monkeypatch.context() as impatient:
        impatient.setattr("maintien.web.operations.heart.Heart.advanced", lambda heart, *_: heart.beat())
        work()
    operation.refresh_from_db()
    assert operation.state == "stopped"
    follow(administrator, f"/sites/demo/runs/{operation.run}/resume")
    work()
    resumed = Operation.objects.get(kind="resume")
    assert (resumed.state, resumed.run, resumed.result["courses"]) == ("done", operation.run, 3)


def test_a_rescues_plan_is_applied_by_the_command_line_too(
    cut: WebApplication, administrator: Client, work: Callable[[], None]
) -> None:
    courses = courses_cut(2)
    before = people_with_manual_access(cut, courses)
    plan = prepare_rescue(administrator, courses)
    work()
    plan.refresh_from_db()
    command = [
        sys.executable,
        "-m",
        "maintien",
        "--lang",
        "en",
        "--now",
        f"@{cut.clock.now}",
        "--site",
        "demo",
    ]
    command += [
        "--state",
        f"sqlite:///{cut.folder / 'runs.sqlite'}",
        "apply",
        str(path_of_plan(plan)),
        "--run",
    ]
    environment = os.environ | {"MAINTIEN_SITES": str(cut.folder / "sites.toml")}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)  # noqa: S603 -- ours
    assert done.returncode == 0, done.stderr
    assert 0 < people_with_manual_access(cut, courses) - before <= plan.people
    page = administrator.get("/sites/demo/runs/1").content.decode()
    assert "escue" in page
