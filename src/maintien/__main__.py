"""Starts the program, as ``maintien`` and as ``python -m maintien``.

Every worker process imports this module again, as its ``__main__``. So it brings nothing of the program with
it before it starts.
"""

import sys


def main() -> int:
    """Do what the command line says; give the exit status."""
    from maintien.cli.main import main as run  # noqa: PLC0415 -- not in worker processes

    return run()


if __name__ == "__main__":
    sys.exit(main())
