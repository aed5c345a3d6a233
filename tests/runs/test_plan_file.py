"""A plan file is read as it was written, or refused; it replaces plans only, and whole."""

import json
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from maintien.enrolments.state import Course
from maintien.enrolments.withdrawals import Window
from maintien.errors.plans import (
    NotAPlanFile,
    PlanFileChanged,
    PlanFileDamaged,
    PlanFileLineTooLong,
    PlanFileNotReplaced,
    PlanFileNotWritten,
    PlanFileTooNew,
    PlanFileTruncated,
    PlanTooLarge,
    UnreadablePlanFile,
)
from maintien.errors.tree import MaintienError
from maintien.moodle.ids import CategoryId, ContextId, CourseId
from maintien.planning.campaign.record import CampaignRecord, RuleRecord
from maintien.planning.campaign.rules import Decision, RuleNumber
from maintien.planning.convert import plan_conversion
from maintien.planning.course_planners import Policies
from maintien.planning.encoding import encode_policy
from maintien.planning.plan import CoursePlan
from maintien.planning.policy import LikeMoodlePolicy, RescuePolicy
from maintien.runs import plan_file_reading, plan_file_writing
from maintien.runs.plan_file import (
    Fingerprint,
    PlanFileFooter,
    PlanFileHeader,
    decode_header,
    encode_footer,
    encode_header,
    new_hash,
    short_form,
)
from maintien.runs.plan_file_reading import open_plan_file
from maintien.runs.plan_file_writing import write_plan_file
from tests.builders import CIRCUMSTANCES, CONFIG, NOW, OPERATOR, POLICY, STUDENT, UNTIL, CourseBuilder

HEADER = PlanFileHeader(
    site_id="abc/mdl_",
    site_name="moodle.example.fr",
    made_at=NOW,
    made_by="root@campus",
    operator=OPERATOR,
    command="maintien convert --all --until 2027-08-31 --save plan",
    version="0.1.0",
    policies=Policies(
        common=POLICY,
        of_courses={CourseId(7): LikeMoodlePolicy(ends_at=UNTIL, end_roles=frozenset({STUDENT}))},
    ),
    courses=5,
)
EMPTY = CoursePlan(course=Course(CourseId(6), "LEER", "Vide", "", CategoryId(1), ContextId(106)))


RESCUE = RescuePolicy(window=Window(1, 2), ends_at=UNTIL, roles=None)
CAMPAIGN = CampaignRecord(
    name="été",
    fingerprint="ab" * 32,
    rules=(RuleRecord(name="all", decision=Decision(owner="DSI", reason="whim")),),
    rule_of={CourseId(7): RuleNumber(0)},
    courses_unmatched=4,
)


def plans() -> list[CoursePlan]:
    """Two courses with something to do, and one with nothing to say between them."""
    course = CourseBuilder()
    course.student(course.instance("cohort"))
    first = plan_conversion(course.state(), POLICY, CONFIG, CIRCUMSTANCES)
    other = CourseBuilder(course=EMPTY.course._replace(id=CourseId(9), shortname="ÉTÉ \ud800"))
    other.student(other.instance("cohort"))
    return [first, EMPTY, plan_conversion(other.state(), POLICY, CONFIG, CIRCUMSTANCES)]


def write(path: Path) -> Fingerprint:
    with write_plan_file(path, HEADER) as file:
        for plan in plans():
            file.add(plan)
    return file.fingerprint


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "plan.jsonl"


def test_plan_is_read_back_equal(path: Path) -> None:
    fingerprint = write(path)

    with open_plan_file(path) as file:
        assert (file.header, file.fingerprint) == (HEADER, fingerprint)
        assert file.courses == (7, 9)
        first, _, other = plans()
        assert [file.plan_of(CourseId(9)), file.plan_of(CourseId(7))] == [other, first]


