"""Keeps what is said of each course until all courses are known, in little memory."""

import json
from collections.abc import Iterable
from typing import TextIO
from zlib import compress, decompress

from maintien.reports.documents import Document


def packed(document: Document) -> bytes:
    """Make compressed JSON of a course's document: a site's people say much the same, and are many."""
    return compress(json.dumps(document).encode("ascii"), level=1)


def write_courses(stream: TextIO, head: str, courses: Iterable[bytes]) -> None:
    """Write one JSON object in ASCII: what ``head`` holds, then ``courses``, a line a course."""
    stream.write(head.removesuffix("}") + ', "courses": [')
    for number, document in enumerate(courses):
        stream.write(",\n" if number else "\n")
        stream.write(decompress(document).decode("ascii"))
    stream.write("\n]}\n")
