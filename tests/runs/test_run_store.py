"""Journals are kept whole, in SQLite and in PostgreSQL."""

import json
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import update

from maintien.enrolments.state import Course
from maintien.errors.runs import BadStateUrl, RunStoreFailed, RunStoreTooNew, UnknownRun
from maintien.moodle.ids import CategoryId, ContextId, CourseId, UserId
from maintien.planning.campaign.record import CampaignRecord, RuleRecord
from maintien.planning.campaign.rules import Decision, RuleNumber
from maintien.planning.convert import plan_conversion
from maintien.planning.encoding import encode_policy
from maintien.planning.plan import CoursePlan
from maintien.planning.policy import LikeMoodlePolicy
from maintien.runs.journal import (
    CourseStatus,
    Process,
    RestoredArchive,
    RunHeader,
    RunId,
    RunKind,
    RunStatus,
    RunTotals,
)
from maintien.runs.store.database import DatabaseRunStore
from maintien.runs.store.opening import open_run_store
from maintien.runs.store.tables import RUN, SCHEMA
from maintien.sites.interface import CourseSize
from tests.builders import CIRCUMSTANCES, CONFIG, NOW, OPERATOR, POLICY, STUDENT, CourseBuilder
from tests.servers.postgresql import PostgresqlServer

HERE = Process(user="ada", host="moodle1", pid=4711)
HEADER = RunHeader(
    kind=RunKind.CONVERT,
    site_id="abc/mdl_",
    site_name="campus",
    operator=OPERATOR,
    command="maintien convert --all",
    version="0.1.0",
    process=HERE,
    began_at=NOW,
    policy=POLICY,
    course_policies={CourseId(3): LikeMoodlePolicy(ends_at=5, end_roles=frozenset({STUDENT}))},
)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'deep' / 'runs.sqlite'}"
        return
    server: PostgresqlServer = request.getfixturevalue("postgresql_server")
    server.create_database("runs")
    try:
        yield server.url("runs").replace("+psycopg", "")
    finally:
        server.drop_database("runs")


@pytest.fixture
def store(place: str) -> Iterator[DatabaseRunStore]:
    opened = open_run_store(place)
    yield opened
    opened.engine.dispose()


def test_several_may_open_a_new_store_at_once(place: str) -> None:
    at_once = Barrier(8)

    def open_with_the_others(_: int) -> DatabaseRunStore:
        at_once.wait(60)
        return open_run_store(place)

    with ThreadPoolExecutor(8) as threads:
        stores = list(threads.map(open_with_the_others, range(8)))
    for each in stores:
        assert each.runs("nowhere") == []
        each.engine.dispose()


def course(number: int) -> Course:
    return Course(CourseId(number), f"É{number}", "", "", CategoryId(1), ContextId(100 + number))


def plan_for(number: int, *, is_empty: bool = False) -> CoursePlan:
    builder = CourseBuilder(course=course(number))
    builder.instance("manual")
    cohort = builder.instance("cohort")
    builder.enrol(builder.person(), cohort)
    if not is_empty:
        builder.student(cohort)
    return plan_conversion(builder.state(), POLICY, CONFIG, CIRCUMSTANCES)


SIZES = [CourseSize(course(number), 10 * number) for number in (2, 3, 4, 5)]


def test_run_is_read_back_as_it_was_begun(store: DatabaseRunStore) -> None:
    journal = store.begin(HEADER, SIZES)

    record = store.run(journal.id)

    assert record.header == HEADER
    assert (record.status, record.ended_at) == (RunStatus.RUNNING, None)
    assert record.totals == RunTotals(courses={CourseStatus.PENDING: 4})
    assert [c.course for c in store.courses(journal.id)] == [size.course for size in SIZES]
    assert [c.enrolments for c in store.courses(journal.id)] == [20, 30, 40, 50]


def test_restore_is_read_back_with_its_archive(store: DatabaseRunStore) -> None:
    archive = RestoredArchive(path="s3://b/a.mbz", sha256="0" * 64)
    header = replace(HEADER, kind=RunKind.RESTORE, policy=None, course_policies={}, archive=archive)

    journal = store.begin(header, SIZES[:1])

    assert store.run(journal.id).header == header


def test_campaign_is_read_back_as_it_was(store: DatabaseRunStore) -> None:
    of_two = replace(POLICY, excluded=frozenset({UserId(11)}))
    header = replace(
        HEADER,
        kind=RunKind.CAMPAIGN,
        course_policies={CourseId(2): of_two, CourseId(3): POLICY, CourseId(4): of_two},
        campaign=CampaignRecord(
            name="Été",
            fingerprint="0" * 64,
            rules=(RuleRecord(name="Bio", decision=Decision(owner="DEVE", reason="Council")),),
            rule_of={CourseId(2): RuleNumber(0), CourseId(3): RuleNumber(0), CourseId(4): RuleNumber(0)},
            exclusions=(Decision(owner="DEVE", reason="Left"),),
            courses_excluded=1,
            courses_unmatched=2,
        ),
    )

    assert store.run(store.begin(header, SIZES).id).header == header


def test_policies_of_an_older_journal_are_read(store: DatabaseRunStore) -> None:
    run = store.begin(HEADER, SIZES).id
    older = {
        "common": encode_policy(POLICY),
        "courses": [[courseid, encode_policy(policy)] for courseid, policy in HEADER.course_policies.items()],
    }
    with store.engine.begin() as connection:
        connection.execute(update(RUN).values(policies=json.dumps(older)))

    assert store.run(run).header == HEADER


