"""Which release of Moodle a site runs, and whether maintien knows it."""

import re
from typing import Final, NamedTuple


class Release(NamedTuple):
    """A branch of Moodle, such as 4.3."""

    major: int
    minor: int

    def __str__(self) -> str:
        """Write it as Moodle does."""
        return f"{self.major}.{self.minor}"


OLDEST: Final = Release(3, 9)
"""The tables are the same as in 4.0; nobody has tried."""

OLDEST_PROVEN: Final = Release(4, 0)

NEWEST_KNOWN: Final = Release(5, 1)

_RELEASE: Final = re.compile(r"\s*(\d{1,3})\.(\d{1,3})")


def parse_release(text: str) -> Release | None:
    """Read config ``release``, such as ``4.3.2+ (Build: 20240119)``; None when it is none.

    Source: version.php, Moodle 3.9 to 5.1.
    """
    found = _RELEASE.match(text)
    return None if found is None else Release(int(found[1]), int(found[2]))
