"""A process to be killed: ``python -m maintien``, with batches so small that there are several.

It says that it is ready once everything is imported, and begins when it is told to.
"""

import sys

from maintien.cli.main import main
from maintien.runs import batches

BATCH = 150
"""User enrolments; a course of the tests has some forty."""

if __name__ == "__main__":
    batches.SMALLEST_SIZE = batches.LARGEST_SIZE = BATCH  # type: ignore[misc]
    batches.BatchSize.__init__.__defaults__ = (BATCH,)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    sys.exit(main())
