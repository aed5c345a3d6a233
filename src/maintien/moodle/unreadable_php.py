"""Why a PHP file can't be read without running it, in a sentence that can still be translated."""

from collections.abc import Mapping
from typing import Self


class Reason(str):
    """A sentence in English that keeps its msgid and fields, so that an edge can say it in French."""

    __slots__ = ("fields", "msgid")

    msgid: str
    fields: Mapping[str, str]

    def __new__(cls, msgid: str, **fields: str) -> Self:
        """Fill ``fields`` into ``msgid``; none of them may be a value from the file."""
        sentence = super().__new__(cls, msgid.format(**fields))
        sentence.msgid = msgid
        sentence.fields = fields
        return sentence


class UnreadablePhp(ValueError):
    """A place in a PHP file where reading has to stop."""

    def __init__(self, line: int, reason: Reason) -> None:
        """Name the line, from 1, and what is wrong there."""
        super().__init__(line, reason)
        self.line = line
        self.reason = reason
