"""Reads plan files: checks the whole file once, then reads one course's plan at a time by its place.

Each line's own hash is kept from the check, so that what is read later is what was checked, whatever
becomes of the file meanwhile.
"""

import os
import re
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from maintien.errors.plans import (
    NotAPlanFile,
    PlanFileChanged,
    PlanFileDamaged,
    PlanFileLineTooLong,
    PlanFileTooNew,
    PlanFileTruncated,
    UnreadablePlanFile,
)
from maintien.moodle.ids import CourseId
from maintien.planning.encoding import UnreadablePlan, decode_plan
from maintien.planning.plan import CoursePlan
from maintien.runs.plan_file import (
    FORMAT,
    LONGEST_LINE,
    Fingerprint,
    NewerForm,
    NotThisForm,
    PlanFileFooter,
    PlanFileHeader,
    decode_footer,
    decode_header,
    decode_line,
    encode_line,
    is_header,
    new_hash,
)

_COURSE: Final = re.compile(rb'\{"course":\[(\d{1,18}),')
"""How a course's line begins."""
_BEGINNING: Final = encode_line({"format": FORMAT})[: -len("}\n")]
"""How the header of every version begins."""


class CourseLine(NamedTuple):
    """Where a line is, and what it was when the file was checked."""

    number: int
    offset: int
    length: int
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFile:
    """An open plan file that was checked. Threads may share it."""

    path: Path
    header: PlanFileHeader
    fingerprint: Fingerprint
    descriptor: int = field(repr=False)
    lines: Mapping[CourseId, CourseLine] = field(repr=False)

    @property
    def courses(self) -> tuple[CourseId, ...]:
        """The courses that have a plan, in the order of the file."""
        return tuple(self.lines)

    def plan_of(self, course: CourseId) -> CoursePlan:
        """Read the plan of one course of :attr:`courses`.

        Raises PlanFileChanged, PlanFileDamaged or UnreadablePlanFile.
        """
        line = self.lines[course]
        with _failures(self.path):
            text = os.pread(self.descriptor, line.length, line.offset)
        if new_hash(text).digest() != line.digest:
            raise PlanFileChanged(path=str(self.path))
        try:
            plan = decode_plan(decode_line(text))
        except (NotThisForm, UnreadablePlan) as error:
            raise PlanFileDamaged(path=str(self.path), line=line.number) from error
        if plan.course.id != course:
            raise PlanFileDamaged(path=str(self.path), line=line.number)
        return plan


@contextmanager
def open_plan_file(path: Path) -> Iterator[PlanFile]:
    """Open a plan file, check that it is whole and unchanged, and close it at the end of the block.

    Memory grows with the courses, not with the people. A course's plan is only decoded when asked for.

    Raises UnreadablePlanFile, NotAPlanFile, PlanFileTooNew, PlanFileTruncated, PlanFileChanged or
    PlanFileDamaged.
    """
    with _failures(path):
        file = _open(path)
    with file:
        yield _check(path, file)


def _open(path: Path) -> BinaryIO:
    # Opening a pipe that nobody writes to would wait for ever.
    if not stat.S_ISREG(path.stat().st_mode) and not path.is_dir():
        raise NotAPlanFile(path=str(path))
    return path.open("rb")


def _check(path: Path, file: BinaryIO) -> PlanFile:
    with _failures(path):
        header, line = _read_header(path, file)
        body = _read_lines(path, file, line)
    if body.footer.fingerprint != body.fingerprint:
        raise PlanFileChanged(path=str(path))
    return PlanFile(
        path=path, header=header, fingerprint=body.fingerprint, descriptor=file.fileno(), lines=body.lines
    )


def _read_header(path: Path, file: BinaryIO) -> tuple[PlanFileHeader, bytes]:
    line = file.readline(LONGEST_LINE + 1)
    if line.startswith(_BEGINNING):
        _require_whole(path, line, 1)
    elif not is_header(line):
        raise NotAPlanFile(path=str(path))
    try:
        return decode_header(line), line
    except NewerForm:
        raise PlanFileTooNew(path=str(path)) from None
    except NotThisForm as error:
        raise PlanFileDamaged(path=str(path), line=1) from error


class _Body(NamedTuple):
    lines: Mapping[CourseId, CourseLine]
    footer: PlanFileFooter
    fingerprint: Fingerprint


def _read_lines(path: Path, file: BinaryIO, header: bytes) -> _Body:
    """Go through the lines after the header; the last is the footer, and the hash is of all before it."""
    hash_ = new_hash(header)
    lines: dict[CourseId, CourseLine] = {}
    offset, number = len(header), 2
    while True:
        line = file.readline(LONGEST_LINE + 1)
        _require_whole(path, line, number)
        found = _COURSE.match(line)
        if found is None:
            break
        hash_.update(line)
        course = CourseId(int(found[1]))
        if course in lines:
            raise PlanFileDamaged(path=str(path), line=number)
        lines[course] = CourseLine(number, offset, len(line), new_hash(line).digest())
        offset, number = offset + len(line), number + 1
    footer = _read_footer(path, line, number)
    if file.read(1) or footer.courses != len(lines):
        raise PlanFileChanged(path=str(path))
    return _Body(lines, footer, Fingerprint(hash_.hexdigest()))


def _require_whole(path: Path, line: bytes, number: int) -> None:
    if len(line) > LONGEST_LINE:
        raise PlanFileLineTooLong(path=str(path), line=number)
    if not line.endswith(b"\n"):
        raise PlanFileTruncated(path=str(path))


def _read_footer(path: Path, line: bytes, number: int) -> PlanFileFooter:
    try:
        return decode_footer(line)
    except NotThisForm as error:
        raise PlanFileDamaged(path=str(path), line=number) from error


@contextmanager
def _failures(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadablePlanFile(path=str(path), reason=reason) from error
