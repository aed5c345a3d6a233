"""Writes plan files: as the courses are planned, one line at a time, and in place only when whole."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkstemp
from typing import Any, BinaryIO, Final

from maintien.errors.plans import PlanFileNotReplaced, PlanFileNotWritten, PlanTooLarge
from maintien.planning.encoding import encode_plan
from maintien.planning.plan import CoursePlan
from maintien.runs.plan_file import (
    LONGEST_LINE,
    Fingerprint,
    PlanFileFooter,
    PlanFileHeader,
    encode_footer,
    encode_header,
    encode_line,
    is_header,
    new_hash,
)

_LONGEST_NAME: Final = 200
"""File systems take 255 bytes; the temporary file's name is a little longer than the real one's."""


@dataclass(slots=True, kw_only=True)
class PlanFileWriter:
    """A plan file while it is written."""

    path: Path
    """Where it will be; errors name it."""
    file: BinaryIO
    courses: int = 0
    """Lines written for courses."""
    hash: Any = field(default_factory=new_hash)

    @property
    def fingerprint(self) -> Fingerprint:
        """The fingerprint of what is written so far: the file's, once all of it is."""
        return Fingerprint(self.hash.hexdigest())

    def add(self, plan: CoursePlan) -> None:
        """Write one course; one that the plan says nothing of gets no line.

        Raises PlanTooLarge and PlanFileNotWritten.
        """
        if plan.changes or plan.obstacle or plan.left_alone:
            self.courses += 1
            self._write(encode_line(encode_plan(plan)), about=plan.course.shortname)

    def begin(self, header: PlanFileHeader) -> None:
        """Write the header. Raises as :meth:`add` does."""
        self._write(encode_header(header), about=header.site_name)

    def end(self) -> None:
        """Write the footer, and wait until the disk has it all. Raises PlanFileNotWritten."""
        footer = PlanFileFooter(courses=self.courses, fingerprint=self.fingerprint)
        with _failures(self.path):
            self.file.write(encode_footer(footer))
            self.file.flush()
            os.fsync(self.file.fileno())

    def _write(self, line: bytes, *, about: str) -> None:
        if len(line) > LONGEST_LINE:
            raise PlanTooLarge(about=about)
        self.hash.update(line)
        with _failures(self.path):
            self.file.write(line)


@contextmanager
def write_plan_file(path: Path, header: PlanFileHeader) -> Iterator[PlanFileWriter]:
    """Write a plan file at ``path``, readable by its owner only; put it there when the block ends well.

    Until then, and if the block fails, whatever was there stays. Only another plan file, or an empty
    file, is replaced; of a symbolic link, what it leads to.

    Raises PlanFileNotReplaced, PlanFileNotWritten and PlanTooLarge.
    """
    with _failures(path):
        target = Path(os.path.realpath(path))
        _require_replaceable(target)
        # Made with mode 0600, in the same folder: renaming within one is atomic.
        handle, temporary = mkstemp(prefix=f".{target.name[:_LONGEST_NAME]}.", dir=target.parent)
    file = os.fdopen(handle, "wb")
    try:
        writer = PlanFileWriter(path=path, file=file)
        writer.begin(header)
        yield writer
        writer.end()
        with _failures(path):
            os.replace(temporary, target)  # noqa: PTH105 -- beside the other calls about files
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)  # noqa: PTH108 -- same
        raise
    finally:
        # It was flushed, or failed to be: closing would only fail again.
        with suppress(OSError):
            file.close()


@contextmanager
def _failures(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        # A name with a null character is a ValueError.
        reason = getattr(error, "strerror", None) or str(error)
        raise PlanFileNotWritten(path=str(path), reason=reason) from error


def _require_replaceable(path: Path) -> None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return
    if not stat.S_ISREG(found.st_mode):
        raise PlanFileNotReplaced(path=str(path))
    if found.st_size and not _is_plan_file(path):
        raise PlanFileNotReplaced(path=str(path))


def _is_plan_file(path: Path) -> bool:
    with path.open("rb") as file:
        return is_header(file.readline(LONGEST_LINE))
