"""Writes a file beside the one that is to be there, which it then replaces: whole, or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from maintien.errors.files import UnwritableFile
from maintien.messages import N_


@contextmanager
def replaced_file(path: Path, failure: type[Exception] = OSError) -> Iterator[Path]:
    """Give a file beside ``path``, which takes its place once it is whole.

    ``failure`` is what writing may raise besides OSError.

    Raises UnwritableFile.
    """
    beside: Path | None = None
    try:
        with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as made:
            beside = Path(made.name)
        yield beside
        beside.chmod(0o666 & ~_umask())
        beside.replace(path)
    except (OSError, failure) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else N_("it failed")
        raise UnwritableFile(path=path, reason=reason) from error
    finally:
        if beside is not None:
            with suppress(OSError):
                beside.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
