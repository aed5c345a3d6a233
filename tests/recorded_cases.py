"""The recorded courses: what a real Moodle made of random course states.

Moodle 4.1's recordings of the procedure lack a part of their log rows, or all; see ``has_whole_log``.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from tests.golden_rows import CourseRows, Row
from tests.shared_facts import shared_folder

PROCEDURE_CASES: Final = (*range(101, 141), *range(201, 216), *range(301, 311))
"""101-140: Moodle 4.3 on MariaDB; 201-215: 4.3 on PostgreSQL; 301-310: 4.1 on PostgreSQL."""
CUT_CASES: Final = tuple(range(401, 419))


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedCourse:
    """The course of a case."""

    id: int
    shortname: str
    idnumber: str
    contextid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedCase:
    """What every case has. Rows are by column, times are Unix seconds."""

    number: int
    moodle: str
    """The release."""
    clock: int
    """When it ran."""
    course: RecordedCourse
    config: Row
    """Values of ``config_plugins``, by plugin/name."""
    roles: Mapping[str, int]
    """Ids by shortname."""
    users: tuple[Row, ...]
    operator: int
    """The site's administrator, who ran it; not one of ``users``."""
    before: CourseRows

    @property
    def has_whole_log(self) -> bool:
        """Whether every log row was recorded that Moodle wrote."""
        return True

    @property
    def states(self) -> tuple[CourseRows, ...]:
        """The rows at every recorded moment."""
        return (self.before,)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureCase(RecordedCase):
    """A course put through the three manual steps."""

    restored: CourseRows
    restored_log: tuple[Row, ...]
    selected: frozenset[int]
    """Users whom the participants' filter found."""
    timeend: int
    """The end date given to them."""
    after: CourseRows
    bulk_log: tuple[Row, ...]
    dirtyusers: frozenset[int]
    archive: Path
    """The backup of ``before``."""

    @property
    def has_whole_log(self) -> bool:
        """Whether the restore logged its own end; Moodle 4.1's were recorded before it had."""
        return any(event["eventname"] == r"\core\event\course_restored" for event in self.restored_log)

    @property
    def states(self) -> tuple[CourseRows, ...]:
        """The rows at every recorded moment."""
        return (self.before, self.restored, self.after)


@dataclass(frozen=True, slots=True, kw_only=True)
class CutCase(RecordedCase):
    """A course whose feeds dropped nearly everybody, before and after the sync that followed."""

    cut: CourseRows
    cut_log: tuple[Row, ...]
    grades_before: tuple[Row, ...]
    grades_cut: tuple[Row, ...]
    grade_history: tuple[Row, ...]

    @property
    def states(self) -> tuple[CourseRows, ...]:
        """The rows at every recorded moment."""
        return (self.before, self.cut)


def procedure_case(number: int) -> ProcedureCase:
    """The case of ``PROCEDURE_CASES``; without the recorded facts the test is skipped."""
    folder = shared_folder() / "golden" / "procedure"
    return _read_procedure_case(folder, number)


def cut_case(number: int) -> CutCase:
    """The case of ``CUT_CASES``; without the recorded facts the test is skipped."""
    return _read_cut_case(shared_folder() / "golden" / "cut", number)


@cache
def _read_procedure_case(folder: Path, number: int) -> ProcedureCase:
    recorded = _read(folder, number)
    return ProcedureCase(
        **_common(recorded, number),
        restored=CourseRows(**_as_tuples(recorded["restored"])),
        restored_log=tuple(recorded["restored_log"]),
        selected=frozenset(recorded["selected"]),
        timeend=recorded["timeend"],
        after=CourseRows(**_as_tuples(recorded["after"])),
        bulk_log=tuple(recorded["bulk_log"]),
        dirtyusers=frozenset(recorded["dirtyusers"]),
        archive=folder / f"{number}.mbz",
    )


@cache
def _read_cut_case(folder: Path, number: int) -> CutCase:
    recorded = _read(folder, number)
    return CutCase(
        **_common(recorded, number),
        cut=CourseRows(**_as_tuples(recorded["cut"])),
        **_as_tuples(
            {key: recorded[key] for key in ("cut_log", "grades_before", "grades_cut", "grade_history")}
        ),
    )


def _read(folder: Path, number: int) -> dict[str, Any]:
    recorded: dict[str, Any] = json.loads((folder / f"{number}.json").read_text(encoding="utf-8"))
    return recorded


def _common(recorded: Mapping[str, Any], number: int) -> dict[str, Any]:
    return {
        "number": number,
        **{key: recorded[key] for key in ("moodle", "clock", "config", "roles", "operator")},
        "course": RecordedCourse(**recorded["course"]),
        "users": tuple(recorded["users"]),
        "before": CourseRows(**_as_tuples(recorded["before"])),
    }


def _as_tuples(lists: Mapping[str, Iterable[Row]]) -> dict[str, Any]:
    return {key: tuple(rows) for key, rows in lists.items()}
