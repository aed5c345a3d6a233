"""Makes errors again of the English sentences that a journal keeps of courses that failed."""

import re

from maintien.errors.tree import CourseFailed
from maintien.runs.journal import CourseRecord, CourseStatus, ListedCourse

_FIELD = re.compile(r"\\{(\w+)\\}")


class JournalledFailure(CourseFailed):
    """A sentence that no error of today says."""

    message = "{sentence}"


def failure_of(record: CourseRecord | ListedCourse) -> CourseFailed | None:
    """Give why a course failed, so that it can be said in any language; None where it did not."""
    if record.status is not CourseStatus.FAILED:
        return None
    sentence = record.failure or ""
    for kind in CourseFailed.__subclasses__():
        found = None if kind is JournalledFailure else _pattern(kind).fullmatch(sentence)
        if found is not None:
            return kind(**found.groupdict())
    return JournalledFailure(sentence=sentence)


def _pattern(kind: type[CourseFailed]) -> re.Pattern[str]:
    return re.compile(_FIELD.sub(r"(?P<\1>.+)", re.escape(kind.message)), re.DOTALL)