def test_courses_go_from_planned_to_written_unchanged_or_failed(store: DatabaseRunStore) -> None:
    journal = store.begin(HEADER, SIZES)
    first, unchanged, failed = plan_for(2), plan_for(3, is_empty=True), plan_for(4)

    journal.planned([first, failed])
    planned = {c.course.id: c for c in store.courses(journal.id)}
    assert (planned[first.course.id].status, planned[first.course.id].plan) == (
        CourseStatus.PLANNED,
        first,
    )
    journal.written([first, unchanged])
    journal.failed(failed, "É4 could not be written")
    journal.ended(RunStatus.DONE_IN_PART, NOW + 9)

    assert [(c.status, c.plan, c.failure) for c in store.courses(journal.id)] == [
        (CourseStatus.WRITTEN, first, None),
        (CourseStatus.UNCHANGED, unchanged, None),
        (CourseStatus.FAILED, failed, "É4 could not be written"),
        (CourseStatus.PENDING, None, None),
    ]
    record = store.run(journal.id)
    assert (record.status, record.ended_at) == (RunStatus.DONE_IN_PART, NOW + 9)
    assert record.totals == RunTotals(
        courses=dict.fromkeys(
            (
                CourseStatus.WRITTEN,
                CourseStatus.UNCHANGED,
                CourseStatus.FAILED,
                CourseStatus.PENDING,
            ),
            1,
        ),
        people=1,
        changes=2,
    )


def test_later_plan_of_a_course_replaces_the_earlier(store: DatabaseRunStore) -> None:
    journal = store.begin(HEADER, SIZES)
    journal.planned([plan_for(2)])

    journal.written([plan_for(2, is_empty=True)])

    (record, *_) = store.courses(journal.id)
    assert (record.status, record.plan) == (CourseStatus.UNCHANGED, plan_for(2, is_empty=True))


def test_courses_are_streamed_by_status_and_in_order(store: DatabaseRunStore) -> None:
    sizes = [CourseSize(course(number), 1) for number in range(2, 162)]
    journal = store.begin(HEADER, sizes)
    journal.planned([plan_for(7), plan_for(150)])

    found = [c.course.id for c in store.courses(journal.id, [CourseStatus.PENDING])]

    assert found == [n for n in range(2, 162) if n not in (7, 150)]


def test_runs_are_listed_by_site_newest_first(store: DatabaseRunStore) -> None:
    first = store.begin(HEADER, SIZES).id
    other = store.begin(replace(HEADER, site_id="xyz/mdl_"), SIZES).id
    undo = store.begin(
        replace(HEADER, kind=RunKind.UNDO, policy=None, course_policies={}, undoes=first), SIZES
    ).id

    assert [run.id for run in store.runs()] == [undo, other, first]
    assert [run.id for run in store.runs("abc/mdl_")] == [undo, first]
    assert store.run(undo).header.undoes == first


def test_resumed_run_belongs_to_whoever_resumed_it(store: DatabaseRunStore) -> None:
    run = store.begin(HEADER, SIZES).id
    there = Process(user="bob", host="moodle2", pid=1)

    assert store.resume(run, there).id == run
    assert store.run(run).header.process == there


def test_discarded_run_leaves_nothing_and_its_number_is_not_given_again(
    store: DatabaseRunStore,
) -> None:
    journal = store.begin(HEADER, SIZES)
    journal.discard()

    assert store.runs() == []
    assert list(store.courses(journal.id)) == []
    assert store.begin(HEADER, SIZES).id > journal.id


def test_unknown_run_is_refused(store: DatabaseRunStore) -> None:
    with pytest.raises(UnknownRun):
        store.run(RunId(99))
    with pytest.raises(UnknownRun):
        store.resume(RunId(99), HERE)
    with pytest.raises(UnknownRun):
        store.course(store.begin(HEADER, SIZES).id, CourseId(99))


def test_store_of_a_newer_maintien_is_refused(store: DatabaseRunStore) -> None:
    with store.engine.begin() as connection:
        connection.execute(SCHEMA.update().values(version=99))

    with pytest.raises(RunStoreTooNew):
        open_run_store(store.engine.url.render_as_string(hide_password=False).replace("+psycopg", ""))


def test_file_is_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "runs.sqlite"
    open_run_store(f"sqlite:///{file}").engine.dispose()

    assert stat.S_IMODE(file.stat().st_mode) == 0o600


BAD_URLS = ["", "runs.sqlite", "sqlite://", "sqlite:///:memory:", "mysql://host/runs", "::"]


@pytest.mark.parametrize("url", BAD_URLS)
def test_bad_state_url_is_refused(url: str) -> None:
    with pytest.raises(BadStateUrl):
        open_run_store(url)


def test_file_that_is_something_else_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "runs.sqlite"
    file.write_text("these are not runs, but a letter that somebody wrote" * 20)

    with pytest.raises(RunStoreFailed, match="can't be read or written"):
        open_run_store(f"sqlite:///{file}")


def test_password_of_a_store_is_not_told() -> None:
    with pytest.raises(RunStoreFailed) as caught:
        open_run_store("postgresql://ada:secret@127.0.0.1:1/runs")

    assert "secret" not in str(caught.value)