@pytest.mark.parametrize(
    "header",
    [
        replace(HEADER, policies=Policies(common=RESCUE, of_courses={CourseId(7): RESCUE})),
        replace(HEADER, campaign=CAMPAIGN),
    ],
    ids=["a rescue", "a campaign"],
)
def test_header_of_each_kind_of_plan_is_read_back_equal(path: Path, header: PlanFileHeader) -> None:
    with write_plan_file(path, header):
        pass

    with open_plan_file(path) as file:
        assert file.header == header


def test_fingerprint_is_that_of_everything_before_the_footer(path: Path) -> None:
    fingerprint = write(path)

    *before, footer = path.read_bytes().splitlines(keepends=True)
    assert new_hash(b"".join(before)).hexdigest() == fingerprint
    assert json.loads(footer) == {"courses": 2, "sha256": fingerprint}
    assert short_form(fingerprint) == f"{fingerprint[:4]}-{fingerprint[4:8]}-{fingerprint[8:12]}"


def test_same_plans_make_the_same_bytes(path: Path, tmp_path: Path) -> None:
    write(path)
    write(tmp_path / "again")

    assert path.read_bytes() == (tmp_path / "again").read_bytes()


def test_only_the_owner_may_read_it(path: Path) -> None:
    path.write_bytes(b"")
    path.chmod(0o644)

    write(path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_another_plan_is_replaced(path: Path) -> None:
    with write_plan_file(path, replace(HEADER, made_at=1)):
        pass

    write(path)

    with open_plan_file(path) as file:
        assert file.header == HEADER


def test_link_stays_and_leads_to_the_new_plan(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(path)

    write(link)

    assert link.is_symlink()
    assert path.is_file()


@pytest.mark.parametrize("content", [b"precious\n", b"\x00\xff", b'{"format":"other"}\n', b"[" * 100_000])
def test_anything_else_is_not_replaced(content: bytes, path: Path, tmp_path: Path) -> None:
    path.write_bytes(content)

    with pytest.raises(PlanFileNotReplaced):
        write(path)

    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


def test_folder_is_not_replaced(tmp_path: Path) -> None:
    with pytest.raises(PlanFileNotReplaced):
        write(tmp_path)


def test_what_was_there_stays_when_it_fails(path: Path, tmp_path: Path) -> None:
    write(path)
    before = path.read_bytes()

    with pytest.raises(KeyboardInterrupt), write_plan_file(path, replace(HEADER, made_at=1)):
        raise KeyboardInterrupt

    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["missing/plan", "null\0character", "x" * 300])
def test_place_that_can_not_be_written_is_said(name: str, tmp_path: Path) -> None:
    with pytest.raises(PlanFileNotWritten):
        write(tmp_path / name)


def test_full_disk_is_said_and_leaves_nothing(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", is_full)

    with pytest.raises(PlanFileNotWritten) as failed:
        write(path)

    assert failed.value.fields["reason"] == "No space left on device"
    assert list(tmp_path.iterdir()) == []


def test_course_too_large_for_a_line_is_refused(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan_file_writing, "LONGEST_LINE", len(encode_header(HEADER)) - 1)

    with pytest.raises(PlanTooLarge):
        write(path)

    assert list(tmp_path.iterdir()) == []


# --- damage ---


class Damage(NamedTuple):
    does: Callable[[list[bytes]], bytes]
    """Makes the damaged file of the lines of a good one."""
    error: type[MaintienError]


def joined(lines: list[bytes]) -> bytes:
    return b"".join(lines)


def sealed(lines: list[bytes], courses: int | None = None) -> bytes:
    """The lines with a footer that fits them."""
    count = len(lines) - 1 if courses is None else courses
    fingerprint = Fingerprint(new_hash(joined(lines)).hexdigest())
    return joined(lines) + encode_footer(PlanFileFooter(courses=count, fingerprint=fingerprint))


def header_with(lines: list[bytes], **values: Any) -> bytes:  # noqa: ANN401 -- whatever JSON holds
    header = json.loads(lines[0]) | values
    return sealed([json.dumps(header).encode() + b"\n", *lines[1:-1]])


def header_without(lines: list[bytes], name: str) -> bytes:
    header = json.loads(lines[0])
    del header[name]
    return sealed([json.dumps(header).encode() + b"\n", *lines[1:-1]])


DAMAGES: dict[str, Damage] = {
    "empty": Damage(lambda _: b"", NotAPlanFile),
    "not JSON": Damage(lambda _: b"course;until\nBIO;2027-08-31\n", NotAPlanFile),
    "not text": Damage(lambda _: b"\x1f\x8b\x00\xff\n", NotAPlanFile),
    "JSON of something else": Damage(lambda _: b'{"run": null}\n', NotAPlanFile),
    "a list": Damage(lambda _: b"[]\n", NotAPlanFile),
    "nested without end": Damage(lambda _: b"[" * 200_000 + b"\n", NotAPlanFile),
    "a newer version": Damage(lambda lines: header_with(lines, version=2), PlanFileTooNew),
    "a newer version with other fields": Damage(
        lambda _: b'{"format":"maintien plan","version":3}\n', PlanFileTooNew
    ),
    "no version": Damage(lambda lines: header_without(lines, "version"), PlanFileDamaged),
    "a version before the first": Damage(lambda lines: header_with(lines, version=0), PlanFileDamaged),
    "a version that is true": Damage(lambda lines: header_with(lines, version=True), PlanFileDamaged),
    "no site": Damage(lambda lines: header_without(lines, "site"), PlanFileDamaged),
    "a site that is a number": Damage(lambda lines: header_with(lines, site=1), PlanFileDamaged),
    "another policy": Damage(lambda lines: header_with(lines, policy={"kind": "whim"}), PlanFileDamaged),
    "a rescue but for one course": Damage(
        lambda lines: header_with(lines, policy=encode_policy(RESCUE)), PlanFileDamaged
    ),
    "a campaign that is none": Damage(lambda lines: header_with(lines, campaign=7), PlanFileDamaged),
    "a rescue of one course": Damage(
        lambda lines: header_with(lines, course_policies=[[7, encode_policy(RESCUE)]]), PlanFileDamaged
    ),
    "policies of no course": Damage(lambda lines: header_with(lines, course_policies=[7]), PlanFileDamaged),
    "policies that are no list": Damage(
        lambda lines: header_with(lines, course_policies={"7": None}), PlanFileDamaged
    ),
    "cut off in the header": Damage(lambda lines: lines[0][:40], PlanFileTruncated),
    "cut off after the header": Damage(lambda lines: lines[0], PlanFileTruncated),
    "cut off in a course": Damage(lambda lines: joined(lines[:2])[:-9], PlanFileTruncated),
    "cut off after a course": Damage(lambda lines: joined(lines[:2]), PlanFileTruncated),
    "cut off in the footer": Damage(lambda lines: joined(lines)[:-9], PlanFileTruncated),
    "without the last line feed": Damage(lambda lines: joined(lines)[:-1], PlanFileTruncated),
    "a changed date": Damage(
        lambda lines: joined(lines).replace(str(UNTIL).encode(), str(UNTIL + 1).encode()), PlanFileChanged
    ),
    "a changed header": Damage(
        lambda lines: joined(lines).replace(b"moodle.example.fr", b"moodle.example.de"), PlanFileChanged
    ),
    "a course left out": Damage(lambda lines: joined([lines[0], *lines[2:]]), PlanFileChanged),
    "courses in another order": Damage(
        lambda lines: joined([lines[0], lines[2], lines[1], lines[3]]), PlanFileChanged
    ),
    "something after the footer": Damage(lambda lines: joined(lines) + b"\n", PlanFileChanged),
    "another count": Damage(lambda lines: sealed(lines[:-1], courses=3), PlanFileChanged),
    "another fingerprint": Damage(
        lambda lines: joined(lines[:-1]) + lines[-1].replace(b'"sha256":"', b'"sha256":"0'), PlanFileDamaged
    ),
    "a footer of another form": Damage(
        lambda lines: joined(lines[:-1]) + b'{"courses":2}\n', PlanFileDamaged
    ),
    "a header that breaks off": Damage(
        lambda lines: joined([lines[0].replace(b'"made_at":', b'"made_at"'), *lines[1:]]), PlanFileDamaged
    ),
    "a line that is none": Damage(lambda lines: sealed([*lines[:-1], b'{"people":[1]}\n']), PlanFileDamaged),
    "an empty line": Damage(lambda lines: sealed([lines[0], b"\n", *lines[1:-1]]), PlanFileDamaged),
    "a course twice": Damage(lambda lines: sealed([*lines[:-1], lines[1]]), PlanFileDamaged),
    "a course of another form": Damage(
        lambda lines: sealed([lines[0], b'{"course":[7,"BIO"]}\n', lines[2]]), PlanFileDamaged
    ),
    "a course that goes on as another": Damage(
        lambda lines: sealed([lines[0], lines[1].replace(b"[7,", b"[7,[", 1), lines[2]]), PlanFileDamaged
    ),
    "a course named twice in its line": Damage(
        lambda lines: sealed([lines[0], lines[1].rstrip(b"}\n") + b',"course":' + other(lines) + b"}\n"]),
        PlanFileDamaged,
    ),
    "a change of another table": Damage(
        lambda lines: sealed([lines[0], lines[1].replace(b'"user_enrolments"', b'"user"'), lines[2]]),
        PlanFileDamaged,
    ),
    "a number without end": Damage(
        lambda lines: sealed([lines[0], lines[1].replace(str(UNTIL).encode(), b"9" * 9999), lines[2]]),
        PlanFileDamaged,
    ),
}


def other(lines: list[bytes]) -> bytes:
    return json.dumps(json.loads(lines[2])["course"]).encode()


def read_all(path: Path) -> Iterator[CoursePlan]:
    with open_plan_file(path) as file:
        yield from map(file.plan_of, file.courses)


@pytest.mark.parametrize("name", DAMAGES)
def test_damaged_file_is_refused(name: str, path: Path) -> None:
    write(path)
    damage = DAMAGES[name]
    path.write_bytes(damage.does(path.read_bytes().splitlines(keepends=True)))

    with pytest.raises(damage.error) as refused:
        list(read_all(path))

    assert str(path) in str(refused.value)


@pytest.mark.parametrize("line", [1, 2, 4])
def test_line_too_long_is_refused(line: int, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(path)
    lines = path.read_bytes().splitlines(keepends=True)
    longest = max(map(len, lines))
    monkeypatch.setattr(plan_file_reading, "LONGEST_LINE", longest)
    lines[line - 1] = lines[line - 1].rstrip(b"\n") + b" " * longest + b"\n"
    path.write_bytes(joined(lines))

    with pytest.raises(PlanFileLineTooLong) as refused:
        list(read_all(path))

    assert refused.value.fields["line"] == line


def test_file_that_is_changed_while_it_is_open_is_refused(path: Path) -> None:
    write(path)
    with open_plan_file(path) as file:
        text = path.read_bytes()
        with path.open("r+b") as same:
            same.write(text.replace(str(UNTIL).encode(), str(UNTIL + 1).encode()))

        with pytest.raises(PlanFileChanged):
            file.plan_of(CourseId(9))


def test_missing_file_and_folder_are_said(tmp_path: Path) -> None:
    for path in (tmp_path / "missing", tmp_path, tmp_path / "null\0character"):
        with pytest.raises(UnreadablePlanFile):
            list(read_all(path))


def test_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(NotAPlanFile):
        list(read_all(tmp_path / "pipe"))


def test_header_is_read_back_equal() -> None:
    assert decode_header(encode_header(HEADER)) == HEADER
